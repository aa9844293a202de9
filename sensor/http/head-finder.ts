// Finds the head of the next message at a known place: the start of a stream, right after another message, or where a
// search has found one. Also decides, by the first bytes, whether a stream speaks HTTP/1 at all, on any port.
//
// In:  bytes from the head's first byte on.
// Out: the head, read, and its message begun; or the stream is something else; or the place is lost.
// A head that is whole in its segment is read where it lies. One that is cut is gathered until its blank line has come:
// each byte is searched once, and parsed once when all are there.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { HELLO_PROOF_BYTES, isHello, maySpeakTls, RECORD_PROOF_BYTES } from "../tls/record-header.ts"
import type { Connection } from "./connection.ts"
import { Gather } from "./gather.ts"
import { isHandoverPending } from "./handover-wait.ts"
import { chainVerdict } from "./http2/frame-chain.ts"
import { beginRequest, beginResponse, HeadIs } from "./message-flow.ts"
import { PREAMBLE_MAYBE, proxiedAddress, proxyPreamble, socksPreamble } from "./preamble.ts"
import {
  knownMethod,
  LineKind,
  requestLineKind,
  requestPrefix,
  skipIndent,
  statusLineKind,
  statusPrefix,
  Verdict,
} from "./start-line.ts"
import type { StencilSet } from "./stencils.ts"
import { At, Opaque, type StreamState } from "./stream-state.ts"

const LF = 10
const CR = 13
const SP = 32
const LETTER_H = 72
const LETTER_T = 84
/** Bytes copied at a time behind a cut head: what is not of the head is copied in vain. */
const APPEND_BYTES = 2048
/** Enough for the longest method token and the white space before it, and for a SOCKS greeting with its user. */
const PREFIX_BYTES = 300

const NOT_WHOLE = 0
const NO_HEAD = -1

/** Consumes bytes from `pos` on; returns where it stopped. At least one byte is consumed, or the stream's state changes. */
export function readHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  if (d.gather !== null) return readCutHead(c, d, d.gather, bytes, start, end, timeUs, ack)
  let pos = start
  while (pos < end && (bytes[pos] === CR || bytes[pos] === LF)) pos++
  if (pos > start) c.shared.counters.paddingBytes += pos - start
  if (pos === end) return end
  d.headStart = d.fed - (end - pos)
  d.headUs = timeUs
  d.headAck = ack
  c.shared.use(bytes)
  const isRequest = c.hasRoles ? d.side === c.client : bytes[pos] !== LETTER_H || bytes[pos + 1] !== LETTER_T
  if (c.hasRoles || isLetter(bytes[pos]!)) {
    const length = c.shared.reader.readStrict(pos, end, isRequest, stencilsOf(c, d, isRequest))
    if (length > 0) {
      if (!c.hasRoles) c.setRoles(isRequest ? d.side : d.side === 0 ? 1 : 0)
      begin(c, d, isRequest, timeUs, HeadIs.whole, 0)
      return pos + length
    }
  }
  d.searched = 0
  d.lineEnd = -1
  const found = findHead(c, d, bytes, pos, end - pos)
  if (found > 0 && found <= c.shared.options.headBytesMax) {
    takeHead(c, d, pos, found, timeUs)
    return pos + found
  }
  if (found === NO_HEAD) {
    refuse(c, d, bytes, pos, end - pos)
    return pos
  }
  d.searched = 0
  d.lineEnd = -1
  d.gather = new Gather(c.shared.pool, d.headStart)
  return readCutHead(c, d, d.gather, bytes, pos, end, timeUs, ack)
}

function readCutHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  gather: Gather,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  const limit = c.shared.options.headBytesMax
  let pos = start
  while (pos < end) {
    const before = gather.length
    const stop = Math.min(end, pos + Math.min(APPEND_BYTES, limit - before))
    if (!gather.append(bytes, pos, stop, timeUs, ack)) {
      c.shared.counters.gatherMemcapDrop++
      giveUpHead(c, d, 0)
      c.loseBoundary(d, -1, false, -1)
      // A search from its first byte on would find the same head again.
      c.skip(stop - pos)
      return stop
    }
    const found = findHead(c, d, gather.bytes, 0, gather.length)
    if (found > 0) {
      d.gather = null
      c.shared.use(gather.bytes)
      takeHead(c, d, 0, found, timeUs)
      gather.clear()
      return pos + found - before
    }
    if (found === NO_HEAD) {
      d.gather = null
      refuse(c, d, gather.bytes, 0, gather.length)
      c.replay(d, gather, 0, before)
      gather.clear()
      return pos
    }
    pos = stop
    if (gather.length === limit) {
      c.shared.counters.headTooLong++
      giveUpHead(c, d, 0, Anomaly.headTooLong)
      c.loseBoundary(d, -1, false, -1)
      return pos
    }
  }
  return pos
}

