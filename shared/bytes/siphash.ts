// SipHash-2-4: 64 keyed bits of a short message. J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
//
// In:  a key of 16 bytes, bytes [start, end).   Out: `low` and `high`, signed 32-bit words.
// For keys that join records: without the key neither the message nor a second one with the same bits can be told, at a
// fifth of what HMAC-SHA-256 costs. What stands for a person or an address is HMAC-SHA-256 (sha256.ts).

export const SIP_KEY_BYTES = 16

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** The last block: what is left of the message, and its length in the highest byte. */
function tail(bytes: Uint8Array, from: number, to: number, length: number): number {
  let value = 0
  for (let i = from; i < to; i++) value |= bytes[i]! << ((i - from) * 8)
  return value | (length << 24)
}

export class SipHash {
  low = 0
  high = 0
  readonly #k0l: number
  readonly #k0h: number
  readonly #k1l: number
  readonly #k1h: number

  constructor(key: Uint8Array) {
    if (key.length !== SIP_KEY_BYTES) throw new RangeError(`a SipHash key has ${SIP_KEY_BYTES} bytes`)
    this.#k0l = word(key, 0)
    this.#k0h = word(key, 4)
    this.#k1l = word(key, 8)
    this.#k1h = word(key, 12)
  }

  /** Four 64-bit lanes as pairs of words; two rounds a block of eight bytes, four at the end. */
  hash(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    const whole = length & ~7
    const blockRounds = whole / 4 + 2
    let v0l = this.#k0l ^ 0x70736575
    let v0h = this.#k0h ^ 0x736f6d65
    let v1l = this.#k1l ^ 0x6e646f6d
    let v1h = this.#k1h ^ 0x646f7261
    let v2l = this.#k0l ^ 0x6e657261
    let v2h = this.#k0h ^ 0x6c796765
    let v3l = this.#k1l ^ 0x79746573
    let v3h = this.#k1h ^ 0x74656462
    let ml = 0
    let mh = 0
    for (let round = 0; round < blockRounds + 4; round++) {
      if (round < blockRounds && (round & 1) === 0) {
        const at = start + round * 4
        const isLast = round * 4 === whole
        ml = isLast ? tail(bytes, at, Math.min(end, at + 4), 0) : word(bytes, at)
        mh = isLast ? tail(bytes, at + 4, end, length & 0xff) : word(bytes, at + 4)
        v3l ^= ml
        v3h ^= mh
      }
      // A sum that wrapped is less than what it began with.
      let sum = (v0l + v1l) | 0
      v0h = (v0h + v1h + (sum >>> 0 < v0l >>> 0 ? 1 : 0)) | 0
      v0l = sum
      let swap = (v1l << 13) | (v1h >>> 19)
      v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h
      v1l = swap ^ v0l
      swap = v0l
      v0l = v0h
      v0h = swap
      sum = (v2l + v3l) | 0
      v2h = (v2h + v3h + (sum >>> 0 < v2l >>> 0 ? 1 : 0)) | 0
      v2l = sum
      swap = (v3l << 16) | (v3h >>> 16)
      v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h
      v3l = swap ^ v2l
      sum = (v0l + v3l) | 0
      v0h = (v0h + v3h + (sum >>> 0 < v0l >>> 0 ? 1 : 0)) | 0
      v0l = sum
      swap = (v3l << 21) | (v3h >>> 11)
      v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h
      v3l = swap ^ v0l
      sum = (v2l + v1l) | 0
      v2h = (v2h + v1h + (sum >>> 0 < v2l >>> 0 ? 1 : 0)) | 0
      v2l = sum
      swap = (v1l << 17) | (v1h >>> 15)
      v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h
      v1l = swap ^ v2l
      swap = v2l
      v2l = v2h
      v2h = swap
      if (round < blockRounds && (round & 1) === 1) {
        v0l ^= ml
        v0h ^= mh
        if (round === blockRounds - 1) v2l ^= 0xff
      }
    }
    this.low = v0l ^ v1l ^ v2l ^ v3l
    this.high = v0h ^ v1h ^ v2h ^ v3h
  }
}
