// Decrypts one session: records in, plaintext to a session of its own, handshake back to the reader of TLS.
//
// In:  what TlsSession hands over (decryption.ts), secrets from the store whenever they come.
// Out: application data for the stage above, decrypted handshake messages and alerts, an account of every record.
// A record waits while a secret is missing that may still come, while the server's word on early data is missing, and while it
// acknowledges what the other direction has yet to show. The waiting is bounded (record-queue.ts); past a limit the session goes
// dark and says why. RFC 8446 sections 4.2.10, 4.6.3, 5.2; RFC 5246 section 7.1.
import type { Side } from "../flow/flow.ts"
import { StreamEnd } from "../tcp/session-receiver.ts"
import { cipherName } from "./cipher-names.ts"
import { suiteOf } from "./cipher-suites.ts"
import type { DecryptionOwner, RecordDecryption } from "./decryption.ts"
import { Direction } from "./direction.ts"
import { Epoch } from "./key-path.ts"
import { KeyRing } from "./key-ring.ts"
import type { KeyWaiter } from "./key-store.ts"
import type { DecryptionShared } from "./keyed-decryption.ts"
import { PlainSession } from "./plain-session.ts"
import { ContentType, HEADER_BYTES } from "./record-header.ts"
import { type Arrival, type ArrivedRecord, RecordQueue } from "./record-queue.ts"
import { TlsReason } from "./tls-reason.ts"

/** Handshake messages that change keys. */
const MESSAGE = { endOfEarlyData: 5, encryptedExtensions: 8, finished: 20, keyUpdate: 24 } as const
const CLOSE_NOTIFY = 0
const TLS10 = 0x0301

export class SessionDecryption implements RecordDecryption, KeyWaiter {
  /** Packet time of the oldest that waits, µs; -1: nothing does. */
  waitingSinceUs = -1
  readonly #owner: DecryptionOwner
  readonly #shared: DecryptionShared
  readonly #keys: KeyRing
  readonly #plain: PlainSession
  readonly #queue: RecordQueue
  readonly #directions: readonly [Direction, Direction] = [new Direction(), new Direction()]
  /** Why the session is not read any more; none: it is. */
  #dark: TlsReason = TlsReason.none
  #isUsed = false
  /** How TCP ended, once it has. */
  #closed: { readonly reason: StreamEnd; readonly timeUs: number } | null = null
  /** Early data that was taken and could not be read. */
  #missedBytes = 0
  /** What waits is gone through. */
  #isDraining = false
  /** What is missing will not come. */
  #isForced = false