/** Length of the head in [base, base + length), NOT_WHOLE, or NO_HEAD. Goes on where it stopped last time. */
function findHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  base: number,
  length: number,
): number {
  const end = base + length
  if (d.lineEnd < 0) {
    const verdict = prefixVerdict(c, d, bytes, base, bytes[base] === 0 ? end : Math.min(end, base + PREFIX_BYTES))
    if (verdict === Verdict.no) return NO_HEAD
    if (verdict === Verdict.maybe) return NOT_WHOLE
    const lineFeed = findLineFeed(bytes, base + d.searched, end)
    if (lineFeed < 0) {
      d.searched = length
      return NOT_WHOLE
    }
    d.lineKind = lineKindOf(c, d, bytes, base, bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed)
    if (d.lineKind === LineKind.none) return NO_HEAD
    d.lineEnd = lineFeed - base
    d.searched = d.lineEnd + 1
  }
  if (isContrary(c, d)) return NO_HEAD
  if (d.lineKind === LineKind.simpleRequest) return d.lineEnd + 1
  for (;;) {
    const lineFeed = findLineFeed(bytes, base + d.searched, end)
    if (lineFeed < 0) {
      d.searched = length
      return NOT_WHOLE
    }
    d.searched = lineFeed + 1 - base
    const before = bytes[lineFeed - 1]
    if (before === LF || (before === CR && bytes[lineFeed - 2] === LF)) return d.searched
  }
}

function isLetter(byte: number): boolean {
  return byte >= 65 && byte <= 90
}

/** The start line was read before the other side told the roles, and does not fit them. */
function isContrary<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>): boolean {
  return c.hasRoles && (d.lineKind === LineKind.status) === (d.side === c.client)
}

function findLineFeed(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === LF) return i
  return -1
}

function prefixVerdict<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
): Verdict {
  if (c.hasRoles) return d.side === c.client ? requestPrefix(bytes, start, end) : statusPrefix(bytes, start, end)
  if (maySpeakTls(bytes, start, end))
    return end - start < (c.isJoined ? HELLO_PROOF_BYTES : RECORD_PROOF_BYTES) ? Verdict.maybe : Verdict.no
  if (d.isFresh && !c.isJoined && mayBePreamble(bytes, start, end)) return Verdict.maybe
  // Joined, the place of the first frame is not known: it is searched for.
  if (bytes[start] === 0)
    return !c.isJoined && chainVerdict(bytes, start, end) === Verdict.maybe ? Verdict.maybe : Verdict.no
  return Math.max(requestPrefix(bytes, start, end), statusPrefix(bytes, start, end)) as Verdict
}

function mayBePreamble(bytes: Uint8Array, start: number, end: number): boolean {
  return proxyPreamble(bytes, start, end) === PREAMBLE_MAYBE || socksPreamble(bytes, start, end) === PREAMBLE_MAYBE
}

function lineKindOf<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
): LineKind {
  let kind: LineKind = LineKind.none
  if (!c.hasRoles || d.side === c.client) {
    kind = isPreface(bytes, start, end) ? LineKind.none : requestLineKind(bytes, start, end)
    if (kind === LineKind.simpleRequest && (!d.isFresh || c.isJoined || d.isLost)) kind = LineKind.none
    // Joined in the midst of a body, which may end right before a request: only a known method is told from its last bytes.
    if (kind === LineKind.request && d.isFresh && c.isJoined && !hasKnownMethod(bytes, start, end)) kind = LineKind.none
  }
  if (kind === LineKind.none && (!c.hasRoles || d.side !== c.client)) kind = statusLineKind(bytes, start, end)
  return kind
}

function hasKnownMethod(bytes: Uint8Array, start: number, end: number): boolean {
  const method = skipIndent(bytes, start, end)
  let stop = method
  while (stop < end && bytes[stop] !== SP) stop++
  return knownMethod(bytes, method, stop) !== ""
}

