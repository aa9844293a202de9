// The paths of a document that is not JSON, kept as JSON's are: a PathTree whose names are judged and copied here, because in
// these formats a name as written is not yet a name ("a%5Bb%5D", "ns:Order").
//
// In:  steps (a name, an element) and values, in the order in which they stand.
// Out: nodes; on demand the lines of the shape. Values go to a FieldReceiver when there is one, and are not kept.
// A name that looks like a value, or is too long for one, becomes "{}" and never leaves the sensor; an object with more than
// KEYS_MAX names is a map, and all of its names become one. A container is marked as such only when a value was seen in
// it, so that a document that ends early has no path that the whole of it would not have.
// Given up, and said by `atLimit`: paths beyond NODES_MAX, names beyond NAMES_BYTES together.
import type { FieldReceiver, ParentNames } from "../classes/field-receiver.ts"
import { KEYS, KEYS_MAX } from "../json-shape.ts"
import { isPlainName, isValueLike, KEY_BYTES_MAX, KEY_HASH, KEY_PRIME, KEY_SORT } from "../json-shape-key.ts"
import { shapeLines } from "../json-shape-text.ts"
import { ELEMENT, FOLD, JsonType, NODES_MAX, NONE, PathTree, ROOT } from "../json-shape-tree.ts"

/** Bytes of the distinct names of a document. */
export const NAMES_BYTES = 32_768
const BACKSLASH = 0x5c
const scratch = new Uint8Array(16)

export class FieldTree implements ParentNames {
  /** Something was left out because a limit was reached. */
  atLimit = false
  receiver: FieldReceiver | null = null
  readonly #tree: PathTree
  readonly #names: Uint8Array = new Uint8Array(NAMES_BYTES)
  #used = 0
  /** Node of the field told last. */
  #told = ROOT
  /** Distinct names below each node. */
  readonly #children: Uint16Array = new Uint16Array(NODES_MAX)

  /** `seed` fixes the places in the hash table, for tests. */
  constructor(seed?: number) {
    this.#tree = new PathTree(seed)
  }

  clear(): void {
    if (this.receiver !== null) this.receiver.parents = this
    this.#tree.clear()
    this.#used = 0
    this.#children[ROOT] = 0
    this.atLimit = false
  }

  /**
   * The node of a name below `parent`: NONE at the limit, and below NONE. What is before `judged` is the format's own mark, and
   * not judged with the name.
   */
  child(parent: number, bytes: Uint8Array, start: number, end: number, judged = start): number {
    if (parent === NONE) return NONE
    const tree = this.#tree
    if (tree.isMap[parent] === 1) return this.#fold(parent)
    if (end - start > KEY_BYTES_MAX) {
      this.atLimit = true
      return this.#fold(parent)
    }
    let hash = KEY_HASH
    let sorts = 0
    for (let i = start; i < end; i++) {
      const b = bytes[i]!
      sorts |= KEY_SORT[b]!
      hash = Math.imul(hash ^ b, KEY_PRIME)
    }
    const known = tree.find(parent, hash)
    if (known !== NONE) return known
    if (!isPlainName(end - start, sorts) && isValueLike(bytes, judged, end)) {
      this.receiver?.onField(tree.path[parent]! ^ KEYS, bytes, 0, 0, bytes, judged, end, true)
      return this.#fold(parent)
    }
    return this.#add(parent, hash, bytes, start, end)
  }

