// The sessions remembered: their records by slot of the flow table, the order in which they may be evicted, and a timer each.
// A session that has ended gives its record to the next one at once, so that those in use are few, and warm in the processor's
// cache, however many linger.
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
import { Lingering } from "./lingering.ts"
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
  readonly lingering: Lingering
  readonly #counters: TcpCounters
  /** Records by slot; undefined where a session lingers, or the slot is free. */
  readonly #records: (Session | undefined)[] = []
  /** Records that no session uses. */
  readonly #spare: Session[] = []
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
    this.lingering = new Lingering(table.capacity)
    this.#silentMax = table.flowsMax >>> 3
  }

  /** The session in a used slot; undefined: one that has ended lingers there. */
  at(slot: number): Session | undefined {
    return this.#records[slot]
  }

  /** Time moves on: fires what is due. A doubted packet came before its time, so its session was not silent until now. */
  advance(ticks: number): void {
    this.doubted?.hear((this.wheel.now + ticks) | 0)
    this.doubted = undefined
    this.wheel.advance(ticks)
  }

  /** Slot of the session to forget before another can begin, -1 while there is room. It may have ended already. */
  victim(): number {
    if (!this.table.isFull) return -1
    let slot = this.#order.first(Rank.ended)
    if (slot < 0 && this.#silent > this.#silentMax) slot = this.#order.first(Rank.silent)
    if (slot < 0) slot = this.#order.first(Rank.carrying)
    return slot < 0 ? this.#order.first(Rank.silent) : slot
  }

  /** A new session for the packet that the table was just asked for and did not know. There is room. */
  begin(packet: Packet): Session {
    const slot = this.table.insert(packet)
    if (slot >= this.#records.length) {
      this.#order.grow(this.table.capacity)
      this.wheel.grow(this.table.capacity)
      this.lingering.grow(this.table.capacity)
      while (this.#records.length < this.table.capacity) this.#records.push(undefined)
    }
    const session = this.#spare.pop() ?? new Session()
    this.#records[slot] = session
    session.begin(slot, this.#serial++, packet.vlan, this.wheel.now)
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
    if (distance(session.touchTick, tick) < TOUCH_TICKS) return
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
    const { slot } = session
    this.lingering.keep(session, this.wheel.now)
    this.#move(session, Rank.ended)
    this.#counters.active--
    this.wheel.arm(slot, ticks)
    session.close()
    this.#records[slot] = undefined
    this.#spare.push(session)
  }

  /** Frees the slot of a session that has ended. */
  forget(slot: number): void {
    this.wheel.disarm(slot)
    this.#order.remove(slot)
    this.table.remove(slot)
  }

  /** Frees the slots of all sessions that have ended. */
  forgetEnded(): void {
    for (let slot = this.#order.first(Rank.ended); slot >= 0; slot = this.#order.first(Rank.ended)) this.forget(slot)
  }

  /** Every session that has not ended, in the order in which they began. */
  list(): Session[] {
    const sessions: Session[] = []
    for (const rank of [Rank.silent, Rank.carrying])
      this.#order.each(rank, (slot) => sessions.push(this.#records[slot]!))
    return sessions.sort((a, b) => a.serial - b.serial)
  }

  #move(session: Session, rank: number): void {
    if (session.rank === Rank.silent) this.#silent--
    session.rank = rank
    this.#order.remove(session.slot)
    this.#order.push(rank, session.slot)
  }
}
