// How often each consumer called each endpoint (route) since it is known: what mixes are compared by.
//
// In:  what the store gave back, then the counts of each checkpoint. Out: requests by endpoint of one consumer.
// Bounded by the inventory's limit of pairs: what is no pair is not counted by pair.
import type { PairCount } from "../store/records.ts"

export class Uses {
  readonly #byConsumer = new Map<string, Map<string, number>>()

  constructor(pairs: readonly (readonly [consumer: string, endpoint: string, requests: number])[] = []) {
    for (const [consumer, endpoint, requests] of pairs) this.add(consumer, endpoint, requests)
  }

  add(consumer: string, endpoint: string, requests: number): void {
    if (consumer === "" || endpoint === "") return
    let uses = this.#byConsumer.get(consumer)
    if (uses === undefined) {
      uses = new Map()
      this.#byConsumer.set(consumer, uses)
    }
    uses.set(endpoint, (uses.get(endpoint) ?? 0) + requests)
  }

  addDays(days: readonly PairCount[]): void {
    for (const { consumer, endpoint, requests } of days) this.add(consumer, endpoint, requests)
  }

  of(consumer: string): ReadonlyMap<string, number> {
    return this.#byConsumer.get(consumer) ?? NONE
  }

  /** What is counted under `from` belongs to `into`. */
  merge(from: string, into: string): void {
    const uses = this.#byConsumer.get(from)
    if (uses === undefined) return
    this.#byConsumer.delete(from)
    for (const [endpoint, requests] of uses) this.add(into, endpoint, requests)
  }
}

const NONE: ReadonlyMap<string, number> = new Map()
