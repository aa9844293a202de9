// Hours and days of event time (UTC), as analytics see them close.
//
// In:  times of exchanges in the order of application. Out: a turn for each hour that closes, and after the last hour of a day one for
// the day. An hour closes when an exchange is `LATE_US` past its end; what belongs to it later is late. Hours in which nothing happened
// close, too, unless there are more than `GAP_HOURS` of them: then those in the middle are passed over. The order of application
// decides, and nothing else: a replay turns at the same exchanges.
export const HOUR_US = 3_600_000_000
export const DAY_US = 24 * HOUR_US
/** How long an hour waits for exchanges that took long, µs. */
const LATE_US = 300_000_000
/** Hours of silence that are closed one by one. */
const GAP_HOURS = 24 * 8

export interface Turn {
  readonly kind: "hour" | "day"
  /** The window that closed, [startUs, endUs). */
  readonly startUs: number
  readonly endUs: number
}

/** How far ahead of everything seen an exchange may be, µs: one sensor's wrong clock must not make everybody's present late. */
export const AHEAD_US = 400 * DAY_US
/** So many exchanges that far ahead, with none of the present between them, are a later recording: time goes on there. */
export const AHEAD_CONFIRMED = 500

export interface SavedClock {
  readonly nowUs: number
  readonly openUs: number
  readonly ahead: number
}

export class EventClock {
  /** Greatest time seen, µs. */
  nowUs: number
  /** Start of the oldest hour that is open; everything before is late. -1 before the first exchange. */
  openUs: number

  /** Exchanges too far ahead since the last one that was not. */
  #ahead: number

  constructor(saved: SavedClock = { nowUs: -1, openUs: -1, ahead: 0 }) {
    this.nowUs = saved.nowUs
    this.openUs = saved.openUs
    this.#ahead = saved.ahead
  }

  /** Whether the time is so far ahead that nobody else confirms it: to be left out. */
  isAhead(atUs: number): boolean {
    if (this.nowUs < 0 || atUs <= this.nowUs + AHEAD_US) {
      this.#ahead = 0
      return false
    }
    return ++this.#ahead < AHEAD_CONFIRMED
  }

  /** Whether `turn` has something to close: the one check an exchange. */
  isDue(atUs: number): boolean {
    return atUs >= this.openUs + HOUR_US + LATE_US
  }

  isLate(atUs: number): boolean {
    return atUs < this.openUs
  }

  /** Closes what the time `atUs` is past. */
  *turnTo(atUs: number): Iterable<Turn> {
    if (this.openUs < 0) {
      this.openUs = Math.floor(atUs / HOUR_US) * HOUR_US
      return
    }
    const openUs = Math.floor((atUs - LATE_US) / HOUR_US) * HOUR_US
    const skipFrom = this.openUs + GAP_HOURS * HOUR_US
    while (this.openUs < openUs) {
      const startUs = this.openUs
      this.openUs = startUs + HOUR_US
      yield { kind: "hour", startUs, endUs: this.openUs }
      if (this.openUs % DAY_US === 0) yield { kind: "day", startUs: this.openUs - DAY_US, endUs: this.openUs }
      if (this.openUs === skipFrom && openUs - skipFrom > DAY_US) this.openUs = Math.floor(openUs / DAY_US) * DAY_US
    }
  }

  save(): SavedClock {
    return { nowUs: this.nowUs, openUs: this.openUs, ahead: this.#ahead }
  }
}
