// A ClientHello, RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2; extensions: RFC 6066 (server name), 7301 (ALPN), 5077 (ticket),
// 7627 (extended master secret), 7366 (encrypt-then-mac), 8446 (versions, keys, early data), 8701 (GREASE), and encrypted hellos.
//
//   | version 2 | random 32 | n 1, session id | n 2, ciphers | n 1, compressions | n 2, extensions: | type 2 | n 2, ... | ... |
//
// In:  the body of the message.   Out: this record, read anew for each hello.
// Given up: ciphers, extensions and algorithms beyond LIST_MAX. A hello that breaks off, or whose lengths contradict each other, tells
// what stands before that place.
import { be16 } from "../../shared/bytes/read.ts"

/** Ciphers, extensions, signature algorithms read of a hello; real ones have fewer than a hundred. */
export const LIST_MAX = 512
const NAME_BYTES_MAX = 255
const RANDOM_BYTES = 32

const Extension = {
  serverName: 0,
  signatureAlgorithms: 13,
  alpn: 16,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  encryptedClientHello: 0xfe0d,
} as const

/** RFC 8701: reserved values, which clients send to keep servers tolerant, and change at will. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff)
}

export class ClientHello {
  /** Highest version offered, 0 when there is none. */
  version = 0
  /** Places in the bytes read. */
  randomStart = 0
  sessionIdStart = 0
  sessionIdEnd = 0
  /** Lists as sent, GREASE left out. */
  readonly ciphers = new Uint16Array(LIST_MAX)
  ciphersCount = 0
  readonly extensions = new Uint16Array(LIST_MAX)
  extensionsCount = 0
  readonly signatures = new Uint16Array(LIST_MAX)
  signaturesCount = 0
  hasServerName = false
  /** Lower case, as sent otherwise; "" when there is none. With an encrypted hello it is the outer one. */
  serverName = ""
  /** First protocol offered, bytes as Latin-1; "" when none is. */
  alpn = ""
  offersEarlyData = false
  /** It names an earlier session: by id, ticket or pre-shared key. */
  offersResumption = false
  hasEncryptedHello = false
  /** More than LIST_MAX of something: lists are not whole. */
  isCut = false

  /** False when the hello is malformed; what was read before that stands. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#reset()
    if (end - start < 2 + RANDOM_BYTES + 1) return false
    this.version = be16(bytes, start)
    this.randomStart = start + 2
    let pos = start + 2 + RANDOM_BYTES
    this.sessionIdStart = pos + 1
    this.sessionIdEnd = pos + 1 + bytes[pos]!
    pos = this.sessionIdEnd
    if (pos + 2 > end || bytes[this.sessionIdStart - 1]! > 32) return false
    const ciphersEnd = pos + 2 + be16(bytes, pos)
    if (ciphersEnd > end) return false
    this.ciphersCount = this.#list(bytes, pos + 2, ciphersEnd, this.ciphers)
    if (ciphersEnd >= end) return false
    pos = ciphersEnd + 1 + bytes[ciphersEnd]!
    if (pos > end) return false
    // Before TLS 1.2 extensions may be missing altogether.
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
    this.ciphersCount = 0
    this.extensionsCount = 0
    this.signaturesCount = 0
    this.hasServerName = false
    this.serverName = ""
    this.alpn = ""
    this.offersEarlyData = false
    this.offersResumption = false
    this.hasEncryptedHello = false
    this.isCut = false
  }

  #readExtensions(bytes: Uint8Array, start: number, end: number): boolean {
    let pos = start
    while (pos + 4 <= end) {
      const type = be16(bytes, pos)
      const from = pos + 4
      const to = from + be16(bytes, pos + 2)
      if (to > end) return false
      if (!isGrease(type)) {
        if (this.extensionsCount < LIST_MAX) this.extensions[this.extensionsCount++] = type
        else this.isCut = true
        this.#readExtension(type, bytes, from, to)
      }
      pos = to
    }
    return pos === end
  }

  #readExtension(type: number, bytes: Uint8Array, start: number, end: number): void {
    switch (type) {
      case Extension.serverName:
        this.hasServerName = true
        this.serverName = hostName(bytes, start, end)
        return
      case Extension.alpn:
        this.alpn = firstProtocol(bytes, start, end)
        return
      case Extension.signatureAlgorithms:
        if (end - start >= 2)
          this.signaturesCount = this.#list(
            bytes,
            start + 2,
            Math.min(end, start + 2 + be16(bytes, start)),
            this.signatures,
          )
        return
      case Extension.supportedVersions:
        this.version = highest(bytes, start + 1, Math.min(end, start + 1 + (bytes[start] ?? 0))) || this.version
        return
      case Extension.earlyData:
        this.offersEarlyData = true
        return
      case Extension.sessionTicket:
        if (end > start) this.offersResumption = true
        return
      case Extension.preSharedKey:
        this.offersResumption = true
        return
      case Extension.encryptedClientHello:
        this.hasEncryptedHello = true
    }
  }

  /** Values of 2 bytes each, GREASE left out. Returns how many. */
  #list(bytes: Uint8Array, start: number, end: number, to: Uint16Array): number {
    let count = 0
    for (let i = start; i + 2 <= end; i += 2) {
      const value = be16(bytes, i)
      if (isGrease(value)) continue
      if (count < LIST_MAX) to[count++] = value
      else this.isCut = true
    }
    return count
  }
}

/** First name of type host_name. */
function hostName(bytes: Uint8Array, start: number, end: number): string {
  let pos = start + 2
  while (pos + 3 <= end) {
    const type = bytes[pos]!
    const from = pos + 3
    const to = from + be16(bytes, pos + 1)
    if (to > end) return ""
    if (type === 0) return to - from > NAME_BYTES_MAX ? "" : text(bytes, from, to).toLowerCase()
    pos = to
  }
  return ""
}

/** First of a list of protocol names, GREASE left out: of the client the one it likes best, of the server the one it chose. */
export function firstProtocol(bytes: Uint8Array, start: number, end: number): string {
  let pos = start + 2
  while (pos < end) {
    const to = pos + 1 + bytes[pos]!
    if (to > end) return ""
    if (to - pos !== 3 || !isGrease(be16(bytes, pos + 1))) return text(bytes, pos + 1, to)
    pos = to
  }
  return ""
}

function highest(bytes: Uint8Array, start: number, end: number): number {
  let version = 0
  for (let i = start; i + 2 <= end; i += 2) {
    const one = be16(bytes, i)
    if (!isGrease(one) && one > version) version = one
  }
  return version
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).latin1Slice()
}
