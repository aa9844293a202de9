// Server-sent events, counted: a block of lines up to a blank one, with a "data" field in it. A block without one (a comment that
// keeps the connection alive, a retry interval) is no event, nor is one that the end of the body cuts. WHATWG HTML section 9.2.6.
import type { BodyWalker } from "./body-walker.ts"

const CR = 13
const LF = 10
const COLON = 58
const DATA = Uint8Array.from(Buffer.from("data"))
/** In place of how many bytes of the line agree with DATA: it is another field. */
const OTHER = 5

export class EventStreamWalker implements BodyWalker {
  messages = 0
  readonly outcome = -1
  /** Bytes of the line at hand that agree with DATA; DATA.length: exactly those; OTHER: it is something else. */
  #matched = 0
  #isLineEmpty = true
  #hasData = false
  /** The last byte was CR: an LF that follows belongs to it. */
  #hasCr = false

  take(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const b = bytes[i]!
      if (b === LF || b === CR) {
        if (b === LF && this.#hasCr) this.#hasCr = false
        else this.#endLine(b)
        continue
      }
      this.#hasCr = false
      this.#isLineEmpty = false
      if (this.#matched === OTHER) continue
      if (this.#matched < DATA.length) this.#matched = DATA[this.#matched] === b ? this.#matched + 1 : OTHER
      else {
        if (b === COLON) this.#hasData = true
        this.#matched = OTHER
      }
    }
  }

  /** What the loss hides is not counted; the line it ends in is taken for another field. */
  lose(_length: number): void {
    this.#matched = OTHER
    this.#isLineEmpty = false
    this.#hasCr = false
  }

  #endLine(b: number): void {
    this.#hasCr = b === CR
    if (this.#matched === DATA.length) this.#hasData = true
    if (this.#isLineEmpty) {
      if (this.#hasData) this.messages++
      this.#hasData = false
    }
    this.#matched = 0
    this.#isLineEmpty = true
  }
}
