// llhttp as a pure function over the bytes of one head: strict, spans only. The only file that knows where llhttp is.
//
// In:  bytes from the start of a head.
// Out: the length of the head and where its target, names and values lie; or "not whole yet"; or "refused".
// One parser of each type serves every connection of the worker: it is reset for each head and stopped at its end, so
// that no error sticks, no connection owns WASM memory, and the result cannot depend on how bytes were cut.
import { createRequire } from "node:module"
import { FIELDS_MAX, type HttpHead } from "./http-head.ts"
import { createSpanRecorder, FIRST_RECORD, PAUSED, Span } from "./span-recorder.ts"

interface Exports {
  readonly memory: WebAssembly.Memory
  _initialize(): void
  malloc(bytes: number): number
  llhttp_alloc(type: number): number
  llhttp_reset(parser: number): void
  llhttp_execute(parser: number, at: number, length: number): number
  llhttp_get_error_pos(parser: number): number
}

const REQUEST = 1
const RESPONSE = 2
const INCOMPLETE = 0

/** Result of parse() when the head goes on beyond the bytes, and when it is not one that llhttp accepts. */
export const HEAD_INCOMPLETE = 0
export const HEAD_REFUSED = -1

const MODULE = "undici/lib/llhttp/llhttp_simd-wasm.js"
/** Compiled once a process, instantiated once a worker. */
let compiled: WebAssembly.Module | null = null

export class Llhttp {
  readonly #wasm: Exports
  readonly #request: number
  readonly #response: number
  /** Where heads are copied to. */
  readonly #at: number
  readonly #memory: Uint8Array
  readonly #words: Int32Array

  constructor(headBytesMax: number) {
    compiled ??= new WebAssembly.Module(createRequire(import.meta.url)(MODULE) as Buffer<ArrayBuffer>)
    const { callbacks, words } = createSpanRecorder(headBytesMax)
    this.#words = words
    const instance = new WebAssembly.Instance(compiled, { env: callbacks })
    this.#wasm = instance.exports as unknown as Exports
    this.#wasm._initialize()
    this.#request = this.#wasm.llhttp_alloc(REQUEST)
    this.#response = this.#wasm.llhttp_alloc(RESPONSE)
    this.#at = this.#wasm.malloc(headBytesMax)
    this.#memory = new Uint8Array(this.#wasm.memory.buffer)
  }

  /**
   * Reads the head that starts at `start` of head.bytes: its target, names and values, as offsets. Returns its length,
   * HEAD_INCOMPLETE or HEAD_REFUSED. At most headBytesMax bytes.
   */
  parse(head: HttpHead, start: number, end: number, isRequest: boolean): number {
    const wasm = this.#wasm
    const parser = isRequest ? this.#request : this.#response
    this.#words[0] = FIRST_RECORD * 4
    this.#memory.set(head.bytes.subarray(start, end), this.#at)
    wasm.llhttp_reset(parser)
    const result = wasm.llhttp_execute(parser, this.#at, end - start)
    if (result === PAUSED && this.#takeSpans(head, start - this.#at))
      return wasm.llhttp_get_error_pos(parser) - this.#at
    return result === INCOMPLETE ? HEAD_INCOMPLETE : HEAD_REFUSED
  }

  /** Spans as offsets of the head's bytes. False unless names and values take turns: a folded line is not trusted. */
  #takeSpans(head: HttpHead, shift: number): boolean {
    const words = this.#words
    const end = words[0]! >>> 2
    let at = FIRST_RECORD
    if (at < end && (words[at + 1]! & 3) === Span.target) {
      head.targetStart = words[at]! + shift
      head.targetEnd = head.targetStart + (words[at + 1]! >>> 2)
      at += 2
    }
    const fields = (end - at) >> 2
    const kept = Math.min(fields, FIELDS_MAX)
    const { nameStart, nameEnd, valueStart, valueEnd } = head
    for (let i = 0; i < fields; i++, at += 4) {
      const name = words[at + 1]!
      const value = words[at + 3]!
      if ((name & 3) !== Span.name || (value & 3) !== Span.value) return false
      if (i >= kept) continue
      const nameAt = words[at]! + shift
      const valueAt = words[at + 2]! + shift
      nameStart[i] = nameAt
      nameEnd[i] = nameAt + (name >>> 2)
      valueStart[i] = valueAt
      valueEnd[i] = valueAt + (value >>> 2)
    }
    head.fields = kept
    head.fieldsDropped = fields - kept
    return at === end
  }
}
