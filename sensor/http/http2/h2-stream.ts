// A stream of HTTP/2 from its first frame until its exchange is told; then the record serves another one.
import type { BodyPrefix } from "../body-prefix.ts"
import type { BodyWalker } from "../body-walkers/body-walker.ts"
import type { MessageEnd } from "../exchange-receiver.ts"
import { MessageWalker } from "./message-walker.ts"

const NO_ANOMALIES: readonly number[] = Object.freeze([])

/** Request or response. */
export class Half<Facts> implements MessageEnd<Facts> {
  /** Set with the head. */
  facts!: Facts
  firstUs = 0
  lastUs = 0
  bodyBytes = 0
  headBytes = 0
  /** Its head was read. */
  isSeen = false
  /** END_STREAM came, or no more will come. */
  hasEnded = false
  /** Frames of it may have been lost; bytes of its body have been. */
  isSuspect = false
  isBroken = false
  /** Content-Length, -1 without. */
  contentLength = -1
  /** How far its sender had received the other stream of TCP at its first byte, -1 unknown. */
  ack = -1
  body: BodyPrefix<unknown, unknown> | null = null
  /** Of gRPC. */
  readonly walker = new MessageWalker()
  isWalked = false
  /** Of events, gRPC-Web, Connect; null for all others. */
  messages: BodyWalker | null = null

  begin(): void {
    this.firstUs = this.lastUs = this.bodyBytes = this.headBytes = 0
    this.isSeen = this.hasEnded = this.isSuspect = this.isBroken = this.isWalked = false
    this.contentLength = this.ack = -1
    this.messages = null
  }

  /** Every byte that its head declares is here, whatever was lost of the connection. */
  get isWhole(): boolean {
    return this.hasEnded && (!this.isSuspect || this.contentLength === this.bodyBytes)
  }
}

export class H2Stream<Q, S> {
  id = 0
  readonly request = new Half<Q>()
  readonly response = new Half<S>()
  /** The request came as HTTP/1 (h2c): what is told in place of `request`. */
  upgraded: MessageEnd<Q> | null = null
  /** Absolute sequence number just past that request. */
  upgradedSeq = -1
  /** Bit set of ExchangeFlag. */
  flags = 0
  anomalies: readonly number[] = NO_ANOMALIES
  /** Bit set of HeadPart. */
  unknown = 0
  /** grpc-status, -1 without. */
  outcome = -1
  /** In the list of responses that wait for their request. */
  isWaiting = false
  /** The request is HEAD. */
  isHead = false

  begin(id: number): void {
    this.id = id
    this.request.begin()
    this.response.begin()
    this.upgraded = null
    this.upgradedSeq = -1
    this.flags = 0
    this.anomalies = NO_ANOMALIES
    this.unknown = 0
    this.outcome = -1
    this.isHead = this.isWaiting = false
  }

  addAnomaly(code: number): void {
    if (!this.anomalies.includes(code)) this.anomalies = [...this.anomalies, code].sort((a, b) => a - b)
  }
}
