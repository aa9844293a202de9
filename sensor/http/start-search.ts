// Drives the search for the next message over the calls that deliver bytes: what may begin a start line is kept until the
// next call, all else is skipped and counted.
import type { Connection } from "./connection.ts"
import { Gather } from "./gather.ts"
import { At, type StreamState } from "./stream-state.ts"

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
  const { pool } = c.shared
  const scan = c.hasRoles ? c.shared.scan : c.shared.either
  const wantRequest = !c.hasRoles || d.side === c.client
  const wantStatus = !c.hasRoles || d.side !== c.client
  let tail = d.gather
  if (tail === null) {
    scan.run(bytes, pos, pos, end, wantRequest, wantStatus)
    if (scan.found >= 0) {
      c.skip(scan.found - pos)
      d.at = At.head
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
  const stop = Math.min(end, pos + APPEND_BYTES)
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
    d.at = At.head
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

function giveUpTail<Q, S>(c: Connection<Q, S>, count: number): void {
  c.shared.counters.gatherMemcapDrop++
  c.skip(count)
}
