// The sessions remembered: their records by slot of the flow table, the order in which they may be evicted, and a timer each.
//
// A full table evicts, in this order: an ended session that only lingers; the session without payload that was silent
// longest, once those fill an eighth of the table (a flood of SYNs then pushes out itself, not the conversations); the
// session that was silent longest. Silence is known to a second, which spares a busy session the moves.
import { IntLists } from "../../shared/bytes/int-lists.ts"
import { toTicks } from "../../shared/time/packet-clock.ts"
import { TimerWheel } from "../../shared/time/timer-wheel.ts"
import type { Packet } from "../decode/packet.ts"
import type { FlowTable } from "../flow/flow-table.ts"
import type { TcpCounters } from "./counters.ts"
import { distance } from "./seq.ts"
import { Session } from "./session.ts"

/** The lists of the eviction order. */
const Rank = { ended: 0, silent: 1, carrying: 2 } as const

const TOUCH_TICKS = toTicks(1_000_000)

export class Sessions {
  readonly table: FlowTable
  readonly wheel: TimerWheel
  /** The session of a packet whose time is doubted. */
  doubted: Session | undefined = undefined
  readonly #counters: TcpCounters
  /** Records by slot, made when a slot is first used. */
  readonly #records: Session[] = []
  /** Each list from the one silent longest to the one heard last. */
  readonly #order: IntLists
  readonly #silentMax: number
  /** Sessions without payload. */
  #silent = 0
  #serial = 0

  constructor(table: FlowTable, counters: TcpCounters, fire: (slot: number) => void) {
    this.table = table
    this.#counters = counters
    this.#order = new IntLists(3, table.capacity)
    this.wheel = new TimerWheel(fire, table.capacity)
    this.#silentMax = table.flowsMax >>> 3
  }

  at(slot: number): Session {
    return this.#records[slot]!
  }

  /** Time moves on: fires what is due. A doubted packet came before its time, so its session was not silent until now. */
  advance(ticks: number): void {
    this.doubted?.hear((this.wheel.now + ticks) | 0)
    this.doubted = undefined
    this.wheel.advance(ticks)
  }

  /** The session to end before another can begin, undefined while there is room. It may have ended already. */
  victim(): Session | undefined {
    if (!this.table.isFull) return undefined
    let slot = this.#order.first(Rank.ended)
    if (slot < 0 && this.#silent > this.#silentMax) slot = this.#order.first(Rank.silent)
    if (slot < 0) slot = this.#order.first(Rank.carrying)
    if (slot < 0) slot = this.#order.first(Rank.silent)
    return this.#records[slot]
  }

  /** A new session for the packet that the table was just asked for and did not know. There is room. */
  begin(packet: Packet): Session {
    const slot = this.table.insert(packet)
    if (this.table.capacity > this.#records.length) {
      this.#order.grow(this.table.capacity)
      this.wheel.grow(this.table.capacity)
    }
    let session = this.#records[slot]
    if (session === undefined) {
      session = new Session(slot)
      this.#records[slot] = session
    }
    session.begin(this.#serial++, packet.vlan, this.wheel.now)
    session.rank = Rank.silent
    this.#order.push(Rank.silent, slot)
    this.#silent++
    const counters = this.#counters
    counters.sessions++
    counters.active++
    if (counters.active > counters.activeMax) counters.activeMax = counters.active
    return session
  }

  /** `session` was heard. */
  touch(session: Session): void {
    const tick = this.wheel.now
    if (session.rank === Rank.ended || distance(session.touchTick, tick) < TOUCH_TICKS) return
    session.touchTick = tick
    this.#order.remove(session.slot)
    this.#order.push(session.rank, session.slot)
  }

  /** `session` carries payload. */
  carry(session: Session): void {
    session.carries = true
    this.#move(session, Rank.carrying)
  }

  /** `session` has ended and lingers for `ticks`. */
  linger(session: Session, ticks: number): void {
    session.close(this.wheel.now)
    this.#move(session, Rank.ended)
    this.#counters.active--
    this.wheel.arm(session.slot, ticks)
  }

  /** Frees the slot of a session that has ended. */
  forget(session: Session): void {
    this.wheel.disarm(session.slot)
    this.#order.remove(session.slot)
    this.table.remove(session.slot)
  }

  /** Every session remembered, in the order in which they began. */
  list(): Session[] {
    const sessions: Session[] = []
    for (const rank of [Rank.ended, Rank.silent, Rank.carrying])
      this.#order.each(rank, (slot) => sessions.push(this.at(slot)))
    return sessions.sort((a, b) => a.serial - b.serial)
  }

  #move(session: Session, rank: number): void {
    if (session.rank === Rank.silent) this.#silent--
    session.rank = rank
    this.#order.remove(session.slot)
    this.#order.push(rank, session.slot)
  }
}
