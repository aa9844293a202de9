// One session of HTTP/2: its two directions, which side is the client, what is lost.
//
// Frames are walked in frame-walk.ts, header blocks become heads in block-reader.ts, streams are kept in h2-streams.ts.
// Request and response belong together by the number of their stream, so a loss never pairs wrongly: it may leave halves alone.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import type { Flow, Side } from "../../flow/flow.ts"
import type { Secured } from "../../flow/secured.ts"
import type { StreamEnd } from "../../tcp/session-receiver.ts"
import { BodyPrefix } from "../body-prefix.ts"
import { type Conversation, ExchangeFlag } from "../exchange-receiver.ts"
import type { Gather } from "../gather.ts"
import type { Message } from "../message.ts"
import type { HandedSession, UpgradedReceiver } from "../successors.ts"
import { readBlock } from "./block-reader.ts"
import { DynamicTable } from "./dynamic-table.ts"
import { FRAME_BYTES_DEFAULT, FrameType } from "./frame-type.ts"
import { endFrame, walkFrames } from "./frame-walk.ts"
import { At, CONTROL_BYTES, H2Direction } from "./h2-direction.ts"
import type { H2Stream, Half } from "./h2-stream.ts"
import { H2Streams } from "./h2-streams.ts"
import type { Http2Shared } from "./http2.ts"

const NO_BYTES = new Uint8Array(0)
const LETTER_P = 80
/** Frames are not refused for their length while it is not known what the other side allows. */
const FRAME_BYTES_ANY = 0xffffff
/** Streams that the client opened and reset without an answer, within a second: CVE-2023-44487. */
const RAPID_RESETS = 100
const RAPID_US = 1_000_000

export class H2Connection<Q, S> implements UpgradedReceiver<Q>, Conversation {
  readonly shared: Http2Shared<Q, S>
  readonly session: HandedSession
  readonly flow: Flow
  readonly midstream: boolean
  readonly secured: Secured | null
  /** Side that sends the requests, once `hasRoles`. */
  client: Side = 0
  hasRoles = false
  readonly openedUs: number
  readonly streams: H2Streams<Q, S>
  readonly #directions: readonly [H2Direction<Q, S>, H2Direction<Q, S>]
  /** Body of which the last piece lies in `#bytes`, and has not been copied. */
  #span: BodyPrefix<unknown, unknown> | null = null
  #bytes: Uint8Array = NO_BYTES
  /** Resets without an answer since `#rapidUs`. */
  #rapid = 0
  #rapidUs = 0
  #isRapid = false

