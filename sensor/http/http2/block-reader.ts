// A header block that is complete, or as complete as it will be -> a request, a response, trailers, a promise; on its stream.
//
// Whose head it is follows from its pseudo-header fields, where those are unknown from the side and from what the stream has
// had before. A block that cannot be told is counted (staleBlocks); its entries are in the dynamic table all the same.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { HeadPart } from "../../../shared/event/api-event.ts"
import type { Side } from "../../flow/flow.ts"
import { bodyWalker } from "../body-walkers/body-walker.ts"
import { ExchangeFlag } from "../exchange-receiver.ts"
import { FieldName } from "../http-head.ts"
import type { H2Connection } from "./h2-connection.ts"
import type { H2Direction } from "./h2-direction.ts"
import type { H2Stream, Half } from "./h2-stream.ts"
import { HeadKind } from "./head-builder.ts"
import { Block } from "./hpack-decoder.ts"

/** The block at hand in `d` is [start, end) of `bytes`; `isCut`: what is left of it. */
export function readBlock<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
  isCut: boolean,
): void {
  const { builder, counters } = c.shared
  const verdict = builder.decode(d.table, bytes, start, end)
  if (isCut || verdict !== Block.whole) builder.cut()
  if (verdict !== Block.whole && !isCut) {
    counters.voidTables++
    if (verdict === Block.tooLong) counters.headTooLong++
    else counters.badBlocks++
    builder.anomalies.push(verdict === Block.tooLong ? Anomaly.headerBomb : Anomaly.badHeaderBlock)
  }
  counters.unknownFields += builder.decoder.unknowns
  const { memcapDrops } = builder.decoder
  if (memcapDrops > 0) {
    counters.tableMemcapDrop += memcapDrops
    builder.decoder.memcapDrops = 0
  }
  const { kind } = builder
  if (kind === HeadKind.request) {
    const isPromise = d.blockPromised !== 0
    if (!c.hasRoles) c.setClient(isPromise ? other(d.side) : d.side)
    if ((d.side === c.client) === isPromise) counters.staleBlocks++
    else if (isPromise) readPromise(c, d, end - start, timeUs)
    else readRequest(c, d, end - start, timeUs)
    return
  }
  if (kind === HeadKind.response && !c.hasRoles) c.setClient(other(d.side))
  if (!c.hasRoles || d.blockPromised !== 0) {
    counters.staleBlocks++
    return
  }
  const stream = c.streamOf(d.blockId)
  const half = stream === null ? null : c.halfOf(d, stream)
  if (kind === HeadKind.trailers || (kind === HeadKind.unclear && mayBeTrailers(c, d, stream, half))) {
    if (stream === null || half === null) counters.staleBlocks++
    else readTrailers(c, d, stream, half, timeUs)
  } else if (d.side === c.client) {
    if (kind === HeadKind.unclear && d.blockId > c.streams.lastRequest) readRequest(c, d, end - start, timeUs)
    else counters.staleBlocks++
  } else readResponse(c, d, stream, end - start, timeUs)
}

/** An unclear block that ends its half is a head only where it is certain that no block of that half came before and was lost. */
function mayBeTrailers<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  stream: H2Stream<Q, S> | null,
  half: Half<Q> | Half<S> | null,
): boolean {
  if (half?.isSeen === true) return true
  if (!d.isBlockEnd) return false
  if (!d.hasLost) return stream === null && c.streams.hasDropped
  // An answer lies behind what its request acknowledges.
  return d.side === c.client || stream === null || !stream.request.isSeen || stream.request.ack < d.soundFrom
}

const other = (side: Side): Side => (side === 0 ? 1 : 0)

function readRequest<Q, S>(c: H2Connection<Q, S>, d: H2Direction<Q, S>, headBytes: number, timeUs: number): void {
  const { counters } = c.shared
  const id = d.blockId
  const known = c.streamOf(id)
  if (known?.request.isSeen === true || (known === null && id <= c.streams.lastRequest && !d.hasLost)) {
    counters.staleBlocks++
    return
  }
  const stream = known ?? c.streams.add(id, timeUs)
  if (id > c.streams.lastRequest) c.streams.lastRequest = id
  if (stream === null) return
  takeRequest(c, d, stream, d.isBlockEnd, headBytes, timeUs)
  if (d.blockStart < (c.secured?.earlyBytes ?? 0)) stream.flags |= ExchangeFlag.earlyData
  if (d.isBlockEnd) c.endHalf(d, stream, timeUs)
}

