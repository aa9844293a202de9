// One header block -> the places of its fields in the slab. RFC 7541 section 6.
//
// In:  a whole block, or what a loss has left of its start, and the dynamic table of its direction.
// Out: `fields` places in the arrays of the head, their codes and serials; how many fields are unknown. No string is made, and
// what stands in a table is not copied. Given up: fields beyond FIELDS_MAX (counted), blocks that decode to more than
// `headBytesMax`, blocks that are no HPACK: what came before is there, and the table is forgotten.
import { FIELDS_MAX, FieldName, HttpHead } from "../http-head.ts"
import { type DynamicTable, UNKNOWN_NAME } from "./dynamic-table.ts"
import { fieldCodeOf } from "./field-code.ts"
import { ENTRY, FieldSlab } from "./field-slab.ts"
import { decodeHuffman, huffmanBytesMax } from "./huffman.ts"
import { DYNAMIC_BASE } from "./static-table.ts"

export const Block = {
  whole: 0,
  /** It ends within a field. */
  cut: 1,
  bad: 2,
  tooLong: 3,
} as const
export type Block = (typeof Block)[keyof typeof Block]

/** Bytes that SETTINGS_MAX_HEADER_LIST_SIZE counts for a field beside its name and value. */
const FIELD_OVERHEAD = 32
/** Longest integer, in bytes behind its prefix. */
const INTEGER_BYTES_MAX = 4
const LOOP_COPY_MAX = 64

export class HpackDecoder {
  readonly slab: FieldSlab
  /** Its arrays of places and its bytes are filled here, the rest elsewhere. */
  readonly head: HttpHead = new HttpHead()
  /** FieldName or Pseudo of field i. */
  readonly codes: Uint8Array = new Uint8Array(FIELDS_MAX)
  /** Serial of the table entry that field i is, 0: a literal. */
  readonly serials: Int32Array = new Int32Array(FIELDS_MAX)
  fields = 0
  fieldsDropped = 0
  /** Fields that are cookies. */
  cookies = 0
  /** Fields of which the name or all is unknown. */
  unknowns = 0
  /** Fields before the first unknown one. */
  knownBefore = 0
  /** Dynamic tables forgotten for want of memory. */
  memcapDrops = 0
  readonly #headBytesMax: number
  #decodedBytes = 0
  #pos = 0
  #end = 0
  #scratch = 0
  // Of the string or name read last: places in the slab.
  #start = 0
  #stop = 0
  #code = 0

  constructor(blockBytesMax: number, headBytesMax: number, tablesBytesMax: number) {
    this.#headBytesMax = headBytesMax
    // The block's literals, and as much again for fields that are joined (head-builder.ts).
    this.slab = new FieldSlab(huffmanBytesMax(blockBytesMax) + headBytesMax, tablesBytesMax)
  }

  /** [start, end) of `bytes` is the block, or its start. The table may be forgotten. */
  decode(table: DynamicTable, bytes: Uint8Array, start: number, end: number): Block {
    this.slab.beginBlock()
    this.fields = this.fieldsDropped = this.cookies = this.unknowns = this.#decodedBytes = 0
    this.#scratch = this.slab.staticEnd
    this.#pos = start
    this.#end = end
    let isFirst = true
    while (this.#pos < end) {
      const byte = bytes[this.#pos]!
      let verdict: Block
      if (byte >= 0x80) {
        isFirst = false
        verdict = this.#indexed(table, bytes)
      } else if ((byte & 0xe0) === 0x20) {
        const limit = this.#integer(bytes, 31)
        // Only before the first field (section 4.2).
        verdict = limit < 0 ? this.#failure(limit) : isFirst ? Block.whole : Block.bad
        if (verdict === Block.whole) table.resize(limit)
      } else {
        isFirst = false
        verdict = this.#literal(table, bytes, byte >= 0x40)
      }
      if (verdict === Block.whole) continue
      table.forget()
      return verdict
    }
    return Block.whole
  }

  /** A place for `length` bytes behind what the block has decoded to; -1 when there is none. */
  reserve(length: number): number {
    const at = this.#scratch
    if (at + length > this.slab.scratchEnd) return -1
    this.#scratch += length
    return at
  }

  #indexed(table: DynamicTable, bytes: Uint8Array): Block {
    const index = this.#integer(bytes, 127)
    if (index <= 0) return index === 0 ? Block.bad : this.#failure(index)
    if (index < DYNAMIC_BASE) return this.#add(this.slab.statics, index * ENTRY.size)
    const entry = table.at(index - DYNAMIC_BASE)
    if (entry >= 0 && table.ring[entry] !== UNKNOWN_NAME) return this.#add(table.ring, entry)
    if (entry < 0 && table.isComplete) return Block.bad
    this.#addUnknown()
    return Block.whole
  }

