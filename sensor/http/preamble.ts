// What may stand before the first message of a connection without being part of it.
//
//   PROXY TCP4 203.0.113.7 192.0.2.1 56324 443 CRLF          the PROXY protocol, version 1: a load balancer tells who called
//   0D0A0D0A 000D0A 515549540A ver fam len ...               the same, version 2: binary
//   05 n methods ...  |  04 01 port address user 00          the client's first words to a SOCKS proxy (RFC 1928 section 3)
//
// Behind the PROXY protocol HTTP begins at a known place. Behind a SOCKS handshake it begins somewhere.

import { parseAddress } from "../flow/address-text.ts"
import type { ProxiedAddress } from "../flow/flow.ts"
import type { Connection } from "./connection.ts"
import { At, type StreamState } from "./stream-state.ts"

/** Not one of these; may be one when more bytes come. */
export const NO_PREAMBLE = -1
export const PREAMBLE_MAYBE = 0

const VERSION_1 = Buffer.from("PROXY ")
/** RFC-like limit of the specification: 107 bytes with the line end. */
const VERSION_1_BYTES_MAX = 107
/** The signature without the line ends that it begins with: those have been passed over. */
const VERSION_2 = Buffer.from("\0\r\nQUIT\n", "latin1")
const VERSION_2_HEADER_BYTES = VERSION_2.length + 4

function beginsWith(bytes: Uint8Array, start: number, end: number, what: Uint8Array): boolean {
  const length = Math.min(end - start, what.length)
  for (let i = 0; i < length; i++) if (bytes[start + i] !== what[i]) return false
  return true
}

/** Length of a PROXY protocol header at `start`, PREAMBLE_MAYBE or NO_PREAMBLE. */
export function proxyPreamble(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (beginsWith(bytes, start, end, VERSION_2)) {
    if (length < VERSION_2_HEADER_BYTES) return PREAMBLE_MAYBE
    const at = start + VERSION_2.length + 2
    return VERSION_2_HEADER_BYTES + (bytes[at]! << 8) + bytes[at + 1]!
  }
  if (!beginsWith(bytes, start, end, VERSION_1)) return NO_PREAMBLE
  const stop = Math.min(end, start + VERSION_1_BYTES_MAX)
  for (let i = start + VERSION_1.length; i < stop; i++) if (bytes[i] === 10) return i + 1 - start
  return length < VERSION_1_BYTES_MAX ? PREAMBLE_MAYBE : NO_PREAMBLE
}

/** Of version 2: command PROXY, and the families that have addresses. */
const PROXY_COMMAND = 0x21
const INET = 1
const INET6 = 2

/** The client that a PROXY header at `start` speaks of, null when it speaks of none or its addresses are not at hand yet. */
export function proxiedAddress(bytes: Uint8Array, start: number, end: number, serial: number): ProxiedAddress | null {
  if (beginsWith(bytes, start, end, VERSION_1)) {
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, VERSION_1_BYTES_MAX))
    const source = /^PROXY TCP[46] ([0-9A-Fa-f.:]{2,45}) /.exec(line.latin1Slice())?.[1]
    const address = source === undefined ? null : parseAddress(source)
    return address === null ? null : { serial, ...address }
  }
  const at = start + VERSION_2.length
  const family = bytes[at + 1]! >>> 4
  const length = family === INET ? 4 : family === INET6 ? 16 : 0
  const from = start + VERSION_2_HEADER_BYTES
  if (bytes[at] !== PROXY_COMMAND || length === 0 || end - from < 2 * length) return null
  const words = new Int32Array(4)
  for (let i = 0; i < length; i++) {
    const word = 4 - length / 4 + (i >>> 2)
    words[word] = (words[word]! << 8) | bytes[from + i]!
  }
  return { serial, ipVersion: length === 4 ? 4 : 6, words }
}

const USER_BYTES_MAX = 255

/** Length of a SOCKS greeting at `start`, PREAMBLE_MAYBE or NO_PREAMBLE. */
export function socksPreamble(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (bytes[start] === 5) {
    if (length < 2) return PREAMBLE_MAYBE
    const methods = bytes[start + 1]!
    // Methods in use are few: a stream of other bytes that begins with 5 should not pass.
    if (methods === 0 || methods > 16) return NO_PREAMBLE
    return length < 2 + methods ? PREAMBLE_MAYBE : 2 + methods
  }
  if (bytes[start] !== 4) return NO_PREAMBLE
  if (length < 2) return PREAMBLE_MAYBE
  if (bytes[start + 1] !== 1) return NO_PREAMBLE
  for (let i = start + 8; i < end && i < start + 8 + USER_BYTES_MAX; i++) {
    if (bytes[i] === 0) return i + 1 - start
    if (bytes[i]! < 32) return NO_PREAMBLE
  }
  return length < 8 + USER_BYTES_MAX ? PREAMBLE_MAYBE : NO_PREAMBLE
}

/** Passes over the rest of the header; returns where the first message, or the next call, begins. */
export function passPreamble<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>, pos: number, end: number): number {
  const count = Math.min(d.remaining, end - pos)
  d.remaining -= count
  c.shared.counters.paddingBytes += count
  if (d.remaining === 0) d.at = At.head
  return pos + count
}
