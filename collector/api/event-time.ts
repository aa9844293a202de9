// Event time, µs since 1970, to and from the text of the API.

/** Hour and day in µs. */
export const HOUR_US = 3_600_000_000
export const DAY_US = 24 * HOUR_US
const DATE_MS_MAX = 8.64e15

/** ISO 8601 with milliseconds; null for 0 (never) and for what no date can hold. */
export function isoTime(timeUs: number): string | null {
  const ms = Math.floor(timeUs / 1000)
  return timeUs > 0 && ms <= DATE_MS_MAX ? new Date(ms).toISOString() : null
}

/** µs of an ISO 8601 time with zone (or a date, taken as UTC); null when it is neither. */
export function parseTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms * 1000
}