/** The head lies in the bytes that the reader was pointed at: reads it, begins its message. */
function takeHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  start: number,
  length: number,
  timeUs: number,
): void {
  const { reader } = c.shared
  const isRequest = d.lineKind !== LineKind.status
  if (!c.hasRoles) c.setRoles(isRequest ? d.side : d.side === 0 ? 1 : 0)
  if (d.lineKind === LineKind.simpleRequest) {
    reader.readPartial(start, start + length, true)
    begin(c, d, true, timeUs, HeadIs.simple, 0)
    return
  }
  if (reader.readStrict(start, start + length, isRequest, stencilsOf(c, d, isRequest)) !== length)
    reader.readTolerant(start, start + length, isRequest)
  begin(c, d, isRequest, timeUs, HeadIs.whole, 0)
}

function stencilsOf<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>, isRequest: boolean): StencilSet {
  if (d.stencils === null) d.stencils = c.shared.reader.stencils.of(c.flow, d.side, isRequest)
  return d.stencils
}

function begin<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  isRequest: boolean,
  timeUs: number,
  is: HeadIs,
  flags: number,
): void {
  if (isRequest) beginRequest(c, d, timeUs, is, flags)
  else beginResponse(c, d, timeUs, is, flags)
}

/**
 * No more of the head at hand will come, or too much did. When its start line is whole it still makes a message: what was
 * asked for, or answered, is known. Otherwise its bytes are skipped. `flags`: what happened to it. Returns whether it made one.
 */
export function giveUpHead<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  flags: number,
  anomaly: number = 0,
): boolean {
  const gather = d.gather
  if (gather === null) return false
  d.gather = null
  let stop = gather.length
  while (stop > 0 && gather.bytes[stop - 1] !== LF) stop--
  const isSeen = d.lineEnd >= 0 && stop > d.lineEnd && !isContrary(c, d)
  if (isSeen) {
    const isRequest = d.lineKind !== LineKind.status
    if (!c.hasRoles) c.setRoles(isRequest ? d.side : d.side === 0 ? 1 : 0)
    c.shared.use(gather.bytes)
    c.shared.reader.readPartial(0, stop, isRequest)
    if (anomaly !== 0) c.shared.reader.anomalies.push(anomaly)
    c.shared.counters.partialHeads++
    c.skip(gather.length - stop)
    begin(c, d, isRequest, d.headUs, HeadIs.cut, flags)
  } else c.skip(gather.length)
  gather.clear()
  return isSeen
}

/** What begins here is no HTTP/1 message. */
function refuse<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  start: number,
  length: number,
): void {
  const end = start + length
  if (c.hasRoles) {
    if (d.side !== c.client && d.isFresh && c.pairing.front?.simple === true) {
      c.shared.use(bytes)
      c.shared.reader.readNothing(start)
      begin(c, d, false, d.headUs, HeadIs.simple, 0)
    } else if (d.side === c.client && isHandoverPending(c)) d.at = At.waiting
    else c.loseBoundary(d, -1, false, -1)
    return
  }
  // Where the stream was joined, these bytes need not begin anything: only what proves itself is taken for a hello.
  if (c.isJoined ? isHello(bytes, start, end) : maySpeakTls(bytes, start, end)) c.handOver(Opaque.tls, -1, d.headUs)
  else if (isPreface(bytes, start, end)) c.handOver(Opaque.http2, d.side, d.headUs)
  else if (chainVerdict(bytes, start, end) === Verdict.yes) c.handOver(Opaque.http2, -1, d.headUs)
  else if (d.isFresh && !c.isJoined && proxyPreamble(bytes, start, end) > 0) {
    d.at = At.preamble
    d.remaining = proxyPreamble(bytes, start, end)
    c.flow.proxied = proxiedAddress(bytes, start, end, c.flow.serial)
  } else if (d.isFresh && !c.isJoined && socksPreamble(bytes, start, end) > 0) c.searchBoth()
  else if (d.isFresh && !c.isJoined && !d.isLost) {
    c.turnOpaque(d, Opaque.other)
    c.session.onForeign?.()
  } else {
    d.at = At.scan
    d.isResynced = true
  }
}

const PREFACE = Buffer.from("PRI * HTTP/2")

/** The first line of the client's preface of HTTP/2 (RFC 9113 section 3.4). */
function isPreface(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < PREFACE.length) return false
  for (let i = 0; i < PREFACE.length; i++) if (bytes[start + i] !== PREFACE[i]) return false
  return true
}
