// The header of a TLS record, RFC 8446 section 5.1:
//
//   | type 1 | version 2 | length 2 | content ...
//
// and how sure one can be that bytes are one.
import { be16 } from "../../shared/bytes/read.ts"

export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const
export const HEADER_BYTES = 5
/** 2^14 of content, and what versions before 1.3 allow compression and cipher to add. */
export const CONTENT_BYTES_MAX = (1 << 14) + 2048

/** Whether 5 bytes at `at` can be the header of a record. */
export function isHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at]!
  if (type < ContentType.changeCipherSpec || type > ContentType.heartbeat) return false
  if (bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false
  const length = be16(bytes, at + 3)
  // Only application data may be empty (RFC 8446 section 5.1).
  return length <= CONTENT_BYTES_MAX && (length > 0 || type === ContentType.applicationData)
}

/** Content of the smallest protected record: a byte and its tag. */
const PROTECTED_BYTES_MIN = 17

/** Whether bytes [start, end) are whole records of protected application data, one or more, and nothing else. */
export function areProtected(bytes: Uint8Array, start: number, end: number): boolean {
  let pos = start
  while (pos + HEADER_BYTES <= end && bytes[pos] === ContentType.applicationData && isHeader(bytes, pos)) {
    const length = be16(bytes, pos + 3)
    if (length < PROTECTED_BYTES_MIN) return false
    pos += HEADER_BYTES + length
    if (pos === end) return true
  }
  return false
}

const CLIENT_HELLO = 1
const SERVER_HELLO = 2
/** Bytes that isHello looks at, and maySpeakTls at most. */
export const HELLO_PROOF_BYTES = HEADER_BYTES + 6
export const RECORD_PROOF_BYTES = HEADER_BYTES + 1
const ALERT_BYTES = 2

/**
 * Whether bytes [at, end), as far as they are there, can be the first of a TLS session: a hello, or an alert in place of one.
 * RECORD_PROOF_BYTES decide.
 */
export function maySpeakTls(bytes: Uint8Array, at: number, end: number): boolean {
  const type = bytes[at]!
  const count = end - at
  if (type !== ContentType.handshake && type !== ContentType.alert) return false
  if ((count > 1 && bytes[at + 1] !== 3) || (count > 2 && bytes[at + 2]! > 4)) return false
  if (count < HEADER_BYTES) return true
  if (type === ContentType.alert) return be16(bytes, at + 3) === ALERT_BYTES
  return isHeader(bytes, at) && (count === HEADER_BYTES || bytes[at + HEADER_BYTES]! <= SERVER_HELLO)
}

/**
 * Whether bytes [at, end) begin with a ClientHello or ServerHello: record header, message type, length and version that agree.
 * False also when there are fewer than HELLO_PROOF_BYTES. Bytes that are none pass once in some 10^12 places.
 */
export function isHello(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== ContentType.handshake || end - at < HELLO_PROOF_BYTES || !isHeader(bytes, at)) return false
  const type = bytes[at + 5]!
  if (type !== CLIENT_HELLO && type !== SERVER_HELLO) return false
  // A hello fits in one record, but for large ClientHellos that are cut into several.
  const record = be16(bytes, at + 3)
  const message = be16(bytes, at + 7) + 4
  return (
    bytes[at + 6] === 0 &&
    (type === CLIENT_HELLO || message <= record) &&
    message >= 42 &&
    isHelloVersion(bytes, at + 9)
  )
}

function isHelloVersion(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 3 && bytes[at + 1]! <= 4
}
