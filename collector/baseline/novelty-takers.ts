// Who took up an endpoint lately: one consumer's news are its own, those of several parties have one cause.
//
// In:  first successes of known consumers. Out: how many parties (a partner is one, and each consumer without one) are behind those of the
// last days. An endpoint that came up in a service which was known already is a release for its first 14 days; what is older is taken up
// together when there is a campaign, or a month's end: three days.
// Given up: takers beyond 16 of an endpoint; endpoints beyond the limit, the one taken up longest ago makes place.
import { DAY_US } from "./event-clock.ts"
import type { EndpointSubject, Subjects } from "./subjects.ts"

const YOUNG_US = 14 * DAY_US
const TOGETHER_US = 3 * DAY_US
/** What a service has in its first days is what it is. */
const SERVICE_LEARNED_US = 3 * DAY_US
/** From so many parties on it is no consumer's doing. */
export const RELEASE_PARTIES = 3
const TAKERS_MAX = 16
const ENDPOINTS_MAX = 4_096

interface Taker {
  readonly consumer: number
  readonly atUs: number
}

export type SavedTakers = ReadonlyMap<number, readonly Taker[]>

export class Takers {
  readonly #subjects: Subjects
  /** By endpoint, oldest first. */
  readonly #taken: Map<number, Taker[]>

  constructor(subjects: Subjects, saved?: SavedTakers) {
    this.#subjects = subjects
    this.#taken = new Map([...(saved ?? [])].map(([endpoint, takers]) => [endpoint, [...takers]]))
  }

  /** Parties that took the endpoint up lately, this consumer's included. */
  note({ ordinal }: EndpointSubject, consumer: number, atUs: number): number {
    const takers = (this.#taken.get(ordinal) ?? []).filter((taker) => atUs - taker.atUs < YOUNG_US)
    if (takers.length < TAKERS_MAX) takers.push({ consumer, atUs })
    this.#taken.delete(ordinal)
    this.#taken.set(ordinal, takers)
    if (this.#taken.size > ENDPOINTS_MAX) this.#taken.delete(this.#taken.keys().next().value!)
    return this.partiesAt(ordinal, atUs)
  }

  partiesAt(endpoint: number, atUs: number): number {
    const of = this.#subjects.endpoints[endpoint]!
    const window = atUs - of.firstUs < YOUNG_US ? YOUNG_US : TOGETHER_US
    const parties = new Set<string | number>()
    for (const taker of this.#taken.get(endpoint) ?? [])
      if (atUs - taker.atUs < window) parties.add(this.#partyOf(taker.consumer))
    return parties.size
  }

  mergeConsumers(former: number, successor: number): void {
    for (const takers of this.#taken.values()) {
      const at = takers.findIndex(({ consumer }) => consumer === former)
      if (at >= 0) takers[at] = { consumer: successor, atUs: takers[at]!.atUs }
    }
  }

  mergeEndpoints(former: number): void {
    this.#taken.delete(former)
  }

  save(): SavedTakers {
    return this.#taken
  }

  #partyOf(consumer: number): string | number {
    return this.#subjects.consumers[consumer]!.partner || consumer
  }
}

/** It came up within the last 14 days, in a service that was known before: nobody can have used it for long. */
export function isNewborn({ firstUs, serviceFirstUs }: EndpointSubject, atUs: number): boolean {
  return atUs - firstUs < YOUNG_US && firstUs - serviceFirstUs >= SERVICE_LEARNED_US
}

/** The service has had an endpoint that came up within the last 14 days: parameters of a release come with it. */
export function hasReleased({ endpoints }: Subjects, service: string, atUs: number): boolean {
  return endpoints.some((endpoint) => endpoint.service === service && endpoint.id !== "" && isNewborn(endpoint, atUs))
}

/** A month turns (28th to 3rd), and the consumer has seen none turn yet: what is done once a month is new to it. */
export function isFirstMonthTurn(consumerFirstUs: number, atUs: number): boolean {
  const now = new Date(atUs / 1000)
  const day = now.getUTCDate()
  if (day > 3 && day < 28) return false
  const back = day <= 3 ? 1 : 0
  return consumerFirstUs > Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1) * 1000
}
