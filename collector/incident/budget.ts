// What people were asked to look at, against what was promised: incidents of each lane by day of event time.
import type { Lane } from "./score.ts"

const DAY_US = 86_400_000_000
const WEEK_DAYS = 7
/** Days remembered. */
const DAYS_MAX = 400

/** False ones promised, per 1,000 consumers: of the high lane a week, of the review lane a day. */
export const BUDGET = { highPerWeek: 1, reviewPerDay: 1 } as const

export interface SavedBudget {
  /** Incidents opened, by day since 1970. */
  readonly high: Map<number, number>
  readonly review: Map<number, number>
}

export class Budget {
  readonly #opened: SavedBudget

  constructor(saved: SavedBudget = { high: new Map(), review: new Map() }) {
    this.#opened = saved
  }

  count(lane: Lane, atUs: number): void {
    const days = this.#opened[lane]
    const day = Math.floor(atUs / DAY_US)
    days.set(day, (days.get(day) ?? 0) + 1)
    if (days.size > DAYS_MAX) days.delete(Math.min(...days.keys()))
  }

  /** Opened in the week and on the day that end with `nowUs`. */
  use(nowUs: number): { readonly highInWeek: number; readonly reviewInDay: number; readonly reviewInWeek: number } {
    const day = Math.floor(nowUs / DAY_US)
    const sum = (days: ReadonlyMap<number, number>, back: number): number => {
      let total = 0
      for (let at = day; at > day - back; at--) total += days.get(at) ?? 0
      return total
    }
    return {
      highInWeek: sum(this.#opened.high, WEEK_DAYS),
      reviewInDay: sum(this.#opened.review, 1),
      reviewInWeek: sum(this.#opened.review, WEEK_DAYS),
    }
  }

  save(): SavedBudget {
    return this.#opened
  }
}
