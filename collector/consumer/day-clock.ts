// Days of event time (UTC) as consumers see them: what is looked at once a day happens when an exchange begins a newer one.
//
// The day is that of the latest sight of any consumer, so that a restart goes on where the store was left.
import { DAY_US, dayOf } from "./recent-days.ts"

export class DayClock {
  /** End of the newest day, µs; -Infinity before the first one. */
  dayEndUs = Number.NEGATIVE_INFINITY
  readonly #onDay: (dayUs: number) => void

  /** `latestUs`: latest sight so far, -Infinity for none. `onDay` is told when a day has begun, and not of the first one. */
  constructor(latestUs: number, onDay: (dayUs: number) => void) {
    this.#onDay = onDay
    if (latestUs !== Number.NEGATIVE_INFINITY) this.dayEndUs = (dayOf(latestUs) + 1) * DAY_US
  }

  turnTo(timeUs: number): void {
    const isFirst = this.dayEndUs === Number.NEGATIVE_INFINITY
    const day = dayOf(timeUs)
    this.dayEndUs = (day + 1) * DAY_US
    if (!isFirst) this.#onDay(day * DAY_US)
  }
}
