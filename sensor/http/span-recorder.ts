// The callbacks that llhttp calls, as WebAssembly of our own: a call from WASM to WASM costs a few nanoseconds, one out to
// JavaScript and back ten times that, and a head makes some twenty of them.
//
// In:  calls of the parser: span(parser, at, length).   Out: words of memory, read once a head.
//
//   words[0]  byte offset of the next record     words[2 ...]  records: address, length << 2 | kind
//
// Assembled here from its few instructions, so that there is no binary to trust. WebAssembly core specification, section 5.

export const Span = { target: 0, name: 1, value: 2 } as const
/** Word of the first record; a record takes two. */
export const FIRST_RECORD = 2
/** HPE_PAUSED: stops the parser behind the head. */
export const PAUSED = 21

const I32 = 0x7f
const PAGE_BYTES = 65_536
/** A field takes at least two bytes of a head, and two records of eight bytes. */
const RECORD_BYTES_OF_HEAD_BYTE = 8

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()]
const section = (id: number, items: readonly (readonly number[])[]): number[] => {
  const body = list(items)
  return [id, ...unsigned(body.length), ...body]
}
const name = (text: string): number[] => list(Array.from(text, (char) => [char.charCodeAt(0)]))
const signature = (parameters: number): number[] => [
  0x60,
  ...list(Array.from({ length: parameters }, () => [I32])),
  1,
  I32,
]
const code = (locals: readonly number[], instructions: readonly number[]): number[] => {
  const body = [...locals, ...instructions, 0x0b]
  return [...unsigned(body.length), ...body]
}
const NO_LOCALS = [0]
const ONE_LOCAL = [1, 1, I32]

/** Stores a record and moves on. Parameters: parser, at, length. Local 3: where the record goes. */
const record = (kind: number): number[] => [
  ...[0x41, 0, 0x28, 2, 0, 0x21, 3], // next = load(0)
  ...[0x20, 3, 0x20, 1, 0x36, 2, 0], // store(next, at)
  ...[0x20, 3, 0x20, 2, 0x41, 2, 0x74, 0x41, kind, 0x72, 0x36, 2, 4], // store(next + 4, length << 2 | kind)
  ...[0x41, 0, 0x20, 3, 0x41, 8, 0x6a, 0x36, 2, 0], // store(0, next + 8)
  ...[0x41, 0], // 0: go on
]

const ofSpan = (kind: number): number[] => code(ONE_LOCAL, record(kind))
const FUNCTIONS: readonly { name: string; type: number; code: number[] }[] = [
  { name: "wasm_on_url", type: 1, code: ofSpan(Span.target) },
  { name: "wasm_on_header_field", type: 1, code: ofSpan(Span.name) },
  { name: "wasm_on_header_value", type: 1, code: ofSpan(Span.value) },
  { name: "wasm_on_status", type: 1, code: code(NO_LOCALS, [0x41, 0]) },
  { name: "wasm_on_body", type: 1, code: code(NO_LOCALS, [0x41, 0]) },
  { name: "wasm_on_message_begin", type: 0, code: code(NO_LOCALS, [0x41, 0]) },
  { name: "wasm_on_message_complete", type: 0, code: code(NO_LOCALS, [0x41, 0]) },
  { name: "wasm_on_headers_complete", type: 2, code: code(NO_LOCALS, [0x41, PAUSED]) },
]

export interface SpanRecorder {
  /** What llhttp imports as "env". */
  readonly callbacks: WebAssembly.ModuleImports
  readonly words: Int32Array
}

/** A recorder with room for every head of at most `headBytesMax` bytes. */
export function createSpanRecorder(headBytesMax: number): SpanRecorder {
  const pages = Math.ceil((headBytesMax * RECORD_BYTES_OF_HEAD_BYTE) / PAGE_BYTES) + 1
  const exports = FUNCTIONS.map((one, i) => [...name(one.name), 0, i])
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [signature(1), signature(3), signature(4)]),
    ...section(
      3,
      FUNCTIONS.map((one) => [one.type]),
    ),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [...exports, [...name("memory"), 2, 0]]),
    ...section(
      10,
      FUNCTIONS.map((one) => one.code),
    ),
  ])
  const { exports: made } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  return {
    callbacks: made as WebAssembly.ModuleImports,
    words: new Int32Array((made.memory as WebAssembly.Memory).buffer),
  }
}
