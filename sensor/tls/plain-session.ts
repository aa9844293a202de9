// The plaintext of a TLS session, as a session of its own for the stage that reads it.
//
// In:  decrypted application data in order, lengths of what was lost, ends. Out: SessionReceiver calls, and a SessionView whose
// offsets count plaintext from 0 and whose sequence numbers are those of TCP: a message ends where the record ends that holds
// its last byte, so that all sensors that have the keys name it alike.
import type { Flow, Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import type { SessionReceiver, SessionReceiverFactory, SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import { copyFlow } from "./closed-session.ts"
import type { DecryptionOwner } from "./decryption.ts"
import { OffsetMarks } from "./offset-marks.ts"

export class PlainSession implements SessionView {
  readonly midstream = false
  readonly #owner: DecryptionOwner
  readonly #factory: SessionReceiverFactory
  readonly #marks: readonly [OffsetMarks, OffsetMarks]
  /** How each side ended, -1 while it has not. */
  readonly #ended: [StreamEnd | -1, StreamEnd | -1] = [-1, -1]
  #flow: Flow | null = null
  #receiver: SessionReceiver | null = null
  /** One object as long as the session lives; what the handshake tells late is filled in. */
  #secured: Secured | null = null
  #earlyBytes = 0

  constructor(owner: DecryptionOwner, factory: SessionReceiverFactory, marksMax: number) {
    this.#owner = owner
    this.#factory = factory
    this.#marks = [new OffsetMarks(marksMax), new OffsetMarks(marksMax)]
  }

  /** A copy: what is read may outlive the session of TCP. */
  get flow(): Flow {
    this.#flow ??= copyFlow(this.#owner.session.flow)
    return this.#flow
  }
  get initiator(): number {
    return this.#owner.client
  }
  get secured(): Secured {
    const secured = this.#secured ?? { ...this.#owner.secured(), earlyBytes: this.#earlyBytes }
    this.#secured = secured
    return secured
  }
  hasSeen(side: Side): boolean {
    return this.#owner.session.hasSeen(side)
  }
  startOffset(): number {
    return 0
  }
  onForeign(): void {
    this.#owner.onForeign()
  }
  takeRetransmitted(side: Side): boolean {
    return this.#owner.session.takeRetransmitted(side)
  }
  /** -1: so long ago that it is not known any more. */
  sequenceAt(side: Side, offset: number): number {
    const wire = this.#marks[side].wireAt(offset)
    return wire < 0 ? -1 : this.#owner.session.sequenceAt(side, wire)
  }

  get isOpen(): boolean {
    return this.#receiver !== null
  }

  /** The handshake has told more. */
  refresh(): void {
    if (this.#secured !== null) Object.assign(this.#secured, this.#owner.secured(), { earlyBytes: this.#earlyBytes })
  }

  /** `wireEnd`: offset just past the record; `wireAck`: how far its sender had received the other encrypted stream, -1 unknown. */
  onData(side: Side, bytes: Uint8Array, timeUs: number, wireEnd: number, wireAck: number, isEarly: boolean): void {
    if (bytes.length === 0 || this.#ended[side] >= 0) return
    this.#marks[side].push(wireEnd, bytes.length, false)
    if (isEarly) {
      this.#earlyBytes += bytes.length
      this.refresh()
    }
    const ack = wireAck < 0 ? -1 : this.#marks[side === 0 ? 1 : 0].plainBefore(wireAck)
    this.#open(timeUs).onData(side, bytes, 0, bytes.length, timeUs, ack)
  }

  /** `length` bytes of content before the record that begins at `wireEnd` will never come. */
  onGap(side: Side, length: number, timeUs: number, wireEnd: number): void {
    if (length === 0 || this.#ended[side] >= 0) return
    this.#marks[side].push(wireEnd, length, true)
    this.#open(timeUs).onGap(side, length, timeUs)
  }

  onEnd(side: Side, reason: StreamEnd, timeUs: number): void {
    if (this.#ended[side] >= 0) return
    this.#ended[side] = reason
    this.#receiver?.onEnd(side, reason, timeUs)
  }

  onClose(reason: StreamEnd, timeUs: number): void {
    this.onEnd(0, reason, timeUs)
    this.onEnd(1, reason, timeUs)
    this.#receiver?.onClose(reason, timeUs)
    this.#receiver = null
  }

  #open(timeUs: number): SessionReceiver {
    if (this.#receiver !== null) return this.#receiver
    const receiver = this.#factory.open(this, timeUs)
    this.#receiver = receiver
    for (const side of [0, 1] as const) {
      const ended = this.#ended[side]
      if (ended >= 0) receiver.onEnd(side, ended as StreamEnd, timeUs)
    }
    return receiver
  }
}
