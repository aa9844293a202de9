// When a message that failed is tried again, and when it is given up. Without chance: the same failures give the same times.
//
//   after try   1    2    3    4   ...   10     11 and later
//   wait        1 s  2 s  4 s  8 s       512 s  15 min         (a receiver's Retry-After counts where it is longer)
//
// So 100 tries take about a day. Not longer than 15 minutes: a receiver that is back after a night should not stay in the dark.

const FIRST_MS = 1000
const LONGEST_MS = 15 * 60_000
export const TRIES_MAX = 100
/** How long a message may be in the queue after its first try, ms. */
export const AGE_MAX_MS = 24 * 3_600_000

export function waitMs(tries: number, askedMs: number): number {
  return Math.max(askedMs, Math.min(FIRST_MS * 2 ** Math.min(tries - 1, 20), LONGEST_MS))
}

/** When the next try is due after the `tries`-th failed, ms; null: never. */
export function nextTryMs(tries: number, sinceMs: number, nowMs: number, askedMs: number): number | null {
  if (tries >= TRIES_MAX) return null
  const nextMs = nowMs + waitMs(tries, askedMs)
  return nextMs - sinceMs > AGE_MAX_MS ? null : nextMs
}
