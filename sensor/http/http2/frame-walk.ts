// Walks the frames of one direction over the calls that deliver its bytes: nothing is held but frame headers and header blocks
// that are cut. DATA is counted and passed on where it lies, however large its frame.
//
// In:  bytes at a known place in a frame, or in search of one.   Out: blocks, body bytes, ends and resets of streams, settings.
// Given up: frames that are not as they must be, and with them the place of the next one; blocks beyond the limit.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { Gather } from "../gather.ts"
import { FrameFlag, FrameType, HEADER_BYTES, isSoundFrame, leadBytes } from "./frame-type.ts"
import type { H2Connection } from "./h2-connection.ts"
import { At, CONTROL_BYTES, type H2Direction } from "./h2-direction.ts"

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
/** CONTINUATION frames of one block. */
const CONTINUATIONS_MAX = 128
/** Bytes copied at a time behind the kept tail of a search. */
const APPEND_BYTES = 4096
const SETTINGS_MAX_FRAME_SIZE = 5

/** Consumes [start, end). `timeUs`, `ack`: of these bytes. */
export function walkFrames<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
  ack: number,
): void {
  let pos = start
  while (pos < end) {
    switch (d.at) {
      case At.header:
        pos = readHeader(c, d, bytes, pos, end, timeUs, ack)
        break
      case At.lead:
        pos = readLead(c, d, bytes, pos, end, timeUs)
        break
      case At.fragment:
        pos = readFragment(c, d, bytes, pos, end, timeUs)
        break
      case At.padding: {
        const count = Math.min(d.paddingLeft, end - pos)
        d.paddingLeft -= count
        c.shared.counters.paddingBytes += count
        pos += count
        if (d.paddingLeft === 0) endFrame(c, d, timeUs)
        break
      }
      case At.preface:
        pos = readPreface(c, d, bytes, pos, end)
        break
      case At.search:
        pos = searchFrame(c, d, bytes, pos, end, timeUs, ack)
        break
      default:
        c.shared.counters.skippedBytes += end - pos
        pos = end
    }
  }
}

function readPreface<Q, S>(c: H2Connection<Q, S>, d: H2Direction<Q, S>, bytes: Uint8Array, start: number, end: number) {
  let pos = start
  while (pos < end && d.prefaceBytes < PREFACE.length) {
    if (bytes[pos] !== PREFACE[d.prefaceBytes]) {
      c.loseBoundary(d)
      return pos
    }
    pos++
    d.prefaceBytes++
    c.shared.counters.prefaceBytes++
  }
  if (d.prefaceBytes < PREFACE.length) return pos
  c.setClient(d.side)
  d.table.renew()
  d.hasLost = false
  d.at = At.header
  return pos
}

function readHeader<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  if (d.headerBytes === 0) {
    d.frameStart = d.fed - (end - start)
    d.frameUs = timeUs
    d.frameAck = ack
    if (end - start >= HEADER_BYTES) {
      c.shared.counters.frameHeaderBytes += HEADER_BYTES
      beginFrame(c, d, bytes, start, timeUs)
      return start + HEADER_BYTES
    }
  }
  const count = Math.min(HEADER_BYTES - d.headerBytes, end - start)
  for (let i = 0; i < count; i++) d.header[d.headerBytes++] = bytes[start + i]!
  c.shared.counters.frameHeaderBytes += count
  if (d.headerBytes === HEADER_BYTES) {
    d.headerBytes = 0
    beginFrame(c, d, d.header, 0, timeUs)
  }
  return start + count
}

