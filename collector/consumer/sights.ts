// What a consumer showed under a kind of name (credentials, networks, user agents, ...): how often, first and last, bounded.
//
// In:  names with exchanges and the event times that they span. Out: a plain record, and the weight of each name.
// Given up: past `max` the name that was not seen for longest makes place, because of keys that change the newest tell most. What it
// counted is forgotten; how many went is known.
import type { Sight } from "../store/records.ts"

/** Exchanges, and the event times that they span, µs. */
export class Tally {
  requests = 0
  firstUs = Number.POSITIVE_INFINITY
  lastUs = Number.NEGATIVE_INFINITY

  see(timeUs: number): void {
    if (timeUs < this.firstUs) this.firstUs = timeUs
    if (timeUs > this.lastUs) this.lastUs = timeUs
  }

  add({ requests, firstUs, lastUs }: Pick<Tally, "requests" | "firstUs" | "lastUs">): void {
    this.requests += requests
    if (firstUs < this.firstUs) this.firstUs = firstUs
    if (lastUs > this.lastUs) this.lastUs = lastUs
  }
}

export class Sights {
  /** Names that made place. */
  forgotten: number
  readonly #max: number
  readonly #tallies = new Map<string, Tally>()
  // Most consumers show the same again and again: the last name saves the look-up.
  #lastName: string | null = null
  #lastTally = new Tally()

  constructor(max: number, record: Readonly<Record<string, Sight>> = {}, forgotten = 0) {
    this.#max = max
    this.forgotten = forgotten
    for (const [name, [requests, firstUs, lastUs]] of Object.entries(record)) {
      const tally = new Tally()
      tally.add({ requests, firstUs, lastUs })
      this.#tallies.set(name, tally)
    }
  }

  get size(): number {
    return this.#tallies.size
  }

  /** False when another name, or this one where all others are newer, had to make place. */
  note(name: string, seen: Pick<Tally, "requests" | "firstUs" | "lastUs">): boolean {
    const known = name === this.#lastName ? this.#lastTally : this.#tallies.get(name)
    if (known !== undefined) {
      known.add(seen)
      if (known !== this.#lastTally) this.#remember(name, known)
      return true
    }
    const isFull = this.#tallies.size >= this.#max
    if (isFull) {
      this.forgotten++
      const oldest = this.#oldest()
      if (oldest === null || oldest.lastUs > seen.lastUs) return false
      this.#tallies.delete(oldest.name)
    }
    const tally = new Tally()
    tally.add(seen)
    this.#tallies.set(name, tally)
    this.#remember(name, tally)
    return !isFull
  }

  /** Returns how many names found no place. */
  addAll(other: Sights): number {
    let lost = 0
    for (const [name, tally] of other.#tallies) if (!this.note(name, tally)) lost++
    this.forgotten += other.forgotten
    return lost
  }

  has(name: string): boolean {
    return this.#tallies.has(name)
  }

  names(): IterableIterator<string> {
    return this.#tallies.keys()
  }

  /** Share of the exchanges (0 to 1) under names that `other` has, too; -1 when nothing is known of either. */
  shareKnownTo(other: Sights): number {
    let all = 0
    let known = 0
    for (const [name, { requests }] of this.#tallies) {
      all += requests
      if (other.#tallies.has(name)) known += requests
    }
    return all === 0 || other.#tallies.size === 0 ? -1 : known / all
  }

  /** In order of first appearance. Also "__proto__" is an ordinary name. */
  record(): Record<string, Sight> {
    const record: Record<string, Sight> = {}
    for (const [name, { requests, firstUs, lastUs }] of this.#tallies) {
      const value: Sight = [requests, firstUs, lastUs]
      Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
    }
    return record
  }

  #remember(name: string, tally: Tally): void {
    this.#lastName = name
    this.#lastTally = tally
  }

  #oldest(): { readonly name: string; readonly lastUs: number } | null {
    let oldest: { name: string; lastUs: number } | null = null
    for (const [name, { lastUs }] of this.#tallies) {
      if (oldest === null || lastUs < oldest.lastUs || (lastUs === oldest.lastUs && name < oldest.name))
        oldest = { name, lastUs }
    }
    return oldest
  }
}
