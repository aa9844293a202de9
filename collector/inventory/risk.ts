// How much of a service should worry somebody: a sum of stated facts, each with its points, nothing else.
//
// In:  the record of a service and its findings. Out: 0 to 100, and the facts that it is the sum of. Only open findings count: what
// somebody dismissed is no risk to them, and what is gone is none to anybody. Points of one kind are bounded, so that many small
// findings do not outweigh a grave one. The points are opinions, the same for everybody, and stand in one table.
import type { FindingRecord } from "../store/documents.ts"
import type { ServiceRecord } from "../store/records.ts"

export interface RiskFact {
  readonly points: number
  readonly sentence: string
}

export interface Risk {
  readonly score: number
  /** The gravest first. */
  readonly facts: readonly RiskFact[]
}

/** Of each finding of the kind, and of all of them at most. */
const POINTS: Readonly<Record<string, readonly [each: number, most: number]>> = {
  "auth.missing": [20, 30],
  "auth.conflict": [10, 20],
  "auth.partial": [10, 20],
  "auth.weak.algNone": [30, 30],
  "auth.weak.expired": [20, 20],
  "auth.weak.inUrl": [15, 15],
  "auth.weak.cleartext": [10, 10],
  "auth.weak.veryLongLived": [5, 5],
  "auth.weak.noExpiry": [5, 5],
  "auth.weak.longLived": [2, 2],
  "gateway.bypass": [25, 25],
  "server.rogue": [20, 20],
  "server.new": [5, 5],
  "service.dark": [5, 5],
  "endpoint.shadow": [5, 20],
  "endpoint.zombie": [5, 20],
  drift: [3, 10],
  "paths.flood": [5, 5],
  "operations.flood": [5, 5],
}
const OTHER: readonly [number, number] = [3, 6]
const PUBLIC_POINTS = 10
const OWNERLESS_POINTS = 5
const SCORE_MAX = 100

export function riskOf(record: Pick<ServiceRecord, "listeners" | "owner">, findings: readonly FindingRecord[]): Risk {
  const byKind = new Map<string, FindingRecord[]>()
  for (const finding of findings) {
    if (finding.state !== "open") continue
    const those = byKind.get(finding.kind)
    if (those === undefined) byKind.set(finding.kind, [finding])
    else those.push(finding)
  }
  const facts: RiskFact[] = []
  for (const [kind, those] of byKind) {
    const [each, most] = POINTS[kind] ?? OTHER
    const [first] = those
    const sentence =
      those.length === 1 ? first!.sentence : `${those.length} findings ${kind}, such as: ${first!.sentence}`
    facts.push({ points: Math.min(most, each * those.length), sentence })
  }
  const open = record.listeners.filter(({ addressClass }) => addressClass === "public")
  if (open.length > 0)
    facts.push({ points: PUBLIC_POINTS, sentence: `It answers at ${open.length} public ${addressWord(open.length)}.` })
  if (record.owner === "") facts.push({ points: OWNERLESS_POINTS, sentence: "Nobody is named as its owner." })
  facts.sort((a, b) => b.points - a.points || (a.sentence < b.sentence ? -1 : 1))
  const sum = facts.reduce((total, { points }) => total + points, 0)
  return { score: Math.min(SCORE_MAX, sum), facts }
}

function addressWord(count: number): string {
  return count === 1 ? "place" : "places"
}
