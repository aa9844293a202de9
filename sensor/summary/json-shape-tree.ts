// The distinct paths of one JSON document: a tree of nodes in typed arrays, made anew for each document without
// allocating or clearing.
//
//   {"items":[{"id":1},{"id":null}]}          node  parent  step      types
//                                              0      -     (root)    object
//                                              1      0     items     array
//                                              2      1     []        object
//                                              3      2     id        int null
//
// A node is found by (parent, hash of its step) in an open-addressing table whose slots carry the number of the document,
// so that the last document's entries are empty slots. The step's text stays where it is, in the walked bytes. The
// table's multipliers are secret; hashes that leave are not, because two sensors must give one shape the same number.
// Given up: nodes beyond NODES_MAX.
import { hashMultipliers, mix } from "../../shared/bytes/hash.ts"

/** Distinct paths of a document that are told apart. */
export const NODES_MAX = 2048
const NODE_BITS = 11
const SLOT_BITS = 12
const GENERATION_MAX = 1 << (31 - NODE_BITS)

export const ROOT = 0
/** In place of a node: there is none. */
export const NONE = -1
/** Steps that are not keys: an element of an array, and any key of an object whose keys are values themselves. */
export const ELEMENT = 0x5b5d5b5d
export const FOLD = 0x7b7d7b7d

/** Bits of `types`. The order is that of printing. */
export const JsonType = { int: 1, number: 2, string: 4, bool: 8, object: 16, array: 32, null: 64 } as const
/** A string that begins like an absolute URL ("https://"): what a server may be made to call. */
export const URL_TYPE = 128
export const TYPE_NAMES: readonly string[] = [...Object.keys(JsonType), "url"]

export class PathTree {
  /** Nodes in use; a parent always has a smaller number than its children. */
  count = 0
  /** Bit set of JsonType (and URL_TYPE) seen at the node; 0 when no value was seen whole, or the node was merged into another. */
  readonly types: Uint8Array = new Uint8Array(NODES_MAX)
  readonly parent: Int32Array = new Int32Array(NODES_MAX)
  /** Hash of the key, or ELEMENT, or FOLD. */
  readonly step: Int32Array = new Int32Array(NODES_MAX)
  /** Hash of all steps from the root. */
  readonly path: Int32Array = new Int32Array(NODES_MAX)
  /** The key as it stands between its quotes: [keyStart, keyEnd) of the walked bytes; of an element, that of its array. */
  readonly keyStart: Int32Array = new Int32Array(NODES_MAX)
  readonly keyEnd: Int32Array = new Int32Array(NODES_MAX)
  /** Guess: the key that came first in the last object here, and the one that followed this one. 0 is no guess. */
  readonly first: Int32Array = new Int32Array(NODES_MAX)
  readonly next: Int32Array = new Int32Array(NODES_MAX)
  /** 1: some object here has more keys than names could be. */
  readonly isMap: Uint8Array = new Uint8Array(NODES_MAX)
  hasMaps = false
  /** The node that a merged one has become; itself otherwise. */
  readonly #become: Int32Array = new Int32Array(NODES_MAX)
  readonly #slots: Int32Array = new Int32Array(1 << SLOT_BITS)
  readonly #stepMultiplier: number
  readonly #parentMultiplier: number
  #generation = 0

  constructor(seed?: number) {
    const multipliers = hashMultipliers(2, seed)
    this.#stepMultiplier = multipliers[0]!
    this.#parentMultiplier = multipliers[1]!
  }

  /** Forgets the document, and starts one with a root alone. */
  clear(): void {
    this.#nextGeneration()
    this.hasMaps = false
    this.count = 0
    this.#append(NONE, 0, 0, 0)
  }

  #nextGeneration(): void {
    if (++this.#generation < GENERATION_MAX) return
    this.#slots.fill(0)
    this.#generation = 1
  }

