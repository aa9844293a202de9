// Secrets of TLS sessions by client random, as key logs tell them, until they are used or their time is over.
//
// In:  secrets in any order, packet time. Out: copies for those who decrypt, and a call when one comes that is waited for.
// They exist in memory only: nothing here prints or serialises them, and a place that is given up is filled with zeros. Bounded by
// `sessionsMax`: the session that was told first makes room.

import type { KeyLogReceiver } from "./key-log.ts"
import { RANDOM_BYTES, SECRET_BYTES_MAX, SECRETS, type Secret } from "./secret-labels.ts"

export interface KeyStoreOptions {
  /** Sessions of which secrets are kept. */
  readonly sessionsMax: number
  /** How long, in packet time, after their arrival; Infinity for the keys of a capture. */
  readonly lifetimeUs: number
}

export const KEY_STORE_DEFAULTS: KeyStoreOptions = { sessionsMax: 65_536, lifetimeUs: 3600 * 1_000_000 }

export class KeyStoreCounters {
  /** Secrets taken. */
  secrets = 0
  /** Sessions whose secrets were given up because their time was over, or because there were too many. */
  expired = 0
  evicted = 0
  /** Sessions of the traffic that found theirs here. */
  used = 0
}

/** Told, by `wake`, when secrets have come for the session whose client random it waits for. */
export interface KeyWaiter {
  onKeys(): void
}

/** Sessions in a slab. */
const SLAB_SESSIONS = 256
const SESSION_BYTES = SECRETS * SECRET_BYTES_MAX

interface Place {
  readonly slab: Buffer
  readonly start: number
  /** Length of each secret, 0 while unknown. */
  readonly lengths: Uint8Array
  /** Packet time of the first secret, µs; -1: before the first packet. */
  arrivedUs: number
}

export class KeyStore implements KeyLogReceiver {
  readonly counters: KeyStoreCounters
  /** Somebody may still send keys, so that it pays to wait for them. */
  isExpecting = false
  readonly #options: KeyStoreOptions
  /** In order of arrival. */
  readonly #places = new Map<string, Place>()
  readonly #spare: Place[] = []
  readonly #woken = new Set<KeyWaiter>()
  readonly #waiting = new Map<string, Set<KeyWaiter>>()
  #timeUs = -1

  constructor(counters: KeyStoreCounters, options: KeyStoreOptions = KEY_STORE_DEFAULTS) {
    this.counters = counters
    this.#options = options
  }

  /** Sessions of which secrets are held now. */
  get sessions(): number {
    return this.#places.size
  }

  onSecret(label: Secret, clientRandom: string, secret: Uint8Array): void {
    const place = this.#places.get(clientRandom) ?? this.#take(clientRandom)
    place.lengths[label] = secret.length
    place.slab.set(secret, place.start + label * SECRET_BYTES_MAX)
    this.counters.secrets++
    const waiters = this.#waiting.get(clientRandom)
    if (waiters !== undefined) for (const waiter of waiters) this.#woken.add(waiter)
  }

  /** Calls those for whom secrets have come since the last call. */
  wake(): void {
    for (const waiter of this.#woken) {
      this.#woken.delete(waiter)
      waiter.onKeys()
    }
  }

  has(clientRandom: string): boolean {
    return this.#places.has(clientRandom)
  }

  /** A copy, to be filled with zeros by who asked; null while it is unknown. */
  copy(clientRandom: string, label: Secret): Buffer | null {
    const place = this.#places.get(clientRandom)
    const length = place?.lengths[label] ?? 0
    if (place === undefined || length === 0) return null
    const start = place.start + label * SECRET_BYTES_MAX
    return Buffer.from(place.slab.subarray(start, start + length))
  }

  wait(clientRandom: string, waiter: KeyWaiter): void {
    const waiters = this.#waiting.get(clientRandom)
    if (waiters === undefined) this.#waiting.set(clientRandom, new Set([waiter]))
    else waiters.add(waiter)
  }

  /** Called by everybody who called `wait`, at the latest when its session ends. */
  leave(clientRandom: string, waiter: KeyWaiter): void {
    this.#woken.delete(waiter)
    const waiters = this.#waiting.get(clientRandom)
    if (waiters?.delete(waiter) === true && waiters.size === 0) this.#waiting.delete(clientRandom)
  }

  /** Packet time has reached `timeUs`. */
  advance(timeUs: number): void {
    if (this.#timeUs < 0) for (const place of this.#places.values()) place.arrivedUs = timeUs
    this.#timeUs = timeUs
    for (const [random, place] of this.#places) {
      if (place.arrivedUs + this.#options.lifetimeUs > timeUs) return
      this.#drop(random, place)
      this.counters.expired++
    }
  }

  /** Gives everything up. */
  clear(): void {
    for (const [random, place] of this.#places) this.#drop(random, place)
  }

  #take(clientRandom: string): Place {
    if (this.#places.size >= this.#options.sessionsMax) {
      const [first] = this.#places
      this.#drop(first![0], first![1])
      this.counters.evicted++
    }
    if (this.#spare.length === 0) this.#addSlab()
    const place = this.#spare.pop()!
    place.arrivedUs = this.#timeUs
    this.#places.set(clientRandom, place)
    return place
  }

  #addSlab(): void {
    const count = Math.min(SLAB_SESSIONS, this.#options.sessionsMax)
    const slab = Buffer.alloc(count * SESSION_BYTES)
    for (let i = count - 1; i >= 0; i--)
      this.#spare.push({ slab, start: i * SESSION_BYTES, lengths: new Uint8Array(SECRETS), arrivedUs: 0 })
  }

  #drop(clientRandom: string, place: Place): void {
    this.#places.delete(clientRandom)
    place.slab.fill(0, place.start, place.start + SESSION_BYTES)
    place.lengths.fill(0)
    this.#spare.push(place)
  }
}

/** The key of the store for a client random. */
export function randomName(random: Uint8Array): string {
  return Buffer.from(random.buffer, random.byteOffset, RANDOM_BYTES).toString("hex")
}
