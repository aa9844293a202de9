// Decrypts one session: records in, plaintext to a session of its own, handshake back to the reader of TLS.
//
// In:  what TlsSession hands over (decryption.ts), secrets from the store whenever they come.
// Out: application data for the stage above, decrypted handshake messages and alerts, an account of every record.
// A record waits while a secret is missing that may still come, while the server's word on early data is missing, and while it
// acknowledges what the other direction has yet to show. The waiting is bounded (record-queue.ts); past a limit the session goes
// dark and says why. RFC 8446 sections 4.2.10, 4.6.3, 5.2; RFC 5246 section 7.1.
import type { Side } from "../flow/flow.ts"
import { StreamEnd } from "../tcp/session-receiver.ts"
import { suiteOf } from "./cipher-suites.ts"
import type { DecryptionOwner, RecordDecryption } from "./decryption.ts"
import { Direction } from "./direction.ts"
import { Epoch } from "./key-path.ts"
import { KeyRing } from "./key-ring.ts"
import type { KeyWaiter } from "./key-store.ts"
import type { DecryptionShared } from "./keyed-decryption.ts"
import { PlainSession } from "./plain-session.ts"
import { ContentType, HEADER_BYTES } from "./record-header.ts"
import { type Arrival, type ArrivedRecord, NO_BYTES, RecordQueue } from "./record-queue.ts"
import { suiteName } from "./suite-names.ts"
import { TlsReason } from "./tls-reason.ts"

/** Handshake messages that change keys. */
const MESSAGE = { endOfEarlyData: 5, encryptedExtensions: 8, finished: 20, keyUpdate: 24 } as const
const CLOSE_NOTIFY = 0

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

  onServerHello(timeUs: number): boolean {
    const { hello } = this.#owner
    const suite = suiteOf(suiteName(hello.cipher))
    if (suite === null || hello.version < 0x0301 || hello.clientRandom === null) {
      this.#goDark(TlsReason.cipher)
      return false
    }
    const { store } = this.#shared
    store.leave(this.#keys.random, this)
    this.#keys.agree(hello, suite)
    store.wait(this.#keys.random, this)
    this.#drain(timeUs)
    return this.#dark === TlsReason.none
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
    wireEnd: number,
  ): void {
    const record = { type, version, bytes, start, end, timeUs, wireAck, wireEnd }
    if (this.#queue.hasSide(side) || !this.#takeRecord(side, record)) {
      const copy = Uint8Array.from(bytes.subarray(start, end))
      this.#shared.counters.waitedRecords++
      this.#push(side, { kind: "record", record: { ...record, bytes: copy, start: 0, end: copy.length }, timeUs })
    }
    this.#drain(timeUs)
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
    if (this.#keys.isTls13 || !this.#keys.isAgreed) return
    if (this.#queue.hasSide(side)) this.#push(side, { kind: "cipher", timeUs })
    else this.#directions[side].enter(null)
  }

  onLost(side: Side, records: number, length: number, timeUs: number): void {
    if (this.#queue.hasSide(side)) this.#push(side, { kind: "lost", records, length, timeUs })
    else this.#directions[side].lose(records, length)
    this.#drain(timeUs)
  }

  onEnd(side: Side, reason: StreamEnd, timeUs: number): void {
    if (this.#queue.hasSide(side)) this.#push(side, { kind: "end", reason, timeUs })
    else this.#end(side, reason, timeUs)
    this.#drain(timeUs)
  }

  onClose(reason: StreamEnd, timeUs: number): void {
    this.giveUpWaiting(timeUs)
    this.#shared.store.leave(this.#keys.random, this)
    this.#shared.waiting.delete(this)
    this.#plain.onClose(reason, timeUs)
    for (const direction of this.#directions) direction.forget()
  }

  onKeys(): void {
    this.#drain(this.waitingSinceUs)
  }

  /** What is missing will not come: whatever waits goes on without, or dark. */
  giveUpWaiting(timeUs: number): void {
    this.#isForced = true
    this.#drain(timeUs)
    this.#isForced = false
  }

  #push(side: Side, arrival: Arrival): void {
    if (this.#queue.push(side, arrival)) return
    this.#shared.counters.waitMemcapDrop++
    this.giveUpWaiting(arrival.timeUs)
    // The way is free now, or the session dark.
    if (!this.#queue.hasSide(side)) this.#isForced = true
    this.#take(side, arrival)
    this.#isForced = false
  }

  /** Goes through what waits, in the order of the capture as far as nothing is missing. */
  #drain(timeUs: number): void {
    if (this.#isDraining) return
    this.#isDraining = true
    for (let hasMoved = true; hasMoved; ) {
      const first = this.#queue.firstSide
      hasMoved = first >= 0 && (this.#advance(first as Side) || this.#advance(first === 0 ? 1 : 0))
    }
    this.#isDraining = false
    const { waiting } = this.#shared
    const sinceUs = this.#queue.sinceUs
    if (sinceUs === this.waitingSinceUs) return
    waiting.delete(this)
    this.waitingSinceUs = sinceUs
    if (sinceUs >= 0) waiting.add(this)
  }

  #advance(side: Side): boolean {
    const arrival = this.#queue.front(side)
    if (arrival === undefined || !this.#take(side, arrival)) return false
    // What it led to may have emptied the queue.
    if (this.#queue.front(side) === arrival) this.#queue.shift(side)
    return true
  }

  /** False: it must wait. */
  #take(side: Side, arrival: Arrival): boolean {
    if (arrival.kind === "record") return this.#takeRecord(side, arrival.record)
    if (arrival.kind === "cipher") this.#directions[side].enter(null)
    else if (arrival.kind === "lost") this.#directions[side].lose(arrival.records, arrival.length)
    else this.#end(side, arrival.reason, arrival.timeUs)
    return true
  }

  #takeRecord(side: Side, record: ArrivedRecord): boolean {
    const { start, end, timeUs } = record
    if (this.#dark !== TlsReason.none) {
      this.#owner.account(HEADER_BYTES + end - start, this.#dark)
      return true
    }
    const direction = this.#directions[side]
    if (direction.stage === null) {
      if (this.#isForced) this.#keys.answerEarlyData(false)
      direction.stage = this.#keys.begin(side)
      if (direction.stage === null) {
        const mayCome = this.#shared.store.isExpecting || !this.#keys.isAgreed || this.#keys.takesEarlyData === null
        if (mayCome && !this.#isForced) return false
        if (this.#isForced) this.#shared.counters.waitTimeouts++
        this.#goDark(TlsReason.noKeys)
        return this.#takeRecord(side, record)
      }
      this.#use()
    }
    const other = side === 0 ? 1 : 0
    if (record.wireAck > this.#owner.receivedOffset(other) && !this.#isForced) return false
    this.#open(side, direction, record)
    if (direction.isExhausted) this.#goDark(TlsReason.badRecord)
    void timeUs
    return true
  }
}
void NO_BYTES
void ContentType
void CLOSE_NOTIFY
void StreamEnd
