// From where and with which client a consumer comes, in bits of surprise (B6).
//
//   consumer --> network, software, order of fields, TLS --> values that it has shown, each with hours and days
//   bits of a new value = min(12, -log2 P(new)),   P(new) = (new values so far + 5 P_all) / (active hours + 5)
//
// P_all is the same rate over all consumers: how often anybody moves or upgrades. Hours count, not requests, because requests of an hour
// come from one process. Only what was answered with success is learned: a guess that was refused is no habit. After the first day of a
// consumer: until then everything is new. Good-Turing's idea (Good 1953) with the rate of new values in place of the singletons, which
// would be forgotten with the values that make place here.
// Bounded: 8 values a dimension and consumer; the one seen longest ago makes place.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { Baseline, BaselineParts } from "./baseline.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US, HOUR_US } from "./event-clock.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject } from "./subjects.ts"

/** Index into `bits`. */
export const Dimension = { network: 0, software: 1, order: 2, tls: 3 } as const
export const DIMENSION_NAMES = ["network", "client software", "order of fields", "TLS fingerprint"] as const
const DIMENSIONS = DIMENSION_NAMES.length
const SLOTS = 8
const WIDTH = DIMENSIONS * SLOTS
const BITS_MAX = 12
/** Active hours that the rate of all consumers counts for. */
const PRIOR_HOURS = 5

const ROWS = {
  value: [Uint32Array, WIDTH],
  firstUs: [Float64Array, WIDTH],
  lastUs: [Float64Array, WIDTH],
  /** Distinct days. */
  days: [Uint16Array, WIDTH],
  lastDay: [Int32Array, WIDTH],
  /** Distinct hours with a success, and values that were new after the first day, by dimension. */
  hours: [Uint32Array, 1],
  lastHour: [Int32Array, 1],
  news: [Uint16Array, DIMENSIONS],
} as const

export interface SavedFingerprints {
  readonly rows: SavedSlab<typeof ROWS>
  /** Over all consumers, by dimension; and their active hours. */
  readonly news: Float64Array
  readonly hours: number
}

/** Texts of a consumer's last exchange and their hashes. */
interface Shown {
  network: string
  ja4: string
  networkHash: number
  ja4Hash: number
}

/** One value that a consumer has shown. */
export interface KnownValue {
  readonly value: number
  readonly firstUs: number
  readonly lastUs: number
  readonly days: number
}

export class Fingerprints implements Baseline {
  /** Of the present exchange: bits by dimension, 0 for what is known (or unknown to the sensor). */
  readonly bits = new Float64Array(DIMENSIONS)
  /** Of the present exchange: any of them is new. */
  isNew = false
  readonly #rows: Slab<typeof ROWS>
  readonly #news: Float64Array
  #hours: number
  /** Of the present exchange. */
  readonly #values = new Uint32Array(DIMENSIONS)
  /** What each consumer's last exchange came with, by ordinal: the same again is read by comparison. */
  readonly #shown: (Shown | undefined)[] = []

  constructor(_parts: BaselineParts, saved?: SavedFingerprints) {
    this.#rows = new Slab(ROWS, saved?.rows)
    this.#news = saved?.news ?? new Float64Array(DIMENSIONS)
    this.#hours = saved?.hours ?? 0
  }

  get bytes(): number {
    return this.#rows.bytes
  }

