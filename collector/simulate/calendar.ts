// The world's calendar: days since its start, in UTC; hours and holidays in a partner's zone.
export const HOUR_US = 3_600_000_000
export const DAY_US = 24 * HOUR_US
export const MINUTE_US = 60_000_000
export const SECOND_US = 1_000_000

/** 2026-09-07T00:00:00Z, a Monday. */
export const WORLD_START_US = 1_788_739_200_000_000

/** Days since the world's start on which most of business rests, and what is left of it. */
const HOLIDAYS: ReadonlyMap<string, number> = new Map([
  ["10-03", 0.35],
  ["10-26", 0.7],
  ["11-01", 0.5],
  ["12-24", 0.4],
  ["12-25", 0.15],
  ["12-26", 0.2],
  ["12-31", 0.5],
  ["01-01", 0.15],
])

export const startOfDay = (day: number): number => WORLD_START_US + day * DAY_US

/** 0 Monday to 6 Sunday. */
export const weekday = (day: number): number => ((day % 7) + 7) % 7

const dateOf = (day: number): Date => new Date(startOfDay(day) / 1000)

/** Share of a normal day's business by holidays: 1 on most days. */
export function holidayFactor(day: number): number {
  return HOLIDAYS.get(dateOf(day).toISOString().slice(5, 10)) ?? 1
}

/** Business of accounts doubles around the end of a month. */
export function isMonthEnd(day: number): boolean {
  const date = dateOf(day)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return date.getUTCDate() >= last - 1 || date.getUTCDate() === 1
}

/** Weights of the hours of a day that people work in, by local time. */
export const OFFICE_HOURS: readonly number[] = [
  0, 0, 0, 0, 0, 0, 0.02, 0.3, 0.9, 1.2, 1.3, 1.1, 0.6, 0.9, 1.2, 1.1, 0.9, 0.5, 0.15, 0.05, 0.02, 0, 0, 0,
]
/** Machines that follow business: never silent, busier by day. */
export const BUSINESS_HOURS: readonly number[] = [
  0.2, 0.2, 0.2, 0.2, 0.25, 0.3, 0.5, 0.8, 1.1, 1.3, 1.3, 1.2, 1, 1.1, 1.2, 1.2, 1.1, 0.9, 0.7, 0.5, 0.4, 0.3, 0.3, 0.2,
]
