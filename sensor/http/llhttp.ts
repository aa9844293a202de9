// llhttp as a pure function over the bytes of one head: strict, spans only. The only file that knows where llhttp is.
//
// In:  bytes from the start of a head.
// Out: the length of the head and where its target, names and values lie; or "not whole yet"; or "refused".
// One parser of each type serves every connection of the worker: it is reset for each head and stopped at its end, so
// that no error sticks, no connection owns WASM memory, and the result cannot depend on how bytes were cut.
import { createRequire } from "node:module"
import { FIELDS_MAX, HttpHead } from "./http-head.ts"

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
const PAUSED = 21
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
  /** Of the head being parsed: where its spans go, and what turns an address of the copy into an offset of its bytes. */
  #head: HttpHead
  #shift = 0
  #values = 0
  #isOdd = false

  constructor(headBytesMax: number) {
    compiled ??= new WebAssembly.Module(createRequire(import.meta.url)(MODULE) as Buffer<ArrayBuffer>)
    const nothing = (): number => 0
    const instance = new WebAssembly.Instance(compiled, {
      env: {
        wasm_on_message_begin: nothing,
        wasm_on_status: nothing,
        wasm_on_body: nothing,
        wasm_on_message_complete: nothing,
        wasm_on_headers_complete: () => PAUSED,
        wasm_on_url: (_parser: number, at: number, length: number) => this.#onTarget(at, length),
        wasm_on_header_field: (_parser: number, at: number, length: number) => this.#onName(at, length),
        wasm_on_header_value: (_parser: number, at: number, length: number) => this.#onValue(at, length),
      },
    })
    this.#wasm = instance.exports as unknown as Exports
    this.#wasm._initialize()
    this.#request = this.#wasm.llhttp_alloc(REQUEST)
    this.#response = this.#wasm.llhttp_alloc(RESPONSE)
    this.#at = this.#wasm.malloc(headBytesMax)
    this.#memory = new Uint8Array(this.#wasm.memory.buffer)
    this.#head = new HttpHead()
  }

  /**
   * Reads the head that starts at `start` of head.bytes: its target, names and values, as offsets. Returns its length,
   * HEAD_INCOMPLETE or HEAD_REFUSED. At most headBytesMax bytes.
   */
  parse(head: HttpHead, start: number, end: number, isRequest: boolean): number {
    const wasm = this.#wasm
    const parser = isRequest ? this.#request : this.#response
    this.#head = head
    this.#shift = start - this.#at
    this.#values = 0
    this.#isOdd = false
    head.fields = 0
    head.fieldsDropped = 0
    this.#memory.set(head.bytes.subarray(start, end), this.#at)
    wasm.llhttp_reset(parser)
    const result = wasm.llhttp_execute(parser, this.#at, end - start)
    if (result === PAUSED && !this.#isOdd && this.#values === head.fields + head.fieldsDropped)
      return wasm.llhttp_get_error_pos(parser) - this.#at
    return result === INCOMPLETE ? HEAD_INCOMPLETE : HEAD_REFUSED
  }

  #onTarget(at: number, length: number): number {
    const start = at + this.#shift
    this.#head.targetStart = start
    this.#head.targetEnd = start + length
    return 0
  }

  #onName(at: number, length: number): number {
    const head = this.#head
    const i = head.fields
    if (i === FIELDS_MAX) {
      head.fieldsDropped++
      return 0
    }
    const start = at + this.#shift
    head.nameStart[i] = start
    head.nameEnd[i] = start + length
    head.fields = i + 1
    return 0
  }

  #onValue(at: number, length: number): number {
    const head = this.#head
    const i = this.#values++
    // A second span for one value would be a folded line, which strict llhttp refuses: not expected, never trusted.
    if (i !== head.fields + head.fieldsDropped - 1) this.#isOdd = true
    if (i < FIELDS_MAX) {
      const start = at + this.#shift
      head.valueStart[i] = start
      head.valueEnd[i] = start + length
    }
    return 0
  }
}
