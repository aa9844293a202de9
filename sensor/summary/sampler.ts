// Which messages are looked into, where only a share of them is: a keyed pseudo-random choice.
//
// In:  one in how many.   Out: gaps, the number of messages up to and with the next one; each message has the same chance,
// whatever came before, so that neither periodic traffic nor a client that counts along shifts what is seen. A replay under the
// same key chooses the same. The generator's state is its owner's, one number each (form-state.ts).
import { SIP_KEY_BYTES, SipHash } from "../../shared/bytes/siphash.ts"

export class Sampler {
  readonly #hash: SipHash
  readonly #place = new Uint8Array(4)
  readonly #logRest: number
  #places = 0

  /** `key`: at least SIP_KEY_BYTES. Chooses one in `every` on average. */
  constructor(key: Uint8Array, every: number) {
    this.#hash = new SipHash(key.subarray(0, SIP_KEY_BYTES))
    this.#logRest = Math.log(1 - 1 / every)
  }

  /** First state of a new place's generator, never 0: the keyed hash of its number. */
  seed(): number {
    const place = this.#place
    new DataView(place.buffer).setUint32(0, this.#places++)
    this.#hash.hash(place, 0, place.length)
    return this.#hash.low | 0 || 1
  }

  /** The next state: xorshift of 32 bits (G. Marsaglia, "Xorshift RNGs", 2003). */
  next(state: number): number {
    state ^= state << 13
    state ^= state >>> 17
    return state ^ (state << 5)
  }

  /** The gap that `state` stands for: geometric, at least 1. */
  gap(state: number): number {
    return 1 + Math.floor(Math.log((state >>> 0) / 2 ** 32) / this.#logRest)
  }
}
