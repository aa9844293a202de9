// Values as they are meant: escapes of JSON and of URLs undone, both kinds wherever they are, because a value comes without its
// format and neither kind stands in a value of a class by itself. RFC 8259 section 7, RFC 3986 section 2.1.
import { isHex } from "./byte-sorts.ts"

/** Bytes of a value with escapes that are looked at. */
export const UNDONE_MAX = 4096
export const undone: Buffer = Buffer.alloc(UNDONE_MAX + 4)
const ESCAPES = new Uint8Array(256)
for (let b = 0; b < 256; b++) ESCAPES[b] = b
for (const [from, to] of ["b\b", "f\f", "n\n", "r\r", "t\t"]) ESCAPES[from!.charCodeAt(0)] = to!.charCodeAt(0)

const digitOf = (b: number): number => (b <= 0x39 ? b - 0x30 : (b | 0x20) - 0x57)

/** [start, end) without its escapes, in `out`, which has four bytes more than `max`: its length. */
export function undoEscapes(bytes: Uint8Array, start: number, end: number, out = undone, max = UNDONE_MAX): number {
  let length = 0
  for (let i = start; i < end && length < max; ) {
    const b = bytes[i++]!
    if (b === 0x25 && i + 2 <= end && isHex(bytes[i]!) && isHex(bytes[i + 1]!)) {
      out[length++] = digitOf(bytes[i]!) * 16 + digitOf(bytes[i + 1]!)
      i += 2
    } else if (b !== 0x5c || i === end) out[length++] = b
    else if (bytes[i] !== 0x75 || i + 5 > end) out[length++] = ESCAPES[bytes[i++]!]!
    else {
      let code = 0
      for (let k = i + 1; k < i + 5; k++) code = isHex(bytes[k]!) ? code * 16 + digitOf(bytes[k]!) : 0xfffd
      i += 5
      if (code < 0x80) out[length++] = code
      else length += out.write(String.fromCharCode(code & 0xffff), length)
    }
  }
  return length
}
