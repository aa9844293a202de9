// Fields of a protobuf message without its schema: what can be told from the wire alone.
//
//   tag   varint: field number << 3 | wire type     0 varint, 1 fixed 64, 2 length and bytes, 3 and 4 group, 5 fixed 32
//
// In:  bytes.   Out: where a field's value begins and ends; whether bytes look like text, or like a message of their own.
// protobuf's encoding page, "Protocol Buffers Wire Format".

export const Wire = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const

/** A tag that makes no sense, or bytes that end inside a field. */
export const BAD = -1
/** Greatest number of a field that is believed in a message that nobody announced. Real ones stay far below. */
const SANE_NUMBER = 4096
const NUMBER_MAX = 0x1fffffff

/** The last varint read by varintEnd: its low 32 bits, and whether it has more. */
export let low = 0
export let isLong = false

/** Index behind the varint at `at`, BAD when it ends nowhere. One that is padded with empty bytes is senseless too. */
export function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  low = 0
  isLong = false
  for (let i = at, shift = 0; i < end && shift < 70; i++, shift += 7) {
    const b = bytes[i]!
    if (shift < 28) low |= (b & 0x7f) << shift
    else if (shift === 28) {
      low |= (b & 0x0f) << 28
      if ((b & 0x70) !== 0) isLong = true
    } else if ((b & 0x7f) !== 0) isLong = true
    if (b < 0x80) return b === 0 && i > at ? BAD : i + 1
  }
  return BAD
}

/** Of the field at the last readField. */
export let field = 0
export let wire = 0
export let valueStart = 0
export let valueEnd = 0

/** Reads tag and extent of the field at `at`. Index behind it (of a group's mark: behind the tag), or BAD. */
export function readField(bytes: Uint8Array, at: number, end: number): number {
  const start = varintEnd(bytes, at, end)
  if (start < 0 || isLong) return BAD
  wire = low & 7
  field = low >>> 3
  if (field === 0 || field > NUMBER_MAX || wire > Wire.fixed32) return BAD
  valueStart = start
  let stop = start
  if (wire === Wire.varint) stop = varintEnd(bytes, start, end)
  else if (wire === Wire.fixed64) stop = start + 8
  else if (wire === Wire.fixed32) stop = start + 4
  else if (wire === Wire.bytes) {
    const from = varintEnd(bytes, start, end)
    if (from < 0 || isLong || low < 0) return BAD
    valueStart = from
    stop = from + low
  }
  valueEnd = stop
  return stop > end ? BAD : stop
}

/** True when the bytes are whole fields to the last one, of numbers that people use; groups must close. */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0
  for (let at = start; at < end; ) {
    at = readField(bytes, at, end)
    if (at < 0 || field > SANE_NUMBER) return false
    if (wire === Wire.groupStart) groups++
    else if (wire === Wire.groupEnd && groups-- === 0) return false
  }
  return groups === 0
}

/**
 * True when the bytes are UTF-8 without control characters. White space may be inside, but a first byte of that kind is
 * rather the tag of field 1: "\n" and a length begin most messages.
 */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b < 0x20 ? b !== 0x09 && b !== 0x0a && b !== 0x0d : b === 0x7f) return false
    if (b < 0x80) continue
    const more = b < 0xc2 ? 0 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : b < 0xf5 ? 3 : 0
    if (more === 0 || i + more >= end) return false
    const second = bytes[i + 1]!
    if (b === 0xe0 && second < 0xa0) return false
    if (b === 0xed && second > 0x9f) return false
    if (b === 0xf0 && second < 0x90) return false
    if (b === 0xf4 && second > 0x8f) return false
    for (let k = 1; k <= more; k++) if ((bytes[++i]! & 0xc0) !== 0x80) return false
  }
  return true
}

/** Writes the varint at `at` as decimal digits, unsigned; the number of digits. */
export function writeVarint(bytes: Uint8Array, at: number, to: Buffer): number {
  varintEnd(bytes, at, bytes.length)
  if (!isLong) return to.write(String(low >>> 0), 0, "latin1")
  let value = 0n
  for (let i = at, shift = 0n; ; i++, shift += 7n) {
    value |= BigInt(bytes[i]! & 0x7f) << shift
    if (bytes[i]! < 0x80) break
  }
  return to.write(String(BigInt.asUintN(64, value)), 0, "latin1")
}
