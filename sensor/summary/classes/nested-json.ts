// JSON inside a text: {"message": "{\"email\": ...}"}, payload=%7B%22email%22..., as queues and webhooks wrap it. Its fields are told
// as if they stood below the text's own. One level: a text within it is a text.
//
// Bounded: TEXT_MAX bytes of a text; what is cut off is not told, as in any document that is cut.
import { mix } from "../../../shared/bytes/hash.ts"
import { JsonShape } from "../json-shape.ts"
import { undoEscapes } from "./escapes.ts"
import type { FieldReceiver, ParentNames } from "./field-receiver.ts"

/** Shorter texts hold no field with a value. */
const TEXT_MIN = 8
const TEXT_MAX = 16 * 1024
const text = Buffer.alloc(TEXT_MAX + 4)

export class NestedJson implements FieldReceiver {
  parents: ParentNames | null = null
  readonly #receiver: FieldReceiver
  readonly #shape = new JsonShape({ shapeTruncated: 0, shapeLimits: 0 })
  #path = 0
  #isInside = false

  constructor(receiver: FieldReceiver) {
    this.#receiver = receiver
    this.#shape.receiver = this
  }

  /** True when [start, end) is JSON, whose fields have then been told. */
  tell(path: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isInside || end - start < TEXT_MIN || !isOpening(bytes, start)) return false
    const length = undoEscapes(bytes, start, end, text, TEXT_MAX)
    const receiver = this.#receiver
    const parents = receiver.parents ?? null
    this.#isInside = true
    this.#path = path
    receiver.parents = this.#shape
    const isJson = this.#shape.walk(text, 0, length, length === TEXT_MAX)
    receiver.parents = parents
    this.#isInside = false
    return isJson
  }

  onField(
    path: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): void {
    this.#receiver.onField(mix(path + this.#path), names, nameStart, nameEnd, bytes, start, end, isText)
  }
}

/** "{" or "[", as it is or as an escape of URLs, and not the "[" of a word in brackets. */
function isOpening(bytes: Uint8Array, at: number): boolean {
  const isEscape = bytes[at] === 0x25
  const first = isEscape ? escaped(bytes, at) : bytes[at]!
  if (first !== 0x7b && first !== 0x5b) return false
  const next = at + (isEscape ? 3 : 1)
  const second = bytes[next] === 0x25 ? escaped(bytes, next) : bytes[next]!
  return second === 0x22 || second === 0x5c || second === 0x7b || second === 0x20 || second === 0x5b
}

/** The byte that "%7B" stands for at `at`, 0 when there is none. */
const escaped = (bytes: Uint8Array, at: number): number =>
  Number.parseInt(String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0), 16) || 0
