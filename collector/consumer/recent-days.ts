// On which of the last 32 days (UTC) something was seen: bit i is set when it was seen i days before the newest one.
//
// Nothing depends on the order in which days are added.

export const DAY_US = 86_400_000_000
export const RECENT_DAYS = 32

export function dayOf(timeUs: number): number {
  return Math.floor(timeUs / DAY_US)
}

export interface RecentDays {
  readonly bits: number
  /** Number of the newest day, -Infinity when there is none. */
  readonly newest: number
}

export function withDay({ bits, newest }: RecentDays, day: number): RecentDays {
  if (day > newest) {
    const kept = day - newest < RECENT_DAYS ? bits << (day - newest) : 0
    return { bits: (kept | 1) >>> 0, newest: day }
  }
  return newest - day < RECENT_DAYS ? { bits: (bits | (1 << (newest - day))) >>> 0, newest } : { bits, newest }
}

export function withDays(one: RecentDays, other: RecentDays): RecentDays {
  let all = one
  for (let i = 0; i < RECENT_DAYS; i++) if ((other.bits & (1 << i)) !== 0) all = withDay(all, other.newest - i)
  return all
}

/** Days seen from day `first` to day `last`, both included. */
export function countDays({ bits, newest }: RecentDays, first = Number.NEGATIVE_INFINITY, last = newest): number {
  let days = 0
  for (let i = 0; i < RECENT_DAYS; i++) if ((bits & (1 << i)) !== 0 && newest - i >= first && newest - i <= last) days++
  return days
}
