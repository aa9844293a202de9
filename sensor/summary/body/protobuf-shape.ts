// The shape of a protobuf message without its schema: numbers of fields with what stands there on the wire.
//
//   08 96 01  12 05 "Ada O"  1a 02 08 01        ->   1:varint  2:string  3.1:varint
//
// In:  bytes [start, end) of one message, perhaps its beginning only; or of several, of which the shape is made together.
// Out: see Shape. What has a length is judged by its bytes: UTF-8 without control characters is a string, whole fields to the
// last byte are a message, anything else is bytes (packed numbers too: nothing tells them from others). An empty one has
// no type, since it may be any of these. A field that stands more than once in one message is marked "3[]" in the text, but
// not in the hashes, which must not depend on how many there were.
// A message that was cut yields the fields that are whole. Given up, and counted: messages deeper than DEPTH_MAX, paths
// beyond those of a FieldTree. Cost: each byte is read twice a level at most.
import { JsonType, NODES_MAX, NONE, ROOT } from "../json-shape-tree.ts"
import { type FieldCounters, FieldShape } from "./field-shape.ts"
import {
  BAD,
  field,
  isMessage,
  isText,
  readField,
  valueEnd,
  valueStart,
  Wire,
  wire,
  writeVarint,
} from "./protobuf-wire.ts"

/** Messages within each other. */
export const DEPTH_MAX = 16

export const WireType = {
  varint: 1,
  fixed64: 2,
  string: 4,
  bytes: 8,
  message: JsonType.object,
  fixed32: 64,
  group: 128,
} as const
const TYPE_NAMES: readonly string[] = ["varint", "fixed64", "string", "bytes", "message", "array", "fixed32", "group"]

const WIRE_SALT = 2

const digits = Buffer.alloc(20)

export class ProtobufShape extends FieldShape {
  /** Messages that are open, the document first: where each ends, its node, whether it is a group, its number. */
  readonly #end: Int32Array = new Int32Array(DEPTH_MAX)
  readonly #node: Int32Array = new Int32Array(DEPTH_MAX)
  readonly #isGroup: Uint8Array = new Uint8Array(DEPTH_MAX)
  readonly #number: Int32Array = new Int32Array(DEPTH_MAX)
  #depth = 0
  /** Messages so far, of all documents. */
  #messages = 0
  /** By node: number of the message that it was met in last; number of the document in which it is known to repeat. */
  readonly #metIn: Int32Array = new Int32Array(NODES_MAX)
  readonly #repeatsIn: Int32Array = new Int32Array(NODES_MAX)
  #documents = 0

  constructor(counters: FieldCounters, seed?: number) {
    super(counters, TYPE_NAMES, WIRE_SALT, seed)
  }

  /** False when the bytes are no message. */
  walk(bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    this.begin()
    const isGood = this.add(bytes, start, end, whole)
    this.finish()
    return isGood
  }

  begin(): void {
    this.open()
    this.#documents = (this.#documents + 1) | 0
  }

  /** One more message of the document. False when nothing in it makes sense. */
  add(bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    this.#depth = 0
    this.#enter(ROOT, end, false)
    let at = start
    for (;;) {
      while (this.#depth > 1 && at === this.#end[this.#depth - 1] && this.#isGroup[this.#depth - 1] === 0) this.#depth--
      if (at >= end) break
      const next = readField(bytes, at, this.#end[this.#depth - 1]!)
      if (next < 0) break
      at = this.#field(bytes, next)
      if (at < 0) break
    }
    const isDone = at === end && this.#depth === 1
    if (!isDone || !whole) this.truncated = true
    return isDone || !whole || this.fields.hasValues() || this.fields.atLimit
  }

  finish(): void {
    this.close()
  }

  override paths(classOf?: (path: number) => string): string[] {
    return super.paths(classOf).map((line) => line.replaceAll("\\[]", "[]"))
  }

  #enter(node: number, end: number, isGroup: boolean): void {
    const depth = this.#depth++
    this.#end[depth] = end
    this.#node[depth] = node
    this.#isGroup[depth] = isGroup ? 1 : 0
    this.#messages = (this.#messages + 1) | 0
    this.#number[depth] = this.#messages
  }

  /** The field that was just read, which ends at `next`. Index of the next one, BAD when it makes no sense here. */
  #field(bytes: Uint8Array, next: number): number {
    const level = this.#depth - 1
    if (wire === Wire.groupEnd) {
      if (this.#isGroup[level] === 0) return BAD
      this.fields.type(this.#node[level]!, WireType.group)
      this.#depth--
      return next
    }
    const { fields } = this
    const node = fields.numbered(this.#node[level]!, field)
    if (node !== NONE) this.#meet(node, this.#number[level]!)
    if (wire === Wire.varint) {
      if (fields.receiver === null) fields.type(node, WireType.varint)
      else fields.value(node, WireType.varint, digits, 0, 0, digits, 0, writeVarint(bytes, valueStart, digits), false)
    } else if (wire === Wire.fixed64) fields.type(node, WireType.fixed64)
    else if (wire === Wire.fixed32) fields.type(node, WireType.fixed32)
    else if (wire === Wire.groupStart) {
      if (this.#depth === DEPTH_MAX) {
        fields.atLimit = true
        return BAD
      }
      this.#enter(node, this.#end[level]!, true)
    } else if (valueEnd > valueStart) return this.#bytes(bytes, node, valueStart, valueEnd)
    return next
  }

  #bytes(bytes: Uint8Array, node: number, start: number, end: number): number {
    const { fields } = this
    const isPlain = isText(bytes, start, end)
    if (isPlain && bytes[start]! >= 0x20) {
      fields.value(node, WireType.string, bytes, start, start, bytes, start, end)
      return end
    }
    if (isMessage(bytes, start, end)) {
      if (this.#depth < DEPTH_MAX) {
        this.#enter(node, end, false)
        return start
      }
      fields.atLimit = true
      fields.type(node, WireType.message)
      return end
    }
    if (isPlain) fields.value(node, WireType.string, bytes, start, start, bytes, start, end)
    else fields.type(node, WireType.bytes)
    return end
  }

  #meet(node: number, message: number): void {
    if (this.#metIn[node] !== message) this.#metIn[node] = message
    else if (this.#repeatsIn[node] !== this.#documents) {
      this.#repeatsIn[node] = this.#documents
      this.fields.repeat(node)
    }
  }
}
