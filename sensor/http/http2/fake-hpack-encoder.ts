// For the tests of this folder: an encoder of header blocks that uses every form of RFC 7541 section 6, as the test asks.

import { huffmanCodes } from "./huffman.ts"
import { DYNAMIC_BASE, STATIC_ENTRIES } from "./static-table.ts"

export type Field = readonly [name: string, value: string]
/** How a field that is in no table is sent. */
export type Indexing = "incremental" | "none" | "never"

const CODES = huffmanCodes()

function huffman(text: Buffer): Buffer {
  let held = 0n
  let bits = 0n
  for (const byte of text) {
    const { code, bits: width } = CODES[byte]!
    held = (held << BigInt(width)) | BigInt(code)
    bits += BigInt(width)
  }
  const padding = (8n - (bits % 8n)) % 8n
  held = (held << padding) | ((1n << padding) - 1n)
  const hex = held.toString(16).padStart(Number((bits + padding) / 4n), "0")
  return bits === 0n ? Buffer.alloc(0) : Buffer.from(hex, "hex")
}

export function integer(value: number, prefixBits: number, first: number): Buffer {
  const max = (1 << prefixBits) - 1
  if (value < max) return Buffer.from([first | value])
  const out = [first | max]
  let rest = value - max
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128)
  return Buffer.from([...out, rest])
}

export function text(value: string, isCoded: boolean): Buffer {
  const raw = Buffer.from(value, "latin1")
  const sent = isCoded ? huffman(raw) : raw
  return Buffer.concat([integer(sent.length, 7, isCoded ? 0x80 : 0), sent])
}

export class HpackEncoder {
  /** Newest first. */
  readonly table: Field[] = []
  #limit = 4096
  #announced: number[] = []

  /** The next block begins with this size update. */
  resize(limit: number): void {
    this.#announced.push(limit)
    this.#limit = limit
    this.#evict(0)
  }

  /** `indexing` and `isCoded` by field. */
  encode(
    fields: readonly Field[],
    indexing: (field: Field) => Indexing = () => "incremental",
    isCoded: (text: string) => boolean = () => true,
  ): Buffer {
    const out = this.#announced.map((limit) => integer(limit, 5, 0x20))
    this.#announced = []
    for (const field of fields) out.push(this.#field(field, indexing(field), isCoded))
    return Buffer.concat(out)
  }

  #field(field: Field, indexing: Indexing, isCoded: (text: string) => boolean): Buffer {
    const [name, value] = field
    const all: readonly Field[] = [...STATIC_ENTRIES, ...this.table]
    const whole = all.findIndex(([n, v]) => n === name && v === value)
    if (whole >= 0 && indexing !== "never") return integer(whole + 1, 7, 0x80)
    const named = all.findIndex(([n]) => n === name) + 1
    const [bits, first] = indexing === "incremental" ? [6, 0x40] : indexing === "never" ? [4, 0x10] : [4, 0]
    const parts = [integer(named, bits!, first!)]
    if (named === 0) parts.push(text(name, isCoded(name)))
    parts.push(text(value, isCoded(value)))
    if (indexing === "incremental") this.#insert(field)
    return Buffer.concat(parts)
  }

  #insert(field: Field): void {
    const size = field[0].length + field[1].length + 32
    this.#evict(size)
    if (size <= this.#limit) this.table.unshift(field)
  }

  #evict(needed: number): void {
    let size = this.table.reduce((sum, [n, v]) => sum + n.length + v.length + 32, needed)
    while (size > this.#limit && this.table.length > 0) {
      const [n, v] = this.table.pop()!
      size -= n.length + v.length + 32
    }
  }
}

export const DYNAMIC_INDEX: number = DYNAMIC_BASE
