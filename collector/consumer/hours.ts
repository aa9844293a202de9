// Hours of the week in a time zone: "mon-fri 06:00-20:00 Europe/Berlin".
//
// In:  the text. Out: whether a time, or any minute of a window, lies in them. Daylight saving is the zone's: the offset at the start of a
// window holds for all of it.
//   DAYS   mon, mon-fri, sat,sun, fri-mon, daily; left out: daily
//   TIMES  HH:MM-HH:MM; an end at or before the start is on the day after; 24:00 is the end of a day
//   ZONE   as in the IANA database; left out: UTC

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
const DAY_MINUTES = 1440
const WEEK_MINUTES = 7 * DAY_MINUTES
const MINUTE_US = 60_000_000

export interface Hours {
  /** The text that it is from. */
  readonly text: string
  readonly zone: string
  /** Minutes of the week from Monday 00:00, local time: [from, to), `to` may pass the end of the week. */
  readonly spans: readonly (readonly [from: number, to: number])[]
  /** Local minute of the week of a time. */
  readonly minuteOf: (timeUs: number) => number
}

/** The hours, or a sentence that says what is wrong. */
export function parseHours(text: string): Hours | string {
  const match = /^(?:([a-z,-]+)\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})(?:\s+(\S+))?$/i.exec(text.trim())
  if (match === null) return `"${text}" is not like "mon-fri 06:00-20:00 Europe/Berlin".`
  const [, dayText = "daily", fromHour, fromMinute, toHour, toMinute, zone = "UTC"] = match
  const days = parseDays(dayText.toLowerCase())
  if (days === null)
    return `"${dayText}" names no days: write mon, tue, wed, thu, fri, sat, sun, with "-" and ",", or daily.`
  const from = minuteOfDay(fromHour!, fromMinute!)
  const to = minuteOfDay(toHour!, toMinute!)
  if (from === null || to === null || from === DAY_MINUTES)
    return `"${text}" has a time that no clock shows: they go from 00:00 to 24:00.`
  const minuteOf = localMinutes(zone)
  if (minuteOf === null) return `"${zone}" is no time zone: write one like Europe/Berlin, or UTC.`
  const end = to > from ? to : to + DAY_MINUTES
  const spans = days.map((day) => [day * DAY_MINUTES + from, day * DAY_MINUTES + end] as const)
  return { text, zone, spans, minuteOf }
}

/** Whether any minute of [timeUs, timeUs + lengthUs) lies in the hours; of a time alone (length 0) whether it does. */
export function overlapsHours({ spans, minuteOf }: Hours, timeUs: number, lengthUs = 0): boolean {
  const from = minuteOf(timeUs)
  const to = from + Math.max(1, Math.floor(lengthUs / MINUTE_US))
  for (const [start, end] of spans) {
    for (const shift of [-WEEK_MINUTES, 0, WEEK_MINUTES]) if (from < end + shift && to > start + shift) return true
  }
  return false
}

function parseDays(text: string): number[] | null {
  if (text === "daily") return DAYS.map((_day, i) => i)
  const days = new Set<number>()
  for (const part of text.split(",")) {
    const [first, last = first, ...rest] = part.split("-").map((name) => DAYS.indexOf(name))
    if (first === undefined || last === undefined || first < 0 || last < 0 || rest.length > 0) return null
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day)
      if (day === last) break
    }
  }
  return [...days].sort((a, b) => a - b)
}

function minuteOfDay(hour: string, minute: string): number | null {
  const minutes = Number(hour) * 60 + Number(minute)
  return Number(minute) > 59 || minutes > DAY_MINUTES ? null : minutes
}

function localMinutes(zone: string): ((timeUs: number) => number) | null {
  let format: Intl.DateTimeFormat
  try {
    const parts = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const
    format = new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: zone })
  } catch {
    return null
  }
  return (timeUs) => {
    let minutes = 0
    for (const { type, value } of format.formatToParts(Math.floor(timeUs / 1000))) {
      if (type === "weekday") minutes += DAYS.indexOf(value.toLowerCase()) * DAY_MINUTES
      else if (type === "hour") minutes += Number(value) * 60
      else if (type === "minute") minutes += Number(value)
    }
    return minutes
  }
}
