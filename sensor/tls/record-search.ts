// Finds TLS records in the middle of a stream: after a loss, or where a session was joined. One header proves nothing, since
// encrypted bytes look like anything; two of them, the second exactly where the first one's record ends, do: by chance that
// happens once in some 10^14 bytes.
//
// In:  bytes, any split.   Out: the header of the second record, with nothing behind it consumed.
// Looked for is application data, which is nearly all there is; the first bytes ever seen may be any record.
import { be16 } from "../../shared/bytes/read.ts"
import { ContentType, HEADER_BYTES, isHeader } from "./record-header.ts"

export class RecordSearch {
  /** The header found, or, before that, the first bytes of what may be one. */
  readonly header = new Uint8Array(HEADER_BYTES)
  #have = 0
  /** Bytes of the candidate's record still to pass; -1 while there is no candidate. */
  #left = -1
  #isFirst = true

  /** `isStart`: the next byte is the first of the stream that was seen. */
  begin(isStart: boolean): void {
    this.#have = 0
    this.#left = -1
    this.#isFirst = isStart
  }

  /** Nothing was looked at yet. */
  get isAtStart(): boolean {
    return this.#isFirst && this.#have === 0 && this.#left < 0
  }

  /** Returns where it stopped: right behind the second header, or -1 when all bytes were passed and none was found. */
  run(bytes: Uint8Array, start: number, end: number): number {
    let pos = start
    while (pos < end) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, end - pos)
        this.#left -= count
        pos += count
        continue
      }
      if (this.#have === 0 && this.#left < 0 && !this.#isFirst) {
        // Not beyond the end: what follows in the batch are other streams, and there may be much of them.
        const found = bytes.subarray(pos, end).indexOf(ContentType.applicationData)
        if (found < 0) return -1
        pos += found
      }
      this.header[this.#have++] = bytes[pos++]!
      if (this.#have < HEADER_BYTES) continue
      if (isHeader(this.header, 0)) {
        this.#have = 0
        this.#isFirst = false
        if (this.#left === 0) return pos
        this.#left = be16(this.header, 3)
      } else this.#shift()
    }
    return -1
  }

  /** What is at hand is no header: one may begin further on in it. */
  #shift(): void {
    this.#left = -1
    this.#isFirst = false
    const next = this.header.indexOf(ContentType.applicationData, 1)
    if (next < 0) this.#have = 0
    else {
      this.header.copyWithin(0, next)
      this.#have = HEADER_BYTES - next
    }
  }
}
