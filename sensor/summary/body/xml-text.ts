// Text of an XML document as its reader sees it: the references to characters undone, for those who judge values.
//
// In:  a run of text or an attribute's value.   Out: the same bytes, or a copy of the first TEXT_MAX without references.
// XML 1.0 section 4.1: the five entities that need no declaration, and characters by number. Others stay as they are.

export const TEXT_MAX = 512
const AND = 0x26
const SEMICOLON = 0x3b
/** Bytes of a reference between "&" and ";". */
const REFERENCE_MAX = 10
const NAMED: Readonly<Record<string, number>> = {
  __proto__: null as never,
  lt: 60,
  gt: 62,
  amp: 38,
  apos: 39,
  quot: 34,
}

const copy = Buffer.alloc(TEXT_MAX + 4)

export class XmlText {
  bytes: Uint8Array = copy
  start = 0
  end = 0

  read(bytes: Uint8Array, start: number, end: number): void {
    let first = start
    while (first < end && bytes[first] !== AND) first++
    this.bytes = bytes
    this.start = start
    this.end = end
    if (first === end) return
    let to = 0
    for (let i = start; i < end && to < TEXT_MAX; i++) {
      const stop = bytes[i] === AND ? semicolonFrom(bytes, i + 1, Math.min(end, i + REFERENCE_MAX)) : -1
      const code = stop < 0 ? -1 : codeOf(bytes, i + 1, stop)
      if (code < 0) copy[to++] = bytes[i]!
      else {
        to += copy.write(String.fromCodePoint(code), to)
        i = stop
      }
    }
    this.bytes = copy
    this.start = 0
    this.end = to
  }
}

function semicolonFrom(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === SEMICOLON) return i
  return -1
}

/** The character that the reference stands for, -1 when that is not known. */
function codeOf(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).latin1Slice()
  const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(text)
  if (number === null) return NAMED[text] ?? -1
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16)
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? code : -1
}
