// Packets in, a slot for each flow out: a small integer, the same for both directions, that later stages index their own
// records with. Slots are reused; memory grows with the flows alive at once, up to `flowsMax`, and stays.
//
// Given up: nothing by itself. A full table takes no flow: its user removes one first and knows which matters least.
import { hashMultipliers } from "../../shared/bytes/hash.ts"
import { IntTable } from "../../shared/bytes/int-table.ts"
import type { Packet } from "../decode/packet.ts"
import type { Flow, Side } from "./flow.ts"
import { HASH, hashKey, hasKey, KEY_MULTIPLIERS, KEY_WORDS, readKey, sideOf, writeKey, ZONE } from "./flow-key.ts"

const CAPACITY_FIRST = 1024

export class FlowTable {
  /** Side of the sender of the packet last asked for. */
  side: Side = 0
  /** Keyed hash of the flow of the packet last asked for, the same for both directions. */
  hash = 0
  /** Slots that exist: used ones and free ones are below it. */
  capacity: number
  readonly flowsMax: number
  readonly #index: IntTable
  readonly #multipliers: Int32Array
  #keys: Int32Array
  /** Free slots, the last one is given out next; slots are given out in an order that no seed influences. */
  #free: Int32Array
  #freeCount = 0

  /** `seed`: for tests; by default the hash is seeded with a secret. */
  constructor(flowsMax: number, seed?: number) {
    this.flowsMax = flowsMax
    this.#multipliers = hashMultipliers(KEY_MULTIPLIERS, seed)
    this.capacity = Math.min(flowsMax, CAPACITY_FIRST)
    this.#index = new IntTable(this.capacity * 2)
    this.#keys = new Int32Array(this.capacity * KEY_WORDS)
    this.#free = new Int32Array(this.capacity)
    this.#freeSlots(0)
  }

  get size(): number {
    return this.#index.size
  }

  get isFull(): boolean {
    return this.#index.size >= this.flowsMax
  }

  /** Slot of the packet's flow, -1 when it is not there. Sets `side`. */
  find(packet: Packet): number {
    const side = sideOf(packet)
    const hash = hashKey(packet, side, this.#multipliers)
    this.side = side
    this.hash = hash
    const index = this.#index
    let at = index.start(hash)
    let slot = index.value(at)
    while (slot >= 0) {
      if (index.hash(at) === hash && hasKey(this.#keys, slot * KEY_WORDS, packet, side)) return slot
      at = index.after(at)
      slot = index.value(at)
    }
    return -1
  }

  /** Gives the packet, for which `find` just said -1, a slot. The table must not be full. May grow `capacity`. */
  insert(packet: Packet): number {
    if (this.#freeCount === 0) this.#grow()
    const slot = this.#free[--this.#freeCount]!
    writeKey(this.#keys, slot * KEY_WORDS, packet, this.side)
    this.#keys[slot * KEY_WORDS + HASH] = this.hash
    this.#index.insert(this.hash, slot)
    return slot
  }

  remove(slot: number): void {
    this.#index.remove(this.#keys[slot * KEY_WORDS + HASH]!, slot)
    this.#free[this.#freeCount++] = slot
  }

  /** Zone of the flow in `slot`. */
  zone(slot: number): number {
    return this.#keys[slot * KEY_WORDS + ZONE]!
  }

  /** From here on `flow` is the one in `slot`, however long that stays there. */
  describe(slot: number, vlan: number, flow: Flow): void {
    readKey(this.#keys, slot * KEY_WORDS, vlan, flow)
  }

  #grow(): void {
    const before = this.capacity
    this.capacity = Math.min(this.flowsMax, before * 2)
    const keys = new Int32Array(this.capacity * KEY_WORDS)
    keys.set(this.#keys)
    this.#keys = keys
    this.#free = new Int32Array(this.capacity)
    this.#freeSlots(before)
  }

  #freeSlots(from: number): void {
    for (let slot = this.capacity - 1; slot >= from; slot--) this.#free[this.#freeCount++] = slot
  }
}
