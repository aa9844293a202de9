// The life of a message: its head has been read, its body begins, it ends.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { BodyPrefix } from "./body-prefix.ts"
import { bodyWalker } from "./body-walkers/body-walker.ts"
import { ChunkWalker } from "./chunk-walker.ts"
import type { Connection } from "./connection.ts"
import { ExchangeFlag } from "./exchange-receiver.ts"
import { announcesClose, BodyKind, frameBody } from "./framing.ts"
import { isHandoverPending, markHandover } from "./handover-wait.ts"
import { FieldName, type HttpHead } from "./http-head.ts"
import { type Message, mergeAnomalies } from "./message.ts"
import { At, type StreamState } from "./stream-state.ts"
import { continueAsHttp2, upgrade } from "./upgrades.ts"
import { isAccepted } from "./websocket/handshake.ts"

const NO_BYTES = new Uint8Array(0)

/** What is known of the end of a message when its head is at hand. */
export const HeadIs = { whole: 0, cut: 1, simple: 2 } as const
export type HeadIs = (typeof HeadIs)[keyof typeof HeadIs]

/** The head in the reader is a request's, read from d.headStart on. */
export function beginRequest<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  timeUs: number,
  is: HeadIs,
  flags: number,
): void {
  const { reader, receiver, counters } = c.shared
  const { head } = reader
  const message = c.shared.messages.take<Q>()
  const kind = is === HeadIs.whole ? frameBody(head, "", reader.anomalies) : BodyKind.none
  fillMessage(d, message, head, timeUs, flags)
  message.method = head.method
  message.simple = is === HeadIs.simple
  if (is !== HeadIs.cut && kind === BodyKind.none) message.end = message.bodyStart
  else if (kind === BodyKind.length) message.end = message.bodyStart + head.contentLength
  if (d.lostFrom >= 0) {
    message.hiddenBytes = message.start - d.lostFrom
    message.isHiddenExact = d.isLostFromExact
    d.lostFrom = -1
  }
  takeAnomalies(d, message, reader.anomalies)
  markHandover(head, message)
  counters.requests++
  counters.requestBytes += message.headBytes
  message.facts = receiver.onRequest(head, c, timeUs)
  c.halfKeys.onRequest(message)
  c.pairing.onRequest(message)
  beginBody(c, d, message, head, kind, is, false)
}

/** The head in the reader is a response's, read from d.headStart on. */
export function beginResponse<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  timeUs: number,
  is: HeadIs,
  flags: number,
): void {
  const { reader, receiver, counters } = c.shared
  const { head } = reader
  counters.responseBytes += head.end - head.start
  const isInterim = head.status >= 100 && head.status < 200
  if (isInterim && (head.status !== 101 || (isToHttp2(head) && continueAsHttp2(c, timeUs)))) {
    counters.interim++
    if (d.interimStart < 0) d.interimStart = d.headStart
    d.isFresh = false
    d.isResynced = false
    return
  }
  const message = c.shared.messages.take<S>()
  fillMessage(d, message, head, timeUs, flags)
  message.status = head.status
  if (d.interimStart >= 0) message.start = d.interimStart
  d.interimStart = -1
  const request = c.pairing.onResponse(message)
  const method = (message.peer as Message<Q> | null)?.method ?? ""
  const kind = bodyKindOfResponse(head, method, reader.anomalies, is)
  takeAnomalies(d, message, reader.anomalies)
  counters.responses++
  if (head.status === 101) {
    message.flags |= ExchangeFlag.upgraded
    const accept = request === null ? "" : request.accept
    if (accept !== "" && !isAccepted(head, accept)) message.addAnomaly(Anomaly.websocketAccept)
  }
  const isTunnel = method === "CONNECT" && head.status >= 200 && head.status < 300
  if (isTunnel) message.flags |= ExchangeFlag.upgraded
  message.facts = receiver.onResponse(head, request === null ? null : request.facts, c, timeUs)
  // A pair that is only tentative may turn out to be wrong.
  const isMethodSure = request !== null || method === "HEAD"
  beginBody(c, d, message, head, kind, is, !isMethodSure && is === HeadIs.whole)
  if (message.status === 101) upgrade(c, head, request === null ? null : request.facts, timeUs)
  else if (isTunnel) c.enterTunnel()
  else if (c.pairing.front === null) c.endWait()
}

function isToHttp2(head: HttpHead): boolean {
  return head.valueOf(FieldName.upgrade).toLowerCase() === "h2c"
}

