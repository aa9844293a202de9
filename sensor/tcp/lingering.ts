// Ended sessions whose segments may still be on their way: what tells a late segment from the first one of another session under
// the same addresses. A row of small integers a slot of the flow table; the session's record serves another one meanwhile.
//
//   row  | first 0 | next 0 | first 1 | next 1 | tick of the end | sides that have numbers, a bit each |
import { type Packet, TcpFlag } from "../decode/packet.ts"
import type { Side } from "../flow/flow.ts"
import { distance } from "./seq.ts"
import type { Session } from "./session.ts"

const ROW = 6
const TICK = 4
const SIDES = 5

export class Lingering {
  #rows: Int32Array

  constructor(slots: number) {
    this.#rows = new Int32Array(slots * ROW)
  }

  grow(slots: number): void {
    const rows = new Int32Array(slots * ROW)
    rows.set(this.#rows)
    this.#rows = rows
  }

  /** `session` has ended. */
  keep(session: Session, tick: number): void {
    const { slot, stream0, stream1 } = session
    const rows = this.#rows
    const at = slot * ROW
    rows[at] = stream0.firstSeq
    rows[at + 1] = stream0.nextSeq
    rows[at + 2] = stream1.firstSeq
    rows[at + 3] = stream1.nextSeq
    rows[at + TICK] = tick
    rows[at + SIDES] = (stream0.hasBase ? 1 : 0) | (stream1.hasBase ? 2 : 0)
  }

  /** True when `packet`, which `side` sent, belongs to another session: it begins one, or lies too far from this one's bytes. */
  isOfAnother(slot: number, side: Side, packet: Packet, windowBytes: number): boolean {
    if ((packet.flags & TcpFlag.rst) !== 0) return false
    const rows = this.#rows
    const at = slot * ROW
    const hasBase = (rows[at + SIDES]! & (1 << side)) !== 0
    if ((packet.flags & TcpFlag.syn) !== 0) return !hasBase || rows[at + 2 * side] !== ((packet.seq + 1) | 0)
    const hasPayload = packet.payloadEnd > packet.payloadStart
    return hasPayload && hasBase && Math.abs(distance(rows[at + 2 * side + 1]!, packet.seq)) > windowBytes
  }

  /** Ticks since the end. */
  age(slot: number, tick: number): number {
    return distance(this.#rows[slot * ROW + TICK]!, tick)
  }
}
