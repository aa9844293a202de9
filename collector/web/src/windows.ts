// Series of the API as the columns of a chart.
import type { SeriesPoint } from "./types/common.ts"

/** Windows drawn at most; a gap in the traffic is drawn as zeros. */
const WINDOWS_MAX = 3000

export type Columns = [times: number[], requests: number[], errors: number[]]

/** Columns with a zero for every hour or day without traffic. */
export function fillWindows(points: readonly SeriesPoint[], stepS: number): Columns {
  const out: Columns = [[], [], []]
  const add = (time: number, requests: number, errors: number): void => {
    out[0].push(time)
    out[1].push(requests)
    out[2].push(errors)
  }
  let next = -1
  for (const point of points) {
    const at = Math.floor(Date.parse(point.at ?? "") / 1000)
    if (!Number.isFinite(at)) continue
    if (next > 0 && (at - next) / stepS < WINDOWS_MAX) for (; next < at; next += stepS) add(next, 0, 0)
    add(at, point.requests, point.errors)
    next = at + stepS
  }
  // A single window would be a dot: it gets its neighbours, and stands in the middle.
  if (out[0].length === 1) {
    const [at, requests, errors] = [out[0][0]!, out[1][0]!, out[2][0]!]
    return [
      [at - stepS, at, at + stepS, at + 2 * stepS],
      [0, requests, 0, 0],
      [0, errors, 0, 0],
    ]
  }
  return out
}

/** The times of points, and a row of values for each series. */
export type Lines = [times: number[], ...values: (number | null)[][]]

/**
 * Columns of `of` each point; where nothing was heard for a step or more, a hole (null): that nothing came is not that nothing
 * was lost.
 */
export function linesOf<T extends { readonly at: string | null }>(
  points: readonly T[],
  stepS: number,
  of: readonly ((point: T) => number | null)[],
): Lines {
  const times: number[] = []
  const values = of.map((): (number | null)[] => [])
  const add = (time: number, point: T | null): void => {
    times.push(time)
    for (const [i, value] of of.entries()) values[i]!.push(point === null ? null : value(point))
  }
  let last: T | null = null
  let next = -1
  for (const point of points) {
    const at = Math.floor(Date.parse(point.at ?? "") / 1000)
    if (!Number.isFinite(at)) continue
    if (last !== null && at > next) {
      // A step before a hole is as wide as the others.
      add(next - 1, last)
      add(next, null)
    }
    add(at, point)
    last = point
    next = at + stepS
  }
  if (last !== null) add(next - 1, last)
  // A single step would fill the whole width, like a level that was held: it gets empty neighbours, so that it is a step.
  if (times.length === 2) {
    const [from, until] = [times[0]! - stepS, times[1]! + stepS]
    return [[from, ...times, until], ...values.map((column) => [null, ...column, null])]
  }
  return [times, ...values]
}
