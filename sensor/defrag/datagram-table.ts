// The datagrams of which fragments came: found by their key, remembered in order of age.
//
//   key   | source 0..3 | destination 0..3 | id | version, protocol | zone |        eleven 32-bit words
//
// IPv4 names a datagram by addresses, protocol and id (RFC 791 section 3.2), IPv6 by addresses and id alone (RFC 8200 section
// 4.5). The hash is seeded with a secret; slots are given out in an order that no seed influences.
import { hashMultipliers } from "../../shared/bytes/hash.ts"
import { IntLists } from "../../shared/bytes/int-lists.ts"
import { IntTable } from "../../shared/bytes/int-table.ts"
import type { Packet } from "../decode/packet.ts"
import type { Fate } from "./counters.ts"

const KEY_WORDS = 11

export const State = {
  /** Fragments are missing. */
  waiting: 0,
  /** Put together a moment ago: copies of its fragments may still come. */
  done: 1,
  /** Given up: what still comes of it shares its fate. */
  spoilt: 2,
} as const
export type State = (typeof State)[keyof typeof State]

/** What is remembered of a datagram. Records are reused. Offsets count bytes of the datagram's payload. */
export class Datagram {
  readonly slot: number
  state: State = State.waiting
  /** Tick at which its first fragment came, or at which it was completed. */
  sinceTick = 0
  /** Upper-layer protocol, as the first fragment says; -1 until it has come. */
  protocol = -1
  /** Its pieces in order of offset (fragment-store.ts), -1: none. */
  firstPiece = -1
  lastPiece = -1
  /** Fragments that brought new bytes, and the captured ones of those bytes. */
  fragments = 0
  bytes = 0
  /** Bytes on the wire that the pieces cover. */
  covered = 0
  /** Length, -1 until the last fragment has come; and the end of the furthest fragment. */
  length = -1
  reach = 0
  /** Overlapping fragments differed. */
  isConflicting = false
  /** What fragments of a spoilt datagram count as. */
  fate: Fate = "overlapping"

  constructor(slot: number) {
    this.slot = slot
  }

  begin(tick: number): void {
    this.state = State.waiting
    this.sinceTick = tick
    this.protocol = -1
    this.fragments = 0
    this.bytes = 0
    this.covered = 0
    this.length = -1
    this.reach = 0
    this.isConflicting = false
  }
}

export class DatagramTable {
  readonly #datagramsMax: number
  readonly #index: IntTable
  readonly #multipliers: Int32Array
  readonly #keys: Int32Array
  readonly #hashes: Int32Array
  /** Records by slot, made when a slot is first used. */
  readonly #records: Datagram[] = []
  /** Slots that were given back. */
  readonly #free: Int32Array
  #freeCount = 0
  /** A list for each state, from the oldest to the newest. */
  readonly #order: IntLists
  /** Key and hash of the fragment last asked for. */
  readonly #key = new Int32Array(KEY_WORDS)
  #hash = 0

  constructor(datagramsMax: number, seed?: number) {
    this.#datagramsMax = datagramsMax
    this.#multipliers = hashMultipliers(KEY_WORDS, seed)
    this.#index = new IntTable(datagramsMax * 2)
    this.#keys = new Int32Array(datagramsMax * KEY_WORDS)
    this.#hashes = new Int32Array(datagramsMax)
    this.#free = new Int32Array(datagramsMax)
    this.#order = new IntLists(3, datagramsMax)
  }

  get isFull(): boolean {
    return this.#index.size >= this.#datagramsMax
  }

  /** The datagram that a fragment belongs to, undefined when none is remembered. */
  find(packet: Packet, protocol: number, id: number): Datagram | undefined {
    this.#setKey(packet, protocol, id)
    const index = this.#index
    const hash = this.#hash
    for (let at = index.start(hash), slot = index.value(at); slot >= 0; at = index.after(at), slot = index.value(at)) {
      if (index.hash(at) === hash && this.#hasKey(slot)) return this.#records[slot]
    }
    return undefined
  }

  /** A new datagram, waiting, for the fragment for which `find` just found none. The table must not be full. */
  insert(tick: number): Datagram {
    const slot = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#records.length
    let datagram = this.#records[slot]
    if (datagram === undefined) {
      datagram = new Datagram(slot)
      this.#records.push(datagram)
    }
    datagram.begin(tick)
    this.#keys.set(this.#key, slot * KEY_WORDS)
    this.#hashes[slot] = this.#hash
    this.#index.insert(this.#hash, slot)
    this.#order.push(State.waiting, slot)
    return datagram
  }

  /** `datagram` changes its state and becomes the newest of it. */
  move(datagram: Datagram, state: State, tick: number): void {
    datagram.state = state
    datagram.sinceTick = tick
    this.#order.remove(datagram.slot)
    this.#order.push(state, datagram.slot)
  }

  /** The oldest in a state, undefined when none is. */
  oldest(state: State): Datagram | undefined {
    const slot = this.#order.first(state)
    return slot < 0 ? undefined : this.#records[slot]
  }

  remove(datagram: Datagram): void {
    this.#order.remove(datagram.slot)
    this.#index.remove(this.#hashes[datagram.slot]!, datagram.slot)
    this.#free[this.#freeCount++] = datagram.slot
  }

  #setKey(packet: Packet, protocol: number, id: number): void {
    const key = this.#key
    key[0] = packet.src0
    key[1] = packet.src1
    key[2] = packet.src2
    key[3] = packet.src3
    key[4] = packet.dst0
    key[5] = packet.dst1
    key[6] = packet.dst2
    key[7] = packet.dst3
    key[8] = id
    key[9] = packet.ipVersion === 4 ? 0x400 | protocol : 0x600
    key[10] = packet.zone
    let hash = 0
    for (let i = 0; i < KEY_WORDS; i++) hash = (hash + Math.imul(key[i]!, this.#multipliers[i]!)) | 0
    this.#hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  }

  #hasKey(slot: number): boolean {
    const at = slot * KEY_WORDS
    for (let i = 0; i < KEY_WORDS; i++) if (this.#keys[at + i] !== this.#key[i]) return false
    return true
  }
}