function beginFrame<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  at: number,
  timeUs: number,
): void {
  const { counters } = c.shared
  const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
  d.type = bytes[at + 3]!
  d.flags = bytes[at + 4]!
  d.id = ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!
  counters.frames++
  if (d.mayBeStart) {
    d.mayBeStart = false
    d.isResynced = false
    if (d.type === FrameType.settings && (d.flags & FrameFlag.ack) === 0 && c.hasStart(d)) {
      d.table.renew()
      d.hasLost = false
    }
  }
  if (d.type > FrameType.continuation) counters.unknownFrames++
  if (length > d.frameBytesMax || !isSoundFrame(d.type, d.flags, d.id, length)) {
    counters.badFrames++
    d.anomaly = Anomaly.badFrame
    c.loseBoundary(d)
    return
  }
  const isContinuation = d.type === FrameType.continuation
  if (d.blockId !== 0 && !(isContinuation && d.id === d.blockId)) {
    d.anomaly = Anomaly.interleavedBlock
    c.cutBlock(d)
    d.blockId = 0
  }
  d.left = length
  d.paddingLeft = 0
  d.leadBytes = 0
  d.leadLeft = leadBytes(d.type, d.flags)
  d.controlBytes = 0
  d.stream = d.type === FrameType.data ? c.streamOf(d.id) : null
  if (d.type === FrameType.headers || d.type === FrameType.pushPromise) {
    d.blockId = d.id
    d.blockPromised = 0
    d.blockBytes = d.blockFrames = 0
    d.blockStart = d.frameStart
    d.blockUs = d.frameUs
    d.blockAck = d.frameAck
    d.isBlockEnd = d.type === FrameType.headers && (d.flags & FrameFlag.endStream) !== 0
    d.isBlockTold = false
  } else if (isContinuation && d.blockId === 0) {
    // Of a block whose start is not here: what it inserts is not known.
    c.forgetTable(d)
  } else if (isContinuation && ++d.blockFrames > CONTINUATIONS_MAX) c.refuseBlock(d)
  if (d.leadLeft > 0) d.at = At.lead
  else if (length > 0) d.at = At.fragment
  else endFrame(c, d, timeUs)
}

function readLead<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
): number {
  let pos = start
  for (; pos < end && d.leadLeft > 0; d.leadLeft--) d.lead[d.leadBytes++] = bytes[pos++]!
  c.shared.counters.otherBytes += pos - start
  d.left -= pos - start
  if (d.leadLeft > 0) return pos
  const padding = (d.flags & FrameFlag.padded) === 0 ? 0 : d.lead[0]!
  if (padding > d.left) {
    c.shared.counters.badFrames++
    d.anomaly = Anomaly.badFrame
    c.loseBoundary(d)
    return pos
  }
  d.paddingLeft = padding
  d.left -= padding
  if (d.type === FrameType.pushPromise) {
    const at = d.leadBytes - 4
    d.blockPromised = ((d.lead[at]! & 0x7f) << 24) | (d.lead[at + 1]! << 16) | (d.lead[at + 2]! << 8) | d.lead[at + 3]!
  }
  afterFragment(c, d, timeUs)
  return pos
}

/** What comes next, now that `left` has changed. */
function afterFragment<Q, S>(c: H2Connection<Q, S>, d: H2Direction<Q, S>, timeUs: number): void {
  if (d.left > 0) d.at = At.fragment
  else if (d.paddingLeft > 0) d.at = At.padding
  else endFrame(c, d, timeUs)
}

function readFragment<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
): number {
  const count = Math.min(d.left, end - start)
  const stop = start + count
  const { counters } = c.shared
  d.left -= count
  switch (d.type) {
    case FrameType.data:
      counters.bodyBytes += count
      if (d.stream !== null) c.takeBody(d, d.stream, bytes, start, stop, timeUs)
      break
    case FrameType.headers:
    case FrameType.pushPromise:
    case FrameType.continuation:
      counters.headerBlockBytes += count
      if (d.blockId !== 0) takeBlock(c, d, bytes, start, stop, timeUs)
      break
    default:
      counters.otherBytes += count
      if (d.type === FrameType.settings) takeSettings(c, d, bytes, start, stop)
  }
  if (d.left === 0) afterFragment(c, d, timeUs)
  return stop
}

