// Reads any head that llhttp refuses: unknown methods, raw bytes or spaces in the target, white space before a colon,
// folded lines, LF alone, NUL, bytes that no field name may hold, unknown versions, missing reasons. Never fails and
// never throws: what is odd becomes an anomaly code, because an attacker's oddity must not be invisible.
//
// In:  the bytes of a head, of which the first line is known to be a start line; up to and including the blank line, or
//      less when the rest was lost.
// Out: an HttpHead and anomaly codes. Given up: a line without a colon (counted as an invalid name). RFC 9112 sections 2.2, 3, 5.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { indexFields } from "./head-fields.ts"
import { FIELDS_MAX, type HttpHead } from "./http-head.ts"
import { isDigit, knownMethod, skipIndent, versionAt } from "./start-line.ts"

const LF = 10
const CR = 13
const SP = 32
const TAB = 9
const COLON = 58

const isBlank = (byte: number | undefined): boolean => byte === SP || byte === TAB

/** Bytes allowed in a token (RFC 9110 section 5.6.2). */
const TOKEN = new Uint8Array(256)
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  TOKEN[char.charCodeAt(0)] = 1

export function isToken(byte: number): boolean {
  return TOKEN[byte] === 1
}

/** Fills `head` from [start, end) of its bytes. */
export function readTolerantHead(
  head: HttpHead,
  start: number,
  end: number,
  isRequest: boolean,
  anomalies: number[],
): void {
  head.start = start
  head.end = end
  head.isRequest = isRequest
  head.fields = 0
  head.fieldsDropped = 0
  head.method = ""
  head.status = 0
  head.targetStart = head.targetEnd = start
  const lineEnd = findLineFeed(head.bytes, start, end)
  const textEnd = withoutCr(head.bytes, start, lineEnd)
  if (isRequest) readRequestLine(head, start, textEnd, anomalies)
  else readStatusLine(head, start, textEnd, anomalies)
  if (lineEnd < end) readFields(head, lineEnd + 1, end, anomalies)
  markOddBytes(head, start, end, anomalies)
  indexFields(head, anomalies)
}

function findLineFeed(bytes: Uint8Array, start: number, end: number): number {
  let i = start
  while (i < end && bytes[i] !== LF) i++
  return i
}

function withoutCr(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
}

function readRequestLine(head: HttpHead, start: number, end: number, anomalies: number[]): void {
  const { bytes } = head
  const method = skipIndent(bytes, start, end)
  let i = method
  while (i < end && !isBlank(bytes[i])) i++
  head.method = knownMethod(bytes, method, i)
  if (head.method === "") {
    head.method = head.buffer.latin1Slice(method, i)
    anomalies.push(Anomaly.unknownMethod)
  }
  while (i < end && isBlank(bytes[i])) i++
  const version = versionAt(bytes, method, end)
  head.version = version < 0 ? 0 : readVersion(bytes, version, end, anomalies)
  let stop = version < 0 ? end : version
  while (stop > i && isBlank(bytes[stop - 1])) stop--
  head.targetStart = Math.min(i, stop)
  head.targetEnd = stop
  let raw = false
  let space = false
  for (let at = head.targetStart; at < stop; at++) {
    const byte = bytes[at]!
    if (isBlank(byte)) space = true
    else if (byte < SP || byte > 126) raw = true
  }
  if (raw) anomalies.push(Anomaly.rawTargetBytes)
  if (space) anomalies.push(Anomaly.spaceInTarget)
}

/** Two decimal digits; an unknown version is read as 1.1, which is how servers answer it. */
function readVersion(bytes: Uint8Array, at: number, end: number, anomalies: number[]): number {
  const exact =
    isDigit(bytes[at + 5] ?? 0) &&
    bytes[at + 6] === 46 &&
    isDigit(bytes[at + 7] ?? 0) &&
    (at + 8 >= end || isBlank(bytes[at + 8]))
  const version = exact ? (bytes[at + 5]! - 48) * 10 + bytes[at + 7]! - 48 : -1
  if (version === 10 || version === 11) return version
  anomalies.push(Anomaly.badVersion)
  return 11
}

function readStatusLine(head: HttpHead, start: number, end: number, anomalies: number[]): void {
  const { bytes } = head
  let i = skipIndent(bytes, start, end)
  head.version = readVersion(bytes, i, end, anomalies)
  while (i < end && !isBlank(bytes[i])) i++
  let tab = false
  for (; i < end && isBlank(bytes[i]); i++) if (bytes[i] === TAB) tab = true
  const digits = i
  let status = 0
  while (i < end && isDigit(bytes[i]!) && i - digits < 4) status = status * 10 + bytes[i++]! - 48
  if (i - digits !== 3 || status < 100 || (i < end && !isBlank(bytes[i]))) anomalies.push(Anomaly.invalidStatus)
  // Behind a tab recipients read different codes, or none: what was answered is not known.
  if (tab) anomalies.push(Anomaly.invalidStatus)
  head.status = tab || status > 999 ? 0 : status
}

function readFields(head: HttpHead, start: number, end: number, anomalies: number[]): void {
  const { bytes } = head
  let line = start
  while (line < end) {
    const lineFeed = findLineFeed(bytes, line, end)
    const stop = withoutCr(bytes, line, lineFeed)
    if (stop > line) {
      if (isBlank(bytes[line])) foldLine(head, stop, anomalies)
      else readField(head, line, stop, anomalies)
    }
    line = lineFeed + 1
  }
}

/** A line that begins with white space continues the value before it. */
function foldLine(head: HttpHead, stop: number, anomalies: number[]): void {
  anomalies.push(Anomaly.obsoleteFold)
  if (head.fields > 0 && head.fieldsDropped === 0) head.valueEnd[head.fields - 1] = stop
}

function readField(head: HttpHead, line: number, stop: number, anomalies: number[]): void {
  const { bytes } = head
  let colon = line
  while (colon < stop && bytes[colon] !== COLON) colon++
  if (colon === stop || colon === line) {
    anomalies.push(Anomaly.invalidFieldName)
    return
  }
  let nameEnd = colon
  while (nameEnd > line && isBlank(bytes[nameEnd - 1])) nameEnd--
  if (nameEnd < colon) anomalies.push(Anomaly.spaceBeforeColon)
  for (let i = line; i < nameEnd; i++) {
    if (isToken(bytes[i]!)) continue
    anomalies.push(Anomaly.invalidFieldName)
    break
  }
  const i = head.fields
  if (i === FIELDS_MAX) {
    head.fieldsDropped++
    return
  }
  head.nameStart[i] = line
  head.nameEnd[i] = nameEnd
  head.valueStart[i] = colon + 1
  head.valueEnd[i] = stop
  head.fields = i + 1
}

function markOddBytes(head: HttpHead, start: number, end: number, anomalies: number[]): void {
  const { bytes } = head
  let nul = false
  let bare = false
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte === 0) nul = true
    else if (byte === LF && (i === start || bytes[i - 1] !== CR)) bare = true
  }
  if (nul) anomalies.push(Anomaly.nullByte)
  if (bare) anomalies.push(Anomaly.bareLineFeed)
}
