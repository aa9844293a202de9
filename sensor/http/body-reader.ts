// Bytes of a body: counted to its end, never parsed; the prefix that the receiver wants goes to body-prefix.ts.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { ChunkStep } from "./chunk-walker.ts"
import type { Connection } from "./connection.ts"
import { ExchangeFlag } from "./exchange-receiver.ts"
import { Gather } from "./gather.ts"
import type { Message } from "./message.ts"
import { endMessage } from "./message-flow.ts"
import { Verdict } from "./start-line.ts"
import { STATUS_PATTERN_BYTES, statusPattern } from "./start-scan.ts"
import { At, type StreamState } from "./stream-state.ts"

const EMPTY = new Uint8Array(0)

/** Consumes body bytes from `pos` on; returns where it stopped. */
export function readBody<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  pos: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  switch (d.at) {
    case At.length: {
      const count = Math.min(d.remaining, end - pos)
      d.remaining -= count
      takeData(c, d, bytes, pos, count)
      if (d.remaining === 0) endMessage(c, d, bytes, timeUs, d.fed - (end - pos - count))
      return pos + count
    }
    case At.chunked:
      return readChunks(c, d, bytes, pos, end, timeUs)
    case At.bodyOrHead:
      return readBodyOrHead(c, d, bytes, pos, end, timeUs, ack)
    default:
      takeData(c, d, bytes, pos, end - pos)
      d.message!.lastUs = timeUs
      return end
  }
}

function takeData<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  pos: number,
  count: number,
): void {
  d.message!.bodyBytes += count
  countBytes(c, d, count)
  if (d.walker !== null) d.walker.take(bytes, pos, pos + count)
  if (d.body !== null && d.body.wanted > 0) d.body.take(bytes, pos, pos + count)
}

function countBytes<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>, count: number): void {
  if (d.side === c.client) c.shared.counters.requestBytes += count
  else c.shared.counters.responseBytes += count
}

function readChunks<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
): number {
  const chunks = d.chunks!
  let pos = start
  for (;;) {
    const step = chunks.step(bytes, pos, end)
    countBytes(c, d, chunks.pos - pos)
    pos = chunks.pos
    if (step === ChunkStep.needMore) return pos
    if (step === ChunkStep.data) {
      const count = Math.min(chunks.remaining, end - pos)
      takeData(c, d, bytes, pos, count)
      chunks.take(count)
      pos += count
      continue
    }
    if (step === ChunkStep.end) {
      endMessage(c, d, bytes, timeUs, d.fed - (end - pos))
      return pos
    }
    c.shared.counters.badChunk++
    d.message!.addAnomaly(Anomaly.badChunk)
    d.message!.flags |= ExchangeFlag.truncated
    endMessage(c, d, bytes, timeUs, -1)
    c.loseBoundary(d, -1, false, -1)
    return pos
  }
}

/** A status line where the body should begin: the unknown request was a HEAD, and this is the next response. */
function readBodyOrHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  pos: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  const gather = d.gather
  const before = gather?.length ?? 0
  const stop = Math.min(end, pos + STATUS_PATTERN_BYTES - before)
  const isHead = d.message!.peer?.method === "HEAD"
  let verdict: Verdict = isHead ? Verdict.yes : Verdict.maybe
  if (!isHead) {
    const kept = gather ?? new Gather(c.shared.pool, d.fed - (end - pos))
    if (!kept.append(bytes, pos, stop, timeUs, ack)) {
      c.shared.counters.gatherMemcapDrop++
      verdict = Verdict.no
    } else verdict = statusPattern(kept.bytes, 0, kept.length)
    if (verdict === Verdict.maybe) {
      d.gather = kept
      return stop
    }
    if (gather === null) kept.clear()
  }
  settleBodyOrHead(c, d, verdict === Verdict.yes, before)
  return pos
}

/** Decided: a head begins, or the body does. The first `count` bytes gathered are read as such. */
export function settleBodyOrHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  isHead: boolean,
  count: number,
): void {
  const gather = d.gather
  d.gather = null
  if (isHead) {
    const message = d.message!
    // A guess, however good, is no proof of where the next response stands in the order.
    if (message.peer?.method !== "HEAD") c.pairing.onServerGuess(message as Message<S>)
    endMessage(c, d, EMPTY, message.lastUs, message.bodyStart)
  } else d.at = d.bodyAt
  if (gather === null) return
  c.replay(d, gather, 0, count)
  gather.clear()
}
