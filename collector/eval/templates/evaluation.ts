// One learner on one API's traffic: what it made of it, in numbers.
import { type PathText, PseudonymKey, pathReader } from "../../../sensor/index.ts"
import type { LearnerKind, LearnerRequest } from "./learner.ts"
import { failures, type GroupError, type Score, score } from "./scores.ts"
import { hashText } from "./seeded-random.ts"
import { isScored, type Traffic } from "./traffic.ts"

export interface Evaluation {
  readonly api: string
  readonly score: Score
  /** Requests that have a literal segment whose place their group shares with other texts. */
  readonly swallowed: number
  /** Requests of the first half whose group was another one at the half than it is at the end, and all of them. */
  readonly moved: number
  readonly settled: number
  /** Fewest requests (of CHECKPOINTS) after which no more than 1 % of those before changed their group; Infinity: never. */
  readonly stableAfter: number
  /** Of the learner alone, µs a request. */
  readonly costUs: number
  readonly failures: readonly GroupError[]
}

const CHECKPOINTS: readonly number[] = [100, 200, 500, 1000, 2000, 5000]
const MOVED_SHARE_MAX = 0.01

/** Typing is the same for all learners, and done once. */
export function learnerRequests(traffic: Traffic): LearnerRequest[] {
  const read = pathReader(new PseudonymKey(new Uint8Array(32).fill(7)))
  const known = new Map<string, PathText>()
  return traffic.requests.map(({ method, target, status, consumer, answer, timeUs }) => {
    const typed = known.get(target) ?? read(target)
    known.set(target, typed)
    return { method, target, typed, shape: answer.shape, status, consumer: hashText(`consumer ${consumer}`), timeUs }
  })
}

/** "12:/users/{word}" is group 12 with that template; without a number its text is what tells a group apart. */
const idOf = (group: string): string => /^(\d+):/.exec(group)?.[1] ?? group

export function evaluate(traffic: Traffic, requests: readonly LearnerRequest[], kind: LearnerKind): Evaluation {
  const learner = kind.make()
  const snapshots: { readonly after: number; readonly ids: readonly string[] }[] = []
  const half = requests.length >> 1
  let costNs = 0
  for (let i = 0; i < requests.length; ) {
    const start = process.hrtime.bigint()
    const stop = kind.isOnline ? nextStop(i, half, requests.length) : requests.length
    for (; i < stop; i++) learner.observe(requests[i]!)
    costNs += Number(process.hrtime.bigint() - start)
    if (i < requests.length) snapshots.push({ after: i, ids: learner.groups().map(idOf) })
  }
  const groups = learner.groups()
  const ids = groups.map(idOf)
  const truth = traffic.requests.map((request) => (isScored(request) ? request.route!.key : null))
  const moves = snapshots.map(({ after, ids: before }) => ({
    after,
    moved: before.filter((id, k) => truth[k] !== null && id !== ids[k]).length,
  }))
  const atHalf = moves.find(({ after }) => after === half)
  return {
    api: traffic.api.name,
    score: score(truth, ids),
    swallowed: swallowedOf(traffic, ids),
    moved: atHalf?.moved ?? 0,
    settled: half,
    stableAfter: stableAfter(moves, requests.length),
    costUs: costNs / 1000 / requests.length,
    failures: failures(truth, groups),
  }
}

const nextStop = (at: number, half: number, end: number): number =>
  Math.min(end, ...[...CHECKPOINTS, half].filter((stop) => stop > at))

function stableAfter(moves: readonly { readonly after: number; readonly moved: number }[], requests: number): number {
  let stable = requests
  for (const { after, moved } of [...moves].reverse()) {
    if (moved > after * MOVED_SHARE_MAX) break
    stable = after
  }
  return stable
}

/** Requests whose group holds, at a segment that is text in their route, other texts as well. */
function swallowedOf({ requests }: Traffic, ids: readonly string[]): number {
  const segments = requests.map(({ target }) => target.split("/").slice(1))
  /** By group: its first request's segments, "" where others differ. */
  const common = new Map<string, string[]>()
  requests.forEach((request, i) => {
    if (!isScored(request)) return
    const own = segments[i]!
    const known = common.get(ids[i]!)
    if (known === undefined) common.set(ids[i]!, [...own])
    else for (let k = 0; k < known.length; k++) if (known[k] !== own[k]) known[k] = ""
  })
  return requests.filter(
    (request, i) =>
      isScored(request) &&
      ids[i] !== "" &&
      request.route!.segments.some(
        ({ values, texts }, k) => values.length === 0 && texts[0] !== "" && common.get(ids[i]!)![k] === "",
      ),
  ).length
}
