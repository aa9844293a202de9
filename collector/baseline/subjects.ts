// Whom and what baselines are kept of: consumers, endpoints, and the pairs of the two, each with a small number of its own.
//
// In:  ids as the inventory has them. Out: subjects whose ordinals (0, 1, 2, ...) index the slabs of all baselines, the same after a
//      restart. Given up: past a limit there is no subject, and what needs one is counted there.

import type { BaselineLimits } from "../inventory/baseline-limits.ts"
import type { LimitCounters } from "../inventory/limits.ts"
import { PairPlaces } from "./pair-places.ts"

/** How far a consumer is known. rules: under 3 days or 200 requests, rules and peers only; shrunk: to 14 days, half weight; full. */
export type Learning = "rules" | "shrunk" | "full"

export interface ConsumerSubject {
  readonly ordinal: number
  id: string
  /** Scheme, issuer and principal when it was met: the same in every store, unlike the id, which is drawn. */
  readonly key: string
  name: string
  /** none, basic, bearer-jwt, ... */
  scheme: string
  /** Id of its partner, "" for none. */
  partner: string
  firstUs: number
  lastUs: number
  requests: number
  /** Days of event time with at least one request; day number (days since 1970) of the last one. */
  activeDays: number
  lastDay: number
}

export interface EndpointSubject {
  readonly ordinal: number
  id: string
  service: string
  serviceName: string
  method: string
  template: string
  operation: string
  firstUs: number
  /** First time that its service was seen, µs. */
  serviceFirstUs: number
  lastUs: number
  requests: number
  /** documented, shadow, zombie, orphan, rogue, unknown. */
  status: string
  /** Its specification says that no credential is needed. */
  isOpenBySpecification: boolean
  /** 0.5 to 2 by the data classes that it answers with; see sensitivity.ts. */
  sensitivity: number
  /** Split from another one at that time, µs: nothing is new there for a day. 0 otherwise. */
  splitUs: number
}

export interface PairSubject {
  readonly ordinal: number
  readonly consumer: number
  readonly endpoint: number
  firstUs: number
  lastUs: number
  requests: number
}

export interface SavedSubjects {
  readonly consumers: ConsumerSubject[]
  readonly endpoints: EndpointSubject[]
  readonly pairs: PairSubject[]
}

export class Subjects {
  readonly consumers: ConsumerSubject[]
  readonly endpoints: EndpointSubject[]
  readonly pairs: PairSubject[]
  readonly #consumersById = new Map<string, ConsumerSubject>()
  readonly #endpointsById = new Map<string, EndpointSubject>()
  readonly #places = new PairPlaces()
  /** Pairs of each endpoint, by its ordinal: who uses it. */
  readonly #pairsOfEndpoint: PairSubject[][] = []
  readonly #limits: BaselineLimits
  readonly #reached: LimitCounters

  constructor(limits: BaselineLimits, reached: LimitCounters, saved?: SavedSubjects) {
    this.#limits = limits
    this.#reached = reached
    this.consumers = saved?.consumers ?? []
    this.endpoints = saved?.endpoints ?? []
    this.pairs = saved?.pairs ?? []
    for (const consumer of this.consumers) if (consumer.id !== "") this.#consumersById.set(consumer.id, consumer)
    for (const endpoint of this.endpoints) if (endpoint.id !== "") this.#endpointsById.set(endpoint.id, endpoint)
    for (const pair of this.pairs) this.#index(pair)
  }

  consumer(id: string): ConsumerSubject | null {
    return this.#consumersById.get(id) ?? null
  }

  endpoint(id: string): EndpointSubject | null {
    return this.#endpointsById.get(id) ?? null
  }

  pair(consumer: ConsumerSubject, endpoint: EndpointSubject): PairSubject | null {
    const place = this.#places.find(consumer.ordinal, endpoint.ordinal)
    return place < 0 ? null : this.pairs[place]!
  }

  /** Pairs of the consumers that use an endpoint, in the order in which they came. */
  pairsOf(endpoint: EndpointSubject): readonly PairSubject[] {
    return this.#pairsOfEndpoint[endpoint.ordinal] ?? []
  }

  /** `key`: see ConsumerSubject. */
  addConsumer(id: string, name: string, scheme: string, partner: string, key = id): ConsumerSubject | null {
    if (this.consumers.length >= this.#limits.baselineConsumers) {
      this.#reached.baselineConsumers++
      return null
    }
    const ordinal = this.consumers.length
    const consumer = {
      ordinal,
      id,
      key,
      name,
      scheme,
      partner,
      firstUs: 0,
      lastUs: 0,
      requests: 0,
      activeDays: 0,
      lastDay: 0,
    }
    this.consumers.push(consumer)
    this.#consumersById.set(id, consumer)
    return consumer
  }

  addEndpoint(facts: Omit<EndpointSubject, "ordinal">): EndpointSubject | null {
    if (this.endpoints.length >= this.#limits.baselineEndpoints) {
      this.#reached.baselineEndpoints++
      return null
    }
    const endpoint: EndpointSubject = { ordinal: this.endpoints.length, ...facts }
    this.endpoints.push(endpoint)
    this.#endpointsById.set(endpoint.id, endpoint)
    return endpoint
  }

  /** Null past the limit. */
  pairAt(consumer: ConsumerSubject, endpoint: EndpointSubject, atUs: number): PairSubject | null {
    const known = this.pair(consumer, endpoint)
    if (known !== null) return known
    if (this.pairs.length >= this.#limits.baselinePairs) {
      this.#reached.baselinePairs++
      return null
    }
    const { ordinal } = consumer
    const pair = {
      ordinal: this.pairs.length,
      consumer: ordinal,
      endpoint: endpoint.ordinal,
      firstUs: atUs,
      lastUs: atUs,
      requests: 0,
    }
    this.pairs.push(pair)
    this.#index(pair)
    return pair
  }

  /** `former` goes on as `successor`: its id finds that one, its ordinal is used no more. */
  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    this.#consumersById.set(former.id, successor)
    former.id = ""
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    this.#endpointsById.set(former.id, successor)
    former.id = ""
  }

  save(): SavedSubjects {
    return { consumers: this.consumers, endpoints: this.endpoints, pairs: this.pairs }
  }

  #index(pair: PairSubject): void {
    this.#places.add(pair.consumer, pair.endpoint, pair.ordinal)
    const ofEndpoint = this.#pairsOfEndpoint[pair.endpoint]
    if (ofEndpoint === undefined) this.#pairsOfEndpoint[pair.endpoint] = [pair]
    else ofEndpoint.push(pair)
  }
}

const DAY_US = 86_400_000_000

/** Days and requests that a consumer has shown decide how far its own history counts. */
export function learningOf(consumer: ConsumerSubject, nowUs: number): Learning {
  const days = (nowUs - consumer.firstUs) / DAY_US
  if (days < 3 || consumer.requests < 200) return "rules"
  return days < 14 ? "shrunk" : "full"
}
