// Where the body of a message ends. RFC 9112 section 6.3, in its order; where the RFC calls a message faulty, what is done
// here is what keeps the sensor in step with most servers, and an anomaly says so:
//
//   response to HEAD, 1xx, 204, 304, 2xx to CONNECT      no body
//   Transfer-Encoding, chunked last                      chunked; beside Content-Length it wins (lengthAndChunked)
//   Transfer-Encoding otherwise, "identity" aside        response: until close; request: its end cannot be known
//   Content-Length, same value more than once            that value (duplicateLength)
//   Content-Length, different values                     the first (conflictingLength); the next start line is checked anyway
//   Content-Length that is no number                     response: until close; request: its end cannot be known (invalidLength)
//   none of these                                        response: until close; request: no body
import { Anomaly } from "../../shared/event/anomalies.ts"
import { FieldName, type HttpHead } from "./http-head.ts"

export const BodyKind = {
  none: 0,
  length: 1,
  chunked: 2,
  untilClose: 3,
  /** The end cannot be known: search for the next message. */
  unknown: 4,
} as const
export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind]

/** Sets `contentLength` and `chunked` of the head. `requestMethod`: of the request that a response answers, "" unknown. */
export function frameBody(head: HttpHead, requestMethod: string, anomalies: number[]): BodyKind {
  const isOdd = head.isFramed ? false : readFraming(head, anomalies)
  if (!head.isRequest && hasNoBody(head.status, requestMethod)) return BodyKind.none
  if (head.chunked) return BodyKind.chunked
  if (isOdd) return head.isRequest ? BodyKind.unknown : BodyKind.untilClose
  if (head.contentLength > 0) return BodyKind.length
  return head.contentLength === 0 || head.isRequest ? BodyKind.none : BodyKind.untilClose
}

/** What the fields say; true when they say that the end of a body cannot be told from them. */
function readFraming(head: HttpHead, anomalies: number[]): boolean {
  head.contentLength = -1
  head.chunked = false
  const lengthField = head.known[FieldName.contentLength]!
  const codingField = head.known[FieldName.transferEncoding]!
  if (lengthField >= 0) head.contentLength = readLength(head, lengthField, anomalies)
  const coding = codingField >= 0 ? readCoding(head, codingField, anomalies) : Coding.absent
  if (coding === Coding.chunked) {
    head.chunked = true
    if (lengthField >= 0) anomalies.push(Anomaly.lengthAndChunked)
  }
  return coding === Coding.other || (lengthField >= 0 && head.contentLength < 0)
}

/** RFC 9112 section 9.6: "close" is said, or HTTP/1.0 without "keep-alive". */
export function announcesClose(head: HttpHead): boolean {
  const field = head.known[FieldName.connection]!
  if (field < 0) return head.version === 10
  const first = head.bytes[head.valueStart[field]!]! | 32
  const length = head.valueEnd[field]! - head.valueStart[field]!
  if (length === 5 && first === 99) return true
  return head.version === 10 && !(length === 10 && first === 107)
}

function hasNoBody(status: number, requestMethod: string): boolean {
  if (status < 200 || status === 204 || status === 304) return status !== 0
  return requestMethod === "HEAD" || (requestMethod === "CONNECT" && status < 300)
}

const LENGTH_DIGITS_MAX = 15
const COMMA = 44

/** The declared length, or -1. Reads every Content-Length field, each of which may be a list. */
function readLength(head: HttpHead, first: number, anomalies: number[]): number {
  let length = -1
  let repeated = false
  for (let i = first; i < head.fields; i++) {
    if (head.name[i] !== FieldName.contentLength) continue
    let at = head.valueStart[i]!
    const end = head.valueEnd[i]!
    do {
      let stop = at
      while (stop < end && head.bytes[stop] !== COMMA) stop++
      const value = readNumber(head.bytes, at, stop)
      if (value < 0) {
        anomalies.push(Anomaly.invalidLength)
        return -1
      }
      if (repeated) anomalies.push(value === length ? Anomaly.duplicateLength : Anomaly.conflictingLength)
      else length = value
      repeated = true
      at = stop + 1
    } while (at <= end)
  }
  return length
}

/** Decimal digits with white space around them, or -1. */
function readNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start
  let stop = end
  while (i < stop && bytes[i]! <= 32) i++
  while (stop > i && bytes[stop - 1]! <= 32) stop--
  while (i < stop - 1 && bytes[i] === 48) i++
  if (i === stop || stop - i > LENGTH_DIGITS_MAX) return -1
  let value = 0
  for (; i < stop; i++) {
    const digit = bytes[i]! - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const Coding = { absent: 0, chunked: 1, other: 2 } as const
type Coding = (typeof Coding)[keyof typeof Coding]

/** What the last transfer coding is, over all Transfer-Encoding fields. */
function readCoding(head: HttpHead, first: number, anomalies: number[]): Coding {
  if (isChunked(head, first) && !repeats(head, first)) return Coding.chunked
  let coding: Coding = Coding.absent
  let chunkedBefore = false
  for (let i = first; i < head.fields; i++) {
    if (head.name[i] !== FieldName.transferEncoding) continue
    for (const part of head.value(i).toLowerCase().split(",")) {
      const name = part.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "")
      if (name === "" || name === "identity") continue
      if (coding === Coding.chunked) chunkedBefore = true
      coding = name === "chunked" ? Coding.chunked : Coding.other
      if (!/^(chunked|gzip|x-gzip|deflate|compress|x-compress)$/.test(name)) {
        anomalies.push(Anomaly.badTransferEncoding)
      }
    }
  }
  if (chunkedBefore || coding === Coding.other) anomalies.push(Anomaly.badTransferEncoding)
  return coding
}

const CHUNKED = Buffer.from("chunked")

function isChunked(head: HttpHead, field: number): boolean {
  const start = head.valueStart[field]!
  if (head.valueEnd[field]! - start !== CHUNKED.length) return false
  for (let i = 0; i < CHUNKED.length; i++) if ((head.bytes[start + i]! | 32) !== CHUNKED[i]) return false
  return true
}

function repeats(head: HttpHead, field: number): boolean {
  for (let i = field + 1; i < head.fields; i++) if (head.name[i] === head.name[field]) return true
  return false
}
