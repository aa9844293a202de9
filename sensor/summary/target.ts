// The four forms of a request target, RFC 9112 section 3.2: where the authority and the path are.
//
//   origin    /v1/orders?x=1             authority from Host
//   absolute  http://host/v1/orders      authority from the target, whatever Host says
//   authority host:443                   CONNECT only
//   asterisk  *
//
// In:  a request head.   Out: places in its bytes, in one reused record.
import { FieldName, type HttpHead } from "../http/http-head.ts"

export class Target {
  /** Authority: [start, end); empty when there is none. */
  authorityStart = 0
  authorityEnd = 0
  /** Path, and query after "?": [start, end). */
  pathStart = 0
  pathEnd = 0
  isAuthorityForm = false

  read(head: HttpHead): void {
    const { bytes, targetStart, targetEnd } = head
    this.pathStart = targetStart
    this.pathEnd = targetEnd
    this.isAuthorityForm = false
    if (bytes[targetStart] !== 0x2f) {
      if (head.method === "CONNECT") {
        this.isAuthorityForm = true
        this.authorityStart = targetStart
        this.authorityEnd = targetEnd
        return
      }
      if (this.#absolute(bytes, targetStart, targetEnd)) return
    }
    const host = head.known[FieldName.host]!
    this.authorityStart = host < 0 ? 0 : head.valueStart[host]!
    this.authorityEnd = host < 0 ? 0 : head.valueEnd[host]!
  }

  /** True for scheme "://" authority path. */
  #absolute(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end && at - start < 12 && (bytes[at]! | 0x20) >= 0x61 && (bytes[at]! | 0x20) <= 0x7a) at++
    if (at === start || bytes[at] !== 0x3a || bytes[at + 1] !== 0x2f || bytes[at + 2] !== 0x2f || at + 3 > end)
      return false
    at += 3
    this.authorityStart = at
    while (at < end && bytes[at] !== 0x2f && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++
    this.authorityEnd = at
    this.pathStart = at
    return true
  }
}

/** Longest authority published. */
export const AUTHORITY_MAX = 255

/** Bytes of a host and port as they stand: letters, digits, dash, dot, colon, brackets of IPv6, underscore. */
const PLAIN = /^[a-z0-9._:[\]-]*$/

/**
 * An authority in one spelling: lower case, without user information, default port and final dot, at most AUTHORITY_MAX bytes,
 * other bytes escaped. `isOdd`: something had to be cut or escaped.
 */
export function writtenAuthority(raw: string, port: number): { authority: string; isOdd: boolean } {
  let text = raw.slice(raw.lastIndexOf("@") + 1).toLowerCase()
  const defaultPort = port === 443 ? ":443" : ":80"
  if (text.endsWith(defaultPort)) text = text.slice(0, -defaultPort.length)
  if (text.endsWith(".")) text = text.slice(0, -1)
  if (text.length <= AUTHORITY_MAX && PLAIN.test(text)) return { authority: text, isOdd: false }
  const escaped = text.replace(/[^a-z0-9._:[\]-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
  return { authority: escaped.slice(0, AUTHORITY_MAX), isOdd: true }
}