  constructor(owner: DecryptionOwner, shared: DecryptionShared) {
    this.#owner = owner
    this.#shared = shared
    this.#keys = new KeyRing(shared.store, owner.hello, owner.client)
    this.#plain = new PlainSession(owner, shared.receivers, shared.options.marksMax)
    this.#queue = new RecordQueue(shared.limits)
    shared.store.wait(this.#keys.random, this)
  }

  onServerHello(): boolean {
    const { hello } = this.#owner
    const suite = suiteOf(cipherName(hello.cipher))
    if (suite === null || hello.version < TLS10) this.#goDark(TlsReason.cipher)
    else {
      const { store } = this.#shared
      store.leave(this.#keys.random, this)
      this.#keys.agree(hello, suite)
      store.wait(this.#keys.random, this)
    }
    this.#drain()
    return true
  }

  onRecord(
    side: Side,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    timeUs: number,
    wireAck: number,
  ): void {
    const record = { type, version, bytes, start, end, timeUs, wireAck, wireEnd: this.#owner.recordEnd(side) }
    if (this.#queue.hasSide(side) || !this.#takeRecord(side, record)) {
      const copy = Uint8Array.from(bytes.subarray(start, end))
      this.#shared.counters.waitedRecords++
      this.#push(side, { kind: "record", timeUs, record: { ...record, bytes: copy, start: 0, end: copy.length } })
    }
    this.#drain()
  }

  onMessage(side: Side, messageType: number): void {
    if (!this.#keys.isTls13) return
    const direction = this.#directions[side]
    const { stage } = direction
    if (stage === null) return
    if (messageType === MESSAGE.encryptedExtensions) this.#keys.answerEarlyData(this.#owner.secured().hasEarlyData)
    else if (messageType === MESSAGE.endOfEarlyData && stage.epoch === Epoch.early) {
      this.#keys.want(side, Epoch.handshake)
      direction.enter(null)
    } else if (messageType === MESSAGE.finished && stage.epoch === Epoch.handshake) {
      this.#keys.want(side, Epoch.application)
      direction.enter(null)
      this.#plain.refresh()
      // What the server did not say of early data before its Finished was lost.
      if (side !== this.#owner.client) this.#keys.answerEarlyData(false)
    } else if (messageType === MESSAGE.keyUpdate && stage.epoch === Epoch.application) {
      this.#shared.counters.keyUpdates++
      direction.enter(this.#keys.next(side, stage))
    }
  }

  onChangeCipherSpec(side: Side, timeUs: number): void {
    if (this.#queue.hasSide(side)) this.#push(side, { kind: "cipher", timeUs })
    else this.#changeCipher(side)
  }

  onLost(side: Side, records: number, length: number, timeUs: number): void {
    const wireStart = this.#owner.receivedOffset(side) - length
    if (this.#queue.hasSide(side)) this.#push(side, { kind: "lost", timeUs, records, length, wireStart })
    else this.#directions[side].lose(records, length, wireStart)
    this.#drain()
  }

  onEnd(side: Side, reason: StreamEnd, timeUs: number): void {
    if (this.#queue.hasSide(side)) this.#push(side, { kind: "end", timeUs, reason })
    else this.#end(side, reason, timeUs)
    this.#drain()
  }

  onClose(reason: StreamEnd, timeUs: number): boolean {
    // The keys of a short session often come after its end. A session within another one goes with that.
    const mayLinger = reason !== StreamEnd.flush && this.#owner.session.secured === null
    if (!mayLinger || !this.#shared.store.isExpecting) this.giveUpWaiting()
    this.#closed = { reason, timeUs }
    if (this.#queue.firstSide >= 0) return false
    this.#close()
    return true
  }

  #close(): void {
    const { reason, timeUs } = this.#closed!
    this.#shared.store.leave(this.#keys.random, this)
    this.#plain.onClose(reason, timeUs)
    for (const direction of this.#directions) direction.forget()
  }

  onKeys(): void {
    this.#drain()
  }

  /** What is missing will not come: whatever waits goes on without, or dark. */
  giveUpWaiting(): void {
    this.#isForced = true
    this.#drain()
    this.#isForced = false
  }

  /** Behind what waits of this side. Where that has reached a limit, nothing waits any longer. */
  #push(side: Side, arrival: Arrival): void {
    if (this.#queue.push(side, arrival)) return
    this.#shared.counters.waitMemcapDrop++
    this.giveUpWaiting()
    this.#isForced = true
    this.#take(side, arrival)
    this.#isForced = false
  }

  /** Goes through what waits, in the order of the capture as far as nothing is missing. */
  #drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    let first = this.#queue.firstSide
    while (first >= 0 && (this.#advance(first as Side) || this.#advance(first === 0 ? 1 : 0)))
      first = this.#queue.firstSide
    this.#isDraining = false
    const { sinceUs } = this.#queue
    if (sinceUs === this.waitingSinceUs) return
    const { waiting } = this.#shared
    waiting.delete(this)
    this.waitingSinceUs = sinceUs
    if (sinceUs >= 0) waiting.add(this)
    else if (this.#closed !== null) {
      this.#close()
      this.#owner.onDecryptionEnd()
    }
  }

  #advance(side: Side): boolean {
    const arrival = this.#queue.front(side)
    if (arrival === null || !this.#take(side, arrival)) return false
    this.#queue.shift(side)
    return true
  }

  /** False: it must wait. */
  #take(side: Side, arrival: Arrival): boolean {
    if (arrival.kind === "record") return this.#takeRecord(side, arrival.record)
    if (arrival.kind === "cipher") this.#changeCipher(side)
    else if (arrival.kind === "lost") this.#directions[side].lose(arrival.records, arrival.length, arrival.wireStart)
    else this.#end(side, arrival.reason, arrival.timeUs)
    return true
  }

  #changeCipher(side: Side): void {
    if (!this.#keys.isTls13) this.#directions[side].enter(null)
  }

  #takeRecord(side: Side, record: ArrivedRecord): boolean {
    const direction = this.#directions[side]
    if (this.#dark === TlsReason.none && direction.stage === null) {
      if (this.#isForced) this.#keys.answerEarlyData(false)
      direction.stage = this.#keys.begin(side)
      if (direction.stage === null) {
        if (!this.#isForced && (this.#shared.store.isExpecting || this.#keys.isAsking)) return false
        this.#shared.counters.keyless++
        this.#goDark(this.#keys.isAgreed ? TlsReason.noKeys : TlsReason.gap)
      } else this.#use()
    }
    if (this.#dark !== TlsReason.none) {
      this.#owner.account(record.end - record.start, this.#dark)
      return true
    }
    const isAhead = direction.stage!.epoch === Epoch.application && this.#isAhead(side, record.wireAck)
    if (isAhead && !this.#isForced) return false
    this.#open(side, direction, record)
    if (direction.isExhausted) this.#goDark(TlsReason.badRecord)
    return true
  }

  /** What `side` has acknowledged is not all there yet, or waits itself. */
  #isAhead(side: Side, wireAck: number): boolean {
    const other = side === 0 ? 1 : 0
    const waitingEnd = this.#queue.firstRecordEnd(other)
    return (waitingEnd >= 0 && wireAck >= waitingEnd) || wireAck > this.#owner.receivedOffset(other)
  }

  /** What the record acknowledges of the other stream, -1 while what was lost of that is not measured. */
  #ackOf(side: Side, { wireAck }: ArrivedRecord): number {
    const other = side === 0 ? 1 : 0
    const { hasLoss, wireEnd } = this.#directions[other]
    return this.#isAhead(side, wireAck) || (hasLoss && wireAck > wireEnd) ? -1 : wireAck
  }

  #open(side: Side, direction: Direction, record: ArrivedRecord): void {
    const { counters } = this.#shared
    const stage = direction.stage!
    const { type, version, bytes, start, end, wireEnd } = record
    const failures = direction.authFailures
    const plain = direction.open(type, version, bytes, start, end, wireEnd, () => this.#keys.next(side, stage))
    counters.authFailures += direction.authFailures - failures
    if (plain === null) this.#skip(side, direction, end - start)
    else {
      counters.decryptedRecords++
      this.#owner.account(end - start, TlsReason.none)
      if (direction.stage !== stage) this.#keys.want(side, direction.stage!.epoch)
      this.#deliver(side, direction, record, plain, direction.stage !== stage)
    }
  }

  /** The record did not open: of other keys, where that is to be expected; else it is as good as lost. */
  #skip(side: Side, direction: Direction, length: number): void {
    if (!this.#keys.isSkipping[side] || direction.sequence > 0 || direction.hasLoss) {
      this.#owner.account(length, TlsReason.badRecord)
      direction.miss(length)
      return
    }
    const isEarly = this.#keys.wanted(side) === Epoch.handshake
    if (isEarly && this.#keys.takesEarlyData === false) {
      this.#shared.counters.refusedEarlyRecords++
      this.#owner.account(length, TlsReason.none)
      return
    }
    if (isEarly) this.#missedBytes += length - direction.stage!.cipher.overheadBytes
    this.#owner.account(length, TlsReason.noKeys)
  }

  #deliver(side: Side, direction: Direction, record: ArrivedRecord, plain: Buffer, isNewStage: boolean): void {
    const { timeUs, wireEnd } = record
    const { epoch } = direction.stage!
    let length = plain.length
    let { type } = record
    if (this.#keys.isTls13) {
      while (length > 0 && plain[length - 1] === 0) length--
      type = length > 0 ? plain[--length]! : 0
    }
    const wireStart = wireEnd - (record.end - record.start) - HEADER_BYTES
    this.#tellGap(side, direction, type, isNewStage, timeUs, wireStart)
    if (type === ContentType.handshake) this.#owner.onHandshakeBytes(side, plain, 0, length, timeUs)
    else if (type === ContentType.changeCipherSpec) this.#changeCipher(side)
    else if (type === ContentType.alert) {
      this.#owner.onAlertBytes(side, plain, 0, length)
      if (length === 2 && plain[1] === CLOSE_NOTIFY) this.#plain.onEnd(side, StreamEnd.fin, timeUs)
    } else if (type === ContentType.applicationData && (epoch !== Epoch.handshake || !this.#keys.isTls13)) {
      this.#shared.counters.plainBytes += length
      this.#plain.onData(
        side,
        plain.subarray(0, length),
        timeUs,
        wireEnd,
        this.#ackOf(side, record),
        epoch === Epoch.early,
      )
    }
    plain.fill(0)
  }

  /** Application data may be missing before the record at hand, which begins at `wireStart`. */
  #tellGap(
    side: Side,
    direction: Direction,
    type: number,
    isNewStage: boolean,
    timeUs: number,
    wireStart: number,
  ): void {
    let { gapBytes } = direction
    direction.gapBytes = 0
    if (gapBytes > 0) {
      this.#shared.counters.resynchronised++
      // What was lost was the end of the handshake, and no more.
      const first = direction.sequence - 1
      const isHandshake = this.#keys.isTls13 ? isNewStage && first === 0 : first === direction.gapRecords && first === 1
      if (isHandshake || direction.stage!.epoch === Epoch.handshake) gapBytes = 0
    }
    if (type === ContentType.applicationData && side === this.#owner.client) {
      gapBytes += this.#missedBytes
      this.#missedBytes = 0
    }
    this.#giveGap(side, gapBytes, timeUs, wireStart)
  }

  #giveGap(side: Side, length: number, timeUs: number, wireEnd: number): void {
    this.#shared.counters.plainGapBytes += length
    this.#plain.onGap(side, length, timeUs, wireEnd)
  }

  #end(side: Side, reason: StreamEnd, timeUs: number): void {
    const direction = this.#directions[side]
    const received = this.#owner.receivedOffset(side)
    const isRead = this.#dark === TlsReason.none
    if (isRead && direction.hasLoss && direction.wireEnd >= 0 && this.#plain.isOpen)
      this.#giveGap(side, Math.max(1, received - direction.wireEnd), timeUs, received)
    // A stream that could not be read to its end, or that ends within a record, has not ended in order.
    const isWhole = isRead && received === direction.wireEnd
    this.#plain.onEnd(side, isWhole ? reason : StreamEnd.flush, timeUs)
  }

  /** From here on nothing is read. */
  #goDark(reason: TlsReason): void {
    this.#dark = reason
    for (const direction of this.#directions) direction.forget()
    this.#shared.store.leave(this.#keys.random, this)
  }

  #use(): void {
    if (this.#isUsed) return
    this.#isUsed = true
    this.#shared.counters.keys.used++
  }
}