function bodyKindOfResponse(head: HttpHead, method: string, anomalies: number[], is: HeadIs): BodyKind {
  if (is === HeadIs.simple) return BodyKind.untilClose
  return is === HeadIs.cut ? BodyKind.none : frameBody(head, method, anomalies)
}

function fillMessage<Q, S>(
  d: StreamState<Q, S>,
  message: Message<unknown>,
  head: HttpHead,
  timeUs: number,
  flags: number,
): void {
  message.firstUs = d.headUs
  message.lastUs = timeUs
  message.headBytes = head.end - head.start
  message.start = d.headStart
  message.bodyStart = d.headStart + message.headBytes
  message.ack = d.headAck
  message.flags = d.isResynced ? flags | ExchangeFlag.resynchronised : flags
  message.version = head.version
  message.closing = head.isFramed ? head.closing : announcesClose(head)
  d.isResynced = false
  d.isFresh = false
}

/** Called once a message, after its head was framed: the list then serves the next head. */
function takeAnomalies<Q, S>(d: StreamState<Q, S>, message: Message<unknown>, anomalies: readonly number[]): void {
  if (anomalies.length > 0)
    message.anomalies = mergeAnomalies(message.anomalies, [...new Set(anomalies)].sort(byNumber))
  if (d.isClosing) message.addAnomaly(Anomaly.dataAfterClose)
  d.isClosing = message.closing
  if (d.anomaly === 0) return
  message.addAnomaly(d.anomaly)
  d.anomaly = 0
}

const byNumber = (a: number, b: number): number => a - b

function beginBody<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  message: Message<Q> | Message<S>,
  head: HttpHead,
  kind: BodyKind,
  is: HeadIs,
  isMethodUnknown: boolean,
): void {
  d.message = message
  d.walker = null
  if (kind === BodyKind.none) {
    endMessage(c, d, NO_BYTES, message.lastUs, is === HeadIs.cut ? -1 : message.bodyStart)
    return
  }
  if (kind === BodyKind.unknown) {
    endMessage(c, d, NO_BYTES, message.lastUs, -1)
    c.loseBoundary(d, -1, false, -1)
    return
  }
  if (kind === BodyKind.length) {
    d.at = At.length
    d.remaining = head.contentLength
    message.end = message.bodyStart + head.contentLength
  } else if (kind === BodyKind.chunked) {
    d.at = At.chunked
    d.chunks ??= new ChunkWalker(c.shared.options.headBytesMax)
    d.chunks.reset()
  } else d.at = At.untilClose
  if (is === HeadIs.whole) {
    d.walker = bodyWalker(head)
    if (d.walker !== null) message.messages = 0
  }
  const wanted = Math.min(c.shared.receiver.bodyWanted(message.facts), c.shared.options.bodyPrefixBytes)
  if (wanted > 0) {
    d.body ??= new BodyPrefix<Q, S>(c.shared)
    d.body.begin(message.facts, wanted, kind === BodyKind.length ? head.contentLength : -1)
  }
  if (isMethodUnknown) {
    d.bodyAt = d.at
    d.at = At.bodyOrHead
  }
}

/** The message at hand has ended at stream offset `end`; -1: wherever that is. `bytes`: those that the call brought. */
export function endMessage<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  timeUs: number,
  end: number,
): void {
  const message = d.message!
  d.message = null
  d.at = At.head
  message.lastUs = timeUs
  if (end >= 0) message.end = end
  if (d.walker !== null) {
    message.messages = d.walker.messages
    message.outcome = d.walker.outcome
    d.walker = null
  }
  if (d.body !== null && d.body.wanted > 0)
    d.body.end(bytes, (message.flags & (ExchangeFlag.gap | ExchangeFlag.truncated)) === 0)
  if (d.side === c.client) {
    c.pairing.onRequestDone(message as Message<Q>)
    if (d.opaqueNext) c.turnOpaque(d, d.opaque)
    else if (message.method === "CONNECT" && isHandoverPending(c)) d.at = At.waiting
  } else c.pairing.onResponseDone(message as Message<S>)
}

/** The message at hand lost bytes, or will not be whole: what was gathered of its body is handed over. */
export function breakBody<Q, S>(d: StreamState<Q, S>, flags: number): void {
  if (d.message !== null) d.message.flags |= flags
  if (d.body !== null && d.body.wanted > 0) d.body.end(NO_BYTES, false)
}

/** `length` bytes of the body at hand are lost: they are part of its size. */
export function loseBody<Q, S>(d: StreamState<Q, S>, length: number): void {
  d.message!.bodyBytes += length
  if (d.walker !== null) d.walker.lose(length)
}
