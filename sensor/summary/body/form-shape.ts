// The shape of application/x-www-form-urlencoded: names of parameters with the types of their values, never a value.
//
//   user[name]=Ada&user[tags][]=a&user[tags][]=b&page=2   ->   page:int  user.name:string  user.tags[]:string
//
// In:  bytes [start, end) of a body, perhaps its beginning only.   Out: see Shape.
// The order of parameters does not matter. A parameter without "=" counts only when it is words, without digits, since it may be a
// value itself. WHATWG URL section 5.1; brackets as in form-name.ts. Given up, and counted: parameters beyond PARAMETERS_MAX, names
// beyond NAME_MAX. Of a body that was cut, the last parameter is not believed.
import { NONE, ROOT } from "../json-shape-tree.ts"
import { decodeValue } from "../percent.ts"
import { classify, Kind } from "../value-class.ts"
import { type FieldCounters, FieldShape } from "./field-shape.ts"
import { FormName } from "./form-name.ts"
import { TEXT_SALT, TEXT_TYPE_NAMES, TextType, textType } from "./text-type.ts"

export const PARAMETERS_MAX = 512
/** Bytes of a name with its brackets, as written. */
export const NAME_MAX = 512
/** Bytes of a value with escapes that are looked at. */
const VALUE_MAX = 512

const AND = 0x26
const EQUALS = 0x3d

const name = Buffer.alloc(NAME_MAX)
const value = Buffer.alloc(VALUE_MAX)

export class FormShape extends FieldShape {
  readonly #name = new FormName()

  constructor(counters: FieldCounters, seed?: number) {
    super(counters, TEXT_TYPE_NAMES, TEXT_SALT, seed)
  }

  /** False when the bytes are no form: not one parameter with a name and a value. */
  walk(bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    this.open()
    let isForm = !whole
    let count = 0
    for (let at = start, next = at; at < end; at = next + 1) {
      let equals = -1
      for (next = at; next < end && bytes[next] !== AND; next++) if (equals < 0 && bytes[next] === EQUALS) equals = next
      if (next === end && !whole) break
      if (next === at) continue
      if (count++ === PARAMETERS_MAX) {
        this.fields.atLimit = true
        break
      }
      if (equals > at) isForm = true
      if (equals < 0) this.#bare(bytes, at, next)
      else this.#parameter(bytes, at, equals, next)
    }
    if (!isForm) return false
    this.truncated = !whole
    this.close()
    return true
  }

  #parameter(bytes: Uint8Array, start: number, equals: number, end: number): void {
    const node = this.#nodeOf(bytes, start, equals)
    if (node === NONE) return
    const { fields } = this
    const { start: nameStart, end: nameEnd } = this.#name
    const from = equals + 1
    if (!isEscaped(bytes, from, end))
      fields.value(node, textType(bytes, from, end), name, nameStart, nameEnd, bytes, from, end)
    else {
      const used = decodeValue(bytes, from, end, value, VALUE_MAX)
      fields.value(node, textType(value, 0, used), name, nameStart, nameEnd, value, 0, used)
    }
  }

  #bare(bytes: Uint8Array, start: number, end: number): void {
    const kind = end - start > NAME_MAX || hasDigit(bytes, start, end) ? Kind.text : classify(bytes, start, end)
    if (kind === Kind.word || kind === Kind.slug) this.fields.type(this.#nodeOf(bytes, start, end), TextType.empty)
  }

  #nodeOf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > NAME_MAX) {
      this.fields.atLimit = true
      return NONE
    }
    return this.#name.node(this.fields, ROOT, name, 0, decodeValue(bytes, start, end, name, NAME_MAX))
  }
}

function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x30 && bytes[i]! <= 0x39) return true
  return false
}

function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0x25 || bytes[i] === 0x2b) return true
  return false
}
