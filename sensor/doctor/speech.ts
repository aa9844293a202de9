// What a connection speaks, from the first bytes of one of its segments: enough to say what the sensor will be able to read.
//
// In:  payload bytes. Out: a protocol, and which end says so. RFC 9112 section 3, RFC 9113 section 3.4, RFC 8446 section 5.1.
// Given up: HTTP/2 without its preface (joined midway), protocols that begin in the clear and become TLS later.

export const Speech = { unknown: 0, http1: 1, http2: 2, tls: 3, other: 4 } as const
export type Speech = (typeof Speech)[keyof typeof Speech]

/** Who says it. */
export const Speaker = { either: 0, client: 1, server: 2 } as const
export type Speaker = (typeof Speaker)[keyof typeof Speaker]

const METHODS: readonly string[] = [
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "HEAD",
  "PATCH",
  "OPTIONS",
  "CONNECT",
  "TRACE",
  "PROPFIND",
  "PROPPATCH",
  "MKCOL",
  "COPY",
  "MOVE",
  "LOCK",
  "UNLOCK",
  "REPORT",
  "SEARCH",
  "M-SEARCH",
  "PURGE",
]
const PREFACE = "PRI * HTTP/2.0"
const VERSIONS = ["HTTP/1.", "HTTP/0."] as const

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1")
const REQUESTS = METHODS.map((method) => bytesOf(`${method} `))
const PREFACE_BYTES = bytesOf(PREFACE)
const VERSION_BYTES = VERSIONS.map(bytesOf)

export class SpeechLook {
  speech: Speech = Speech.unknown
  speaker: Speaker = Speaker.either
}

/** Overwrites `look` with what bytes [start, end) begin like. */
export function listen(bytes: Uint8Array, start: number, end: number, look: SpeechLook): void {
  look.speech = Speech.unknown
  look.speaker = Speaker.either
  const first = bytes[start]!
  if (first >= 0x14 && first <= 0x17) listenTls(bytes, start, end, look)
  else if (first >= 0x41 && first <= 0x5a) listenHttp(bytes, start, end, look)
}

function listenTls(bytes: Uint8Array, start: number, end: number, look: SpeechLook): void {
  if (end - start < 5 || bytes[start + 1] !== 3 || bytes[start + 2]! > 4) return
  const recordBytes = (bytes[start + 3]! << 8) | bytes[start + 4]!
  if (recordBytes === 0 || recordBytes > 16_384 + 2048) return
  look.speech = Speech.tls
  if (bytes[start] !== 0x16 || end - start < 6) return
  if (bytes[start + 5] === 1) look.speaker = Speaker.client
  else if (bytes[start + 5] === 2) look.speaker = Speaker.server
}

function listenHttp(bytes: Uint8Array, start: number, end: number, look: SpeechLook): void {
  if (beginsWith(bytes, start, end, PREFACE_BYTES)) {
    look.speech = Speech.http2
    look.speaker = Speaker.client
  } else if (VERSION_BYTES.some((version) => beginsWith(bytes, start, end, version))) {
    look.speech = Speech.http1
    look.speaker = Speaker.server
  } else if (isRequest(bytes, start, end)) {
    look.speech = Speech.http1
    look.speaker = Speaker.client
  }
}

/** A known method, a space, and the first byte of a target. */
export function isRequest(bytes: Uint8Array, start: number, end: number): boolean {
  for (const method of REQUESTS) {
    if (method[0] !== bytes[start] || !beginsWith(bytes, start, end, method)) continue
    const target = start + method.length
    return target < end && bytes[target]! > 0x20 && bytes[target]! < 0x7f
  }
  return false
}

function beginsWith(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}
