// How well predicted groups agree with true ones, as log parsers are judged.
//
// GA: share of requests whose predicted group holds exactly the requests of their true group. FGA: F1 over groups that agree
// exactly. Two sides are compared as partitions: names of groups do not matter.

export interface Score {
  readonly requests: number
  /** Requests in groups that agree exactly. */
  readonly right: number
  readonly trueGroups: number
  readonly predictedGroups: number
  readonly rightGroups: number
}

export interface GroupError {
  readonly truth: string
  readonly requests: number
  /** Predicted groups that hold its requests, largest first. */
  readonly predicted: readonly { readonly group: string; readonly requests: number; readonly foreign: number }[]
}

export const groupingAccuracy = (score: Score): number => (score.requests === 0 ? 1 : score.right / score.requests)

export const groupingF1 = (score: Score): number =>
  score.trueGroups + score.predictedGroups === 0
    ? 1
    : (2 * score.rightGroups) / (score.trueGroups + score.predictedGroups)

/** Counts of each pair of groups: which predicted groups share requests with which true one. */
class Table {
  readonly truths = new Map<string, number>()
  readonly predictions = new Map<string, number>()
  readonly cells = new Map<string, Map<string, number>>()
  requests = 0

  constructor(truth: readonly (string | null)[], predicted: readonly string[]) {
    for (let i = 0; i < truth.length; i++) {
      const own = truth[i]!
      if (own === null) continue
      // A request without a place is a group of its own kind for each true group: never right.
      const other = predicted[i] ?? ""
      this.requests++
      bump(this.truths, own)
      bump(this.predictions, other)
      const row = this.cells.get(own) ?? new Map<string, number>()
      this.cells.set(own, row)
      bump(row, other)
    }
  }

  isRight(own: string): boolean {
    const row = this.cells.get(own)!
    if (row.size !== 1) return false
    const [other] = row.keys()
    return other !== "" && this.predictions.get(other!) === this.truths.get(own)
  }
}

const bump = (counts: Map<string, number>, key: string, by = 1): void =>
  void counts.set(key, (counts.get(key) ?? 0) + by)

/** `truth`: null for requests that are not scored. */
export function score(truth: readonly (string | null)[], predicted: readonly string[]): Score {
  const table = new Table(truth, predicted)
  let right = 0
  let rightGroups = 0
  for (const [own, count] of table.truths)
    if (table.isRight(own)) {
      right += count
      rightGroups++
    }
  return {
    requests: table.requests,
    right,
    trueGroups: table.truths.size,
    predictedGroups: table.predictions.size,
    rightGroups,
  }
}

export function sumOf(scores: readonly Score[]): Score {
  const sum = { requests: 0, right: 0, trueGroups: 0, predictedGroups: 0, rightGroups: 0 }
  for (const one of scores) for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] += one[key]
  return sum
}

/** True groups that are not predicted as they are, the heaviest first. */
export function failures(truth: readonly (string | null)[], predicted: readonly string[]): GroupError[] {
  const table = new Table(truth, predicted)
  const out: GroupError[] = []
  for (const [own, requests] of table.truths) {
    if (table.isRight(own)) continue
    const parts = [...table.cells.get(own)!].map(([group, count]) => ({
      group,
      requests: count,
      foreign: table.predictions.get(group)! - count,
    }))
    out.push({ truth: own, requests, predicted: parts.sort((a, b) => b.requests - a.requests) })
  }
  return out.sort((a, b) => b.requests - a.requests)
}
