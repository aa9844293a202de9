// The shape of a MessagePack or CBOR document, which is JSON in binary: paths and types, never a value.
//
// In:  bytes [start, end) of one document, perhaps its beginning only.   Out: see Shape, and as in JSON the number of items.
// No recursion: what is open stands on a stack of DEPTH_MAX containers. A document that ends early yields what was whole.
// Keys that are small integers are their digits, since in CBOR they stand for names; others are ids. Given up, and counted: containers deeper than
// DEPTH_MAX and keys of other types, where the walk ends; paths beyond those of a FieldTree.
import { NONE, ROOT } from "../json-shape-tree.ts"
import { type FieldCounters, FieldShape } from "./field-shape.ts"
import { ENDED, Item, readCbor, readMsgpack, SENSELESS, Token, UNKNOWN } from "./packed-token.ts"

export const DEPTH_MAX = 32
/** Greatest integer that is the name of a member. */
const INTEGER_NAME_MAX = 64
const TYPE_NAMES: readonly string[] = ["int", "number", "string", "bool", "object", "array", "null", "bytes"]

const digits = Buffer.alloc(16)
const value = Buffer.alloc(24)

export class PackedShape extends FieldShape {
  readonly #token = new Token()
  #bytes: Uint8Array = new Uint8Array(0)
  /** Containers that are open: items to come, keys included (UNKNOWN until a break), and those that came. */
  readonly #node: Int32Array = new Int32Array(DEPTH_MAX)
  readonly #left: Float64Array = new Float64Array(DEPTH_MAX)
  readonly #seen: Float64Array = new Float64Array(DEPTH_MAX)
  readonly #isMap: Uint8Array = new Uint8Array(DEPTH_MAX)
  /** Of a map: where the value of its last key belongs. */
  readonly #member: Int32Array = new Int32Array(DEPTH_MAX)
  #depth = 0
  /** The last key of a map, the name of a list: [nameStart, nameEnd) of #bytes. */
  readonly #nameStart: Int32Array = new Int32Array(DEPTH_MAX)
  readonly #nameEnd: Int32Array = new Int32Array(DEPTH_MAX)
  #memberArrays = 0

  constructor(counters: FieldCounters, seed?: number) {
    super(counters, TYPE_NAMES, 0, seed)
  }

  /** False when the bytes are no such document. A bare value with something behind it is none. */
  walk(format: "msgpack" | "cbor", bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    this.open()
    this.#bytes = bytes
    this.#depth = this.#memberArrays = 0
    const read = format === "cbor" ? readCbor : readMsgpack
    const token = this.#token
    let isContainer = false
    let at = start
    do {
      at = at < end ? read(bytes, at, end, token) : ENDED
      if (at < 0) break
      if (this.#depth === 0) isContainer = token.type === Item.map || token.type === Item.array
      if (!this.#item()) {
        at = SENSELESS
        break
      }
      while (this.#depth > 0 && this.#left[this.#depth - 1] === 0) this.#pop()
    } while (at >= 0 && this.#depth > 0)
    const { fields } = this
    if (isContainer ? at === SENSELESS && !fields.hasValues() && !fields.atLimit : at !== end || !whole) return false
    this.truncated = at < 0
    if (this.#memberArrays > 1) this.items = -1
    this.close()
    return true
  }

  /** The token's item. False when it has no place here. */
  #item(): boolean {
    const token = this.#token
    const level = this.#depth - 1
    let node: number = ROOT
    if (token.type === Item.break) {
      if (level < 0 || this.#left[level] !== UNKNOWN) return false
      this.#left[level] = 0
      return this.#isMap[level] === 0 || this.#seen[level]! % 2 === 0
    }
    if (level >= 0) {
      if (this.#left[level]! > 0) this.#left[level]!--
      const isKey = this.#isMap[level] === 1 && this.#seen[level]! % 2 === 0
      this.#seen[level]!++
      if (isKey) return this.#key(level)
      node = this.#isMap[level] === 1 ? this.#member[level]! : this.fields.element(this.#node[level]!)
    }
    if (token.type === Item.map || token.type === Item.array) return this.#push(node)
    this.#scalar(node)
    return true
  }

  #key(level: number): boolean {
    const token = this.#token
    const { fields } = this
    const node = this.#node[level]!
    this.#nameStart[level] = token.type === Item.string ? token.start : 0
    this.#nameEnd[level] = token.type === Item.string ? token.end : 0
    if (token.type === Item.string) this.#member[level] = fields.child(node, this.#bytes, token.start, token.end)
    else if (token.type === Item.int) {
      const isName = token.isSmall && Math.abs(token.int) <= INTEGER_NAME_MAX
      const length = digits.write(`${isName ? token.int : 1e9}`, "latin1")
      this.#member[level] = isName ? fields.mark(node, digits, 0, length) : fields.child(node, digits, 0, length)
    } else {
      fields.atLimit = true
      return false
    }
    return true
  }

  #push(node: number): boolean {
    const { type, count } = this.#token
    if (this.#depth === DEPTH_MAX) {
      this.fields.atLimit = true
      return false
    }
    const level = this.#depth++
    this.#node[level] = node
    this.#isMap[level] = type === Item.map ? 1 : 0
    this.#left[level] = type === Item.map && count > 0 ? 2 * count : count
    this.#seen[level] = 0
    this.#nameStart[level] = level === 0 ? 0 : this.#nameStart[level - 1]!
    this.#nameEnd[level] = level === 0 ? 0 : this.#nameEnd[level - 1]!
    return true
  }

  /** The innermost container is whole. */
  #pop(): void {
    const level = --this.#depth
    const node = this.#node[level]!
    const isMap = this.#isMap[level] === 1
    if (node !== NONE) this.fields.type(node, isMap ? Item.map : Item.array)
    if (isMap) return
    const isMember = level === 1 && this.#isMap[0] === 1
    if (isMember) this.#memberArrays++
    if (isMember || level === 0) this.items = this.#seen[level]!
  }

  #scalar(node: number): void {
    const { type, start, end, int, isSmall } = this.#token
    const { fields } = this
    const isText = type === Item.string
    const isTold = isText || (type === Item.int && (isSmall || Number.isSafeInteger(int)))
    if (fields.receiver === null || !isTold) {
      fields.type(node, type)
      return
    }
    const level = this.#depth - 1
    const nameStart = level < 0 ? 0 : this.#nameStart[level]!
    const nameEnd = level < 0 ? 0 : this.#nameEnd[level]!
    const from = isText ? start : 0
    const to = isText ? end : value.write(`${int}`, "latin1")
    const bytes = isText ? this.#bytes : value
    fields.value(node, type, this.#bytes, nameStart, nameEnd, bytes, from, to, isText)
  }
}
