// One TCP session as HTTP: which side is the client, what is lost, what turns into something else.
// Heads are found in head-finder.ts, bodies counted in body-reader.ts, who answers whom is decided in pairing.ts.
//
//   head -> (length | chunked | untilClose | bodyOrHead) -> head -> ...      a loss, or no message where one must be -> scan -> head
//   head -> opaque: TLS, HTTP/2, something else; after 101                  CONNECT 2xx -> head, roles unknown again
import { type Anomaly, Anomaly as Code } from "../../shared/event/anomalies.ts"
import type { Flow, Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import { type SessionReceiver, type SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import { isHello } from "../tls/record-header.ts"
import { readBody, settleBodyOrHead } from "./body-reader.ts"
import { type Conversation, ExchangeFlag, type ExchangeState } from "./exchange-receiver.ts"
import type { Gather } from "./gather.ts"
import { HalfKeys } from "./half-keys.ts"
import { beginHandover, openSuccessor } from "./handover.ts"
import { endWait, gatherWaiting } from "./handover-wait.ts"
import { giveUpHead, readHead } from "./head-finder.ts"
import type { HttpShared } from "./http.ts"
import type { Message } from "./message.ts"
import { breakBody, endMessage, loseBody } from "./message-flow.ts"
import { Pairing } from "./pairing.ts"
import type { PairingOwner } from "./pairing-owner.ts"
import { Pipelining } from "./pipelining.ts"
import { passPreamble } from "./preamble.ts"
import { dropTail, searchStart } from "./start-search.ts"
import { At, Opaque, StreamState } from "./stream-state.ts"
import { countOpaque, type HandedSession } from "./successors.ts"

const NO_BYTES = new Uint8Array(0)

/** A session of which one side was not seen for this long is one-way; until then the mirror port of that side may only be behind. */
const ONE_WAY_US = 1_000_000

export class Connection<Q, S> implements SessionReceiver, Conversation, PairingOwner<Q, S> {
  readonly shared: HttpShared<Q, S>
  // Set by `begin`, all of them: the record serves one session after another.
  session!: SessionView
  flow!: Flow
  midstream!: boolean
  secured!: Secured | null
  /** Side that sends the requests, once `hasRoles`. */
  client!: Side
  hasRoles!: boolean
  /** The first bytes of the streams need not begin a message: joined midstream, and no tunnel began since. */
  isJoined!: boolean
  pairing!: Pairing<Q, S>
  readonly halfKeys = new HalfKeys()
  readonly #pipelining: Pipelining
  #openedUs = 0
  /** Reads what the session has turned into; null while it is HTTP/1, and where nobody does. */
  #successor: SessionReceiver | null = null
  #handed: HandedSession | null = null
  readonly #stream0 = new StreamState<Q, S>(0)
  readonly #stream1 = new StreamState<Q, S>(1)

  constructor(shared: HttpShared<Q, S>) {
    this.shared = shared
    this.#pipelining = new Pipelining(shared.counters)
  }

  /** From here on the record is that of `session`. */
  begin(session: SessionView, timeUs: number): void {
    this.session = session
    this.flow = session.flow
    this.midstream = session.midstream
    this.client = 0
    this.hasRoles = false
    this.secured = session.secured
    this.isJoined = session.midstream
    this.#successor = null
    this.#handed = null
    this.#pipelining.begin()
    this.pairing = new Pairing<Q, S>(this, this.#pipelining, this.shared.counters, this.shared.options)
    this.halfKeys.begin()
    this.#openedUs = timeUs
    this.#stream0.begin()
    this.#stream1.begin()
    // The server's first frames may come before the preface by which HTTP/2 is known.
    const initiator = session.initiator as Side
    if (session.secured?.alpn === "h2") this.handOver(Opaque.http2, initiator, timeUs)
  }

  onData(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): void {
    const d = side === 0 ? this.#stream0 : this.#stream1
    if (d.offset === 0) this.#begin(d)
    d.offset += end - start
    d.fed = d.offset
    this.#consume(d, bytes, start, end, timeUs, ackOffset)
    if (this.hasRoles && side === this.client) this.pairing.onClientProgress()
  }

  onGap(side: Side, length: number, timeUs: number): void {
    const d = side === 0 ? this.#stream0 : this.#stream1
    if (d.offset === 0) this.#begin(d)
    if (d.at === At.waiting) endWait(this, d)
    if (d.at === At.bodyOrHead) {
      settleBodyOrHead(this, d, false, d.gather?.length ?? 0)
      this.pairing.onServerLoss(-1)
    }
    // Where the next message was to begin, or a head that is cut by the loss did: seen if its first line was whole.
    let boundary = d.message?.start ?? d.offset
    let isExact = d.message === null
    if (d.at === At.head && d.gather !== null) {
      boundary = d.headStart
      isExact = !giveUpHead(this, d, ExchangeFlag.gap)
    }
    d.offset += length
    d.fed = d.offset
    this.#loseBytes(d, length, timeUs, boundary, isExact)
    if (this.hasRoles && side === this.client) this.pairing.onClientProgress()
  }

  /** The first bytes of a stream, or their loss, are at hand. */
  #begin(d: StreamState<Q, S>): void {
    d.offset = this.session.startOffset(d.side)
    if (d.offset === 0 || this.isJoined) return
    // Only now it shows that this side, unlike the other, was joined midstream.
    if (!this.hasRoles) d.isLost = true
    else if (d.side === this.client) this.pairing.onClientLoss(0)
    else this.pairing.onServerLoss(-1)
  }

  onAnomaly(side: Side, code: Anomaly, timeUs: number): void {
    const d = side === 0 ? this.#stream0 : this.#stream1
    if (this.#successor !== null && d.at === At.opaque) this.#successor.onAnomaly(side, code, timeUs)
    else if (d.message !== null) d.message.addAnomaly(code)
    else d.anomaly = code
  }

  onEnd(side: Side, reason: StreamEnd, timeUs: number): void {
    const d = side === 0 ? this.#stream0 : this.#stream1
    if (d.at === At.waiting) endWait(this, d)
    const atBoundary = d.at === At.head && d.gather === null
    if (d.at === At.bodyOrHead) this.#endBodyOrHead(d)
    if (d.at === At.head && d.gather !== null) giveUpHead(this, d, ExchangeFlag.truncated)
    else if (d.message !== null) {
      const isWhole = d.at === At.untilClose && reason === StreamEnd.fin
      if (!isWhole) d.message.flags |= ExchangeFlag.truncated
      endMessage(this, d, NO_BYTES, Math.max(d.message.lastUs, isWhole ? timeUs : 0), isWhole ? d.offset : -1)
    }
    dropTail(this, d)
    d.at = At.opaque
    d.hasEnded = true
    this.#successor?.onEnd(side, reason, timeUs)
    if (!this.hasRoles) return
    if (side === this.client) this.pairing.onClientProgress()
    else if (reason === StreamEnd.fin && atBoundary) this.pairing.onServerFin()
  }

  onClose(reason: StreamEnd, timeUs: number): void {
    this.pairing.close(timeUs)
    this.#successor?.onClose(reason, timeUs)
    this.#successor = null
    this.shared.spare.push(this)
  }

  /**
   * The place of the next message is lost. `from`, of a loss of bytes: the offset where one was to begin (`isExact`),
   * or where one began that was seen and whose end was not; -1 when all bytes are there and only their sense is not.
   * `passed`: the stream has been read or declared lost up to this offset; -1 when bytes at hand are still to be read.
   */
  loseBoundary(d: StreamState<Q, S>, from: number, isExact: boolean, passed: number): void {
    this.shared.counters.resync++
    d.at = At.scan
    d.isResynced = true
    d.isClosing = false
    d.interimStart = -1
    if (d.lostFrom < 0) {
      d.lostFrom = from
      d.isLostFromExact = isExact
    }
    if (!this.hasRoles) d.isLost = true
    else if (d.side === this.client) this.pairing.onClientLoss(from < 0 ? d.headStart : from)
    else this.pairing.onServerLoss(passed)
  }

  /** The content of a stream has told which side is the client. */
  setRoles(client: Side): void {
    this.client = client
    this.hasRoles = true
    const c = client === 0 ? this.#stream0 : this.#stream1
    const s = client === 0 ? this.#stream1 : this.#stream0
    // What was taken for something else before the other side turned out to speak HTTP.
    if (s.at === At.opaque && !s.hasEnded && s.opaque === Opaque.other) {
      s.at = At.scan
      s.isLost = true
    }
    if (this.isJoined || c.isLost) this.pairing.onClientLoss(0)
    if (this.isJoined || s.isLost) this.pairing.onServerLoss(-1)
  }

  turnOpaque(d: StreamState<Q, S>, kind: Opaque): void {
    const { gather } = d
    d.gather = null
    d.opaque = kind
    d.at = At.opaque
    if (gather === null) return
    this.replay(d, gather, 0, gather.length)
    gather.clear()
  }

  /** A handshake of something else has begun: what it leads to starts somewhere behind it, on both sides. */
  searchBoth(): void {
    for (const d of [this.#stream0, this.#stream1]) {
      if (d.hasEnded || d.message !== null) continue
      d.at = At.scan
      d.isLost = true
    }
  }

  /** One side has shown what the session speaks: the other speaks it too. `client`: -1 where it has not shown that. */
  handOver(kind: typeof Opaque.tls | typeof Opaque.http2, client: Side | -1, timeUs: number): void {
    const handed = beginHandover(this, [this.#stream0, this.#stream1], kind)
    this.turnInto(handed, openSuccessor(this.shared.successors, handed, kind, client, timeUs), kind)
  }

  /** `successor`, where there is one, reads both streams from here on; the client's once its request is through. */
  turnInto(handed: HandedSession, successor: SessionReceiver | null, kind: Opaque): void {
    this.#handed = handed
    this.#successor = successor
    this.#turnBoth(kind)
  }

  /** 2xx to CONNECT: whatever follows is a conversation of its own. */
  enterTunnel(): void {
    this.shared.counters.tunnels++
    const client = this.client === 0 ? this.#stream0 : this.#stream1
    if (!this.pairing.isIdle || client.message !== null) {
      this.#turnBoth(Opaque.afterUpgrade)
      return
    }
    this.hasRoles = false
    this.isJoined = false
    for (const d of [this.#stream0, this.#stream1]) {
      d.isFresh = true
      d.isClosing = false
      d.isLost = d.at === At.scan
      if (d.at === At.head) {
        d.lineEnd = -1
        d.searched = 0
      }
    }
    this.endWait()
  }

  /** The request that the client's bytes wait behind has its answer, and goes on as before. */
  endWait(): void {
    if (this.#stream0.at === At.waiting) endWait(this, this.#stream0)
    if (this.#stream1.at === At.waiting) endWait(this, this.#stream1)
  }

  #turnBoth(kind: Opaque): void {
    for (const d of [this.#stream0, this.#stream1]) {
      d.opaque = kind
      if (d.message !== null) d.opaqueNext = true
      else this.turnOpaque(d, kind)
    }
  }

  /** Bytes [start, end) gathered earlier are read again, each with its own time and acknowledgment. */
  replay(d: StreamState<Q, S>, gather: Gather, start: number, end: number): void {
    if (start >= end) return
    const fed = d.fed
    for (let i = 0; i < gather.marks; i++) {
      const from = Math.max(start, gather.markStart[i]!)
      const to = Math.min(end, i + 1 < gather.marks ? gather.markStart[i + 1]! : gather.length)
      if (from >= to) continue
      d.fed = gather.offset + to
      this.#consume(d, gather.bytes, from, to, gather.markUs[i]!, gather.markAck[i]!)
    }
    d.fed = fed
  }

  skip(count: number): void {
    if (this.hasRoles) this.shared.counters.skippedBytes += count
    else this.shared.counters.notHttpBytes.undecided += count
  }

  clientOffset(): number {
    const d = this.client === 0 ? this.#stream0 : this.#stream1
    return d.gather === null ? d.offset : d.gather.offset
  }
  isClientExpected(timeUs: number): boolean {
    if (timeUs - this.#openedUs < ONE_WAY_US) return true
    // Joined midstream, a client that never spoke may not speak again.
    return this.session.hasSeen(this.client) && (this.clientOffset() > 0 || this.session.startOffset(this.client) === 0)
  }
  isServerExpected(timeUs: number): boolean {
    return this.session.hasSeen(this.client === 0 ? 1 : 0) || timeUs - this.#openedUs < ONE_WAY_US
  }
  onUnsolicited(response: Message<S>): void {
    response.addAnomaly(Code.responseWithoutRequest)
  }
  emit(request: Message<Q> | null, response: Message<S> | null, state: ExchangeState): void {
    const { emitter, messages } = this.shared
    this.halfKeys.judge(request, response, state)
    emitter.emit(this, this.session, request, response, state)
    if (request !== null) messages.give(request)
    if (response !== null) messages.give(response)
  }

  #consume(d: StreamState<Q, S>, bytes: Uint8Array, start: number, end: number, timeUs: number, ack: number): void {
    let pos = start
    while (pos < end) {
      switch (d.at) {
        case At.head:
          pos = readHead(this, d, bytes, pos, end, timeUs, ack)
          break
        case At.scan:
          pos = searchStart(this, d, bytes, pos, end, timeUs, ack)
          break
        case At.opaque:
          this.#passOn(d, bytes, pos, end, timeUs, ack)
          pos = end
          break
        case At.waiting:
          pos = gatherWaiting(this, d, bytes, pos, end, timeUs, ack)
          break
        case At.preamble:
          pos = passPreamble(this, d, pos, end)
          break
        default:
          pos = readBody(this, d, bytes, pos, end, timeUs, ack)
      }
    }
    if (d.body !== null && d.body.wanted > 0) d.body.flush(bytes)
  }

  /** `length` bytes were lost, up to d.fed. `boundary`, `isExact`: as for loseBoundary, between messages. */
  #loseBytes(d: StreamState<Q, S>, length: number, timeUs: number, boundary: number, isExact: boolean): void {
    switch (d.at) {
      case At.opaque:
        if (this.#successor === null) return
        this.#handed!.begin(d.side, d.fed - length)
        this.#successor.onGap(d.side, length, timeUs)
        return
      case At.scan:
        dropTail(this, d)
        if (this.hasRoles && d.side !== this.client) this.pairing.onServerLoss(d.fed)
        return
      case At.head:
      case At.preamble:
        this.loseBoundary(d, boundary, isExact, d.fed)
        return
      case At.untilClose:
        breakBody(d, ExchangeFlag.gap)
        loseBody(d, length)
        return
      case At.length: {
        breakBody(d, ExchangeFlag.gap)
        const lost = Math.min(length, d.remaining)
        loseBody(d, lost)
        d.remaining -= lost
        if (d.remaining === 0) this.#endInGap(d, timeUs, length - lost, d.fed - (length - lost), true)
        return
      }
      default: {
        breakBody(d, ExchangeFlag.gap)
        const chunks = d.chunks!
        if (chunks.isInData && length <= chunks.remaining) {
          loseBody(d, length)
          chunks.take(length)
        } else this.#endInGap(d, timeUs, length, boundary, isExact)
      }
    }
  }

  /** The message at hand ended in a gap that goes on for `beyond` bytes behind its end, as far as that is known. */
  #endInGap(d: StreamState<Q, S>, timeUs: number, beyond: number, boundary: number, isExact: boolean): void {
    endMessage(this, d, NO_BYTES, timeUs, -1)
    if (beyond > 0 && d.at === At.head) this.loseBoundary(d, boundary, isExact, d.fed)
  }

  #endBodyOrHead(d: StreamState<Q, S>): void {
    const count = d.gather?.length ?? 0
    const peer = d.message!.peer
    settleBodyOrHead(this, d, count === 0 && (peer === null || peer.method === "HEAD"), count)
  }

  /** Bytes that are not HTTP/1 go to whoever reads them. */
  #passOn(d: StreamState<Q, S>, bytes: Uint8Array, start: number, end: number, timeUs: number, ack: number): void {
    // What began as something else may have agreed on TLS (STARTTLS).
    if (d.opaque === Opaque.other && isHello(bytes, start, end)) this.handOver(Opaque.tls, -1, timeUs)
    const successor = d.hasEnded ? null : this.#successor
    countOpaque(this.shared.counters, d.opaque, end - start, successor !== null)
    if (successor === null) return
    this.#handed!.begin(d.side, d.fed - (end - start))
    successor.onData(d.side, bytes, start, end, timeUs, ack)
  }
}