  note({ event, consumer, atUs, isSuccess, isLossy }: Sight): void {
    this.isNew = false
    this.bits.fill(0)
    const { ordinal } = consumer
    this.#read(event, ordinal)
    this.#rows.reserve(ordinal)
    const isYoung = consumer.requests === 0 || atUs - consumer.firstUs < DAY_US
    if (isSuccess) this.#countHour(ordinal, atUs)
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      const value = this.#values[dimension]!
      if (value === 0 || (isLossy && dimension === Dimension.order)) continue
      const slot = this.#slotOf(ordinal, dimension, value)
      if (slot >= 0) {
        if (isSuccess) this.#see(slot, atUs)
        continue
      }
      if (!isYoung) {
        this.bits[dimension] = this.#surprise(ordinal, dimension)
        this.isNew = true
      }
      if (isSuccess) this.#add(ordinal, dimension, value, atUs, isYoung)
    }
  }

  /**
   * All bits of the present exchange. Software, its order of fields and its TLS change together with every upgrade: the greatest of them
   * counts, so that without a new network there are at most 12.
   */
  get surprise(): number {
    const [network = 0, software = 0, order = 0, tls = 0] = this.bits
    return network + Math.max(software, order, tls)
  }

  /** The present exchange's value of a dimension; 0 unknown. */
  valueOf(dimension: number): number {
    return this.#values[dimension]!
  }

  /** What the consumer has shown, newest first. */
  valuesOf(consumer: ConsumerSubject, dimension: number): KnownValue[] {
    if (consumer.ordinal >= this.#rows.rows) return []
    const { columns } = this.#rows
    const values: KnownValue[] = []
    const from = consumer.ordinal * WIDTH + dimension * SLOTS
    for (let slot = from; slot < from + SLOTS; slot++) {
      const value = columns.value[slot]!
      if (value === 0) continue
      values.push({ value, firstUs: columns.firstUs[slot]!, lastUs: columns.lastUs[slot]!, days: columns.days[slot]! })
    }
    return values.sort((a, b) => b.lastUs - a.lastUs || a.value - b.value)
  }

  /** Hours with a success. */
  hoursOf({ ordinal }: ConsumerSubject): number {
    return ordinal < this.#rows.rows ? this.#rows.columns.hours[ordinal]! : 0
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    if (former.ordinal >= this.#rows.rows) return
    this.#rows.reserve(successor.ordinal)
    const { columns } = this.#rows
    columns.hours[successor.ordinal]! += columns.hours[former.ordinal]!
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      columns.news[successor.ordinal * DIMENSIONS + dimension]! +=
        columns.news[former.ordinal * DIMENSIONS + dimension]!
      for (const { value, firstUs, lastUs, days } of this.valuesOf(former, dimension)) {
        let slot = this.#slotOf(successor.ordinal, dimension, value)
        if (slot < 0) slot = this.#makeSlot(successor.ordinal, dimension, value, firstUs)
        columns.firstUs[slot] = Math.min(columns.firstUs[slot]!, firstUs)
        columns.lastUs[slot] = Math.max(columns.lastUs[slot]!, lastUs)
        columns.days[slot]! += days
      }
    }
  }

  /** What it first showed then is forgotten. */
  purge({ ordinal }: ConsumerSubject, fromUs: number, toUs: number): void {
    if (ordinal >= this.#rows.rows) return
    const { columns } = this.#rows
    for (let slot = ordinal * WIDTH; slot < (ordinal + 1) * WIDTH; slot++) {
      const firstUs = columns.firstUs[slot]!
      if (columns.value[slot] === 0 || firstUs < fromUs || firstUs >= toUs) continue
      columns.value[slot] = 0
    }
  }

  save(): SavedFingerprints {
    return { rows: this.#rows.save(), news: this.#news, hours: this.#hours }
  }

  #read({ client, operation }: ApiEvent, ordinal: number): void {
    const values = this.#values
    const network = client.forwardedPrefix === "" ? client.prefix : client.forwardedPrefix
    const { ja4 } = client
    let shown = this.#shown[ordinal]
    if (shown === undefined) {
      while (this.#shown.length < ordinal) this.#shown.push(undefined)
      shown = { network: "", ja4: "", networkHash: 0, ja4Hash: 0 }
      this.#shown[ordinal] = shown
    }
    if (shown.network !== network) {
      shown.network = network
      shown.networkHash = hashOf(network)
    }
    if (shown.ja4 !== ja4) {
      shown.ja4 = ja4
      shown.ja4Hash = hashOf(ja4)
    }
    values[Dimension.network] = shown.networkHash
    values[Dimension.software] = client.userAgentHash
    // A request with a body has other fields than one without.
    values[Dimension.order] = client.fieldOrder === 0 ? 0 : client.fieldOrder ^ hashOf(operation.method)
    values[Dimension.tls] = shown.ja4Hash
  }

  #countHour(ordinal: number, atUs: number): void {
    const { columns } = this.#rows
    const hour = Math.floor(atUs / HOUR_US)
    if (columns.lastHour[ordinal]! >= hour) return
    columns.lastHour[ordinal] = hour
    columns.hours[ordinal]!++
    this.#hours++
  }

  #surprise(ordinal: number, dimension: number): number {
    const { columns } = this.#rows
    const all = (this.#news[dimension]! + 0.5) / (this.#hours + 1)
    const own =
      (columns.news[ordinal * DIMENSIONS + dimension]! + PRIOR_HOURS * all) / (columns.hours[ordinal]! + PRIOR_HOURS)
    return Math.min(BITS_MAX, -Math.log2(own))
  }

  #slotOf(ordinal: number, dimension: number, value: number): number {
    const { value: values } = this.#rows.columns
    const from = ordinal * WIDTH + dimension * SLOTS
    for (let slot = from; slot < from + SLOTS; slot++) if (values[slot] === value) return slot
    return -1
  }

  #see(slot: number, atUs: number): void {
    const { columns } = this.#rows
    if (atUs > columns.lastUs[slot]!) columns.lastUs[slot] = atUs
    const day = Math.floor(atUs / DAY_US)
    if (columns.lastDay[slot]! >= day) return
    columns.lastDay[slot] = day
    columns.days[slot]!++
  }

  #add(ordinal: number, dimension: number, value: number, atUs: number, isYoung: boolean): void {
    if (!isYoung) {
      this.#rows.columns.news[ordinal * DIMENSIONS + dimension]!++
      this.#news[dimension]!++
    }
    this.#see(this.#makeSlot(ordinal, dimension, value, atUs), atUs)
  }

  /** An empty one, or that of the value seen longest ago. */
  #makeSlot(ordinal: number, dimension: number, value: number, atUs: number): number {
    const { columns } = this.#rows
    const from = ordinal * WIDTH + dimension * SLOTS
    let chosen = from
    for (let slot = from; slot < from + SLOTS; slot++) {
      if (columns.value[slot] === 0) {
        chosen = slot
        break
      }
      if (columns.lastUs[slot]! < columns.lastUs[chosen]!) chosen = slot
    }
    columns.value[chosen] = value
    columns.firstUs[chosen] = atUs
    columns.lastUs[chosen] = atUs
    columns.days[chosen] = 0
    columns.lastDay[chosen] = 0
    return chosen
  }
}

/** FNV-1a, never 0 for a text; 0 for "". */
export function hashOf(text: string): number {
  if (text === "") return 0
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0 || 1
}
