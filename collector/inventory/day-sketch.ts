// How many distinct things were met in a day of event time: linear counting over 4,096 bits.
//
// In:  32-bit hashes with their event times. Out: whether one is new in the day, and how many there are: exact to a few percent up to
// 20,000, "more than" beyond. 512 bytes. An event of an earlier day counts for the present one.
import { mix } from "../../shared/bytes/hash.ts"
import { DAY_US, windowStart } from "./pair-counts.ts"

const BITS_LOG2 = 12
const BITS = 2 ** BITS_LOG2
/** Beyond this the sketch is nearly full: an estimate would be a guess. */
export const DISTINCT_MAX = 20_000

export class DaySketch {
  /** Start of the day that events have come to, µs. */
  dayUs = 0
  readonly #bits = new Uint8Array(BITS / 8)
  #ones = 0

  /** Whether a later day begins with this time; then it is empty. */
  turnTo(atUs: number): boolean {
    const dayUs = windowStart(atUs, DAY_US)
    if (dayUs <= this.dayUs) return false
    this.dayUs = dayUs
    this.#bits.fill(0)
    this.#ones = 0
    return true
  }

  /**
   * How many distinct things this one stands for, when it is new: 1 at first, more the fuller the sketch, since others fall on bits that
   * are set. 0 when it is not new. The sum over a day is as good an estimate as `distinct`.
   */
  add(hash: number): number {
    const bit = mix(hash) >>> (32 - BITS_LOG2)
    const mask = 1 << (bit & 7)
    if ((this.#bits[bit >> 3]! & mask) !== 0) return 0
    this.#bits[bit >> 3]! |= mask
    return BITS / (BITS - this.#ones++)
  }

  /** Bits set: what `estimate` takes. */
  get ones(): number {
    return this.#ones
  }

  toJson(): string {
    return Buffer.from(this.#bits).toString("base64")
  }

  static from(bits: string, dayUs: number): DaySketch {
    const sketch = new DaySketch()
    sketch.dayUs = dayUs
    sketch.#bits.set(Buffer.from(bits, "base64"))
    for (const byte of sketch.#bits) sketch.#ones += BIT_COUNTS[byte]!
    return sketch
  }
}

/** Distinct things that leave this many of the bits set, at most DISTINCT_MAX. */
export function estimate(ones: number): number {
  return ones >= BITS ? DISTINCT_MAX : Math.min(DISTINCT_MAX, -BITS * Math.log(1 - ones / BITS))
}

const BIT_COUNTS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length)
