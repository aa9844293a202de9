// Confidence intervals, 95 %.
import { Draws } from "../../simulate/draws.ts"

export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}

const Z = 1.959964
const BOOTSTRAPS = 400

/** Of a share: Wilson's score interval (1927). NaN without trials. */
export function wilson(hits: number, trials: number): Interval {
  if (trials === 0) return { value: Number.NaN, low: 0, high: 1 }
  const p = hits / trials
  const middle = (p + (Z * Z) / (2 * trials)) / (1 + (Z * Z) / trials)
  const half = (Z * Math.sqrt((p * (1 - p)) / trials + (Z * Z) / (4 * trials * trials))) / (1 + (Z * Z) / trials)
  return { value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** Of a rate from a count over an exposure: Poisson, by Wilson and Hilferty's approximation of chi-square. */
export function poissonRate(count: number, exposure: number): Interval {
  const cube = (n: number, sign: number): number => n * (1 - 1 / (9 * n) + (sign * Z) / (3 * Math.sqrt(n))) ** 3
  const low = count === 0 ? 0 : cube(count, -1)
  return { value: count / exposure, low: low / exposure, high: cube(count + 1, 1) / exposure }
}

export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}

/** Of a median: percentiles of bootstrapped medians, drawn the same each time. */
export function median(values: readonly number[]): Interval {
  const value = quantile(values, 0.5)
  if (values.length < 3) return { value, low: quantile(values, 0), high: quantile(values, 1) }
  const draws = Draws.of(values.length, "median")
  const medians = Array.from({ length: BOOTSTRAPS }, () =>
    quantile(
      values.map(() => draws.pick(values)),
      0.5,
    ),
  )
  return { value, low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}
