// What the handshake of one session tells: who is the client, what was offered and chosen, whose certificates.
//
// In:  bodies of handshake messages, in the clear or decrypted.   Out: facts, for the session's account and for its decryption.
import type { Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import { type Certificate, Certificates } from "./certificates.ts"
import { ClientHello } from "./client-hello.ts"
import type { TlsCounters } from "./counters.ts"
import type { HelloFacts } from "./decryption.ts"
import { Ja4 } from "./ja4.ts"
import { acceptsEarlyData, encryptedProtocol, ServerHello } from "./server-hello.ts"

const RANDOM_BYTES = 32
const SESSION_ID_BYTES_MAX = 32
const TLS_1_3 = 0x0304

/** Readers of messages, shared by all sessions of a worker. */
export class HelloReaders {
  readonly client = new ClientHello()
  readonly server = new ServerHello()
  readonly ja4 = new Ja4()
  readonly certificates = new Certificates()
  readonly counters: TlsCounters

  constructor(counters: TlsCounters) {
    this.counters = counters
  }
}

const VERSION_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0300, "ssl3"],
  [0x0301, "1.0"],
  [0x0302, "1.1"],
  [0x0303, "1.2"],
  [0x0304, "1.3"],
])

/** Drafts of TLS 1.3 that were in use for years: 0x7fNN, and 0xfbNN of one large service. */
const isDraft = (version: number): boolean => version >>> 8 === 0x7f || version >>> 8 === 0xfb

export class Handshake implements HelloFacts {
  readonly #readers: HelloReaders
  readonly #clientRandom = new Uint8Array(RANDOM_BYTES)
  readonly #serverRandom = new Uint8Array(RANDOM_BYTES)
  readonly #sessionId = new Uint8Array(SESSION_ID_BYTES_MAX)
  // Set by `begin`, all of them: the record serves one session after another.
  #sessionIdLength!: number
  /** Side that sent the ClientHello, or does not send the ServerHello; -1 before either was seen. */
  client!: Side | -1
  clientRandom!: Uint8Array | null
  serverRandom!: Uint8Array | null
  version!: number
  cipher!: number
  hasExtendedMasterSecret!: boolean
  hasEncryptThenMac!: boolean
  offersEarlyData!: boolean
  isResumed!: boolean
  isRetried!: boolean
  serverName!: string
  ja4!: string
  /** First protocol that the client offers, and the one that the server chose, where that can be seen. */
  #offered!: string
  #chosen!: string
  hasEarlyData!: boolean
  certificate!: Certificate | null
  clientCertificate!: Certificate | null

  constructor(readers: HelloReaders) {
    this.#readers = readers
    this.begin()
  }

  begin(): void {
    this.#sessionIdLength = 0
    this.client = -1
    this.clientRandom = null
    this.serverRandom = null
    this.version = 0
    this.cipher = 0
    this.hasExtendedMasterSecret = false
    this.hasEncryptThenMac = false
    this.offersEarlyData = false
    this.isResumed = false
    this.isRetried = false
    this.serverName = ""
    this.ja4 = ""
    this.#offered = ""
    this.#chosen = ""
    this.hasEarlyData = false
    this.certificate = null
    this.clientCertificate = null
  }

  get isTls13(): boolean {
    return this.version >= TLS_1_3
  }

  get versionName(): string {
    return VERSION_NAMES.get(this.version) ?? (isDraft(this.version) ? "1.3" : "")
  }

  get alpn(): string {
    return this.#chosen === "" ? this.#offered : this.#chosen
  }

  /** Body of a ClientHello. Returns whether it is the first one. */
  onClientHello(side: Side, bytes: Uint8Array, start: number, end: number): boolean {
    const { client: hello, counters, ja4 } = this.#readers
    if (!hello.read(bytes, start, end)) {
      counters.malformedMessages++
      if (hello.randomStart === 0) return false
    }
    const isFirst = this.clientRandom === null
    this.client = side
    this.#clientRandom.set(bytes.subarray(hello.randomStart, hello.randomStart + RANDOM_BYTES))
    this.clientRandom = this.#clientRandom
    this.#sessionIdLength = Math.min(SESSION_ID_BYTES_MAX, hello.sessionIdEnd - hello.sessionIdStart)
    this.#sessionId.set(bytes.subarray(hello.sessionIdStart, hello.sessionIdStart + this.#sessionIdLength))
    // The second hello, after a retry, has less to say: early data is not offered again.
    if (!isFirst) return false
    this.serverName = hello.serverName
    this.#offered = hello.alpn
    this.offersEarlyData = hello.offersEarlyData
    this.ja4 = hello.isCut ? "" : ja4.of(hello)
    if (hello.hasEncryptedHello) counters.encryptedHellos++
    return true
  }

  /** Body of a ServerHello. Returns whether version and cipher are settled now. */
  onServerHello(side: Side, bytes: Uint8Array, start: number, end: number): boolean {
    const { server: hello, counters } = this.#readers
    if (!hello.read(bytes, start, end)) {
      counters.malformedMessages++
      if (hello.cipher === 0) return false
    }
    this.client = side === 0 ? 1 : 0
    if (hello.isRetry) {
      this.isRetried = true
      counters.helloRetries++
      return false
    }
    this.#serverRandom.set(bytes.subarray(hello.randomStart, hello.randomStart + RANDOM_BYTES))
    this.serverRandom = this.#serverRandom
    this.version = hello.version
    this.cipher = hello.cipher
    this.hasExtendedMasterSecret = hello.hasExtendedMasterSecret
    this.hasEncryptThenMac = hello.hasEncryptThenMac
    this.#chosen = hello.alpn
    this.isResumed = this.isTls13 ? hello.hasPreSharedKey : this.#isSessionId(bytes, hello)
    return true
  }

  /** Body of EncryptedExtensions: what TLS 1.3 chooses out of sight. */
  onEncryptedExtensions(bytes: Uint8Array, start: number, end: number): void {
    const protocol = encryptedProtocol(bytes, start, end)
    if (protocol !== "") this.#chosen = protocol
    if (acceptsEarlyData(bytes, start, end)) this.hasEarlyData = true
  }

  /** Body of a Certificate message of `side`. */
  onCertificate(side: Side, bytes: Uint8Array, start: number, end: number): void {
    const { certificates, counters } = this.#readers
    const certificate = certificates.first(bytes, start, end, this.isTls13)
    if (certificate === null) {
      // A client that has none says so with an empty list.
      if (side !== this.client) counters.malformedMessages++
    } else if (side === this.client) this.clientCertificate = certificate
    else this.certificate = certificate
  }

  secured(): Secured {
    const { versionName, serverName, ja4, hasEarlyData, clientCertificate } = this
    return {
      version: versionName,
      alpn: this.#chosen,
      serverName,
      ja4,
      clientCertificate:
        clientCertificate === null ? null : { der: clientCertificate.der, commonName: clientCertificate.subject },
      hasEarlyData,
    }
  }

  /** The server goes on with the session that the client named (RFC 5246 section 7.4.1.3, RFC 5077 section 3.4). */
  #isSessionId(bytes: Uint8Array, hello: ServerHello): boolean {
    const length = hello.sessionIdEnd - hello.sessionIdStart
    if (length === 0 || length !== this.#sessionIdLength) return false
    for (let i = 0; i < length; i++) if (bytes[hello.sessionIdStart + i] !== this.#sessionId[i]) return false
    return true
  }
}
