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
  /** Ids of consumers who asked for them, at most 16; `isCrowded`: there were more. */
  readonly consumers: readonly string[]
  readonly isCrowded: boolean
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
  readonly #consumers = new Set<string>()
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
    if (consumer === "" || this.#consumers.has(consumer)) return
    if (this.#consumers.size < CONSUMERS_MAX) this.#consumers.add(consumer)
    else this.#isCrowded = true
  }

  /** There is one on the day that events have come to. */
  isFlooding(atUs: number): boolean {
    return windowStart(atUs, DAY_US) <= this.#dayUs && estimate(this.#ones) >= this.#limit
  }

  get hasFlooded(): boolean {
    return estimate(this.#worst) >= this.#limit
  }

  facts({ id, name }: Pick<Service, "id" | "name">): FloodFacts {
    const paths = Math.round(estimate(this.#worst))
    const consumers = [...this.#consumers]
    const isMore = paths >= PATHS_MAX
    const who =
      consumers.length === 1 ? "1 consumer" : `${this.#isCrowded ? "more than " : ""}${consumers.length} consumers`
    const sentence =
      `${who} asked ${name} for ${isMore ? "more than" : "about"} ${paths} different paths in a day that are not there or only ` +
      `refuse (${this.#requests} requests).`
    const seen = { firstUs: this.#firstUs, lastUs: this.#lastUs }
    return {
      service: id,
      paths,
      isMore,
      requests: this.#requests,
      consumers,
      isCrowded: this.#isCrowded,
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
      string[],
      boolean,
    ]
    flood.#bits.set(Buffer.from(bits, "base64"))
    for (const byte of flood.#bits) flood.#ones += BIT_COUNTS[byte]!
    flood.#dayUs = dayUs
    flood.#worst = worst
    flood.#requests = requests
    ;[flood.#firstUs, flood.#lastUs] = seen
    for (const consumer of consumers) flood.#consumers.add(consumer)
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