  #fold(parent: number): number {
    return this.#counted(this.#tree.child(parent, FOLD, 0, 0))
  }

  /** The node of a step that is said in the format's own words and needs no judgement ("file(image/png)"). */
  mark(parent: number, bytes: Uint8Array, start: number, end: number): number {
    if (parent === NONE) return NONE
    let hash = KEY_HASH
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, KEY_PRIME)
    const known = this.#tree.find(parent, hash)
    return known !== NONE ? known : this.#add(parent, hash, bytes, start, end)
  }

  /** The node of a field that has a number and no name. repeat() may be called of it. */
  numbered(parent: number, number: number): number {
    if (parent === NONE) return NONE
    const known = this.#tree.find(parent, number)
    if (known !== NONE) return known
    // The text of a field that repeats is "3[]"; the name ends before the brackets until that is known.
    const text = `${number}[]`
    for (let i = 0; i < text.length; i++) scratch[i] = text.charCodeAt(i)
    const node = this.#add(parent, number, scratch, 0, text.length)
    if (node !== NONE && this.#tree.step[node] !== FOLD) this.#tree.keyEnd[node]! -= 2
    return node
  }

  /** Once for each node of numbered(): it repeats. Told by the text only. */
  repeat(node: number): void {
    if (this.#tree.step[node] !== FOLD) this.#tree.keyEnd[node]! += 2
  }

  /** The node of all elements of the list at `parent`. */
  element(parent: number): number {
    return parent === NONE ? NONE : this.#counted(this.#tree.child(parent, ELEMENT, 0, 0))
  }

  #add(parent: number, hash: number, bytes: Uint8Array, start: number, end: number): number {
    const tree = this.#tree
    if (this.#children[parent]!++ === KEYS_MAX) {
      tree.markMap(parent)
      this.atLimit = true
      return this.#fold(parent)
    }
    const at = this.#used
    if (tree.count === NODES_MAX || at + 2 * (end - start) > NAMES_BYTES) {
      this.atLimit = true
      return NONE
    }
    let to = at
    for (let i = start; i < end; i++) {
      // The text is read as JSON's, where a backslash is an escape.
      if (bytes[i] === BACKSLASH) this.#names[to++] = BACKSLASH
      this.#names[to++] = bytes[i]!
    }
    this.#used = to
    return this.#counted(tree.child(parent, hash, at, to))
  }

  #counted(node: number): number {
    if (node === NONE) this.atLimit = true
    else if (node === this.#tree.count - 1 && this.#tree.types[node] === 0) this.#children[node] = 0
    return node
  }

  /** A value of that type stands at the node. */
  type(node: number, type: number): void {
    if (node === NONE) return
    const { types, parent, step } = this.#tree
    types[node]! |= type
    for (let below = node, at = parent[node]!; at !== NONE; below = at, at = parent[at]!) {
      const container = step[below] === ELEMENT ? JsonType.array : JsonType.object
      if ((types[at]! & container) !== 0) return
      types[at]! |= container
    }
  }

  /**
   * The same, and the value itself for those who want to judge it. [nameStart, nameEnd) of `names`: the last name; [start, end) of
   * `bytes`: text, or the digits of a number that is none in its format.
   */
  value(
    node: number,
    type: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText = true,
  ): void {
    if (node === NONE) return
    this.type(node, type)
    const { receiver } = this
    this.#told = node
    if (receiver !== null && end > start)
      receiver.onField(this.#tree.path[node]!, names, nameStart, nameEnd, bytes, start, end, isText)
  }

  parentName(): string {
    const tree = this.#tree
    const parent = tree.namedAbove(this.#told)
    return parent === NONE
      ? ""
      : Buffer.from(this.#names.subarray(tree.keyStart[parent], tree.keyEnd[parent])).latin1Slice()
  }

  /** Makes the maps one; hashes and lines are read after. */
  close(): void {
    if (this.#tree.hasMaps) this.#tree.foldMaps()
  }

  hasValues(): boolean {
    return this.#tree.types[ROOT] !== 0 || this.#tree.hasValues()
  }

  coarse(): number {
    return this.#tree.coarse()
  }

  full(): number {
    return this.#tree.full()
  }

  /** `typeNames`: of the bits of type(), in the order of printing. `classOf`: as for shapeLines. */
  lines(typeNames: readonly string[], classOf?: (path: number) => string): { lines: string[]; isCut: boolean } {
    return shapeLines(this.#tree, this.#names, typeNames, classOf)
  }
}