/** A piece of a header block: a block in one piece is read where it lies. */
function takeBlock<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
  timeUs: number,
): void {
  if (d.isBlockTold) return
  if (d.blockBytes === 0 && d.left === 0 && (d.flags & FrameFlag.endHeaders) !== 0) {
    d.isBlockTold = true
    c.readBlock(d, bytes, start, end, timeUs, false)
    return
  }
  d.blockBytes += end - start
  if (d.blockBytes > c.shared.options.blockBytesMax) {
    c.refuseBlock(d)
    return
  }
  d.block ??= new Gather(c.shared.pool, 0)
  if (d.block.append(bytes, start, end, timeUs, -1)) return
  c.shared.counters.gatherMemcapDrop++
  c.cutBlock(d)
}

function takeSettings<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  for (let pos = start; pos < end; pos++) {
    d.control[d.controlBytes++] = bytes[pos]!
    if (d.controlBytes < CONTROL_BYTES) continue
    d.controlBytes = 0
    const { control } = d
    if (control[0] === 0 && control[1] === SETTINGS_MAX_FRAME_SIZE)
      c.allowFrames(d.side, ((control[2]! << 24) | (control[3]! << 16) | (control[4]! << 8) | control[5]!) >>> 0)
  }
}

/** The frame at hand is over. */
export function endFrame<Q, S>(c: H2Connection<Q, S>, d: H2Direction<Q, S>, timeUs: number): void {
  d.at = At.header
  switch (d.type) {
    case FrameType.data: {
      const { stream } = d
      d.stream = null
      if (stream !== null && (d.flags & FrameFlag.endStream) !== 0) c.endHalf(d, stream, timeUs)
      return
    }
    case FrameType.headers:
    case FrameType.pushPromise:
    case FrameType.continuation:
      if (d.blockId === 0 || (d.flags & FrameFlag.endHeaders) === 0) return
      if (!d.isBlockTold) {
        const { block } = d
        d.isBlockTold = true
        d.block = null
        if (block === null) c.readBlock(d, d.header, 0, 0, timeUs, false)
        else {
          c.readBlock(d, block.bytes, 0, block.length, timeUs, false)
          block.clear()
        }
      }
      d.blockId = 0
      return
    case FrameType.reset:
      c.reset(d, d.id, timeUs)
      return
    default:
  }
}

/**
 * Searches for a chain of frames; what may begin one is kept until the next call, all else is skipped. A chain is believed by
 * its content alone, so that it does not depend on how the bytes were cut.
 */
function searchFrame<Q, S>(
  c: H2Connection<Q, S>,
  d: H2Direction<Q, S>,
  bytes: Uint8Array,
  pos: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  const { scan, counters, pool } = c.shared
  if (d.tail === null) {
    scan.run(bytes, pos, end)
    if (scan.keep > pos) d.mayBeStart = false
    counters.skippedBytes += scan.keep - pos
    if (scan.found >= 0) {
      d.at = At.header
      d.soundFrom = d.fed - (end - scan.found)
      return scan.found
    }
    if (scan.keep === end) return end
    d.tail = new Gather(pool, d.fed - (end - scan.keep))
    if (!d.tail.append(bytes, scan.keep, end, timeUs, ack)) {
      counters.gatherMemcapDrop++
      counters.skippedBytes += end - scan.keep
      d.tail = null
    }
    return end
  }
  const { tail } = d
  const before = tail.length
  const stop = Math.min(end, pos + APPEND_BYTES)
  if (!tail.append(bytes, pos, stop, timeUs, ack)) {
    counters.gatherMemcapDrop++
    c.dropTail(d)
    return pos
  }
  scan.run(tail.bytes, 0, tail.length)
  if (scan.keep > 0) d.mayBeStart = false
  if (scan.found >= 0) {
    counters.skippedBytes += scan.found
    d.tail = null
    d.at = At.header
    d.soundFrom = tail.offset + scan.found
    c.replay(d, tail, scan.found, Math.max(before, scan.found))
    tail.clear()
    return pos + Math.max(0, scan.found - before)
  }
  counters.skippedBytes += scan.keep
  tail.drop(scan.keep)
  if (tail.length === 0) {
    tail.clear()
    d.tail = null
  }
  return stop
}