  /** `client` -1: not known. */
  constructor(shared: Http2Shared<Q, S>, session: HandedSession, client: Side | -1, timeUs: number) {
    this.shared = shared
    this.session = session
    this.flow = session.flow
    this.midstream = session.midstream
    this.secured = session.secured
    this.openedUs = timeUs
    this.streams = new H2Streams(this)
    const { slab } = shared.builder.decoder
    const { tableBytesMax } = shared.options
    this.#directions = [
      new H2Direction(0, new DynamicTable(slab, tableBytesMax)),
      new H2Direction(1, new DynamicTable(slab, tableBytesMax)),
    ]
    if (client >= 0) this.setClient(client as Side)
    else if (session.initiator >= 0) this.setClient(session.initiator as Side)
  }

  get server(): Side {
    return this.client === 0 ? 1 : 0
  }

  /** How much of the stream of `side` has been read or declared lost: what is held of a cut head or by a search has not been. */
  offset(side: Side): number {
    const d = this.#directions[side]
    if (d.tail !== null) return d.tail.offset
    if (d.blockId !== 0) return d.blockStart
    return d.headerBytes > 0 ? d.frameStart : d.offset
  }

  /** Frames of `side` may be missing. */
  hasLost(side: Side): boolean {
    const d = this.#directions[side]
    return d.hasLost || (!d.hasBegun && !this.session.isAtStart[side])
  }

  /** The other side begins with the preface, so this one with SETTINGS. */
  hasStart(d: H2Direction<Q, S>): boolean {
    return this.hasRoles && d.side !== this.client && !this.hasLost(this.client)
  }

  /** The request of stream 1, which came as HTTP/1. */
  adopt(request: Message<Q>): void {
    const stream = this.streams.add(1, request.lastUs)
    if (stream === null) return
    stream.upgraded = request
    stream.upgradedSeq = request.end < 0 ? -1 : this.session.sequenceAt(this.client, request.end)
    stream.flags = request.flags
    stream.anomalies = request.anomalies
    stream.isHead = request.method === "HEAD"
    stream.request.isSeen = stream.request.hasEnded = true
    this.streams.lastRequest = 1
  }

  onData(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): void {
    const d = this.#directions[side]
    if (!d.hasBegun) this.#begin(d, bytes[start]!)
    d.offset += end - start
    d.fed = d.offset
    this.#consume(d, bytes, start, end, timeUs, ackOffset)
    if (this.streams.isWaiting) this.streams.settleWaiting(timeUs)
  }

  onGap(side: Side, length: number, timeUs: number): void {
    const d = this.#directions[side]
    if (!d.hasBegun) this.#begin(d, 0)
    d.offset += length
    d.fed = d.offset
    d.mayBeStart = false
    this.#lose(d, length, timeUs)
    if (this.streams.isWaiting) this.streams.settleWaiting(timeUs)
  }

  onAnomaly(side: Side, code: Anomaly): void {
    this.#directions[side].anomaly = code
  }

  onEnd(side: Side, _reason: StreamEnd, timeUs: number): void {
    const d = this.#directions[side]
    if (d.blockId !== 0) this.cutBlock(d, timeUs)
    this.dropTail(d)
    d.at = At.over
    d.table.close()
  }

  onClose(): void {
    this.streams.close()
  }

  setClient(client: Side): void {
    this.client = client
    this.hasRoles = true
  }

  /** Sequence-like number of a stream, the same wherever the connection is seen from its start; -1 where it is not. */
  keyOf(id: number): number {
    if (!this.session.hasStart(this.client)) return -1
    const first = this.session.sequenceAt(this.client, 0)
    return Math.imul(first ^ Math.imul(id, 0x9e3779b1), 0x85ebca6b) >>> 0
  }

  streamOf(id: number): H2Stream<Q, S> | null {
    return this.streams.get(id)
  }

  halfOf(d: H2Direction<Q, S>, stream: H2Stream<Q, S>): Half<Q> | Half<S> {
    return d.side === this.client ? stream.request : stream.response
  }

  /** The receiver of `side` takes frames of this length. */
  allowFrames(side: Side, length: number): void {
    if (length < FRAME_BYTES_DEFAULT || length > FRAME_BYTES_ANY) return
    const sender = this.#directions[side === 0 ? 1 : 0]
    if (length > sender.frameBytesMax) sender.frameBytesMax = length
  }

  /** The next frame is somewhere behind. */
  loseBoundary(d: H2Direction<Q, S>): void {
    const { counters } = this.shared
    this.#flush()
    if (d.blockId !== 0) this.cutBlock(d, d.frameUs)
    counters.resync++
    this.forgetTable(d)
    d.at = At.search
    d.headerBytes = 0
    d.blockId = 0
    d.stream = null
    d.hasLost = true
    d.soundFrom = Number.POSITIVE_INFINITY
    d.isResynced = true
    if (!this.hasRoles) return
    for (const stream of this.streams.values()) {
      const half = this.halfOf(d, stream)
      if (half.hasEnded) continue
      half.isSuspect = true
      half.walker.lose(-1)
      half.messages?.lose(Number.POSITIVE_INFINITY)
      half.body?.end(NO_BYTES, false)
      if (stream.response.hasEnded) this.streams.settle(stream, d.frameUs)
    }
  }

  forgetTable(d: H2Direction<Q, S>): void {
    this.shared.counters.voidTables++
    d.table.forget()
  }

  readBlock(d: H2Direction<Q, S>, bytes: Uint8Array, start: number, end: number, timeUs: number, isCut: boolean): void {
    readBlock(this, d, bytes, start, end, timeUs, isCut)
  }

  /** No more of the header block at hand will come, or can be kept: what there is of it is read. */
  cutBlock(d: H2Direction<Q, S>, timeUs: number = d.frameUs): void {
    const { block } = d
    if (d.isBlockTold) return
    d.block = null
    d.isBlockTold = true
    if (block === null) this.readBlock(d, NO_BYTES, 0, 0, timeUs, true)
    else {
      this.readBlock(d, block.bytes, 0, block.length, timeUs, true)
      block.clear()
    }
    this.forgetTable(d)
  }

  /** The block at hand is longer than the limit. */
  refuseBlock(d: H2Direction<Q, S>): void {
    if (d.isBlockTold) return
    this.shared.counters.blockTooLong++
    d.anomaly = Anomaly.continuationFlood
    this.cutBlock(d)
  }

  takeBody(
    d: H2Direction<Q, S>,
    stream: H2Stream<Q, S>,
    bytes: Uint8Array,
    start: number,
    end: number,
    timeUs: number,
  ): void {
    const half = this.halfOf(d, stream)
    if (!half.isSeen || half.hasEnded) return
    half.bodyBytes += end - start
    half.lastUs = timeUs
    if (half.isWalked) half.walker.take(bytes, start, end)
    else half.messages?.take(bytes, start, end)
    const { body } = half
    if (body === null || body.wanted === 0) return
    if (this.#span !== body) {
      this.#flush()
      this.#span = body
    }
    body.take(bytes, start, end)
  }

  /** Gathers the start of the body that follows the head of `half`. */
  beginBody(half: Half<Q> | Half<S>): void {
    const { receiver, options } = this.shared
    const wanted = Math.min(receiver.bodyWanted(half.facts), options.bodyPrefixBytes)
    if (wanted === 0) return
    half.body ??= new BodyPrefix<unknown, unknown>(this.shared.sink)
    half.body.begin(half.facts, wanted, half.contentLength)
  }

  /** No more of the body will be handed over. */
  endBody(half: Half<Q> | Half<S>): void {
    const { body } = half
    if (body === null || body.wanted === 0) return
    const bytes = this.#span === body ? this.#bytes : NO_BYTES
    if (this.#span === body) this.#span = null
    body.end(bytes, half.hasEnded && !half.isSuspect && !half.isBroken)
  }

  /** END_STREAM of this side. */
  endHalf(d: H2Direction<Q, S>, stream: H2Stream<Q, S>, timeUs: number): void {
    const half = this.halfOf(d, stream)
    if (half.hasEnded) return
    half.hasEnded = true
    half.lastUs = timeUs
    const isDeclared = half.contentLength >= 0 && !half.isSuspect && !(stream.isHead && half === stream.response)
    if (half.isSeen && isDeclared && half.bodyBytes !== half.contentLength) stream.addAnomaly(Anomaly.lengthMismatch)
    this.endBody(half)
    this.streams.settle(stream, timeUs)
  }

  reset(d: H2Direction<Q, S>, id: number, timeUs: number): void {
    this.shared.counters.resets++
    const stream = this.streams.get(id)
    if (stream === null) return
    if (this.hasRoles && d.side === this.client && !stream.response.isSeen) this.#countRapid(stream, timeUs)
    this.streams.reset(stream)
  }

  dropTail(d: H2Direction<Q, S>): void {
    if (d.tail === null) return
    this.shared.counters.skippedBytes += d.tail.length
    d.tail.clear()
    d.tail = null
  }

  /** Bytes [start, end) gathered earlier are read again, each with its own time and acknowledgment. */
  replay(d: H2Direction<Q, S>, gather: Gather, start: number, end: number): void {
    const { fed } = d
    const bytes = this.#bytes
    this.#flush()
    for (let i = 0; i < gather.marks; i++) {
      const from = Math.max(start, gather.markStart[i]!)
      const to = Math.min(end, i + 1 < gather.marks ? gather.markStart[i + 1]! : gather.length)
      if (from >= to) continue
      d.fed = gather.offset + to
      this.#consume(d, gather.bytes, from, to, gather.markUs[i]!, gather.markAck[i]!)
    }
    d.fed = fed
    this.#bytes = bytes
  }

  /** The first bytes of a direction, or their loss, are at hand. */
  #begin(d: H2Direction<Q, S>, first: number): void {
    const { session } = this
    d.hasBegun = true
    d.offset = session.startOffset(d.side)
    const isClient = this.hasRoles && d.side === this.client
    if (session.isAtStart[d.side]) d.at = first === LETTER_P ? At.preface : At.header
    else {
      d.at = isClient && first === LETTER_P ? At.preface : At.search
      d.mayBeStart = true
      d.hasLost = true
      d.soundFrom = Number.POSITIVE_INFINITY
      d.isResynced = d.at === At.search
      d.frameBytesMax = FRAME_BYTES_ANY
      this.forgetTable(d)
    }
  }

  #consume(d: H2Direction<Q, S>, bytes: Uint8Array, start: number, end: number, timeUs: number, ack: number): void {
    this.#bytes = bytes
    walkFrames(this, d, bytes, start, end, timeUs, ack)
    this.#flush()
  }

  /** The body whose last piece lies where the call's bytes are takes a copy. */
  #flush(): void {
    if (this.#span === null) return
    this.#span.flush(this.#bytes)
    this.#span = null
  }

  #lose(d: H2Direction<Q, S>, length: number, timeUs: number): void {
    let beyond = length
    switch (d.at) {
      case At.search:
        this.dropTail(d)
        return
      case At.over:
        return
      case At.fragment: {
        const count = Math.min(beyond, d.left)
        d.left -= count
        beyond -= count
        this.#breakFrame(d, count, timeUs)
        break
      }
      case At.padding:
        break
      default:
        this.loseBoundary(d)
        return
    }
    const padding = Math.min(beyond, d.paddingLeft)
    d.paddingLeft -= padding
    beyond -= padding
    if (d.left > 0) return
    if (d.paddingLeft > 0) d.at = At.padding
    else {
      endFrame(this, d, timeUs)
      if (beyond > 0) this.loseBoundary(d)
    }
  }

  /** `count` bytes of what the frame at hand carries are lost. */
  #breakFrame(d: H2Direction<Q, S>, count: number, timeUs: number): void {
    if (d.type === FrameType.data) {
      const { stream } = d
      if (stream === null) return
      const half = this.halfOf(d, stream)
      stream.flags |= ExchangeFlag.gap
      half.bodyBytes += count
      half.isBroken = true
      half.walker.lose(count)
      half.messages?.lose(count)
      half.body?.end(NO_BYTES, false)
    } else if (d.blockId !== 0) {
      this.cutBlock(d, timeUs)
    } else d.controlBytes = -CONTROL_BYTES * FRAME_BYTES_ANY
  }

  #countRapid(stream: H2Stream<Q, S>, timeUs: number): void {
    if (timeUs - this.#rapidUs > RAPID_US) {
      this.#rapidUs = timeUs
      this.#rapid = 0
    }
    if (++this.#rapid < RAPID_RESETS) return
    stream.addAnomaly(Anomaly.rapidReset)
    if (!this.#isRapid) this.shared.counters.rapidResets++
    this.#isRapid = true
  }
}
