// Findings of many consumers at one endpoint within an hour have one cause: a release, an outage, a change of the API.
//
// In:  findings with a consumer and an endpoint. Out: the consumers concerned as soon as there are enough of them.
// Bounded: endpoints, consumers of each; the endpoint that was quiet longest makes place.
const HOUR_US = 3_600_000_000
/** From so many consumers on it is the endpoint, not they. */
export const SHARED_CONSUMERS = 5
/** Of few consumers, half of those that use the endpoint, at least 3. */
const SHARED_SHARE = 0.5
const SHARED_MIN = 3
const ENDPOINTS_MAX = 4096
const CONSUMERS_MAX = 256

/** Of one endpoint: time of the last finding by consumer. */
export type SavedSharedCauses = Map<number, Map<number, number>>

export class SharedCauses {
  readonly #recent: SavedSharedCauses

  constructor(saved: SavedSharedCauses = new Map()) {
    this.#recent = saved
  }

  /** Consumers with a finding there in the last hour, this one included; null while it is theirs. `users`: consumers that use the endpoint. */
  note(endpoint: number, consumer: number, atUs: number, users: number): number[] | null {
    let recent = this.#recent.get(endpoint)
    if (recent === undefined) {
      if (this.#recent.size >= ENDPOINTS_MAX) this.#recent.delete(this.#recent.keys().next().value!)
      recent = new Map()
    } else this.#recent.delete(endpoint)
    this.#recent.set(endpoint, recent)
    recent.delete(consumer)
    for (const [other, lastUs] of recent) {
      if (atUs - lastUs <= HOUR_US && recent.size < CONSUMERS_MAX) break
      recent.delete(other)
    }
    recent.set(consumer, atUs)
    const needed = Math.min(SHARED_CONSUMERS, Math.max(SHARED_MIN, Math.ceil(users * SHARED_SHARE)))
    return recent.size >= needed && recent.size >= SHARED_MIN ? [...recent.keys()] : null
  }

  save(): SavedSharedCauses {
    return this.#recent
  }
}
