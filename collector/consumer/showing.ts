// What one (identity, client) of a batch did: exchanges, their times and days, the services it called, the data classes they carried.
//
// In:  its exchanges, one at a time: a few additions each. Out: to its consumer, once a batch (and when a day of event time ends).
import type { ApiEvent, Client, Identity } from "../../shared/event/api-event.ts"
import { DAY_US, dayOf } from "./recent-days.ts"
import { Tally } from "./sights.ts"

interface Place {
  readonly id: string
}

class ServiceTally extends Tally {
  /** By data class as the event says it ("email=3"); null while there was none. */
  request: Map<string, Tally> | null = null
  response: Map<string, Tally> | null = null
}

export class Showing {
  readonly identity: Identity
  readonly client: Client
  tally = new Tally()
  #days: number[] = []
  /** Start of the day noted last, µs. */
  #dayUs = Number.NaN
  #service: Place | null = null
  #last = new ServiceTally()
  /** Only where there is more than one. */
  #services: Map<Place, ServiceTally> | null = null

  constructor(identity: Identity, client: Client) {
    this.identity = identity
    this.client = client
  }

  get isEmpty(): boolean {
    return this.#service === null
  }

  /** A conversation is seen, and no request. */
  count(event: ApiEvent, service: Place, requests: 0 | 1): void {
    const { startUs } = event
    if (!(startUs >= this.#dayUs && startUs < this.#dayUs + DAY_US)) this.#noteDay(startUs)
    this.tally.requests += requests
    this.tally.see(startUs)
    if (service !== this.#service) this.#turnTo(service)
    const last = this.#last
    last.requests += requests
    last.see(startUs)
    if (event.requestClasses.length > 0) last.request = countClasses(last.request, event.requestClasses, startUs)
    if (event.responseClasses.length > 0) last.response = countClasses(last.response, event.responseClasses, startUs)
  }

  days(): readonly number[] {
    return this.#days
  }

  *services(): Iterable<readonly [id: string, tally: Tally]> {
    if (this.#services !== null) for (const [service, tally] of this.#services) yield [service.id, tally]
    else if (this.#service !== null) yield [this.#service.id, this.#last]
  }

  /** "SERVICE response:email". */
  *dataClasses(): Iterable<readonly [name: string, tally: Tally]> {
    for (const [service, tally] of this.services() as Iterable<readonly [string, ServiceTally]>) {
      for (const direction of ["request", "response"] as const) {
        for (const [text, ofClass] of tally[direction] ?? []) {
          const end = text.indexOf("=")
          yield [`${service} ${direction}:${end < 0 ? text : text.slice(0, end)}`, ofClass]
        }
      }
    }
  }

  /** Told to the consumer: what comes is told anew. */
  clear(): void {
    this.tally = new Tally()
    this.#days = []
    this.#dayUs = Number.NaN
    this.#service = null
    this.#last = new ServiceTally()
    this.#services = null
  }

  #noteDay(timeUs: number): void {
    const day = dayOf(timeUs)
    this.#dayUs = day * DAY_US
    if (!this.#days.includes(day)) this.#days.push(day)
  }

  #turnTo(service: Place): void {
    if (this.#service !== null) {
      this.#services ??= new Map([[this.#service, this.#last]])
      this.#last = this.#services.get(service) ?? new ServiceTally()
      this.#services.set(service, this.#last)
    }
    this.#service = service
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
