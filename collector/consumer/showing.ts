// What one (identity, client) of a batch did: exchanges, their times and days, the services it called, the data classes they carried.
//
// In:  its exchanges, one at a time: a few additions each. Out: to its consumer, once a batch (and when a day of event time ends).
import type { ApiEvent, Client, Identity } from "../../shared/event/api-event.ts"
import { DAY_US, dayOf } from "./recent-days.ts"
import { Tally } from "./sights.ts"

interface Place {
  readonly id: string
}

/** What it did at one service. */
export class ServiceTally extends Tally {
  readonly service: Place
  /** By data class as the event says it ("email=3"); null while there was none. */
  request: Map<string, Tally> | null = null
  response: Map<string, Tally> | null = null

  constructor(service: Place) {
    super()
    this.service = service
  }
}

export class Showing extends Tally {
  readonly identity: Identity
  readonly client: Client
  #days: number[] = []
  /** Start of the day noted last, µs. */
  #dayUs = Number.NaN
  #last: ServiceTally | null = null
  #services: ServiceTally[] = []

  constructor(identity: Identity, client: Client) {
    super()
    this.identity = identity
    this.client = client
  }

  get isEmpty(): boolean {
    return this.#last === null
  }

  /** A conversation is seen, and no request. */
  count(event: ApiEvent, service: Place, requests: 0 | 1): void {
    const { startUs } = event
    if (!(startUs >= this.#dayUs && startUs < this.#dayUs + DAY_US)) this.#noteDay(startUs)
    this.requests += requests
    this.see(startUs)
    const last = this.#last !== null && this.#last.service === service ? this.#last : this.#turnTo(service)
    last.requests += requests
    last.see(startUs)
    if (event.requestClasses.length > 0) last.request = countClasses(last.request, event.requestClasses, startUs)
    if (event.responseClasses.length > 0) last.response = countClasses(last.response, event.responseClasses, startUs)
  }

  days(): readonly number[] {
    return this.#days
  }

  services(): readonly ServiceTally[] {
    return this.#services
  }

  /** Told to the consumer: what comes is told anew. */
  clear(): void {
    this.requests = 0
    this.firstUs = Number.POSITIVE_INFINITY
    this.lastUs = Number.NEGATIVE_INFINITY
    this.#days = []
    this.#dayUs = Number.NaN
    this.#last = null
    this.#services = []
  }

  #noteDay(timeUs: number): void {
    const day = dayOf(timeUs)
    this.#dayUs = day * DAY_US
    if (!this.#days.includes(day)) this.#days.push(day)
  }

  #turnTo(service: Place): ServiceTally {
    let tally = this.#services.find((known) => known.service === service)
    if (tally === undefined) {
      tally = new ServiceTally(service)
      this.#services.push(tally)
    }
    this.#last = tally
    return tally
  }
}

function countClasses(
  known: Map<string, Tally> | null,
  classes: readonly string[],
  timeUs: number,
): Map<string, Tally> {
  const tallies = known ?? new Map<string, Tally>()
  for (const text of classes) {
    let tally = tallies.get(text)
    if (tally === undefined) {
      tally = new Tally()
      tallies.set(text, tally)
    }
    tally.requests++
    tally.see(timeUs)
  }
  return tallies
}
