// The account of one TLS session: bytes, time, how much was read and why the rest was not. Given at the session's end, and each time
// partUs of packet time have passed, so that a session that lasts for days is not unknown until it ends.
//
// Parts add up: each tells what happened since the account before, its bytes and its time. A session is counted by its first part.
import type { Flow, Side } from "../flow/flow.ts"
import type { SessionView } from "../tcp/session-receiver.ts"
import type { Certificate } from "./certificates.ts"
import type { Handshake } from "./handshake.ts"
import { MessageType } from "./handshake-reader.ts"
import type { TlsShared } from "./tls.ts"
import { TlsReason } from "./tls-reason.ts"
import { type TlsAccount, TlsState } from "./tls-receiver.ts"

const VERSION_COUNTERS = {
  ssl3: "ssl3",
  "1.0": "tls10",
  "1.1": "tls11",
  "1.2": "tls12",
  "1.3": "tls13",
} as const

export class SessionAccount implements TlsAccount {
  readonly #shared: TlsShared
  readonly #hello: Handshake
  // Set by `begin`, all of them: the record serves one session after another.
  #session!: SessionView
  isFirst!: boolean
  startUs!: number
  #lastUs!: number
  #bytes!: [number, number]
  /** Content of protected records in the part: read, and not, with the reason of the first that was not. */
  #readBytes!: number
  #darkBytes!: number
  #darkReason!: TlsReason
  /** Some protected record has passed at all. */
  #hasProtected!: boolean
  #hasLoss!: boolean
  #isForeign!: boolean
  #hasHelloDone!: boolean
  /** The server changed ciphers without having shown its part of a full handshake (RFC 5246 section 7.3). */
  #isAbbreviated!: boolean

  constructor(shared: TlsShared, hello: Handshake) {
    this.#shared = shared
    this.#hello = hello
  }

  begin(session: SessionView, timeUs: number): void {
    this.#session = session
    this.isFirst = true
    this.#hasProtected = false
    this.#hasLoss = false
    this.#isForeign = false
    this.#hasHelloDone = false
    this.#isAbbreviated = false
    this.#beginPart(timeUs)
  }

  #beginPart(timeUs: number): void {
    this.startUs = timeUs
    this.#lastUs = timeUs
    this.#bytes = [0, 0]
    this.#readBytes = 0
    this.#darkBytes = 0
    this.#darkReason = TlsReason.none
  }

  /** TCP has forgotten the session; `session` is what remains of it. */
  keep(session: SessionView): void {
    this.#session = session
  }

  get flow(): Flow {
    return this.#session.flow
  }
  /** By the hellos; where none was seen, the side that was called: by TCP, or by the lower port. */
  get client(): Side {
    if (this.#hello.client >= 0) return this.#hello.client as Side
    const { initiator, flow } = this.#session
    if (initiator >= 0) return initiator as Side
    return flow.port0 < flow.port1 ? 1 : 0
  }
  get totalUs(): number {
    return this.#lastUs - this.startUs
  }
  get requestBytes(): number {
    return this.#bytes[this.client]
  }
  get responseBytes(): number {
    return this.#bytes[this.client === 0 ? 1 : 0]
  }
  get serverName(): string {
    return this.#hello.serverName
  }
  get version(): string {
    return this.#hello.versionName
  }
  get alpn(): string {
    return this.#hello.alpn
  }
  get ja4(): string {
    return this.#hello.ja4
  }
  get cipher(): number {
    return this.#hello.cipher
  }
  get certificate(): Certificate | null {
    return this.#hello.certificate
  }
  get clientCertificate(): Certificate | null {
    return this.#hello.clientCertificate
  }
  get state(): TlsState {
    if (this.#readBytes === 0) return TlsState.unread
    return this.#darkBytes === 0 ? TlsState.read : TlsState.partly
  }
  get reason(): TlsReason {
    if (this.#darkBytes > 0) return this.#darkReason
    if (this.#readBytes > 0) return this.#isForeign ? TlsReason.notHttp : TlsReason.none
    return this.#hasProtected ? this.#reasonNow() : TlsReason.handshake
  }
  get isResumed(): boolean {
    return this.#hello.isResumed || this.#isAbbreviated
  }
  get hasEarlyData(): boolean {
    return this.#hello.hasEarlyData
  }

  /** Bytes of the stream, seen or lost. */
  onBytes(side: Side, count: number, timeUs: number): void {
    if (timeUs - this.startUs >= this.#shared.options.partUs) this.#give(timeUs)
    if (timeUs > this.#lastUs) this.#lastUs = timeUs
    this.#bytes[side] += count
  }

  /** Content of protected records for which there are no keys. */
  onDark(count: number): void {
    this.#addDark(count, this.#reasonNow())
  }

  /** Bytes that are in no whole record. */
  onLost(count: number, reason: TlsReason): void {
    // Of a session that nobody can read, they are as dark as the rest.
    this.#addDark(count, reason === TlsReason.gap && this.#readBytes === 0 ? this.#reasonNow() : reason)
  }

  /** Content of protected records that were decrypted, or should have been. */
  onDecrypted(count: number, reason: TlsReason): void {
    if (reason !== TlsReason.none) {
      this.#addDark(count, reason)
      return
    }
    this.#hasProtected = true
    this.#readBytes += count
    this.#shared.counters.readBytes += count
  }

  onForeign(): void {
    this.#isForeign = true
  }

  onLoss(): void {
    this.#hasLoss = true
  }

  onMessage(type: number): void {
    if (type === MessageType.serverHelloDone) this.#hasHelloDone = true
  }

  onChangeCipher(side: Side): void {
    const hello = this.#hello
    if (hello.serverRandom !== null && side !== hello.client && !this.#hasHelloDone) this.#isAbbreviated = true
  }

  /** The session has ended. */
  close(): void {
    this.#give(0)
  }

  #addDark(count: number, reason: TlsReason): void {
    if (count === 0) return
    this.#hasProtected = true
    if (this.#darkBytes === 0) this.#darkReason = reason
    this.#darkBytes += count
    const { darkBytes } = this.#shared.counters
    if (reason === TlsReason.midstream) darkBytes.midstream += count
    else if (reason === TlsReason.gap) darkBytes.gap += count
    else if (reason === TlsReason.cipher) darkBytes.cipher += count
    else if (reason === TlsReason.badRecord) darkBytes.badRecord += count
    else if (reason === TlsReason.memory) darkBytes.memory += count
    else darkBytes.noKeys += count
  }

  /** Why a session without keys is not read. */
  #reasonNow(): TlsReason {
    const hello = this.#hello
    if (hello.clientRandom !== null && hello.serverRandom !== null) return TlsReason.noKeys
    if (this.#session.midstream) return TlsReason.midstream
    return this.#hasLoss ? TlsReason.gap : TlsReason.noKeys
  }

  #give(timeUs: number): void {
    if (this.isFirst) this.#count()
    this.#shared.receiver.onTls(this)
    this.isFirst = false
    this.#beginPart(timeUs)
  }

  #count(): void {
    const { counters } = this.#shared
    const { version, state } = this
    counters.versions[VERSION_COUNTERS[version as keyof typeof VERSION_COUNTERS] ?? "unknown"]++
    if (state === TlsState.read) counters.read++
    else if (state === TlsState.partly) counters.partly++
    else counters.unread++
    if (this.isResumed) counters.resumed++
    if (this.hasEarlyData) counters.earlyData++
    if (this.clientCertificate !== null) counters.clientCertificates++
  }
}
