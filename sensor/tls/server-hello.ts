// A ServerHello or HelloRetryRequest, RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3.
//
//   | version 2 | random 32 | n 1, session id | cipher 2 | compression 1 | n 2, extensions |
//
// In:  the body of the message.   Out: this record, read anew for each hello.
import { be16 } from "../../shared/bytes/read.ts"
import { firstProtocol } from "./client-hello.ts"

const RANDOM_BYTES = 32
/** Says that the ServerHello is a HelloRetryRequest: SHA-256 of that word. */
const RETRY_RANDOM = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex")

const Extension = {
  alpn: 16,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  preSharedKey: 41,
  supportedVersions: 43,
} as const

export class ServerHello {
  version = 0
  /** Places in the bytes read. */
  randomStart = 0
  sessionIdStart = 0
  sessionIdEnd = 0
  cipher = 0
  /** Protocol chosen, "" when none is named here; in TLS 1.3 it is named under encryption. */
  alpn = ""
  hasExtendedMasterSecret = false
  hasEncryptThenMac = false
  /** One of the pre-shared keys was taken. */
  hasPreSharedKey = false
  isRetry = false

  /** False when the hello is malformed; what was read before that stands. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#reset()
    if (end - start < 2 + RANDOM_BYTES + 4) return false
    this.version = be16(bytes, start)
    this.randomStart = start + 2
    this.isRetry = isSame(bytes, start + 2, RETRY_RANDOM)
    const sessionId = start + 2 + RANDOM_BYTES
    this.sessionIdStart = sessionId + 1
    this.sessionIdEnd = sessionId + 1 + bytes[sessionId]!
    const pos = this.sessionIdEnd + 3
    if (pos > end || bytes[sessionId]! > 32) return false
    this.cipher = be16(bytes, this.sessionIdEnd)
    if (pos === end) return true
    if (pos + 2 > end) return false
    const extensionsEnd = pos + 2 + be16(bytes, pos)
    return this.#readExtensions(bytes, pos + 2, Math.min(extensionsEnd, end)) && extensionsEnd === end
  }

  #reset(): void {
    this.version = 0
    this.randomStart = 0
    this.sessionIdStart = 0
    this.sessionIdEnd = 0
    this.cipher = 0
    this.alpn = ""
    this.hasExtendedMasterSecret = false
    this.hasEncryptThenMac = false
    this.hasPreSharedKey = false
    this.isRetry = false
  }

  #readExtensions(bytes: Uint8Array, start: number, end: number): boolean {
    let pos = start
    while (pos + 4 <= end) {
      const from = pos + 4
      const to = from + be16(bytes, pos + 2)
      if (to > end) return false
      const type = be16(bytes, pos)
      if (type === Extension.alpn) this.alpn = firstProtocol(bytes, from, to)
      else if (type === Extension.encryptThenMac) this.hasEncryptThenMac = true
      else if (type === Extension.extendedMasterSecret) this.hasExtendedMasterSecret = true
      else if (type === Extension.preSharedKey) this.hasPreSharedKey = true
      else if (type === Extension.supportedVersions && to - from === 2) this.version = be16(bytes, from)
      pos = to
    }
    return pos === end
  }
}

/** ALPN in the body of EncryptedExtensions, RFC 8446 section 4.3.1. "" when there is none. */
export function encryptedProtocol(bytes: Uint8Array, start: number, end: number): string {
  let pos = start + 2
  while (pos + 4 <= end) {
    const to = pos + 4 + be16(bytes, pos + 2)
    if (to > end) return ""
    if (be16(bytes, pos) === Extension.alpn) return firstProtocol(bytes, pos + 4, to)
    pos = to
  }
  return ""
}

/** Whether the server accepted early data, told in the body of EncryptedExtensions. */
export function acceptsEarlyData(bytes: Uint8Array, start: number, end: number): boolean {
  for (let pos = start + 2; pos + 4 <= end; pos += 4 + be16(bytes, pos + 2)) if (be16(bytes, pos) === 42) return true
  return false
}

function isSame(bytes: Uint8Array, start: number, other: Uint8Array): boolean {
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false
  return true
}
