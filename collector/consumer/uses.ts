// How often each consumer called each route since it is known: what mixes are compared by.
//
// In:  what the store gave back, then the counts of each checkpoint. Out: requests by route of one consumer.
// Bounded by the inventory's limit of pairs: what is no pair is not counted by pair.

export class Uses {
  readonly #byConsumer = new Map<string, Map<string, number>>()

  constructor(pairs: Iterable<readonly [consumer: string, route: string, requests: number]>) {
    for (const [consumer, route, requests] of pairs) this.add(consumer, route, requests)
  }

  add(consumer: string, route: string, requests: number): void {
    if (consumer === "" || route === "") return
    let uses = this.#byConsumer.get(consumer)
    if (uses === undefined) {
      uses = new Map()
      this.#byConsumer.set(consumer, uses)
    }
    uses.set(route, (uses.get(route) ?? 0) + requests)
  }

  of(consumer: string): ReadonlyMap<string, number> {
    return this.#byConsumer.get(consumer) ?? NONE
  }

  /** What is counted under `from` belongs to `into`. */
  merge(from: string, into: string): void {
    const uses = this.#byConsumer.get(from)
    if (uses === undefined) return
    this.#byConsumer.delete(from)
    for (const [route, requests] of uses) this.add(into, route, requests)
  }
}

const NONE: ReadonlyMap<string, number> = new Map()
