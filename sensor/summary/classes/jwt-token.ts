// JSON web tokens. RFC 7519 section 3, RFC 7515 section 7.1 (three parts), RFC 7516 section 7.1 (five): base64url, and a header that
// is a JSON object with an algorithm.
import { isDigit, isLetter } from "./byte-sorts.ts"

/** Bytes of a token and of its header, encoded, that are looked at. */
const TOKEN_MAX = 16 * 1024
const HEADER_MAX = 1024
const header = Buffer.alloc(HEADER_MAX)
const ALGORITHM = Buffer.from('"alg"')

const isBase64Url = (b: number): boolean => isLetter(b) || isDigit(b) || b === 0x2d || b === 0x5f

/** "Bearer " in front is passed over. */
export function isJwt(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === 0x42 && bytes[start + 6] === 0x20 ? start + 7 : start
  const from = at
  if (end - at < 20 || end - at > TOKEN_MAX || bytes[at] !== 0x65) return false
  let parts = 1
  let headerEnd = 0
  let part = at
  for (; at < end; at++) {
    const b = bytes[at]!
    if (b === 0x2e) {
      if (at === part && parts < 2) return false
      if (parts++ === 1) headerEnd = at
      part = at + 1
    } else if (!isBase64Url(b)) return false
  }
  return (parts === 3 || parts === 5) && headerEnd - from <= HEADER_MAX && isHeader(bytes, from, headerEnd)
}

function isHeader(bytes: Uint8Array, start: number, end: number): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).latin1Slice()
  const length = header.write(text, 0, "base64url")
  return header[0] === 0x7b && header.subarray(0, length).includes(ALGORITHM)
}
