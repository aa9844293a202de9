// Who makes up paths: how many different ones of a service were asked for that are not there, or were met for the first time, in a day.
//
// In:  requests for paths that belong to no endpoint, and the paths of endpoints that only refuse. Out: whether it is a flood by now,
// and facts for one finding a service. Distinct paths are told by a sketch (linear counting of 4,096 bits: 512 bytes, exact to a few
// percent up to 20,000, "more than" beyond), made when a service refuses something for the first time.
// While a flood lasts, paths that only refuse add no endpoint, so that the inventory keeps what is really there. The day is that of event
// time; an event of an earlier day counts for the present one.

import { mix } from "../../shared/bytes/hash.ts"
import { DAY_US, windowStart } from "./pair-counts.ts"
import type { Service } from "./service.ts"

const BITS_LOG2 = 12
const BITS = 2 ** BITS_LOG2
const CONSUMERS_MAX = 16
/** Share of the requests from which one consumer is said to be the one who floods. */
const MAIN_SHARE = 0.9
/** Beyond this the sketch is nearly full: an estimate would be a guess. */
const PATHS_MAX = 20_000

/** What is known of a flood: the contents of a finding "paths.flood". */
export interface FloodFacts {
  readonly service: string
  /** Different paths in the worst day, estimated; `isMore`: there were more than can be told. */
  readonly paths: number
  readonly isMore: boolean
  /** Requests for them, over all days. */
  readonly requests: number
  /** Ids of consumers who asked for them, the busiest first, at most 16; `isCrowded`: there were more. */
  readonly consumers: readonly string[]
  readonly isCrowded: boolean
  /** Id of the one who made nearly all of the requests; "" for nobody. */
  readonly main: string
  readonly firstUs: number
  readonly lastUs: number
  readonly sentence: string
}

export class PathFlood {
  /** Distinct paths of a day that make a flood. */
  readonly #limit: number
  readonly #bits = new Uint8Array(BITS / 8)
  #ones = 0
  #dayUs = 0
  /** Of the worst day so far. */
  #worst = 0
  #requests = 0
  #firstUs = Number.POSITIVE_INFINITY
  #lastUs = Number.NEGATIVE_INFINITY
  /** Requests by consumer; Space-Saving past its size, so that whoever floods is among them. */
  readonly #consumers = new Map<string, number>()
  #isCrowded = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `path`: a 32-bit hash of method and path. */
  note(path: number, consumer: string, atUs: number): void {
    const dayUs = windowStart(atUs, DAY_US)
    if (dayUs > this.#dayUs) {
      this.#dayUs = dayUs
      if (!this.hasFlooded) this.#clear()
      this.#bits.fill(0)
      this.#ones = 0
    }
    const bit = mix(path) >>> (32 - BITS_LOG2)
    const mask = 1 << (bit & 7)
    if ((this.#bits[bit >> 3]! & mask) === 0) {
      this.#bits[bit >> 3]! |= mask
      this.#ones++
      if (this.#ones > this.#worst) this.#worst = this.#ones
    }
    this.#requests++
    if (atUs < this.#firstUs) this.#firstUs = atUs
    if (atUs > this.#lastUs) this.#lastUs = atUs
    if (consumer !== "") this.#countConsumer(consumer)
  }

  #countConsumer(consumer: string): void {
    const consumers = this.#consumers
    const known = consumers.get(consumer)
    if (known !== undefined || consumers.size < CONSUMERS_MAX) {
      consumers.set(consumer, (known ?? 0) + 1)
      return
    }
    this.#isCrowded = true
    let lightest = ""
    let least = Number.POSITIVE_INFINITY
    for (const [other, count] of consumers) if (count < least) [lightest, least] = [other, count]
    consumers.delete(lightest)
    consumers.set(consumer, least + 1)
  }

  /** There is one on the day that events have come to. */
  isFlooding(atUs: number): boolean {
    return windowStart(atUs, DAY_US) <= this.#dayUs && estimate(this.#ones) >= this.#limit
  }

  get hasFlooded(): boolean {
    return estimate(this.#worst) >= this.#limit
  }

  /** `called`: names of consumers by id. */
  facts({ id, name }: Pick<Service, "id" | "name">, called: (id: string) => string = (of) => of): FloodFacts {
    const paths = Math.round(estimate(this.#worst))
    const order = [...this.#consumers].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    const consumers = order.map(([consumer]) => consumer)
    const [busiest = "", most = 0] = order[0] ?? []
    const main = most >= MAIN_SHARE * this.#requests ? busiest : ""
    const isMore = paths >= PATHS_MAX
    const all =
      consumers.length === 1 ? "1 consumer" : `${this.#isCrowded ? "more than " : ""}${consumers.length} consumers`
    const who = main === "" || consumers.length === 1 ? all : called(main)
    const whose =
      main === "" || consumers.length === 1
        ? `${this.#requests} requests`
        : `${most} of ${this.#requests} requests; the others came from ${consumers.length - 1}${this.#isCrowded ? " and more" : ""}`
    const sentence =
      `${who} asked ${name} for ${isMore ? "more than" : "about"} ${paths} different paths in a day that are not there or only ` +
      `refuse (${whose}).`
    const seen = { firstUs: this.#firstUs, lastUs: this.#lastUs }
    return {
      service: id,
      paths,
      isMore,
      requests: this.#requests,
      consumers,
      isCrowded: this.#isCrowded,
      main,
      ...seen,
      sentence,
    }
  }

  toJson(): unknown {
    const bits = Buffer.from(this.#bits).toString("base64")
    const seen = [this.#firstUs, this.#lastUs]
    return [1, bits, this.#dayUs, this.#worst, this.#requests, seen, [...this.#consumers], this.#isCrowded]
  }

  static from(stored: unknown, limit: number): PathFlood {
    const flood = new PathFlood(limit)
    const [, bits, dayUs, worst, requests, seen, consumers, isCrowded] = stored as [
      number,
      string,
      number,
      number,
      number,
      [number, number],
      (string | [string, number])[],
      boolean,
    ]
    flood.#bits.set(Buffer.from(bits, "base64"))
    for (const byte of flood.#bits) flood.#ones += BIT_COUNTS[byte]!
    flood.#dayUs = dayUs
    flood.#worst = worst
    flood.#requests = requests
    ;[flood.#firstUs, flood.#lastUs] = seen
    // Before 2026-11-25 consumers were not counted.
    for (const each of consumers) {
      const [consumer, count] = typeof each === "string" ? [each, 1] : each
      flood.#consumers.set(consumer, count)
    }
    flood.#isCrowded = isCrowded
    return flood
  }

  /** What a quiet day leaves behind is no part of a flood. */
  #clear(): void {
    this.#worst = 0
    this.#requests = 0
    this.#firstUs = Number.POSITIVE_INFINITY
    this.#lastUs = Number.NEGATIVE_INFINITY
    this.#consumers.clear()
    this.#isCrowded = false
  }
}

const BIT_COUNTS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length)

/** Linear counting: distinct values that leave this many of the bits set. */
function estimate(ones: number): number {
  return ones >= BITS ? PATHS_MAX : Math.min(PATHS_MAX, -BITS * Math.log(1 - ones / BITS))
}
