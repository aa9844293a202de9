// Who makes things up: how many different ones were asked for in a day that are not there, only refuse, or found no place.
//
// In:  requests for such paths or operations of a service, for names of hosts that nobody serves, with credentials that nobody knows.
// Out: whether it is a flood by now, and facts for one finding. Distinct ones are told by a sketch of a day (day-sketch.ts).
// While paths of a service are flooded, those that only refuse add no endpoint, so that the inventory keeps what is really there.
import { Busiest } from "./busiest.ts"
import { DaySketch, DISTINCT_MAX, estimate } from "./day-sketch.ts"
import { DAY_US, windowStart } from "./pair-counts.ts"

/** Share of the requests from which one is said to be the one who floods. */
const MAIN_SHARE = 0.9

/** What is known of a flood. */
export interface FloodFacts {
  /** Different ones in the worst day, estimated; `isMore`: there were more than can be told. */
  readonly distinct: number
  readonly isMore: boolean
  /** Requests for them, over all days. */
  readonly requests: number
  /** Who asked for them, the busiest first, at most 16; `isCrowded`: there were more. */
  readonly who: readonly string[]
  readonly isCrowded: boolean
  /** The one who made nearly all of the requests, and how many at most; "" for nobody. */
  readonly main: string
  readonly mainRequests: number
  readonly firstUs: number
  readonly lastUs: number
}

export class Flood {
  /** Distinct ones of a day that make a flood. */
  readonly #limit: number
  #sketch = new DaySketch()
  /** Bits of the worst day so far. */
  #worst = 0
  #requests = 0
  #firstUs = Number.POSITIVE_INFINITY
  #lastUs = Number.NEGATIVE_INFINITY
  #who = new Busiest()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `what`: a 32-bit hash of what was asked for. `who`: "" for nobody known. */
  note(what: number, who: string, atUs: number): void {
    const sketch = this.#sketch
    if (sketch.turnTo(atUs) && !this.hasFlooded) this.#clear()
    if (sketch.add(what) > 0 && sketch.ones > this.#worst) this.#worst = sketch.ones
    this.#requests++
    if (atUs < this.#firstUs) this.#firstUs = atUs
    if (atUs > this.#lastUs) this.#lastUs = atUs
    if (who !== "") this.#who.add(who)
  }

  /** There is one on the day that events have come to. */
  isFlooding(atUs: number): boolean {
    return windowStart(atUs, DAY_US) <= this.#sketch.dayUs && estimate(this.#sketch.ones) >= this.#limit
  }

  get hasFlooded(): boolean {
    return estimate(this.#worst) >= this.#limit
  }

  facts(): FloodFacts {
    const distinct = Math.round(estimate(this.#worst))
    const order = this.#who.order()
    const [busiest = "", most = 0] = order[0] ?? []
    const isMain = most >= MAIN_SHARE * this.#requests
    return {
      distinct,
      isMore: distinct >= DISTINCT_MAX,
      requests: this.#requests,
      who: order.map(([name]) => name),
      isCrowded: this.#who.isCrowded,
      main: isMain ? busiest : "",
      mainRequests: isMain ? most : 0,
      firstUs: this.#firstUs,
      lastUs: this.#lastUs,
    }
  }

  toJson(): unknown {
    const seen = [this.#firstUs, this.#lastUs]
    const { dayUs } = this.#sketch
    const who = this.#who.toJson()
    return [1, this.#sketch.toJson(), dayUs, this.#worst, this.#requests, seen, who, this.#who.isCrowded]
  }

  static from(stored: unknown, limit: number): Flood {
    const flood = new Flood(limit)
    type Stored = [number, string, number, number, number, [number, number], (string | [string, number])[], boolean]
    const [, bits, dayUs, worst, requests, seen, who, isCrowded] = stored as Stored
    flood.#sketch = DaySketch.from(bits, dayUs)
    flood.#worst = worst
    flood.#requests = requests
    ;[flood.#firstUs, flood.#lastUs] = seen
    flood.#who = Busiest.from(who, isCrowded)
    return flood
  }

  /** What a quiet day leaves behind is no part of a flood. */
  #clear(): void {
    this.#worst = 0
    this.#requests = 0
    this.#firstUs = Number.POSITIVE_INFINITY
    this.#lastUs = Number.NEGATIVE_INFINITY
    this.#who.clear()
  }
}
