// Which parts (parameters, fields, data classes) an endpoint has shown, since when, with which kinds, and to or from whom at first.
//
//   key    (endpoint x 8 + place) x 2^32 + hash of the name  -> slot
//   slot   firstUs | kinds | wasNews | users[0..6)
//
// Given up: parts beyond the limit, and beyond 1,000 of one endpoint (names that are made up); those are never news, and counted.
import type { LimitCounters } from "../inventory/limits.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import type { Place } from "./shapes-names.ts"

const FIELD_USERS = 6
const PER_ENDPOINT = 1_000
const PLACES = 8
/** Places after it are no endpoint's. */
const LAST_PLACE = 5
const LOW = 2 ** 32

const FIELDS = {
  key: [Float64Array, 1],
  firstUs: [Float64Array, 1],
  kinds: [Int32Array, 1],
  /** It came up when its endpoint was known already. */
  wasNews: [Uint8Array, 1],
  userCount: [Uint8Array, 1],
  users: [Int32Array, FIELD_USERS],
} as const
/** Parts kept; parts of requests that were URLs, ever (at most 255). */
const ENDPOINTS = { count: [Uint16Array, 1], urls: [Uint8Array, 1] } as const

export interface SavedFields {
  readonly fields: SavedSlab<typeof FIELDS>
  readonly endpoints: SavedSlab<typeof ENDPOINTS>
}

/** What `meet` found, in `slot`. */
export const Met = { known: 0, kind: 1, user: 2, field: 3 } as const
export type Met = (typeof Met)[keyof typeof Met]

export class Fields {
  readonly slab: Slab<typeof FIELDS>
  readonly #slots = new Map<number, number>()
  readonly #endpoints: Slab<typeof ENDPOINTS>
  readonly #max: number
  readonly #reached: LimitCounters
  /** Of the last `meet`; -1 where it is not kept. */
  slot = -1
  /** Kinds that it had before the last `meet`. */
  kindsBefore = 0

  constructor(max: number, reached: LimitCounters, saved?: SavedFields) {
    this.#max = max
    this.#reached = reached
    this.slab = new Slab(FIELDS, saved?.fields)
    this.#endpoints = new Slab(ENDPOINTS, saved?.endpoints)
    const { key } = this.slab.columns
    for (let slot = 0; slot < this.slab.rows; slot++) if (key[slot] !== -1) this.#slots.set(key[slot]!, slot)
  }

  get bytes(): number {
    return this.slab.bytes + this.#slots.size * 40
  }

  has(endpoint: number, place: Place, hash: number): boolean {
    return this.#slots.has(keyOf(endpoint, place, hash))
  }

  meet(endpoint: number, place: Place, hash: number, kinds: number, consumer: number, atUs: number): Met {
    const key = keyOf(endpoint, place, hash)
    const slot = this.#slots.get(key)
    if (slot === undefined) return this.#add(key, endpoint, kinds, consumer, atUs)
    this.slot = slot
    const { columns } = this.slab
    this.kindsBefore = columns.kinds[slot]!
    columns.kinds[slot]! |= kinds
    const isNewUser = this.#addUser(slot, consumer)
    if ((kinds & ~this.kindsBefore) !== 0) return Met.kind
    return isNewUser ? Met.user : Met.known
  }

  /** Ordinals of the first consumers that showed it. */
  usersOf(slot: number): readonly number[] {
    const { users, userCount } = this.slab.columns
    return [...users.subarray(slot * FIELD_USERS, slot * FIELD_USERS + userCount[slot]!)]
  }

  /** Parts of requests to the endpoint that were URLs before. */
  urlsOf(endpoint: number): number {
    return this.#endpoints.columns.urls[endpoint] ?? 0
  }

  countUrl(endpoint: number): void {
    this.#endpoints.reserve(endpoint)
    const { urls } = this.#endpoints.columns
    if (urls[endpoint]! < 255) urls[endpoint]!++
  }

  mergeConsumers(former: number, successor: number): void {
    const { users, userCount } = this.slab.columns
    for (let slot = 0; slot < this.slab.rows; slot++) {
      const from = slot * FIELD_USERS
      const count = userCount[slot]!
      const at = users.subarray(from, from + count).indexOf(former)
      if (at < 0) continue
      if (!users.subarray(from, from + count).includes(successor)) users[from + at] = successor
    }
  }

  /** `into` has shown what `from` has. */
  copyEndpoint(from: number, into: number): void {
    const { key } = this.slab.columns
    const rows = this.slab.rows
    for (let slot = 0; slot < rows; slot++) {
      const high = Math.floor(key[slot]! / LOW)
      if (Math.floor(high / PLACES) !== from || high % PLACES > LAST_PLACE) continue
      const copied = (into * PLACES + (high % PLACES)) * LOW + (key[slot]! % LOW)
      const there = this.#slots.get(copied)
      const { kinds, firstUs, users } = this.slab.columns
      if (there === undefined) this.#add(copied, into, kinds[slot]!, users[slot * FIELD_USERS]!, firstUs[slot]!)
      else {
        kinds[there]! |= kinds[slot]!
        firstUs[there] = Math.min(firstUs[there]!, firstUs[slot]!)
      }
    }
  }

  save(): SavedFields {
    return { fields: this.slab.save(), endpoints: this.#endpoints.save() }
  }

  #add(key: number, endpoint: number, kinds: number, consumer: number, atUs: number): Met {
    this.slot = -1
    this.kindsBefore = 0
    this.#endpoints.reserve(endpoint)
    const { count } = this.#endpoints.columns
    if (this.slab.rows >= this.#max || count[endpoint]! >= PER_ENDPOINT) {
      this.#reached.baselineFields++
      return Met.known
    }
    count[endpoint]!++
    const slot = this.slab.rows
    this.slab.reserve(slot)
    this.#slots.set(key, slot)
    const { columns } = this.slab
    columns.key[slot] = key
    columns.firstUs[slot] = atUs
    columns.kinds[slot] = kinds
    this.#addUser(slot, consumer)
    this.slot = slot
    return Met.field
  }

  #addUser(slot: number, consumer: number): boolean {
    const { users, userCount } = this.slab.columns
    const from = slot * FIELD_USERS
    const count = userCount[slot]!
    for (let k = 0; k < count; k++) if (users[from + k] === consumer) return false
    if (count >= FIELD_USERS) return false
    users[from + count] = consumer
    userCount[slot] = count + 1
    return true
  }
}

function keyOf(endpoint: number, place: number, hash: number): number {
  return (endpoint * PLACES + place) * LOW + (hash >>> 0)
}
