// What a sensor saw and missed over time: shares of loss, and the exchanges that they concern.
import { useMemo } from "preact/hooks"
import { compact, count, fine } from "../format.ts"
import type { SensorHistory, SensorPoint, Step } from "../types/sensors.ts"
import { linesOf } from "../windows.ts"
import { Chart, type Line } from "./chart.tsx"

const STEP_S: Readonly<Record<Step, number>> = { minute: 60, hour: 3600, day: 86_400 }

const LOSS: readonly Line[] = [
  { label: "Packets dropped by the kernel", colour: "--chart-second" },
  { label: "TCP payload missing", colour: "--chart-line", fill: "--chart-fill" },
]
const LOSS_OF = [(point: SensorPoint) => point.packetLoss, (point: SensorPoint) => point.byteLoss]

const EXCHANGES: readonly Line[] = [
  { label: "Exchanges", colour: "--chart-line", fill: "--chart-fill" },
  { label: "Not seen whole", colour: "--chart-second" },
]
const EXCHANGES_OF = [(point: SensorPoint) => point.exchanges, (point: SensorPoint) => point.incomplete]

function sum(points: readonly SensorPoint[], of: (point: SensorPoint) => number): number {
  return points.reduce((total, point) => total + of(point), 0)
}

/** What cannot be drawn is said. */
function Unknown({ points }: { readonly points: readonly SensorPoint[] }) {
  const unknown = points.filter((point) => point.unknownInterfaces > 0).length
  if (unknown === 0) return null
  const when = unknown === points.length ? "all of this time" : `${count(unknown)} of ${count(points.length)} steps`
  return (
    <p class="soft">
      Packet loss is <strong>unknown</strong> for {when}: an interface cannot count what it drops.
    </p>
  )
}

export function LossCharts({ history }: { readonly history: SensorHistory }) {
  const { items, step } = history
  const stepS = STEP_S[step]
  const loss = useMemo(() => linesOf(items, stepS, LOSS_OF), [items, stepS])
  const exchanges = useMemo(() => linesOf(items, stepS, EXCHANGES_OF), [items, stepS])
  if (items.length === 0) return <p class="faint">Nothing was heard in this time.</p>
  const drops = sum(items, (point) => point.kernelDrops ?? 0)
  const gaps = items.filter((point) => point.gapBytes > 0).length
  const steps = items.filter((point) => point.overloadStep > 0).length
  const title = `Loss by ${step}: ${compact(drops)} packets dropped, payload missing in ${count(gaps)} of ${count(items.length)} steps`
  return (
    <>
      <h3>Loss</h3>
      <Unknown points={items} />
      <Chart title={title} lines={LOSS} data={loss} stepS={stepS} format={fine} floor={0.001} />
      {steps === 0 ? null : (
        <p class="soft">
          Under overload in {count(steps)} of {count(items.length)} steps.
        </p>
      )}
      <h3>Exchanges</h3>
      <Chart
        title={`Exchanges by ${step}: ${compact(sum(items, (point) => point.exchanges))}`}
        lines={EXCHANGES}
        data={exchanges}
        stepS={stepS}
        format={compact}
        floor={1}
      />
    </>
  )
}
