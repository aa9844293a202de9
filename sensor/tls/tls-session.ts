// One TLS session: its handshake and alerts as far as they are in the clear, and everything else handed to whoever has the keys,
// or counted as dark.
//
// In:  SessionReceiver calls from where the first record begins.   Out: accounts of the session (TlsReceiver), protected records
// for RecordDecryption.
//
//             in the clear                                        protected
//   <= 1.2    all up to ChangeCipherSpec, on each side            all behind it, whatever its type
//   1.3       hellos, ChangeCipherSpec (without meaning)          application data, which hides everything else
import type { Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import type { SessionReceiver, SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import { ClosedSession } from "./closed-session.ts"
import type { DecryptionOwner, RecordDecryption } from "./decryption.ts"
import { Handshake } from "./handshake.ts"
import { HandshakeReader, type HandshakeReceiver, MessageType } from "./handshake-reader.ts"
import { ContentType } from "./record-header.ts"
import { Outside, RecordReader, type RecordReceiver, Use } from "./record-reader.ts"
import { SessionAccount } from "./session-account.ts"
import type { TlsShared } from "./tls.ts"
import { TlsReason } from "./tls-reason.ts"

const ALERT_FATAL = 2

/** One direction. */
class Direction {
  readonly records: RecordReader
  readonly messages: HandshakeReader
  /** What follows is protected, whatever its type (<= 1.2). */
  isProtected = false
  /** The same of the record at hand. */
  isRecordProtected = false

  constructor(side: Side, session: TlsSession, shared: TlsShared) {
    this.records = new RecordReader(side, session, shared.pool)
    this.messages = new HandshakeReader(side, session, shared.pool)
  }
}

export class TlsSession implements SessionReceiver, RecordReceiver, HandshakeReceiver, DecryptionOwner {
  readonly #shared: TlsShared
  readonly #directions: readonly [Direction, Direction]
  readonly #account: SessionAccount
  readonly hello: Handshake
  // Set by `begin`, both: the record serves one session after another.
  session!: SessionView
  #decryption!: RecordDecryption | null
  /** Level and description of an alert may come apart. */
  #alertHave = 0

  constructor(shared: TlsShared) {
    this.#shared = shared
    this.hello = new Handshake(shared.readers)
    this.#account = new SessionAccount(shared, this.hello)
    this.#directions = [new Direction(0, this, shared), new Direction(1, this, shared)]
  }

  /** From here on the record is that of `session`. */
  begin(session: SessionView, timeUs: number): void {
    this.session = session
    this.#decryption = null
    this.#alertHave = 0
    this.hello.begin()
    this.#account.begin(session, timeUs)
    for (const direction of this.#directions) {
      direction.isProtected = false
      direction.records.begin(session.midstream)
      direction.messages.reset()
    }
  }

  get client(): Side {
    return this.#account.client
  }

  secured(): Secured {
    return this.hello.secured()
  }

  receivedOffset(side: Side): number {
    return this.session.startOffset(side) + this.#directions[side].records.offset
  }

  recordEnd(side: Side): number {
    return this.session.startOffset(side) + this.#directions[side].records.recordEnd
  }

  onData(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): void {
    this.#account.onBytes(side, end - start, timeUs)
    this.#directions[side].records.onData(bytes, start, end, timeUs, ackOffset)
  }

  onGap(side: Side, length: number, timeUs: number): void {
    this.#account.onBytes(side, length, timeUs)
    this.#directions[side].records.onGap(length, timeUs)
  }

  onAnomaly(): void {
    // Odd segments say nothing of the records in them.
  }

  onEnd(side: Side, reason: StreamEnd, timeUs: number): void {
    this.#directions[side].records.end()
    this.#decryption?.onEnd(side, reason, timeUs)
  }

  onClose(reason: StreamEnd, timeUs: number): void {
    if (this.#decryption === null || this.#decryption.onClose(reason, timeUs)) {
      this.onDecryptionEnd()
      return
    }
    this.session = new ClosedSession(this.session)
    this.#account.keep(this.session)
  }

  onDecryptionEnd(): void {
    this.#decryption = null
    for (const { messages } of this.#directions) messages.reset()
    this.#account.close()
    this.#shared.spare.push(this)
  }

  onHeader(side: Side, type: number, _version: number, length: number, timeUs: number): Use {
    this.#shared.counters.records++
    const direction = this.#directions[side]
    const isProtected = type === ContentType.applicationData || direction.isProtected
    // A change of ciphers within a protected session is longer than the plain one.
    direction.isRecordProtected = isProtected && !(type === ContentType.changeCipherSpec && length === 1)
    if (type === ContentType.changeCipherSpec && !isProtected) this.#changeCipher(side, direction, timeUs)
    return direction.isRecordProtected && this.#decryption !== null ? Use.hold : Use.stream
  }

  onRecord(
    side: Side,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    timeUs: number,
    ackOffset: number,
  ): void {
    // The record before this one may have shown that there is nothing to decrypt with.
    if (this.#decryption === null) this.#account.onDark(end - start)
    else this.#decryption.onRecord(side, type, version, bytes, start, end, timeUs, ackOffset)
  }

  onPiece(side: Side, type: number, bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    const direction = this.#directions[side]
    if (direction.isRecordProtected) {
      this.#account.onDark(end - start)
      return
    }
    this.#shared.counters.handshakeBytes += end - start
    if (type === ContentType.handshake) direction.messages.onData(bytes, start, end, timeUs)
    else if (type === ContentType.alert) this.onAlertBytes(side, bytes, start, end)
  }

  onOutside(_side: Side, what: Outside, count: number): void {
    const { counters } = this.#shared
    if (what === Outside.header) counters.framingBytes += count
    else if (what === Outside.malformed) counters.malformedBytes += count
    else if (what === Outside.memory) this.#account.onLost(count, TlsReason.memory)
    else this.#account.onLost(count, TlsReason.gap)
  }

  onLoss(side: Side, why: Outside, records: number, length: number, timeUs: number): void {
    this.#shared.counters.losses++
    if (why === Outside.memory) this.#shared.counters.memcapDrop++
    const direction = this.#directions[side]
    direction.messages.reset()
    // A ChangeCipherSpec may have been among what was lost: what follows need not be in the clear any more.
    if (!this.hello.isTls13) direction.isProtected = true
    this.#account.onLoss()
    this.#decryption?.onLost(side, records, length, timeUs)
  }

  onMalformed(side: Side, bytes: Uint8Array, start: number, end: number, isFirst: boolean): Outside {
    const { counters } = this.#shared
    // Handed over in the midst of its stream, because the session has shown somewhere else that it is TLS.
    if (isFirst && this.session.startOffset(side) > 0) return Outside.lost
    counters.malformed++
    // A hello of SSL 2 has its length with the top bit set in front of its type (RFC 5246 appendix E.2).
    if (isFirst && end - start >= 3 && bytes[start]! >= 0x80 && bytes[start + 2] === 1) counters.ssl2Hellos++
    return Outside.malformed
  }

  wantsMessage(_side: Side, type: number): boolean {
    return (
      type === MessageType.clientHello ||
      type === MessageType.serverHello ||
      type === MessageType.encryptedExtensions ||
      type === MessageType.certificate
    )
  }

  onMessage(side: Side, type: number, bytes: Uint8Array | null, start: number, end: number, timeUs: number): void {
    if (bytes !== null) this.#readMessage(side, type, bytes, start, end, timeUs)
    this.#account.onMessage(type)
    this.#decryption?.onMessage(side, type, timeUs)
  }

  onMessageDropped(_side: Side, isTooLong: boolean): void {
    const { counters } = this.#shared
    if (isTooLong) counters.longMessages++
    else counters.memcapDrop++
  }

  onHandshakeBytes(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    this.#directions[side].messages.onData(bytes, start, end, timeUs)
  }

  onAlertBytes(_side: Side, bytes: Uint8Array, start: number, end: number): void {
    const { alerts } = this.#shared.counters
    for (let i = start; i < end; i++, this.#alertHave ^= 1) {
      if (this.#alertHave === 1) continue
      if (bytes[i] === ALERT_FATAL) alerts.fatal++
      else alerts.warning++
    }
  }

  account(bytes: number, reason: TlsReason): void {
    this.#account.onDecrypted(bytes, reason)
  }

  onForeign(): void {
    this.#account.onForeign()
  }

  #changeCipher(side: Side, direction: Direction, timeUs: number): void {
    // In TLS 1.3 and after a retry, which only 1.3 knows, it is there to please boxes on the way.
    if (this.hello.isTls13 || this.hello.isRetried) return
    this.#account.onChangeCipher(side)
    this.#decryption?.onChangeCipherSpec(side, timeUs)
    direction.isProtected = true
    direction.messages.reset()
  }

  #readMessage(side: Side, type: number, bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    const { hello } = this
    if (type === MessageType.clientHello) {
      if (!hello.onClientHello(side, bytes, start, end)) return
      this.#decryption ??= this.#shared.decryption.open(this, timeUs)
      if (hello.version > 0) this.#settle(timeUs)
    } else if (type === MessageType.serverHello) {
      if (!hello.onServerHello(side, bytes, start, end)) return
      // The mirror port of the client may lag behind.
      if (hello.clientRandom === null) this.#decryption = this.#shared.decryption.open(this, timeUs)
      else this.#settle(timeUs)
    } else if (type === MessageType.certificate) hello.onCertificate(side, bytes, start, end)
    else hello.onEncryptedExtensions(bytes, start, end)
  }

  /** Version and cipher are known. */
  #settle(timeUs: number): void {
    if (this.#decryption?.onServerHello(timeUs) === false) this.#decryption = null
  }
}
