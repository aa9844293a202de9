// The head of a part of a multipart body: its name, whether it is a file, its media type, the boundary of its own parts.
//
// In:  bytes from the first line of the head.   Out: the index of the first byte of the part's content.
// Lines may end in LF alone. Of Content-Disposition the name is read and that there is a file's name, which is never kept; of
// Content-Type the type and the boundary; that the content is encoded. RFC 7578 section 4, RFC 2046 section 5.1.
// Bounded: HEAD_MAX bytes, LINES_MAX lines, NAME_MAX bytes of a name.
import { isWord, Parameters } from "./parameters.ts"

export const HEAD_MAX = 8192
export const LINES_MAX = 32
export const NAME_MAX = 256
/** RFC 2046 section 5.1.1. */
export const BOUNDARY_MAX = 70

const LINE_FEED = 0x0a
const RETURN = 0x0d
const COLON = 0x3a

/** In place of an index: the bytes end before the head does. */
export const CUT = -1
/** The head is longer than it is read. */
export const TOO_LONG = -2

const isBlank = (b: number): boolean => b === 0x20 || b === 0x09

export class PartHead {
  readonly name: Buffer = Buffer.alloc(NAME_MAX)
  /** -1: none, or longer than NAME_MAX (then `isLong`). */
  nameLength = -1
  isLong = false
  isFile = false
  /** The content is in base64 or quoted-printable. */
  isEncoded = false
  /** Lower case, without parameters; "" for none that is one. */
  media = ""
  readonly boundary: Buffer = Buffer.alloc(BOUNDARY_MAX)
  /** -1 for none. */
  boundaryLength = -1
  readonly #parameters = new Parameters()

  /** Index of the content's first byte, CUT or TOO_LONG. */
  read(bytes: Uint8Array, start: number, end: number): number {
    this.nameLength = this.boundaryLength = -1
    this.isLong = this.isFile = this.isEncoded = false
    this.media = ""
    const limit = Math.min(end, start + HEAD_MAX)
    for (let at = start, lines = 0; lines < LINES_MAX; lines++) {
      const next = lineEnd(bytes, at, limit)
      if (next < 0) return limit < end ? TOO_LONG : CUT
      const stop = next > at && bytes[next - 1] === RETURN ? next - 1 : next
      if (stop === at) return next + 1
      this.#line(bytes, at, stop)
      at = next + 1
    }
    return TOO_LONG
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    let colon = start
    while (colon < end && bytes[colon] !== COLON) colon++
    let at = colon + 1
    while (at < end && isBlank(bytes[at]!)) at++
    const parameters = this.#parameters
    if (isWord(bytes, start, colon, "content-disposition")) {
      parameters.begin(bytes, at, end)
      while (parameters.next())
        if (parameters.is("name")) {
          this.nameLength = parameters.copy(this.name)
          this.isLong = this.nameLength < 0
        } else if (parameters.is("filename") || parameters.is("filename*")) this.isFile = true
    } else if (isWord(bytes, start, colon, "content-type")) {
      this.media = mediaOf(bytes, at, end)
      parameters.begin(bytes, at, end)
      while (parameters.next()) if (parameters.is("boundary")) this.boundaryLength = parameters.copy(this.boundary)
    } else if (isWord(bytes, start, colon, "content-transfer-encoding"))
      this.isEncoded = isWord(bytes, at, end, "base64") || isWord(bytes, at, end, "quoted")
  }
}

/** Index of the line feed that ends the line at `at` and those that go on it with a blank; -1 when there is none. */
function lineEnd(bytes: Uint8Array, at: number, limit: number): number {
  let next = at
  for (;;) {
    while (next < limit && bytes[next] !== LINE_FEED) next++
    if (next >= limit) return -1
    const isEmpty = next === at || (next === at + 1 && bytes[at] === RETURN)
    if (isEmpty || next + 1 >= limit || !isBlank(bytes[next + 1]!)) return next
    next++
  }
}

const MEDIA_MAX = 100
const MEDIA = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/

function mediaOf(bytes: Uint8Array, start: number, end: number): string {
  let stop = start
  while (stop < end && bytes[stop] !== 0x3b && !isBlank(bytes[stop]!)) stop++
  if (stop - start > MEDIA_MAX) return ""
  const media = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start)
    .latin1Slice()
    .toLowerCase()
  return MEDIA.test(media) ? media : ""
}
