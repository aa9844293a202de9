// Series of the API as the columns of a chart.
import type { SeriesPoint } from "./types.ts"

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
  // A single window would be a dot: it gets its neighbours.
  if (out[0].length === 1) {
    const [at, requests, errors] = [out[0][0]!, out[1][0]!, out[2][0]!]
    return [
      [at - stepS, at, at + stepS],
      [0, requests, 0],
      [0, errors, 0],
    ]
  }
  return out
}
