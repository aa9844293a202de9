import { query as queryOf, useApi } from "../api.ts"
import { bytes, compact, count, percent, quantity, share, time, words } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { Head } from "../parts/head.tsx"
import { Balances, LedgerBadge, Losses, Stages } from "../parts/ledger.tsx"
import { LossCharts } from "../parts/loss-chart.tsx"
import { Drops, LossShare, StateBadge } from "../parts/sensor-labels.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import { setQuery } from "../router.ts"
import type { Loss, Sensor, SensorHistory, SensorPort, SensorWorker, SensorZone, Step } from "../types/sensors.ts"

/** How far back each step shows; the API gives as much by default. */
const SPANS: readonly (readonly [step: Step, name: string])[] = [
  ["minute", "6 hours"],
  ["hour", "7 days"],
  ["day", "90 days"],
]

const MINUTES_MS = 6 * 3_600_000

const PORTS: readonly Column<SensorPort>[] = [
  { name: "Interface", grow: true, cell: (row) => <strong>{row.name}</strong> },
  { name: "Packets", number: true, cell: (row) => compact(row.packets) },
  { name: "Bytes", number: true, spare: true, cell: (row) => bytes(row.bytes) },
  { name: "Dropped", number: true, cell: (row) => <Drops drops={row.kernelDrops} /> },
  {
    name: "Share",
    number: true,
    cell: (row) => <LossShare share={row.packetLoss} unknown={row.kernelDrops === null} />,
  },
  {
    name: "Also",
    cell: (row) => (
      <span class="soft">
        {Object.entries(row.other)
          .map(([name, value]) => `${words(name)} ${count(value)}`)
          .join(", ")}
      </span>
    ),
  },
]

const WORKERS: readonly Column<SensorWorker>[] = [
  { name: "Worker", number: true, cell: (row) => count(row.worker) },
  { name: "State", cell: (row) => <StateBadge state={row.state} /> },
  { name: "Heard, UTC", number: true, cell: (row) => time(row.lastHeard) },
  { name: "Restarts", number: true, cell: (row) => count(row.restarts) },
  { name: "Packets", number: true, cell: (row) => compact(row.packets) },
  { name: "Dropped", number: true, cell: (row) => <Drops drops={row.kernelDrops} /> },
  { name: "Payload", number: true, spare: true, cell: (row) => bytes(row.payloadBytes) },
  { name: "Payload lost", number: true, cell: (row) => <LossShare share={row.byteLoss} unknown={false} /> },
  { name: "Exchanges", number: true, cell: (row) => compact(row.exchanges) },
  {
    name: "Overload",
    number: true,
    spare: true,
    cell: (row) => (row.overloadStep > 0 ? `step ${row.overloadStep}` : "–"),
  },
  { name: "Boot", grow: true, spare: true, cell: (row) => <span class="mono faint">{row.boot}</span> },
]

const ZONES: readonly Column<SensorZone>[] = [
  { name: "Zone", grow: true, cell: (row) => <strong>{row.name}</strong> },
  { name: "Packets", number: true, cell: (row) => compact(row.packets) },
  { name: "Payload", number: true, cell: (row) => bytes(row.payloadBytes) },
  { name: "Missing", number: true, cell: (row) => (row.gapBytes === 0 ? "0" : bytes(row.gapBytes)) },
  { name: "Gaps", number: true, spare: true, cell: (row) => count(row.gaps) },
  { name: "Share", number: true, cell: (row) => <LossShare share={row.byteLoss} unknown={false} /> },
]

function Notices({ sensor }: { readonly sensor: Sensor }) {
  const { loss, overload, state, perWorker } = sensor
  const silent = perWorker.filter((worker) => worker.state === "silent").length
  return (
    <>
      {state === "silent" ? (
        <div class="notice bad" role="status">
          Nothing was heard since {time(sensor.lastHeard)} UTC. What it should have seen since then is not in the
          inventory.
        </div>
      ) : silent > 0 ? (
        <div class="notice bad" role="status">
          {quantity(silent, "workers")} of {count(sensor.workers)} silent: a part of the traffic is not seen.
        </div>
      ) : null}
      {loss.unknownInterfaces > 0 ? (
        <div class="notice warn" role="status">
          {quantity(loss.unknownInterfaces, "interfaces")} cannot count what{" "}
          {loss.unknownInterfaces === 1 ? "it drops" : "they drop"}: packet loss is unknown, not zero.
        </div>
      ) : null}
      {overload.step > 0 ? (
        <div class="notice warn" role="status">
          Overloaded, step {overload.step}:{" "}
          {overload.step === 1
            ? "bodies are not looked into."
            : "bodies are not looked into, and whole flows are kept out."}
        </div>
      ) : null}
    </>
  )
}

function LossTiles({ sensor }: { readonly sensor: Sensor }) {
  const { loss } = sensor
  const isUnknown = loss.unknownInterfaces > 0
  const dropped = loss.kernelDrops === null ? "unknown" : compact(loss.kernelDrops)
  return (
    <div class="tiles">
      <Tile what="Exchanges" value={compact(sensor.exchanges)} note={`${compact(sensor.copies)} were copies`} />
      <Tile
        what="Seen whole"
        value={percent(1 - share(loss.incomplete, loss.exchanges))}
        note={`${compact(loss.incomplete)} were not`}
      />
      <Tile what="Packets" value={compact(loss.packets)} note={`${compact(loss.duplicates)} were shown twice`} />
      <Tile
        what="Dropped by the kernel"
        value={dropped}
        note={
          loss.packetLoss === null ? (isUnknown ? "not all can be counted" : "no packets") : percent(loss.packetLoss)
        }
      />
      <Tile
        what="Payload missing"
        value={loss.byteLoss === null ? "–" : percent(loss.byteLoss)}
        note={bytes(loss.gapBytes)}
      />
      <Tile what="Batches" value={compact(sensor.batches)} note={`${count(sensor.missingBatches)} missing`} />
    </div>
  )
}

