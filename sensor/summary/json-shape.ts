// The shape of a JSON document: which paths it has and which types stand there, never a value.
//
// In:  bytes [start, end) of one document, perhaps its beginning only.
// Out: a coarse and a full hash, the number of items, and on demand the shape as text.
// One pass over the bytes, no parse tree, no strings. The hashes depend on neither the order of keys nor white space. A
// document that ends early, or that makes no sense from some byte on, yields what was understood until there. Looser than
// RFC 8259 where strictness would only cost: control characters in strings and leading zeros pass.
// Given up, and counted: what lies deeper than DEPTH_MAX, paths beyond NODES_MAX, lines of text beyond LINES_MAX, keys too
// long or too many to be names. Keys that look like values are folded (json-shape-key.ts). Of an array the first
// ELEMENTS_MAX elements give the shape and the rest are only counted; where a document that was cut has such an array at its
// top, what follows it is not looked for.
//
// In most documents an object is followed by another with the same keys in the same order, so the next key is first
// compared with the one that stood here before, and hashed only when it differs.
import type { FieldReceiver, ParentNames } from "./classes/field-receiver.ts"
import { hashEscapedKey, isLongKey, isPlainName, isValueLike, KEY_HASH, KEY_PRIME, KEY_SORT } from "./json-shape-key.ts"
import {
  countLines,
  DIGIT,
  ENDED,
  isAlone,
  isUrlStart,
  levelCommas,
  NUMBER,
  numberType,
  SENSELESS,
  skipBetween,
  skipLevel,
  skipSpace,
  skipString,
  skipValue,
} from "./json-shape-scan.ts"
import { noClass, shapeLines } from "./json-shape-text.ts"
import { ELEMENT, FOLD, JsonType, NONE, PathTree, ROOT, TYPE_NAMES, URL_TYPE } from "./json-shape-tree.ts"

/** Containers within each other. */
export const DEPTH_MAX = 32
/** Elements of one array that are walked. */
export const ELEMENTS_MAX = 64
/** Keys of one object; an object with more is a map, and its keys are values. */
export const KEYS_MAX = 64
/** Documents of a sequence that are walked. */
const DOCUMENTS_MAX = ELEMENTS_MAX

export interface ShapeCounters {
  /** Documents that ended, or made no sense any more, before they were whole. */
  shapeTruncated: number
  /** Documents that reached a limit: depth, paths, length or number of keys; texts that reached one: lines, length. */
  shapeLimits: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
/** Tells the keys of an object, where they are values, from what stands in it. */
export const KEYS = 0x6b657973
/** In place of a node: the bytes ended inside the key. */
const NO_KEY = NONE - 1

export class JsonShape implements ParentNames {
  /** Hash over the top-level keys, unsigned; 0 when there is none. */
  coarse = 0
  /** Hash over the set of (path, type), unsigned; 0 when there is none. */
  full = 0
  /** Elements of the document, or of the only array among its members; -1 when unknown or not wholly seen. */
  items = -1
  /** The document ended, or made no sense any more, before it was whole. */
  truncated = false
  /** Who is told every string and number that is walked; null: nobody. */
  receiver: FieldReceiver | null = null
  readonly #counters: ShapeCounters
  readonly #tree: PathTree
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  /** Index of the quote that ends the key read last. */
  #keyEnd = 0
  /** Node of the field told last. */
  #told = ROOT
  #memberArrays = 0
  #atLimit = false
  #isCut = false

  /** `seed` fixes the places in the hash table, for tests; results never depend on it. */
  constructor(counters: ShapeCounters, seed?: number) {
    this.#counters = counters
    this.#tree = new PathTree(seed)
  }

  /**
   * Walks the first document in [start, end). False when the bytes are no JSON at all. `isCut`: these are only the first bytes
   * of a document.
   */
  walk(bytes: Uint8Array, start: number, end: number, isCut = false): boolean {
    this.#reset(bytes, end)
    this.#isCut = isCut
    const hasMark = end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
    const at = skipSpace(bytes, hasMark ? start + 3 : start, end)
    if (at >= end) return false
    const tree = this.#tree
    const first = bytes[at]!
    const stop = this.#value(ROOT, at, 0)
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (stop === SENSELESS && !tree.hasValues()) return false
    } else if (stop < 0 || !isAlone(bytes, stop, end)) return false
    this.truncated = stop < 0
    if (this.truncated || this.#memberArrays > 1) this.items = -1
    this.#finish()
    return true
  }

