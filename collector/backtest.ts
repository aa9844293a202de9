// sonde-collector backtest: other settings over the stored history, by way of the HTTP API.
//
// In:  settled options. Out: text or JSON for standard output, an exit code.
import type { Settled } from "../shared/config/options.ts"
import { UsageError } from "../shared/config/program.ts"
import type { Backtest } from "./api/backtest-models.ts"
import type { BACKTEST_OPTIONS, BacktestValues } from "./backtest-options.ts"
import { withCollector } from "./with-collector.ts"

const SETTING = /^([a-z-]+)\.([A-Za-z]+)=(-?\d+(?:\.\d+)?(?:e-?\d+)?)$/

interface Considered {
  readonly name: string
  isEnabled: boolean
  readonly values: Record<string, number>
}

export async function runBacktest(
  { values, operands }: Settled<typeof BACKTEST_OPTIONS>,
  out: (text: string) => void,
): Promise<number> {
  if (operands.length > 0) throw new UsageError(`backtest takes options only, not "${operands[0]}".`)
  const detections = detectionsOf(values)
  const request = { detections, ...(values.since !== "" && { since: values.since }) }
  const result = await withCollector(values, (client) => client.backtested(request))
  out(values.format === "json" ? `${JSON.stringify(result)}\n` : textOf(result))
  return 0
}

function detectionsOf({ set, off, on }: BacktestValues): Considered[] {
  const considered = new Map<string, Considered>()
  const of = (name: string): Considered => {
    const known = considered.get(name) ?? { name, isEnabled: true, values: {} }
    considered.set(name, known)
    return known
  }
  for (const text of set) {
    const match = SETTING.exec(text)
    if (match === null) throw new UsageError(`--set: "${text}" is not DETECTION.SETTING=NUMBER.`)
    of(match[1]!).values[match[2]!] = Number(match[3])
  }
  for (const name of on) of(name)
  for (const name of off) {
    if (on.includes(name)) throw new UsageError(`--on and --off exclude each other for ${name}.`)
    of(name).isEnabled = false
  }
  return [...considered.values()]
}

function textOf({ sentence, from, to, highBefore, highAfter, more, fewer }: Backtest): string {
  const lines = [`${from?.slice(0, 10) ?? "-"} to ${to?.slice(0, 10) ?? "-"}. ${sentence}`]
  lines.push(`High lane: ${highAfter} instead of ${highBefore}.`)
  const list = (title: string, incidents: Backtest["more"]): void => {
    if (incidents.length === 0) return
    lines.push("", title)
    for (const { openedAt, lane, kind, summary } of incidents) lines.push(`  ${openedAt}  ${lane}  ${kind}  ${summary}`)
  }
  list("More:", more)
  list("Fewer:", fewer)
  return `${lines.join("\n")}\n`
}
