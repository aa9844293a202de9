// Hash -> small integer, with open addressing in one Int32Array: the index of a table whose keys lie elsewhere.
// An entry is a pair (hash, value), so that a probe seldom has to look at a key. Removal shifts later entries back, so
// there are no tombstones and a table that lives for months does not slow down.
//
//   pairs  | hash  value | hash  value | ...   value -1: empty; the pair of hash h lies at h >>> shift or soon after
//
// The caller probes: for (at = start(hash); value(at) >= 0; at = after(at)) if (hash(at) === h && its key is equal) ...

export class IntTable {
  /** Entries in use. */
  size = 0
  #pairs: Int32Array
  /** 32 - log2(places): the top bits of a hash choose its place. */
  #shift: number
  #mask: number

  /** `places` is rounded up to a power of two; it doubles whenever half of it is in use. */
  constructor(places: number) {
    const bits = Math.max(4, 32 - Math.clz32(places - 1))
    this.#pairs = emptyPairs(1 << bits)
    this.#shift = 32 - bits
    this.#mask = (1 << bits) - 1
  }

  start(hash: number): number {
    return hash >>> this.#shift
  }

  after(at: number): number {
    return (at + 1) & this.#mask
  }

  hash(at: number): number {
    return this.#pairs[at << 1]!
  }

  /** -1 when the place is empty: the end of a probe. */
  value(at: number): number {
    return this.#pairs[(at << 1) | 1]!
  }

  insert(hash: number, value: number): void {
    if (this.size * 2 > this.#mask) this.#double()
    this.#place(hash, value)
    this.size++
  }

  /** Removes the entry that holds `value` under `hash`; it must be there. */
  remove(hash: number, value: number): void {
    const pairs = this.#pairs
    const mask = this.#mask
    let hole = hash >>> this.#shift
    while (pairs[(hole << 1) | 1] !== value) hole = (hole + 1) & mask
    // Entries after the hole move into it unless they would leave their own place behind.
    for (let at = (hole + 1) & mask; pairs[(at << 1) | 1]! >= 0; at = (at + 1) & mask) {
      const home = pairs[at << 1]! >>> this.#shift
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      pairs[hole << 1] = pairs[at << 1]!
      pairs[(hole << 1) | 1] = pairs[(at << 1) | 1]!
      hole = at
    }
    pairs[(hole << 1) | 1] = -1
    this.size--
  }

  #place(hash: number, value: number): void {
    let at = hash >>> this.#shift
    while (this.#pairs[(at << 1) | 1]! >= 0) at = (at + 1) & this.#mask
    this.#pairs[at << 1] = hash
    this.#pairs[(at << 1) | 1] = value
  }

  #double(): void {
    const old = this.#pairs
    this.#pairs = emptyPairs(old.length)
    this.#shift--
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1]! >= 0) this.#place(old[at]!, old[at + 1]!)
    }
  }
}

function emptyPairs(places: number): Int32Array {
  return new Int32Array(places * 2).fill(-1)
}
