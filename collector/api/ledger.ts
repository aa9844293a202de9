// The loss ledger for people and machines: counters grouped by stage, balances that hold or do not, and a sentence for
// each thing that was lost, ignored or worth noting. In: dotted counters as sensors send them ("tcp.gap_bytes").
import { balances } from "../../shared/event/ledger.ts"
import { isPeak } from "../inventory/sensor-counts.ts"
import { SENTENCES, type Severity } from "./ledger-sentences.ts"
import type { Ledger, Loss } from "./models.ts"

type Counters = Readonly<Record<string, number>>

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())

/** {"tcp.gap_bytes": 3} -> {tcp: {gapBytes: 3}}, the form that `sonde-sensor --ledger json` prints. */
export function groupCounters(counters: Counters): Record<string, Record<string, unknown>> {
  const root = Object.create(null) as Record<string, Record<string, unknown>>
  for (const [dotted, value] of Object.entries(counters)) {
    const steps = dotted.split(".").map(camelCase)
    const stage = steps.length > 1 ? steps.shift()! : "other"
    root[stage] ??= Object.create(null) as Record<string, unknown>
    let node = root[stage]
    while (steps.length > 1) {
      const step = steps.shift()!
      const next = node[step]
      // A counter and a group of the same name: the counter keeps its place as the group's total.
      if (typeof next !== "object" || next === null) {
        const group = Object.create(null) as Record<string, unknown>
        if (typeof next === "number") group.total = next
        node[step] = group
      }
      node = node[step] as Record<string, unknown>
    }
    const leaf = steps[0]!
    const present = node[leaf]
    if (typeof present === "object" && present !== null) (present as Record<string, unknown>).total = value
    else node[leaf] = value
  }
  return root
}

const unitOf = (counter: string): string => (/bytes/.test(counter) ? "bytes" : "")
const RANK: Readonly<Record<Severity, number>> = { lost: 0, ignored: 1, noted: 2 }

/** Everything with a sentence, losses first. A counter called drop or lost that we have no words for is a loss, too. */
export function losses(counters: Counters): Loss[] {
  const out: Loss[] = []
  for (const [counter, value] of Object.entries(counters)) {
    if (value === 0) continue
    const stage = counter.split(".")[0]!
    const words = SENTENCES.find((entry) => entry.counter.test(counter))
    if (words !== undefined) {
      const { severity, sentence } = words
      out.push({ counter, stage, value, unit: words.unit, severity, sentence })
    } else if (/drop|lost|evict|refused/.test(counter)) {
      const reason = counter.split(".").slice(1).join(" ").replaceAll("_", " ")
      out.push({ counter, stage, value, unit: unitOf(counter), severity: "lost", sentence: `Given up: ${reason}.` })
    }
  }
  return out.sort((a, b) => RANK[a.severity] - RANK[b.severity] || (a.counter < b.counter ? -1 : 1))
}

/** `settled`: every run counted here has ended, so nothing is on its way between two stages. */
export function ledgerView(counters: Counters, settled: boolean): Ledger {
  // What arrived here is acknowledged, and the last word of a run cannot hold the acknowledgement of itself.
  const held = balances(counters).filter((one) => one.stage !== "acknowledged")
  return { settled, stages: groupCounters(counters), balances: held, losses: losses(counters) }
}

/** Sum over sensors; of peaks and steps the greatest. A balance that holds at each sensor holds in the sum. */
export function sumCounters(all: readonly Counters[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const counters of all)
    for (const [name, value] of Object.entries(counters)) {
      const before = sum[name] ?? 0
      sum[name] = isPeak(name) || name === "overload.step" ? Math.max(before, value) : before + value
    }
  return sum
}