  #literal(table: DynamicTable, bytes: Uint8Array, isInserted: boolean): Block {
    const index = this.#integer(bytes, isInserted ? 63 : 15)
    if (index < 0) return this.#failure(index)
    const isNamed = this.#readName(table, bytes, index)
    if (isNamed !== Block.whole) return isNamed
    const nameStart = this.#start
    const nameEnd = this.#stop
    const code = this.#code
    const read = this.#string(bytes)
    if (read !== Block.whole) return read
    const valueStart = this.#start
    const valueEnd = this.#stop
    let verdict: Block = Block.whole
    if (nameStart === UNKNOWN_NAME) this.#addUnknown()
    else verdict = this.#put(nameStart, nameEnd, valueStart, valueEnd, code, 0)
    if (isInserted && verdict === Block.whole && !table.insert(nameStart, nameEnd, valueStart, valueEnd, code))
      this.memcapDrops++
    return verdict
  }

  /** The name of a literal: of an entry, or a string of its own. */
  #readName(table: DynamicTable, bytes: Uint8Array, index: number): Block {
    if (index === 0) {
      const verdict = this.#string(bytes)
      if (verdict === Block.whole) this.#code = fieldCodeOf(this.slab.bytes, this.#start, this.#stop)
      return verdict
    }
    const isStatic = index < DYNAMIC_BASE
    const ring = isStatic ? this.slab.statics : table.ring
    const entry = isStatic ? index * ENTRY.size : table.at(index - DYNAMIC_BASE)
    if (entry < 0) {
      if (table.isComplete) return Block.bad
      this.#start = this.#stop = UNKNOWN_NAME
      return Block.whole
    }
    this.#start = ring[entry]!
    this.#stop = ring[entry + ENTRY.nameEnd]!
    this.#code = ring[entry + ENTRY.code]!
    return Block.whole
  }

  #add(ring: Int32Array, entry: number): Block {
    return this.#put(
      ring[entry]!,
      ring[entry + ENTRY.nameEnd]!,
      ring[entry + ENTRY.valueStart]!,
      ring[entry + ENTRY.valueEnd]!,
      ring[entry + ENTRY.code]!,
      ring[entry + ENTRY.serial]!,
    )
  }

  #put(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number, code: number, serial: number): Block {
    this.#decodedBytes += nameEnd - nameStart + valueEnd - valueStart + FIELD_OVERHEAD
    if (this.#decodedBytes > this.#headBytesMax) return Block.tooLong
    const i = this.fields
    if (i === FIELDS_MAX) {
      this.fieldsDropped++
      return Block.whole
    }
    const { head } = this
    head.nameStart[i] = nameStart
    head.nameEnd[i] = nameEnd
    head.valueStart[i] = valueStart
    head.valueEnd[i] = valueEnd
    this.codes[i] = code
    if (code === FieldName.cookie) this.cookies++
    this.serials[i] = serial
    this.fields = i + 1
    return Block.whole
  }

  #addUnknown(): void {
    if (this.unknowns === 0) this.knownBefore = this.fields
    this.unknowns++
  }

  /** A string to the scratch: places in `#start` and `#stop`. */
  #string(bytes: Uint8Array): Block {
    if (this.#pos >= this.#end) return Block.cut
    const isCoded = bytes[this.#pos]! >= 0x80
    const length = this.#integer(bytes, 127)
    if (length < 0) return this.#failure(length)
    const from = this.#pos
    if (length > this.#end - from) return Block.cut
    const at = this.#scratch
    const room = isCoded ? huffmanBytesMax(length) : length
    if (at + room > this.slab.scratchEnd) return Block.tooLong
    const to = this.slab.bytes
    this.#pos = from + length
    this.#start = at
    if (isCoded) {
      this.#stop = decodeHuffman(bytes, from, from + length, to, at)
      if (this.#stop < 0) return Block.bad
    } else {
      if (length > LOOP_COPY_MAX) to.set(bytes.subarray(from, from + length), at)
      else for (let i = 0; i < length; i++) to[at + i] = bytes[from + i]!
      this.#stop = at + length
    }
    this.#scratch = this.#stop
    return Block.whole
  }

  /** An integer behind a prefix (section 5.1); -1 when it goes on beyond the block, -2 when it is too large. */
  #integer(bytes: Uint8Array, prefix: number): number {
    let pos = this.#pos
    let value = bytes[pos++]! & prefix
    if (value === prefix) {
      for (let shift = 0; ; shift += 7) {
        if (shift === INTEGER_BYTES_MAX * 7) return -2
        if (pos >= this.#end) return -1
        const byte = bytes[pos++]!
        value += (byte & 127) << shift
        if (byte < 128) break
      }
    }
    this.#pos = pos
    return value
  }

  #failure(integer: number): Block {
    return integer === -1 ? Block.cut : Block.bad
  }
}
