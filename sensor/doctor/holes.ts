// Stretches of a stream's sequence numbers that were jumped over and have not come yet. Eight a stream at most, in columns
// for all streams; whoever opens a ninth settles the oldest first.
//
//   stream 0   | hole | hole | -    | ...     stream 1   | hole | ...        in the order in which they were opened
import { distance } from "../tcp/seq.ts"

export const HOLES_PER_STREAM = 8

/** How a hole came to be known. */
export const HoleOrigin = {
  /** Later data came. */
  data: 0,
  /** The receiver acknowledged data that had not been seen. */
  ack: 1,
} as const
export type HoleOrigin = (typeof HoleOrigin)[keyof typeof HoleOrigin]

export class Holes {
  /** Holes of each stream. */
  count = new Uint8Array(0)
  /** Sequence numbers [start, end) of each hole. */
  start = new Int32Array(0)
  end = new Int32Array(0)
  /** Packet time at which it was opened, µs. */
  bornUs = new Float64Array(0)
  origin = new Uint8Array(0)
  /** IP id and interface of the segment that jumped over it, or acknowledged it. */
  ipId = new Uint16Array(0)
  port = new Uint8Array(0)

  /** Makes room for `streams` streams. */
  grow(streams: number): void {
    this.count = widened(this.count, new Uint8Array(streams))
    const holes = streams * HOLES_PER_STREAM
    this.start = widened(this.start, new Int32Array(holes))
    this.end = widened(this.end, new Int32Array(holes))
    this.bornUs = widened(this.bornUs, new Float64Array(holes))
    this.origin = widened(this.origin, new Uint8Array(holes))
    this.ipId = widened(this.ipId, new Uint16Array(holes))
    this.port = widened(this.port, new Uint8Array(holes))
  }

  isFull(stream: number): boolean {
    return this.count[stream]! === HOLES_PER_STREAM
  }

  /** Index of the first (oldest) hole of `stream`; the others follow it. */
  first(stream: number): number {
    return stream * HOLES_PER_STREAM
  }

  /** There must be room. */
  open(
    stream: number,
    start: number,
    end: number,
    timeUs: number,
    origin: HoleOrigin,
    ipId: number,
    port: number,
  ): void {
    const hole = this.first(stream) + this.count[stream]!++
    this.start[hole] = start
    this.end[hole] = end
    this.bornUs[hole] = timeUs
    this.origin[hole] = origin
    this.ipId[hole] = ipId
    this.port[hole] = port
  }

  remove(stream: number, hole: number): void {
    const last = this.first(stream) + --this.count[stream]!
    for (let at = hole; at < last; at++) this.#copy(at + 1, at)
  }

  /**
   * Takes [start, end) out of `hole`; returns the bytes taken. A hole cut in its middle stays two when there is room, else
   * its rear part is forgotten: `forgotten` says how many bytes. A hole that is filled is removed.
   */
  fill(stream: number, hole: number, start: number, end: number): number {
    const holeStart = this.start[hole]!
    const holeEnd = this.end[hole]!
    const from = distance(holeStart, start) > 0 ? start : holeStart
    const to = distance(end, holeEnd) > 0 ? end : holeEnd
    const taken = distance(from, to)
    this.forgotten = 0
    if (taken <= 0) return 0
    if (from === holeStart && to === holeEnd) this.remove(stream, hole)
    else if (from === holeStart) this.start[hole] = to
    else {
      this.end[hole] = from
      if (to !== holeEnd) this.#keepRear(stream, hole, to, holeEnd)
    }
    return taken
  }

  /** Bytes that the last `fill` had no room to remember. */
  forgotten = 0

  #keepRear(stream: number, hole: number, start: number, end: number): void {
    if (this.isFull(stream)) {
      this.forgotten = distance(start, end)
      return
    }
    this.open(
      stream,
      start,
      end,
      this.bornUs[hole]!,
      this.origin[hole] as HoleOrigin,
      this.ipId[hole]!,
      this.port[hole]!,
    )
  }

  #copy(from: number, to: number): void {
    this.start[to] = this.start[from]!
    this.end[to] = this.end[from]!
    this.bornUs[to] = this.bornUs[from]!
    this.origin[to] = this.origin[from]!
    this.ipId[to] = this.ipId[from]!
    this.port[to] = this.port[from]!
  }
}

function widened<Column extends Int32Array | Uint8Array | Uint16Array | Float64Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from)
  return to
}
