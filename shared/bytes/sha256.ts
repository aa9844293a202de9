// HMAC-SHA-256 of short messages, with the two keyed states computed once.
//
// In:  a key, then messages as bytes [start, end).   Out: eight 32-bit words in `words`, valid until the next call.
// The runtime's own HMAC costs 11 µs a call, nearly all of it for making and finishing objects; a pseudonym is the HMAC of
// a few bytes, and a sensor meets tens of thousands of new ones a second. With the states of the inner and outer pad kept,
// a message of up to 55 bytes is two compressions. FIPS 180-4 section 6.2, RFC 2104.
//
//   inner state = compress(IV, key ^ 0x36...)      outer state = compress(IV, key ^ 0x5c...)
//   hmac(m)     = finish(outer state, finish(inner state, m))

const BLOCK = 64

// biome-ignore format: the table of FIPS 180-4 section 4.2.2, eight a line as printed there
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])

// biome-ignore format: the initial hash value of FIPS 180-4 section 5.3.3
const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

const w = new Int32Array(64)

/** One compression: the block in w[0..15] into `state`. */
function compress(state: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!
    const y = w[i - 2]!
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0
  }
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  let e = state[4]!
  let f = state[5]!
  let g = state[6]!
  let h = state[7]!
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] = (state[0]! + a) | 0
  state[1] = (state[1]! + b) | 0
  state[2] = (state[2]! + c) | 0
  state[3] = (state[3]! + d) | 0
  state[4] = (state[4]! + e) | 0
  state[5] = (state[5]! + f) | 0
  state[6] = (state[6]! + g) | 0
  state[7] = (state[7]! + h) | 0
}

function compressBytes(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++, at += 4)
    w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  compress(state)
}

/** Puts the rest of a message of `total` bytes (all blocks counted, a pad block before it too) through `state`. */
function finish(state: Int32Array, bytes: Uint8Array, start: number, end: number, total: number): void {
  let at = start
  for (; end - at >= BLOCK; at += BLOCK) compressBytes(state, bytes, at)
  const left = end - at
  w.fill(0, 0, 16)
  for (let i = 0; i < left; i++) w[i >> 2]! |= bytes[at + i]! << (24 - ((i & 3) << 3))
  w[left >> 2]! |= 0x80 << (24 - ((left & 3) << 3))
  if (left >= BLOCK - 8) {
    compress(state)
    w.fill(0, 0, 16)
  }
  w[14] = Math.floor(total / 0x2000_0000)
  w[15] = total << 3
  compress(state)
}

/** SHA-256 of a message, as words. */
export function sha256(bytes: Uint8Array): Int32Array {
  const state = Int32Array.from(INITIAL)
  finish(state, bytes, 0, bytes.length, bytes.length)
  return state
}

export class HmacSha256 {
  readonly #inner = Int32Array.from(INITIAL)
  readonly #outer = Int32Array.from(INITIAL)
  /** Result of the last call: the digest as eight signed big-endian words. */
  readonly words: Int32Array = new Int32Array(8)

  constructor(key: Uint8Array) {
    const pad = new Uint8Array(BLOCK)
    if (key.length <= BLOCK) pad.set(key)
    else {
      const digest = sha256(key)
      for (let i = 0; i < 8; i++) new DataView(pad.buffer).setInt32(i * 4, digest[i]!)
    }
    for (let i = 0; i < BLOCK; i++) pad[i]! ^= 0x36
    compressBytes(this.#inner, pad, 0)
    for (let i = 0; i < BLOCK; i++) pad[i]! ^= 0x36 ^ 0x5c
    compressBytes(this.#outer, pad, 0)
    pad.fill(0)
  }

  /** The HMAC of bytes [start, end), into `words`. */
  mac(bytes: Uint8Array, start: number, end: number): void {
    const { words } = this
    words.set(this.#inner)
    finish(words, bytes, start, end, BLOCK + end - start)
    for (let i = 0; i < 8; i++) w[i] = words[i]!
    w[8] = 0x8000_0000 | 0
    w.fill(0, 9, 15)
    w[15] = (BLOCK + 32) << 3
    words.set(this.#outer)
    compress(words)
  }
}
