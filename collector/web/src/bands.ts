// What is usual and what was counted, as the columns of a chart.
import type { Band } from "./types/incidents.ts"
import type { Lines } from "./windows.ts"

const DAY_S = 86_400

/** Which measures say most about a detection, best first; any other that was counted comes after them. */
const SAYING: Readonly<Record<string, readonly string[]>> = {
  enumeration: ["fresh", "unprovenanced"],
  "unprovenanced-ids": ["unprovenanced", "fresh"],
  "foreign-object": ["foreign", "fresh"],
  scraping: ["fresh", "items"],
  "slow-exfiltration": ["sensitive", "bytes", "items"],
  "mass-change": ["changes", "deletes"],
}
const ORDER = [
  "requests",
  "fresh",
  "items",
  "bytes",
  "changes",
  "deletes",
  "sensitive",
  "unprovenanced",
  "foreign",
  "asked",
]

export const MEASURES: Readonly<Record<string, string>> = {
  requests: "Requests",
  items: "Items of lists",
  bytes: "Bytes received",
  asked: "Objects asked for",
  fresh: "Objects new to it",
  unprovenanced: "Ids never given to it",
  changes: "Changes",
  deletes: "Deletions",
  sensitive: "Sensitive items",
  foreign: "Objects of others",
}

/** Bands in the order in which they are offered for a detection. */
export function ordered(bands: readonly Band[], detection: string): Band[] {
  const first = SAYING[detection] ?? []
  const rank = ({ measure }: Band): number => {
    const said = first.indexOf(measure)
    return said >= 0 ? said - first.length : ORDER.indexOf(measure)
  }
  return [...bands].sort((a, b) => rank(a) - rank(b))
}

/** Columns: times, counted, half, most, and the peers' most; each day drawn as a step, the last one with its end. */
export function columnsOf({ days, peers }: Band): Lines {
  const times: number[] = []
  const [counted, half, most, others]: [(number | null)[], (number | null)[], (number | null)[], (number | null)[]] = [
    [],
    [],
    [],
    [],
  ]
  const add = (at: number, day: Band["days"][number]): void => {
    times.push(at)
    counted.push(day.count)
    half.push(day.q50)
    most.push(day.q99)
    others.push(peers?.q99 ?? null)
  }
  for (const day of days) {
    const at = Math.floor(Date.parse(day.at ?? "") / 1000)
    if (Number.isFinite(at)) add(at, day)
  }
  const last = days.at(-1)
  if (last !== undefined && times.length > 0) add(times.at(-1)! + DAY_S, last)
  return [times, counted, half, most, others]
}

/** The day of the greatest count, and what is usual on it, in words. */
export function bandSentence(band: Band): string {
  const counted = band.days.filter(({ count }) => count !== null)
  const top = counted.reduce<Band["days"][number] | null>(
    (best, day) => (best === null || day.count! > best.count! ? day : best),
    null,
  )
  if (top === null) return "Nothing was counted yet."
  const most = `Most on ${top.at?.slice(0, 10)}: ${top.count!.toLocaleString("en-US")}`
  const usual =
    top.q99 === null
      ? "it has no usual level of its own yet"
      : `usual on such a day are ${top.q50!.toLocaleString("en-US")}, at most ${top.q99.toLocaleString("en-US")}`
  const peers =
    band.peers === null ? "" : `; of ${band.peers.count} peers at most ${band.peers.q99.toLocaleString("en-US")}`
  return `${most}; ${usual}${peers}.`
}
