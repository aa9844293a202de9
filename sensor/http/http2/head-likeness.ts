// A decoded head that came before, for the next one: the fields of most heads are those of the last one, but for the path and
// an id or a length. What the stage above worked out about them need not be found again (HeadLikeness).
//
// In:  the places of a decoded head.   Out: yes, with the same names in the same order, the same method or status, and the
// values that have changed noted; or no. A field that is the same entry of a dynamic table is recognised by its serial, without a look at its bytes.
import type { Flow, Side } from "../../flow/flow.ts"
import { FieldName, type HeadLikeness } from "../http-head.ts"
import { Pseudo } from "./field-code.ts"
import type { HpackDecoder } from "./hpack-decoder.ts"

/** One bit each. */
const FIELDS_MAX = 31
const BYTES_MAX = 4096
const WAYS = 4
const SETS = 1024
const MISSES_MAX = 16
export const LIKENESS_BYTES_MAX: number = 4 * 1024 * 1024

export class DecodedLikeness implements HeadLikeness {
  memo: unknown = null
  changing = 0
  /** As in HttpHead. */
  readonly method: string
  readonly status: number
  readonly name: Uint8Array
  readonly known: Int16Array
  /** Field that is the target, -1 without. */
  readonly targetField: number
  readonly size: number
  readonly #fields: number
  readonly #codes: Uint8Array
  readonly #serials: Int32Array
  readonly #bytes: Uint8Array
  /** Of field i in `#bytes`: where its name begins, its value begins, and ends. */
  readonly #places: Int32Array

  /** The decoder's head is filled in. Use `canBe` first. */
  constructor(decoder: HpackDecoder, targetField: number) {
    const { head, fields, slab } = decoder
    this.method = head.method
    this.status = head.status
    this.name = head.name.slice(0, fields)
    this.known = head.known.slice()
    this.targetField = targetField
    this.#fields = fields
    this.#codes = decoder.codes.slice(0, fields)
    this.#serials = decoder.serials.slice(0, fields)
    this.#places = new Int32Array(fields * 3)
    const parts: Uint8Array[] = []
    let at = 0
    for (let i = 0; i < fields; i++) {
      const name = slab.bytes.subarray(head.nameStart[i], head.nameEnd[i])
      const value = slab.bytes.subarray(head.valueStart[i], head.valueEnd[i])
      parts.push(name, value)
      this.#places.set([at, at + name.length, at + name.length + value.length], i * 3)
      at += name.length + value.length
    }
    this.#bytes = new Uint8Array(Buffer.concat(parts))
    this.size = at + fields * 18 + this.known.length * 2
  }

  static canBe(decoder: HpackDecoder): boolean {
    const { head, fields } = decoder
    if (fields === 0 || fields > FIELDS_MAX || decoder.fieldsDropped > 0 || decoder.unknowns > 0) return false
    let size = 0
    for (let i = 0; i < fields; i++)
      size += head.nameEnd[i]! - head.nameStart[i]! + head.valueEnd[i]! - head.valueStart[i]!
    return size <= BYTES_MAX
  }

  /** True when the head in the decoder is like this one; `changing` then covers it. */
  fits(decoder: HpackDecoder): boolean {
    const { fields, serials, codes } = decoder
    if (fields !== this.#fields) return false
    let changed = 0
    for (let i = 0; i < fields; i++) {
      const serial = serials[i]!
      if (serial !== 0 && serial === this.#serials[i]) continue
      const code = codes[i]!
      if (code !== this.#codes[i]) return false
      if ((code === FieldName.other || code === Pseudo.odd) && !this.#hasName(decoder, i)) return false
      if (i === this.targetField || (this.changing & (1 << i)) !== 0) continue
      if (this.#hasValue(decoder, i)) this.#serials[i] = serial
      else {
        if (code === Pseudo.method || code === Pseudo.status) return false
        changed |= 1 << i
      }
    }
    this.changing |= changed
    return true
  }

  #hasName({ head, slab }: HpackDecoder, i: number): boolean {
    const from = this.#places[i * 3]!
    return this.#isSame(slab.bytes, head.nameStart[i]!, head.nameEnd[i]!, from, this.#places[i * 3 + 1]!)
  }

  #hasValue({ head, slab }: HpackDecoder, i: number): boolean {
    const from = this.#places[i * 3 + 1]!
    return this.#isSame(slab.bytes, head.valueStart[i]!, head.valueEnd[i]!, from, this.#places[i * 3 + 2]!)
  }

  #isSame(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
    if (end - start !== to - from) return false
    const own = this.#bytes
    for (let at = start; at < end; at++) if (bytes[at] !== own[from++]) return false
    return true
  }
}

class LikenessSet {
  readonly ways: DecodedLikeness[] = []
  /** Heads in a row that none fitted. */
  misses = 0
}

export class Likenesses {
  usedBytes = 0
  forgotten = 0
  readonly #sets: (LikenessSet | undefined)[] = new Array<LikenessSet | undefined>(SETS).fill(undefined)

  /** For heads that `side` sends. Places share a set when they meet: it is a hint, whatever it holds. */
  of(flow: Flow, side: Side, isRequest: boolean): LikenessSet {
    const { address } = flow
    const server = (side === 0) === isRequest ? 4 : 0
    let hash = Math.imul((server === 4 ? flow.port1 : flow.port0) + (isRequest ? 65_536 : 0), 0x9e3779b1)
    for (let i = 0; i < 4; i++) hash = Math.imul(hash ^ address[server + i]!, 0x85ebca6b)
    if (isRequest) for (let i = 0; i < 4; i++) hash = Math.imul(hash ^ address[4 - server + i]!, 0xc2b2ae35)
    const at = (hash ^ (hash >>> 15)) & (SETS - 1)
    const set = this.#sets[at]
    if (set !== undefined) return set
    const made = new LikenessSet()
    this.#sets[at] = made
    return made
  }

  /** The likeness of the set that fits the head in the decoder, or null. */
  find(set: LikenessSet, decoder: HpackDecoder): DecodedLikeness | null {
    const { ways } = set
    for (let i = 0; i < ways.length; i++) {
      const one = ways[i]!
      if (!one.fits(decoder)) continue
      if (i > 0) {
        ways[i] = ways[i - 1]!
        ways[i - 1] = one
      }
      set.misses = 0
      return one
    }
    return null
  }

  /** Makes one of the head in the decoder, if it is worth it. */
  learn(set: LikenessSet, decoder: HpackDecoder, targetField: number): DecodedLikeness | null {
    const isWorthIt = ++set.misses <= MISSES_MAX || set.misses % MISSES_MAX === 0
    if (!isWorthIt || !DecodedLikeness.canBe(decoder)) return null
    const made = new DecodedLikeness(decoder, targetField)
    if (this.usedBytes + made.size > LIKENESS_BYTES_MAX) {
      for (const each of this.#sets) if (each !== undefined) each.ways.length = 0
      this.usedBytes = 0
      this.forgotten++
    }
    if (set.ways.length === WAYS) this.usedBytes -= set.ways.pop()!.size
    this.usedBytes += made.size
    set.ways.unshift(made)
    return made
  }
}

export type { LikenessSet }