function readPromise<Q, S>(c: H2Connection<Q, S>, d: H2Direction<Q, S>, headBytes: number, timeUs: number): void {
  const known = c.streamOf(d.blockPromised)
  const stream = known ?? c.streams.add(d.blockPromised, timeUs)
  if (stream === null || stream.request.isSeen) {
    c.shared.counters.staleBlocks++
    return
  }
  c.shared.counters.pushed++
  stream.flags |= ExchangeFlag.pushed
  takeRequest(c, d, stream, true, headBytes, timeUs)
  stream.request.hasEnded = true
}

function takeRequest<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  stream: H2Stream<Q, S>,
  isEnd: boolean,
  headBytes: number,
  timeUs: number,
): void {
  const { builder, counters, receiver } = c.shared
  const { head } = builder.decoder
  const { request } = stream
  counters.requests++
  builder.fill(true, isEnd, builder.likenesses.of(c.flow, d.side, true))
  stream.unknown |= head.unknown
  stream.isHead = head.method === "HEAD"
  request.facts = receiver.onRequest(head, c, timeUs)
  beginHalf(c, d, stream, request, isEnd, headBytes, timeUs)
}

function readResponse<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  known: H2Stream<Q, S> | null,
  headBytes: number,
  timeUs: number,
): void {
  const { builder, counters, receiver } = c.shared
  const { head } = builder.decoder
  const id = d.blockId
  if (known?.response.isSeen === true || (known === null && !mayBeUnseen(c, id))) {
    counters.staleBlocks++
    // What was taken for the head was an interim answer.
    if (known !== null && d.isBlockEnd) c.endHalf(d, known, timeUs)
    return
  }
  if (!d.isBlockEnd && builder.mayBeInterim) builder.dropFields()
  builder.fill(false, d.isBlockEnd, builder.likenesses.of(c.flow, d.side, false))
  if (head.status >= 100 && head.status < 200) {
    counters.interim++
    return
  }
  const stream = known ?? c.streams.add(id, timeUs)
  if (stream === null) return
  counters.responses++
  const { request, response } = stream
  stream.unknown |= head.unknown & (HeadPart.status | HeadPart.fields)
  if (request.isSeen && !request.hasEnded) stream.flags |= ExchangeFlag.early
  response.facts = receiver.onResponse(head, request.isSeen ? (stream.upgraded ?? request).facts : null, c, timeUs)
  beginHalf(c, d, stream, response, d.isBlockEnd, headBytes, timeUs)
  if (!d.isBlockEnd) return
  if (response.isWalked || request.isWalked) stream.outcome = builder.outcome()
  c.endHalf(d, stream, timeUs)
}

/** A response on a stream that is not under way: its request was lost, or has yet to be shown. */
function mayBeUnseen<Q, S>(c: H2Connection<Q, S>, id: number): boolean {
  if (c.streams.wasReset(id)) return false
  return id > c.streams.lastRequest || c.hasLost(c.client) || c.streams.hasDropped
}

function readTrailers<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  stream: H2Stream<Q, S>,
  half: Half<Q> | Half<S>,
  timeUs: number,
): void {
  const { builder, counters } = c.shared
  counters.trailers++
  takeAnomalies(c, d, stream)
  if (builder.decoder.unknowns > 0) stream.unknown |= HeadPart.fields
  const isGrpc = stream.request.isWalked || stream.response.isWalked
  if (d.side !== c.client && isGrpc) stream.outcome = builder.outcome()
  half.lastUs = timeUs
  if (d.isBlockEnd) c.endHalf(d, stream, timeUs)
}

function beginHalf<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  stream: H2Stream<Q, S>,
  half: Half<Q> | Half<S>,
  isEnd: boolean,
  headBytes: number,
  timeUs: number,
): void {
  const { builder } = c.shared
  half.isSeen = true
  half.ack = d.blockAck
  half.firstUs = d.blockUs
  half.lastUs = timeUs
  half.headBytes = headBytes
  half.contentLength = isEnd ? -1 : builder.decoder.head.contentLength
  const { unknown, known } = builder.decoder.head
  half.isWalked = builder.isGrpc()
  // An answer to gRPC whose type is among the unknown fields.
  if (unknown !== 0 && known[FieldName.contentType] === -1 && stream.request.isWalked) half.isWalked = true
  if (half.isWalked) half.walker.begin()
  else half.messages = bodyWalker(builder.decoder.head)
  takeAnomalies(c, d, stream)
  if (d.isResynced) {
    stream.flags |= ExchangeFlag.resynchronised
    d.isResynced = false
  }
  if (!isEnd) c.beginBody(half)
}

function takeAnomalies<Q, S>(c: H2Connection<Q, S>, d: H2Direction<Q, S>, stream: H2Stream<Q, S>): void {
  for (const code of c.shared.builder.anomalies) stream.addAnomaly(code)
  if (d.anomaly === 0) return
  stream.addAnomaly(d.anomaly)
  d.anomaly = 0
}