function History({ id, step }: { readonly id: string; readonly step: Step }) {
  const answer = useApi<SensorHistory>(`/sensors/${encodeURIComponent(id)}/history${queryOf({ step })}`)
  return (
    <section class="panel" aria-labelledby="history">
      <div class="panel-head">
        <h2 id="history">Over time</h2>
        <fieldset class="aside choice" aria-label="Time shown">
          {SPANS.map(([of, name]) => (
            <button
              key={of}
              type="button"
              class="button"
              aria-pressed={of === step}
              onClick={() => setQuery({ step: of })}
            >
              {name}
            </button>
          ))}
        </fieldset>
      </div>
      <div class="panel-body charts">
        <Loaded answer={answer}>{(history) => <LossCharts history={history} />}</Loaded>
      </div>
    </section>
  )
}

function Panel<T>(props: {
  readonly id: string
  readonly title: string
  readonly note: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly keyOf: (row: T) => string
}) {
  const { id, title, note, rows, columns, keyOf } = props
  if (rows.length === 0) return null
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        <span class="aside">{note}</span>
      </div>
      <Table columns={columns} rows={rows} label={title} keyOf={keyOf} />
    </section>
  )
}

function LossList({
  title,
  losses,
  none,
}: {
  readonly title: string
  readonly losses: readonly Loss[]
  readonly none: string
}) {
  return (
    <div>
      <h3>{title}</h3>
      {losses.length === 0 ? <p class="soft">{none}</p> : <Losses losses={losses} />}
    </div>
  )
}

function LedgerPanel({ sensor }: { readonly sensor: Sensor }) {
  const { ledger, overload } = sensor
  const of = (severity: Loss["severity"]) => ledger.losses.filter((loss) => loss.severity === severity)
  return (
    <section class="panel" aria-label={`Sensor ${sensor.id}`}>
      <div class="panel-head">
        <h2>Loss ledger</h2>
        <span class="aside">
          <LedgerBadge ledger={ledger} />
        </span>
      </div>
      {ledger.balances.length === 0 ? null : <Balances ledger={ledger} />}
      <div class="panel-body">
        <div class="grid two">
          <LossList title="Lost" losses={of("lost")} none="Nothing was lost." />
          <div>
            <LossList title="Left alone" losses={of("ignored")} none="Nothing was left alone." />
            <LossList title="Noted" losses={of("noted")} none="Nothing to note." />
          </div>
        </div>
        {overload.raised === 0 ? null : (
          <p class="soft">
            Overload: {quantity(overload.raised, "steps")} up, {count(overload.lowered)} down, step {overload.stepMax}{" "}
            at most, {bytes(overload.shedBytes)} of payload kept out.
          </p>
        )}
        <details>
          <summary>Every counter</summary>
          <Stages stages={ledger.stages} />
        </details>
      </div>
    </section>
  )
}

function Content({ sensor, step }: { readonly sensor: Sensor; readonly step: Step }) {
  return (
    <>
      <Notices sensor={sensor} />
      <LossTiles sensor={sensor} />
      <div class="stack sensors">
        <History id={sensor.id} step={step} />
        <Panel
          id="ports"
          title="Interfaces"
          note="over all runs"
          rows={sensor.perPort}
          columns={PORTS}
          keyOf={(row) => row.name}
        />
        <Panel
          id="workers"
          title="Workers"
          note={`run ${sensor.run}, since each was started`}
          rows={sensor.perWorker}
          columns={WORKERS}
          keyOf={(row) => row.boot}
        />
        <Panel
          id="zones"
          title="Zones"
          note="VLANs and tunnels, over all runs"
          rows={sensor.perZone}
          columns={ZONES}
          keyOf={(row) => row.name}
        />
        <LedgerPanel sensor={sensor} />
      </div>
    </>
  )
}

/** Minutes of what is shorter than the few hours that they show: one bar of an hour says little. */
function usualStep({ firstBatch, watermark }: Sensor): Step {
  const lastedMs = Date.parse(watermark ?? "") - Date.parse(firstBatch ?? "")
  return lastedMs < MINUTES_MS ? "minute" : "hour"
}

function isStep(text: string | null): text is Step {
  return SPANS.some(([step]) => step === text)
}

export function SensorPage({ id, query }: { readonly id: string; readonly query: URLSearchParams }) {
  const answer = useApi<Sensor>(`/sensors/${encodeURIComponent(id)}`)
  const sensor = answer.body
  const asked = query.get("step")
  const flags = Object.entries(sensor?.flags ?? {}).map(([flag, value]) => `, ${compact(value)} ${words(flag)}`)
  return (
    <>
      <Head
        title={id}
        crumbs={[["/sensors", "Sensors"]]}
        {...(sensor === null
          ? {}
          : {
              sub: `${time(sensor.firstBatch)} to ${time(sensor.watermark)} UTC, tenant ${sensor.tenant}, key ${sensor.keyEpoch}${flags.join("")}`,
            })}
      >
        {sensor === null ? null : <StateBadge state={sensor.state} />}
      </Head>
      <Loaded answer={answer}>
        {(body) => <Content sensor={body} step={isStep(asked) ? asked : usualStep(body)} />}
      </Loaded>
    </>
  )
}
