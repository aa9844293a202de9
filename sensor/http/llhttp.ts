// llhttp as a pure function over the bytes of one head: strict, spans only. The only file that knows where llhttp is.
//
// In:  bytes from the start of a head.
// Out: the length of the head and where its target, names and values lie; or "not whole yet"; or "refused".
// One parser of each type serves every connection of the worker: it is reset for each head and stopped at its end, so
// that no error sticks, no connection owns WASM memory, and the result cannot depend on how bytes were cut.
import { createRequire } from "node:module"
import { FIELDS_MAX } from "./http-head.ts"

interface Exports {
  readonly memory: WebAssembly.Memory
  _initialize(): void
  malloc(bytes: number): number
  llhttp_alloc(type: number): number
  llhttp_reset(parser: number): void
  llhttp_execute(parser: number, at: number, length: number): number
  llhttp_get_error_pos(parser: number): number
  llhttp_get_http_major(parser: number): number
  llhttp_get_http_minor(parser: number): number
  llhttp_get_status_code(parser: number): number
}

const REQUEST = 1
const RESPONSE = 2
const PAUSED = 21
const INCOMPLETE = 0

/** Result of parse() when the head goes on beyond the bytes, and when it is not one that llhttp accepts. */
export const HEAD_INCOMPLETE = 0
export const HEAD_REFUSED = -1

export class Llhttp {
  /** Offsets from the head's first byte. */
  targetStart = 0
  targetEnd = 0
  /** Fields found; those beyond FIELDS_MAX are counted only. */
  fields = 0
  fieldsDropped = 0
  readonly nameStart = new Int32Array(FIELDS_MAX)
  readonly nameEnd = new Int32Array(FIELDS_MAX)
  readonly valueStart = new Int32Array(FIELDS_MAX)
  readonly valueEnd = new Int32Array(FIELDS_MAX)
  readonly #wasm: Exports
  readonly #request: number
  readonly #response: number
  /** Where heads are copied to. */
  readonly #at: number
  readonly #memory: Uint8Array
  #parser = 0
  #values = 0
  #odd = false

  constructor(headBytesMax: number) {
    const load = createRequire(import.meta.url)
    const module = new WebAssembly.Module(load("undici/lib/llhttp/llhttp_simd-wasm.js") as Buffer<ArrayBuffer>)
    const nothing = (): number => 0
    const instance = new WebAssembly.Instance(module, {
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
  }

  /** Length of the head that starts at `start`, HEAD_INCOMPLETE or HEAD_REFUSED. At most headBytesMax bytes. */
  parse(bytes: Uint8Array, start: number, end: number, isRequest: boolean): number {
    const wasm = this.#wasm
    const parser = isRequest ? this.#request : this.#response
    this.#parser = parser
    this.fields = 0
    this.fieldsDropped = 0
    this.#values = 0
    this.#odd = false
    this.#memory.set(bytes.subarray(start, end), this.#at)
    wasm.llhttp_reset(parser)
    const result = wasm.llhttp_execute(parser, this.#at, end - start)
    if (result === PAUSED && !this.#odd && this.#values === this.fields + this.fieldsDropped)
      return wasm.llhttp_get_error_pos(parser) - this.#at
    return result === INCOMPLETE ? HEAD_INCOMPLETE : HEAD_REFUSED
  }

  /** Of the head parsed last, as two decimal digits: 11 = HTTP/1.1. */
  version(): number {
    return this.#wasm.llhttp_get_http_major(this.#parser) * 10 + this.#wasm.llhttp_get_http_minor(this.#parser)
  }
  status(): number {
    return this.#wasm.llhttp_get_status_code(this.#parser)
  }

  #onTarget(at: number, length: number): number {
    this.targetStart = at - this.#at
    this.targetEnd = this.targetStart + length
    return 0
  }

  #onName(at: number, length: number): number {
    const i = this.fields
    if (i === FIELDS_MAX) {
      this.fieldsDropped++
      return 0
    }
    this.nameStart[i] = at - this.#at
    this.nameEnd[i] = at - this.#at + length
    this.fields = i + 1
    return 0
  }

  #onValue(at: number, length: number): number {
    const i = this.#values++
    // A second span for one value would be a folded line, which strict llhttp refuses: not expected, never trusted.
    if (i !== this.fields + this.fieldsDropped - 1) this.#odd = true
    if (i < FIELDS_MAX) {
      this.valueStart[i] = at - this.#at
      this.valueEnd[i] = at - this.#at + length
    }
    return 0
  }
}
