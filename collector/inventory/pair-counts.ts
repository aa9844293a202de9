// What each consumer did at each endpoint in each hour of event time since the last checkpoint, waiting to be added to
// the store.
//
// In:  exchanges with their (route, consumer); 0 stands for "none": exchanges on no route, or of no known consumer.
// Out: increments by hour and by day. Increments, because then nothing but the present interval is in memory, and an event
// that is a month late (an older capture read after a newer one) still finds its window.
//
//   pair (route * 2^20 + consumer) --> newest hour touched --> other hours touched, if any
//
// Given up: past `pendingWindows` hours, exchanges that need another one are counted under that limit only.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { PairCount } from "../store/records.ts"
import { isConversation, isError } from "./answer.ts"
import type { LimitCounters } from "./limits.ts"

export const HOUR_US = 3_600_000_000
export const DAY_US = 24 * HOUR_US
/** Ordinals of routes and consumers stay below this. */
export const ORDINAL_END = 2 ** 20

export function windowStart(timeUs: number, lengthUs: number): number {
  return Math.floor(timeUs / lengthUs) * lengthUs
}

/** The windows of one pair; handed out by PairCounts.pair and valid until the next `take`. */
export class PendingPair {
  readonly consumer: string
  readonly endpoint: string
  #current: PairCount | null = null
  #others: Map<number, PairCount> | null = null

  constructor(consumer: string, endpoint: string) {
    this.consumer = consumer
    this.endpoint = endpoint
  }

  /** The hour that `timeUs` lies in, or null when it is a new one and `isFull`. */
  hour(timeUs: number, isFull: boolean): PairCount | null {
    const current = this.#current
    if (current !== null && timeUs >= current.windowUs && timeUs < current.windowUs + HOUR_US) return current
    const windowUs = windowStart(timeUs, HOUR_US)
    const known = this.#others?.get(windowUs)
    if (known === undefined && isFull) return null
    if (current !== null) {
      this.#others ??= new Map()
      this.#others.set(current.windowUs, current)
    }
    this.#current = known ?? emptyCount(this.consumer, this.endpoint, windowUs)
    this.#others?.set(windowUs, this.#current)
    return this.#current
  }

  /** Of all its hours. */
  get requests(): number {
    if (this.#others === null) return this.#current?.requests ?? 0
    let requests = 0
    for (const hour of this.#others.values()) requests += hour.requests
    return requests
  }

  /** Appends the pair's hours, and the days that they add up to. */
  take(hours: PairCount[], days: PairCount[]): void {
    if (this.#others === null) {
      if (this.#current === null) return
      hours.push(this.#current)
      days.push({ ...this.#current, windowUs: windowStart(this.#current.windowUs, DAY_US) })
      return
    }
    const ofPair = new Map<number, PairCount>()
    for (const hour of this.#others.values()) {
      hours.push(hour)
      addToDay(ofPair, hour)
    }
    for (const day of ofPair.values()) days.push(day)
  }
}

export class PairCounts {
  /** Hours waiting. */
  windows = 0
  readonly #max: number
  readonly #reached: LimitCounters
  #pairs = new Map<number, PendingPair>()

  constructor(pendingWindowsMax: number, reached: LimitCounters) {
    this.#max = pendingWindowsMax
    this.#reached = reached
  }

  pair(route: Ordinal | null, consumer: Ordinal | null): PendingPair {
    const key = (route?.ordinal ?? 0) * ORDINAL_END + (consumer?.ordinal ?? 0)
    let pair = this.#pairs.get(key)
    if (pair === undefined) {
      pair = new PendingPair(consumer?.id ?? "", route?.id ?? "")
      this.#pairs.set(key, pair)
    }
    return pair
  }

  count(pair: PendingPair, event: ApiEvent): void {
    const hour = pair.hour(event.startUs, this.windows >= this.#max)
    if (hour === null) {
      this.#reached.pendingWindows++
      return
    }
    if (isNew(hour)) this.windows++
    // A conversation is part of the request that opened it; only its bytes are its own.
    if (!isConversation(event)) hour.requests++
    if (isError(event)) hour.errors++
    hour.requestBytes += event.requestBytes
    hour.responseBytes += event.responseBytes
    if (event.items > 0) hour.items += event.items
  }

  /** Requests counted since the last `take`, by pair. */
  *requests(): Iterable<readonly [consumer: string, route: string, requests: number]> {
    for (const pair of this.#pairs.values()) yield [pair.consumer, pair.endpoint, pair.requests]
  }

  /** Everything counted since the last call. */
  take(): { hours: PairCount[]; days: PairCount[] } {
    const hours: PairCount[] = []
    const days: PairCount[] = []
    for (const pair of this.#pairs.values()) pair.take(hours, days)
    this.#pairs = new Map()
    this.windows = 0
    return { hours, days }
  }
}

interface Ordinal {
  readonly id: string
  readonly ordinal: number
}

/** Of a conversation without bytes there may be two: the windows that wait are then one more than they are. */
function isNew({ requests, requestBytes, responseBytes }: PairCount): boolean {
  return requests === 0 && requestBytes === 0 && responseBytes === 0
}

function emptyCount(consumer: string, endpoint: string, windowUs: number): PairCount {
  return { consumer, endpoint, windowUs, requests: 0, errors: 0, requestBytes: 0, responseBytes: 0, items: 0 }
}

function addToDay(days: Map<number, PairCount>, hour: PairCount): void {
  const windowUs = windowStart(hour.windowUs, DAY_US)
  const day = days.get(windowUs)
  if (day === undefined) {
    days.set(windowUs, { ...hour, windowUs })
    return
  }
  addCounts(day, hour)
}

function addCounts(sum: PairCount, count: PairCount): void {
  sum.requests += count.requests
  sum.errors += count.errors
  sum.requestBytes += count.requestBytes
  sum.responseBytes += count.responseBytes
  sum.items += count.items
}