  /**
   * Walks documents that follow each other, a line each or behind record separators (RFC 7464), as the elements of one
   * list that has no brackets: the shape is that of all together, `items` their number. False when the first is no JSON.
   */
  walkAll(bytes: Uint8Array, start: number, end: number): boolean {
    this.#reset(bytes, end)
    let count = 0
    let at = skipBetween(bytes, start, end)
    for (; at < end && count < DOCUMENTS_MAX; count++) {
      const stop = this.#value(ROOT, at, 0)
      if (stop < 0) break
      at = skipBetween(bytes, stop, end)
    }
    if (count === 0 && !this.#tree.hasValues()) return false
    this.truncated = at < end && count < DOCUMENTS_MAX
    this.items = this.truncated ? -1 : count + countLines(bytes, at, end)
    this.#finish()
    return true
  }

  #finish(): void {
    const tree = this.#tree
    if (this.truncated) this.#counters.shapeTruncated++
    if (this.#atLimit) this.#counters.shapeLimits++
    if (tree.hasMaps) tree.foldMaps()
    this.coarse = tree.coarse()
    this.full = tree.full()
  }

  /**
   * The shape of the document walked last, as text. Reads the walked bytes, which must still be there. `classOf`: data class of
   * the field with that path, "" for none.
   */
  paths(classOf: (path: number) => string = noClass): string[] {
    if (this.full === 0) return []
    const { lines, isCut } = shapeLines(this.#tree, this.#bytes, TYPE_NAMES, classOf)
    if (isCut) this.#counters.shapeLimits++
    return lines
  }

  parentName(): string {
    const tree = this.#tree
    const parent = tree.namedAbove(this.#told)
    return parent === NONE
      ? ""
      : Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset).latin1Slice(
          tree.keyStart[parent]!,
          tree.keyEnd[parent]!,
        )
  }

  #reset(bytes: Uint8Array, end: number): void {
    if (this.receiver !== null) this.receiver.parents = this
    this.#tree.clear()
    this.#bytes = bytes
    this.#end = end
    this.#memberArrays = 0
    this.#atLimit = false
    this.coarse = 0
    this.full = 0
    this.items = -1
    this.truncated = false
  }

  /** A value at `at`, which is before the end, inside `depth` containers. Returns the index after it. */
  #value(node: number, at: number, depth: number): number {
    const types = this.#tree.types
    switch (this.#bytes[at]) {
      case QUOTE:
        types[node]! |= isUrlStart(this.#bytes, at + 1, this.#end) ? URL_TYPE : JsonType.string
        return this.#string(node, at + 1)
      case OPEN_OBJECT:
        types[node]! |= JsonType.object
        return depth < DEPTH_MAX ? this.#object(node, at + 1, depth + 1) : this.#refuse(at, depth)
      case OPEN_ARRAY:
        types[node]! |= JsonType.array
        return depth < DEPTH_MAX ? this.#array(node, at + 1, depth + 1) : this.#refuse(at, depth)
      case 0x74:
        return this.#literal(node, at + 4, 0x74727565, JsonType.bool)
      case 0x66:
        return this.#literal(node, at + 5, 0x616c7365, JsonType.bool)
      case 0x6e:
        return this.#literal(node, at + 4, 0x6e756c6c, JsonType.null)
      default:
        return this.#number(node, at, depth)
    }
  }

  #string(node: number, at: number): number {
    const stop = skipString(this.#bytes, at, this.#end)
    if (this.receiver !== null && stop > 0) this.#tell(this.receiver, node, at, stop - 1, true)
    return stop
  }

  #tell(receiver: FieldReceiver, node: number, start: number, end: number, isText: boolean): void {
    const tree = this.#tree
    const bytes = this.#bytes
    this.#told = node
    receiver.onField(tree.path[node]!, bytes, tree.keyStart[node]!, tree.keyEnd[node]!, bytes, start, end, isText)
  }

  /** true, false or null, ending before `stop`; `word` is its last four letters. */
  #literal(node: number, stop: number, word: number, type: number): number {
    const bytes = this.#bytes
    if (stop > this.#end) return ENDED
    const last = (bytes[stop - 4]! << 24) | (bytes[stop - 3]! << 16) | (bytes[stop - 2]! << 8) | bytes[stop - 1]!
    if (last !== word) return SENSELESS
    this.#tree.types[node]! |= type
    return stop
  }

  /** A number that the end of the bytes cuts short has no type yet: "12" may go on ".5". */
  #number(node: number, at: number, depth: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let isPlain = true
    let i = at
    for (; i < end; i++) {
      const part = NUMBER[bytes[i]!]!
      if (part === 0) break
      if (part !== DIGIT) isPlain = false
    }
    if (i === at) return SENSELESS
    if (i === end && depth > 0) return ENDED
    const type = isPlain ? JsonType.int : numberType(bytes, at, i)
    if (type === 0) return SENSELESS
    this.#tree.types[node]! |= type
    if (this.receiver !== null) this.#tell(this.receiver, node, at, i, false)
    return i
  }

