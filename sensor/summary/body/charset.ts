// Text that is not UTF-8: noted, and made UTF-8 where that is cheap and the walkers could not read it otherwise.
//
// In:  decoded bytes of a body, and the charset of its Content-Type.   Out: the bytes to walk.
// UTF-16 is told by its mark, by the declaration, or by the zeros of a JSON text (RFC 4627 section 3). Latin-1 and its kin are
// walked as they are: names are ASCII nearly always. Everything else that is declared is counted.

export interface CharsetCounters {
  /** Bodies in UTF-16, made UTF-8. */
  utf16: number
  /** Bodies in ISO 8859-1 or Windows-1252, walked as they are. */
  latin1: number
  /** Bodies in another charset, walked as they are. */
  other: number
}

const LITTLE = new TextDecoder("utf-16le")
const BIG = new TextDecoder("utf-16be")
const LATIN1 = /^(?:iso-?8859-1(?:5)?|latin1|windows-1252|cp1252)$/

export class Charset {
  /** The text is [start, end) of `bytes`. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  readonly #counters: CharsetCounters

  constructor(counters: CharsetCounters) {
    this.#counters = counters
  }

  read(bytes: Uint8Array, start: number, end: number, declared: string): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    const decoder = end - start < 2 ? null : decoderOf(bytes[start]!, bytes[start + 1]!, declared)
    if (decoder !== null) {
      this.#counters.utf16++
      const text = decoder.decode(bytes.subarray(start, end - ((end - start) & 1)))
      this.bytes = Buffer.from(text)
      this.start = 0
      this.end = this.bytes.length
    } else if (declared === "" || declared.startsWith("utf") || declared === "us-ascii") return
    else if (LATIN1.test(declared)) this.#counters.latin1++
    else this.#counters.other++
  }
}

/** Null: not UTF-16. */
function decoderOf(first: number, second: number, declared: string): TextDecoder | null {
  if (first === 0xff && second === 0xfe) return LITTLE
  if (first === 0xfe && second === 0xff) return BIG
  if (second === 0 && (first === 0x7b || first === 0x5b || first === 0x3c)) return LITTLE
  if (first === 0 && (second === 0x7b || second === 0x5b || second === 0x3c)) return BIG
  if (!declared.startsWith("utf-16")) return null
  // A declaration that the bytes belie: ASCII has no zeros.
  return first === 0 ? BIG : second === 0 ? LITTLE : null
}
