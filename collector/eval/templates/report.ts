// The evaluation's tables, for a terminal.
import type { Evaluation } from "./evaluation.ts"
import { groupingAccuracy, groupingF1, sumOf } from "./scores.ts"

const share = (value: number): string => value.toFixed(3).replace(/^0/, "")
const percent = (part: number, all: number): string => (all === 0 ? "-" : `${((100 * part) / all).toFixed(2)} %`)
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

export const HEAD: readonly string[] = [
  "learner",
  "GA",
  "FGA",
  "FGA by API",
  "groups",
  "of",
  "swallowed",
  "moved in 2nd half",
  "stable by 500",
  "µs/request",
]

/** Those that need to see groups only. */
export const GROUPS_COLUMNS = 6
const STABLE_BY = 500

/** One learner over all APIs. `isOnline`: what moved is known. */
export function summaryRow(name: string, evaluations: readonly Evaluation[], isOnline: boolean): readonly string[] {
  const sum = sumOf(evaluations.map((one) => one.score))
  const moved = evaluations.reduce((n, one) => n + one.moved, 0)
  const settled = evaluations.reduce((n, one) => n + one.settled, 0)
  const isShort = evaluations.every((one) => one.score.requests <= STABLE_BY)
  const stable = evaluations.filter((one) => one.stableAfter <= STABLE_BY).length
  return [
    name,
    share(groupingAccuracy(sum)),
    share(groupingF1(sum)),
    share(mean(evaluations.map((one) => groupingF1(one.score)))),
    String(sum.predictedGroups),
    String(sum.trueGroups),
    percent(
      evaluations.reduce((n, one) => n + one.swallowed, 0),
      sum.requests,
    ),
    isOnline ? percent(moved, settled) : "-",
    isOnline && !isShort ? `${stable}/${evaluations.length}` : "-",
    mean(evaluations.map((one) => one.costUs)).toFixed(1),
  ]
}

/** One learner, an API a line, the worst first. */
export function perDescription(evaluations: readonly Evaluation[]): string {
  const rows = [...evaluations]
    .sort((a, b) => groupingF1(a.score) - groupingF1(b.score))
    .map((one) => [
      one.api,
      share(groupingAccuracy(one.score)),
      share(groupingF1(one.score)),
      String(one.score.predictedGroups),
      String(one.score.trueGroups),
      percent(one.swallowed, one.score.requests),
    ])
  return table([["API", "GA", "FGA", "groups", "of", "swallowed"], ...rows])
}

const PREDICTED_SHOWN = 6

/** The heaviest groups that are not what they should be, with what was made of them. */
export function worstGroups(
  evaluations: readonly Evaluation[],
  count: number,
  styleOf: (api: string, truth: string) => string,
): string {
  const all = evaluations.flatMap((one) => one.failures.map((failure) => ({ api: one.api, ...failure })))
  const lines = all
    .sort((a, b) => b.requests - a.requests)
    .slice(0, count)
    .flatMap(({ api, truth, requests, predicted }) => [
      `${api} ${truth}  (${requests} requests; ${styleOf(api, truth)})`,
      ...predicted
        .slice(0, PREDICTED_SHOWN)
        .map(
          (part) =>
            `    ${String(part.requests).padStart(5)} in ${part.group || "(no place)"}${part.foreign > 0 ? `, with ${part.foreign} of others` : ""}`,
        ),
      ...(predicted.length > PREDICTED_SHOWN ? [`    ... and ${predicted.length - PREDICTED_SHOWN} groups more`] : []),
    ])
  return lines.join("\n")
}
