// One answer of the doctor: what was asked, what was measured, what it means, what to do.

/** From the worst on: the order of a report. */
export const VERDICTS = ["bad", "warning", "unknown", "good"] as const
export type Verdict = (typeof VERDICTS)[number]

export type Measured = number | string | boolean | null | readonly Measured[] | { readonly [name: string]: Measured }

export interface Finding {
  /** Stable name of the check. */
  readonly check: string
  readonly verdict: Verdict
  /** Numbers behind the verdict, stable names, units last; shares are 0 to 1; null: not known. */
  readonly measured: Readonly<Record<string, Measured>>
  /** What was found, one sentence with its numbers. */
  readonly sentence: string
  /** What to do about it, one sentence; null when nothing is to be done. */
  readonly advice: string | null
}

/** `part` of `whole` as a share, 0 when there is nothing. */
export function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

/** The verdict on a share that should be small: bad above `bad`, a warning above `good`. */
export function judge(value: number, good: number, bad: number): Verdict {
  if (value > bad) return "bad"
  return value > good ? "warning" : "good"
}

/** 1234567 as "1,234,567". */
export function grouped(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ",")
}

/** A share as a percentage, with the digits that tell it from 0 and from 100. */
export function percent(value: number): string {
  const hundred = value * 100
  if (hundred === 0 || hundred === 100) return `${hundred} %`
  const distance = Math.min(hundred, 100 - hundred)
  const digits = distance >= 10 ? 0 : distance >= 1 ? 1 : distance >= 0.1 ? 2 : distance >= 0.001 ? 4 : -1
  return digits < 0 ? (hundred < 50 ? "less than 0.001 %" : "more than 99.999 %") : `${hundred.toFixed(digits)} %`
}

const plural = (count: number, word: string): string => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`

export { plural }

/** Bits a second in the unit that people use. */
export function bits(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} Gbit/s`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} Mbit/s`
  return `${(value / 1e3).toFixed(1)} kbit/s`
}

/** µs in the unit that people use. */
export function duration(us: number): string {
  if (us >= 1e6) return `${us >= 1e7 ? Math.round(us / 1e6) : (us / 1e6).toFixed(1)} s`
  return us >= 1000 ? `${us >= 1e4 ? Math.round(us / 1000) : (us / 1000).toFixed(1)} ms` : `${Math.round(us)} µs`
}
