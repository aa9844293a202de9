// Drives the search for the next message over the calls that deliver bytes: what may begin a start line is kept until the
// next call, all else is skipped and counted.
import { areRecords, isHello } from "../tls/record-header.ts"
import { RecordSearch } from "../tls/record-search.ts"
import type { Connection } from "./connection.ts"
import { Gather } from "./gather.ts"
import { At, Opaque, type StreamState } from "./stream-state.ts"

/** Bytes copied at a time behind the kept tail. */
const APPEND_BYTES = 4096

/** Consumes bytes from `pos` on; returns where it stopped: at the found start, with d.at = At.head, or behind what was kept. */
export function searchStart<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  pos: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  const stop = d.gather === null ? end : Math.min(end, pos + APPEND_BYTES)
  if (!c.hasRoles && speaksTls(d, bytes, pos, stop)) {
    c.handOver(Opaque.tls, -1, timeUs)
    return pos
  }
  const { pool } = c.shared
  const scan = c.hasRoles ? c.shared.scan : c.shared.either
  const wantRequest = !c.hasRoles || d.side === c.client
  const wantStatus = !c.hasRoles || d.side !== c.client
  let tail = d.gather
  if (tail === null) {
    scan.run(bytes, pos, pos, end, wantRequest, wantStatus)
    if (scan.found >= 0) {
      c.skip(scan.found - pos)
      if (scan.isFrames) c.handOver(Opaque.http2, -1, timeUs)
      else d.at = At.head
      return scan.found
    }
    c.skip(scan.keep - pos)
    if (scan.keep === end) return end
    tail = new Gather(pool, d.fed - (end - scan.keep))
    if (tail.append(bytes, scan.keep, end, timeUs, ack)) {
      d.gather = tail
      d.searched = scan.resume - scan.keep
    } else giveUpTail(c, end - scan.keep)
    return end
  }
  const before = tail.length
  if (!tail.append(bytes, pos, stop, timeUs, ack)) {
    d.gather = null
    giveUpTail(c, before)
    tail.clear()
    return pos
  }
  scan.run(tail.bytes, 0, d.searched, tail.length, wantRequest, wantStatus)
  const found = scan.found
  if (found >= 0) {
    d.gather = null
    if (scan.isFrames) c.handOver(Opaque.http2, -1, tail.markUs[0]!)
    else d.at = At.head
    c.skip(Math.min(found, before))
    c.replay(d, tail, found, before)
    tail.clear()
    if (found <= before) return pos
    c.skip(found - before)
    return pos + found - before
  }
  c.skip(scan.keep)
  d.searched = scan.resume - scan.keep
  tail.drop(scan.keep)
  if (tail.length === 0) {
    tail.clear()
    d.gather = null
  }
  return stop
}

/** A stream that was joined, or that something else began, has come to a hello of TLS, or shows a chain of its records. */
function speaksTls<Q, S>(d: StreamState<Q, S>, bytes: Uint8Array, start: number, end: number): boolean {
  if (isHello(bytes, start, end)) return true
  d.records ??= new RecordSearch()
  // Whoever sends little at a time sends whole records in a segment: proof enough at the first one of a stream, read where it lies.
  if (d.records.isAtStart && d.fed === d.offset && areRecords(bytes, start, end)) return true
  return d.records.run(bytes, start, end) >= 0
}

function giveUpTail<Q, S>(c: Connection<Q, S>, count: number): void {
  c.shared.counters.gatherMemcapDrop++
  c.skip(count)
}

/** What was kept begins no message. */
export function dropTail<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>): void {
  if (d.gather === null) return
  c.skip(d.gather.length)
  d.gather.clear()
  d.gather = null
}
