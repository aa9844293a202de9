// The names in an X.509 certificate, RFC 5280, and the Certificate message that carries it: RFC 5246 section 7.4.2, RFC 8446
// section 4.4.2.
//
//   Certificate = SEQ { tbs SEQ { [0] version, serial, algorithm, issuer, validity, subject, key, [3] extensions }, ... }
//
// In:  bytes of the message.   Out: the names of the first certificate in it, which is the sender's own.
// Nothing is verified. Given up: names beyond NAMES_MAX, chains, and whatever does not parse.
import { be16 } from "../../shared/bytes/read.ts"
import { Der, Tag } from "./der.ts"

/** Names that are kept of one certificate. */
export const NAMES_MAX = 8
const NAME_BYTES_MAX = 255
/** Elements looked at within one name or one list: a name has some ten parts, a list some hundred names. */
const ELEMENTS_MAX = 1024

export interface CertificateNames {
  /** Of the alternative names the DNS names (lower case) and addresses (IPv6 in brackets); where there are none, the common name. */
  readonly names: readonly string[]
  /** Common names, "" when there is none. */
  readonly subject: string
  readonly issuer: string
}

const CONTEXT_3 = 0xa3
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
const COMMON_NAME = [0x55, 0x04, 0x03]
const ALTERNATIVE_NAMES = [0x55, 0x1d, 0x11]

/** Where the first certificate lies in the body of a Certificate message. */
export interface Span {
  start: number
  end: number
}

/** False when there is none: a client may answer with an empty list. */
export function firstCertificate(bytes: Uint8Array, start: number, end: number, isTls13: boolean, to: Span): boolean {
  let pos = isTls13 ? start + 1 + (bytes[start] ?? 0) : start
  // Length of the list, then that of the first entry.
  pos += 3
  if (pos + 3 > end) return false
  to.start = pos + 3
  to.end = to.start + ((bytes[pos]! << 16) | be16(bytes, pos + 1))
  return to.end <= end && to.end > to.start
}

/** Names of the certificate in bytes [start, end); null when it is none. */
export function readCertificate(bytes: Uint8Array, start: number, end: number): CertificateNames | null {
  const outer = new Der(bytes, start, end)
  if (!outer.next() || outer.tag !== Tag.sequence) return null
  const certificate = outer.inner()
  if (!certificate.next() || certificate.tag !== Tag.sequence) return null
  const tbs = certificate.inner()
  if (!tbs.next()) return null
  // The version is left out in certificates of version 1.
  if (tbs.tag === 0xa0 && !tbs.next()) return null
  if (!tbs.next() || !tbs.next()) return null
  const issuer = commonName(tbs, bytes)
  if (!tbs.next() || !tbs.next()) return null
  const subject = commonName(tbs, bytes)
  const names: string[] = []
  while (tbs.next()) if (tbs.tag === CONTEXT_3) readExtensions(tbs.inner(), bytes, names)
  if (names.length === 0 && subject !== "") names.push(subject.toLowerCase())
  return { names, subject, issuer }
}

/** The last common name in the distinguished name at hand: the most specific one. */
function commonName(at: Der, bytes: Uint8Array): string {
  let name = ""
  const sets = at.inner()
  for (let i = 0; i < ELEMENTS_MAX && sets.next(); i++) {
    const pairs = sets.inner()
    while (pairs.next()) {
      const pair = pairs.inner()
      if (!pair.next() || !isObjectId(pair, bytes, COMMON_NAME) || !pair.next()) continue
      name = text(bytes, pair) || name
    }
  }
  return name
}

function readExtensions(at: Der, bytes: Uint8Array, names: string[]): void {
  if (!at.next()) return
  const list = at.inner()
  for (let i = 0; i < ELEMENTS_MAX && list.next(); i++) {
    const extension = list.inner()
    if (!extension.next() || !isObjectId(extension, bytes, ALTERNATIVE_NAMES)) continue
    while (extension.next()) if (extension.tag === Tag.octetString) readAlternatives(extension.inner(), bytes, names)
    return
  }
}

function readAlternatives(at: Der, bytes: Uint8Array, names: string[]): void {
  if (!at.next()) return
  const list = at.inner()
  for (let i = 0; i < ELEMENTS_MAX && names.length < NAMES_MAX && list.next(); i++) {
    let name = ""
    if (list.tag === DNS_NAME) name = text(bytes, list).toLowerCase()
    else if (list.tag === IP_ADDRESS) name = addressOf(bytes, list.start, list.stop)
    if (name !== "" && !names.includes(name)) names.push(name)
  }
}

function isObjectId(at: Der, bytes: Uint8Array, id: readonly number[]): boolean {
  if (at.tag !== Tag.objectId || at.stop - at.start !== id.length) return false
  return id.every((byte, i) => bytes[at.start + i] === byte)
}

/** Text of the string at hand; "" when it is too long. */
function text(bytes: Uint8Array, at: Der): string {
  const length = at.stop - at.start
  if (length > NAME_BYTES_MAX) return ""
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + at.start, length)
  if (at.tag === Tag.utf8String) return buffer.toString("utf8")
  if (at.tag === Tag.bmpString) return length % 2 === 0 ? Buffer.from(buffer).swap16().toString("utf16le") : ""
  return at.tag === Tag.universalString ? "" : buffer.toString("latin1")
}

function addressOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 4) return bytes.subarray(start, end).join(".")
  if (end - start !== 16) return ""
  const groups = Array.from({ length: 8 }, (_, i) => be16(bytes, start + 2 * i).toString(16))
  return `[${groups.join(":")}]`
}