  #append(parent: number, step: number, start: number, end: number): number {
    const node = this.count++
    this.types[node] = 0
    this.parent[node] = parent
    this.step[node] = step
    this.path[node] = parent === NONE ? 0 : pathHash(this.path[parent]!, step)
    this.keyStart[node] = start
    this.keyEnd[node] = end
    this.first[node] = 0
    this.next[node] = 0
    this.isMap[node] = 0
    this.#become[node] = node
    return node
  }

  /** Slot of (parent, step): its own, or the empty one where it belongs. */
  #slotOf(parent: number, step: number): number {
    const slots = this.#slots
    const hash = Math.imul(step, this.#stepMultiplier) + Math.imul(parent, this.#parentMultiplier)
    let slot = hash >>> (32 - SLOT_BITS)
    for (;;) {
      const value = slots[slot]!
      if (value >>> NODE_BITS !== this.#generation) return slot
      const node = value & (NODES_MAX - 1)
      if (this.step[node] === step && this.parent[node] === parent) return slot
      slot = (slot + 1) & ((1 << SLOT_BITS) - 1)
    }
  }

  find(parent: number, step: number): number {
    const value = this.#slots[this.#slotOf(parent, step)]!
    return value >>> NODE_BITS === this.#generation ? value & (NODES_MAX - 1) : NONE
  }

  /** The child at `step`, made if need be; NONE at the limit. */
  child(parent: number, step: number, keyStart: number, keyEnd: number): number {
    const slot = this.#slotOf(parent, step)
    const value = this.#slots[slot]!
    if (value >>> NODE_BITS === this.#generation) return value & (NODES_MAX - 1)
    if (this.count === NODES_MAX) return NONE
    const node = this.#append(parent, step, keyStart, keyEnd)
    this.#slots[slot] = (this.#generation << NODE_BITS) | node
    return node
  }

  /** The node with a name above the name of `node`; NONE without one. */
  namedAbove(node: number): number {
    let at = node
    while (at > ROOT && this.step[at] === ELEMENT) at = this.parent[at]!
    if (at <= ROOT) return NONE
    at = this.parent[at]!
    while (at > ROOT && this.step[at] === ELEMENT) at = this.parent[at]!
    return at <= ROOT || this.step[at] === FOLD ? NONE : at
  }

  markMap(node: number): void {
    this.isMap[node] = 1
    this.hasMaps = true
  }

  /**
   * Puts all children of each map into one, as if none had been told apart: whether an object is a map shows only
   * after some of its keys, and the outcome must not depend on which came first. A merge can make a map of what was
   * none, hence the rounds: one a level at most.
   */
  foldMaps(): void {
    for (let again = this.hasMaps; again; ) {
      again = false
      this.#nextGeneration()
      for (let node = 1; node < this.count; node++) if (this.#become[node] === node && this.#refold(node)) again = true
    }
  }

  /** True when a node that was not a map has become one. */
  #refold(node: number): boolean {
    const parent = this.#become[this.parent[node]!]!
    this.parent[node] = parent
    if (this.isMap[parent] === 1 && this.step[node] !== ELEMENT) this.step[node] = FOLD
    const step = this.step[node]!
    const slot = this.#slotOf(parent, step)
    const value = this.#slots[slot]!
    if (value >>> NODE_BITS !== this.#generation) {
      this.path[node] = pathHash(this.path[parent]!, step)
      this.#slots[slot] = (this.#generation << NODE_BITS) | node
      return false
    }
    const into = value & (NODES_MAX - 1)
    this.#become[node] = into
    this.types[into] = this.types[into]! | this.types[node]!
    this.types[node] = 0
    if (this.isMap[node] === 0 || this.isMap[into] === 1) return false
    this.isMap[into] = 1
    return true
  }

  /** True when something below the root was seen. */
  hasValues(): boolean {
    for (let node = 1; node < this.count; node++) if (this.types[node] !== 0) return true
    return false
  }

  /** Order-independent hash over the set of (path, type); never 0. */
  full(): number {
    let sum = 0
    for (let node = 0; node < this.count; node++)
      for (let types = this.types[node]!; types !== 0; types &= types - 1)
        sum = (sum + mix(this.path[node]! + Math.imul(types & -types, 0x61c88647))) | 0
    return mix(sum) >>> 0 || 1
  }

  /**
   * Order-independent hash over the top-level keys and whether each is an object, an array or neither; of an array's
   * elements together when the document is an array. Neither: null and the scalar types change too easily, and
   * {"data":{}} against {"data":[]} is what tells endpoints apart. Never 0.
   */
  coarse(): number {
    const isArray = this.types[ROOT] === JsonType.array
    const base = isArray ? this.find(ROOT, ELEMENT) : ROOT
    let sum = coarseType(this.types[ROOT]!)
    if (base !== NONE) {
      if (isArray) sum = mix(sum + coarseType(this.types[base]!))
      for (let node = 1; node < this.count; node++)
        if (this.parent[node] === base && this.types[node] !== 0)
          sum = (sum + mix(this.step[node]! + coarseType(this.types[node]!))) | 0
    }
    return mix(sum) >>> 0 || 1
  }
}

const coarseType = (types: number): number =>
  Math.imul(types & JsonType.object ? 3 : types & JsonType.array ? 2 : 1, 0x3c6ef372)

const pathHash = (parent: number, step: number): number => mix(Math.imul(parent, 0x2c1b3c6d) + step)