  #object(node: number, start: number, depth: number): number {
    const bytes = this.#bytes
    const end = this.#end
    const tree = this.#tree
    let keys = 0
    let before = NONE
    let i = skipSpace(bytes, start, end)
    if (i < end && bytes[i] === CLOSE_OBJECT) return i + 1
    for (;;) {
      if (i >= end) return ENDED
      if (bytes[i] !== QUOTE) return SENSELESS
      if (++keys > KEYS_MAX && tree.isMap[node] === 0) this.#markMap(node)
      const guess = before === NONE ? tree.first[node]! : tree.next[before]!
      let child = guess
      if (guess === 0 || !this.#isKey(guess, i + 1)) {
        child = this.#key(node, i + 1)
        if (child === NO_KEY) return ENDED
        if (child !== NONE && tree.step[child] !== FOLD) {
          if (before === NONE) tree.first[node] = child
          else tree.next[before] = child
        }
      }
      before = child
      i = skipSpace(bytes, this.#keyEnd + 1, end)
      if (i >= end) return ENDED
      if (bytes[i] !== COLON) return SENSELESS
      i = skipSpace(bytes, i + 1, end)
      if (i >= end) return ENDED
      i = child === NONE ? this.#refuse(i, depth) : this.#value(child, i, depth)
      if (i < 0) return i
      i = skipSpace(bytes, i, end)
      if (i >= end) return ENDED
      const b = bytes[i]
      if (b === CLOSE_OBJECT) return i + 1
      if (b !== COMMA) return SENSELESS
      i = skipSpace(bytes, i + 1, end)
    }
  }

  #markMap(node: number): void {
    this.#tree.markMap(node)
    this.#atLimit = true
  }

  /** A value that is not looked into. If it is a member of the document, the number of items is no longer known. */
  #refuse(at: number, depth: number): number {
    this.#atLimit = true
    if (depth === 1) this.#memberArrays = 2
    return skipValue(this.#bytes, at, this.#end)
  }

  /** True when the key at `start` is that of `node` byte for byte; sets #keyEnd. */
  #isKey(node: number, start: number): boolean {
    const bytes = this.#bytes
    const from = this.#tree.keyStart[node]!
    const length = this.#tree.keyEnd[node]! - from
    const stop = start + length
    if (stop >= this.#end || bytes[stop] !== QUOTE) return false
    for (let k = 0; k < length; k++) if (bytes[start + k] !== bytes[from + k]) return false
    this.#keyEnd = stop
    return true
  }

  /** The node of the key at `start`: NONE at the limit of nodes, NO_KEY when the bytes end first. Sets #keyEnd. */
  #key(parent: number, start: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let hash = KEY_HASH
    let sorts = 0
    let isEscaped = false
    let i = start
    for (; i < end; i++) {
      const b = bytes[i]!
      if (b === QUOTE) break
      if (b === BACKSLASH) {
        isEscaped = true
        i++
      }
      sorts |= KEY_SORT[b]!
      hash = Math.imul(hash ^ b, KEY_PRIME)
    }
    if (i >= end) return NO_KEY
    this.#keyEnd = i
    const tree = this.#tree
    if (tree.isMap[parent] === 1) return tree.child(parent, FOLD, 0, 0)
    if (isLongKey(bytes, start, i)) {
      this.#atLimit = true
      return tree.child(parent, FOLD, 0, 0)
    }
    if (isEscaped) hash = hashEscapedKey(bytes, start, i)
    const known = tree.find(parent, hash)
    if (known !== NONE) return known
    const isValue = !isPlainName(i - start, sorts) && isValueLike(bytes, start, i)
    if (!isValue) return tree.child(parent, hash, start, i)
    this.receiver?.onField(tree.path[parent]! ^ KEYS, bytes, 0, 0, bytes, start, i, true)
    return tree.child(parent, FOLD, 0, 0)
  }

  #array(node: number, start: number, depth: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let count = 0
    let i = skipSpace(bytes, start, end)
    if (i < end && bytes[i] === CLOSE_ARRAY) return this.#closeArray(0, i, depth)
    const element = this.#tree.child(node, ELEMENT, this.#tree.keyStart[node]!, this.#tree.keyEnd[node]!)
    if (element === NONE) this.#atLimit = true
    for (;;) {
      if (i >= end) return ENDED
      // A long list is what the document was cut in, nearly always: its end is not worth looking for.
      if (count === ELEMENTS_MAX && this.#isCut && (depth === 1 || this.#isMember(depth))) return ENDED
      if (element === NONE || count === ELEMENTS_MAX) {
        i = bytes[i] === CLOSE_ARRAY ? SENSELESS : skipLevel(bytes, i, end)
        return i < 0 ? i : this.#closeArray(count + 1 + levelCommas, i, depth)
      }
      i = this.#value(element, i, depth)
      if (i < 0) return i
      count++
      i = skipSpace(bytes, i, end)
      if (i >= end) return ENDED
      const b = bytes[i]
      if (b === CLOSE_ARRAY) return this.#closeArray(count, i, depth)
      if (b !== COMMA) return SENSELESS
      i = skipSpace(bytes, i + 1, end)
    }
  }

  #isMember(depth: number): boolean {
    return depth === 2 && this.#tree.types[ROOT] === JsonType.object
  }

  /** `depth` counts the array itself: 1 is the document, 2 a member of it. */
  #closeArray(count: number, at: number, depth: number): number {
    if (depth === 1) this.items = count
    else if (this.#isMember(depth)) {
      this.#memberArrays++
      this.items = count
    }
    return at + 1
  }
}
