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

const CLIENT_HELLO = 1
const SERVER_HELLO = 2

/**
 * Whether bytes [at, end) begin with a ClientHello or ServerHello: record header, message type, length and version that agree.
 * False also when fewer than 11 bytes are there. No chance to be taken for one by bytes that are not.
 */
export function isHello(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < HEADER_BYTES + 6 || bytes[at] !== ContentType.handshake || !isHeader(bytes, at)) return false
  const type = bytes[at + 5]!
  if (type !== CLIENT_HELLO && type !== SERVER_HELLO) return false
  // A hello fits in one record but for large ClientHellos that are cut into several.
  const record = be16(bytes, at + 3)
  return (
    bytes[at + 6] === 0 &&
    be16(bytes, at + 7) + 4 >= Math.min(record, 42) &&
    bytes[at + 9] === 3 &&
    bytes[at + 10]! <= 4
  )
}
