// Batches that the server has not acknowledged, oldest first: in memory, and on disk where there is a spool.
//
// With a spool every batch is on disk before it is sent, and its bytes stay in memory only as long as few do (KEPT_BYTES). What the disk does
// not take is held in memory like without one. Given up, oldest first and counted by reason: what the spool has no room for (spool), what
// memory has no room for (memory), what the disk does not give back (unreadable). What was never sent goes before what may be stored already:
// a batch that is counted as dropped and arrives nevertheless would make the count a guess.
import { Fifo } from "./fifo.ts"
import { countDropped, type Message, type PublisherCounters } from "./link.ts"
import type { Place, Spool } from "./spool/spool.ts"

export interface Pending extends Message {
  readonly boot: string
  /** Empty while the batch is only on disk. */
  bytes: Uint8Array
  readonly size: number
  place: Place | null
  /** Of an earlier run: its exchanges are in this run's counters as inherited only. */
  readonly isInherited: boolean
  attempts: number
  isInFlight: boolean
  /** Not sent again before this, ms of the process clock. */
  retryAtMs: number
}

/** Bytes of spooled batches that are kept in memory besides. */
const KEPT_BYTES = 8 << 20
const NO_BYTES = new Uint8Array(0)

export class PendingQueue {
  readonly #counters: PublisherCounters
  readonly #spool: Spool | null
  /** Bytes in memory that are not on disk. */
  readonly #bytesMax: number
  #all = new Fifo<Pending>()
  #unspooledBytes = 0
  #keptBytes = 0

  constructor(counters: PublisherCounters, spool: Spool | null, bytesMax: number) {
    this.#counters = counters
    this.#spool = spool
    this.#bytesMax = bytesMax
    for (const { boot, sequence, events, place } of spool?.takeInherited() ?? [])
      this.#all.push({ ...pendingOf({ bytes: NO_BYTES, sequence, events }, boot, true), size: place.length, place })
    while (this.#isTooMany) this.#dropSpooled()
  }

  get length(): number {
    return this.#all.length
  }

  get events(): number {
    let events = 0
    for (const pending of this.#all) events += pending.events
    return events
  }

  /** The oldest ones, at most `count`. */
  oldest(count: number): readonly Pending[] {
    return this.#all.oldest(count)
  }

  push(message: Message, boot: string): void {
    const pending = pendingOf(message, boot, false)
    this.#all.push(pending)
    if (this.#spool === null || !this.#store(pending)) {
      this.#unspooledBytes += pending.size
      this.#makeRoom()
    } else if (this.#unspooledBytes > 0) this.#storeRest()
  }

  /** To be sent now; null when it had to be given up. */
  bytesOf(pending: Pending): Uint8Array | null {
    if (pending.bytes.length > 0 || pending.place === null) return pending.bytes
    const bytes = this.#spool!.read(pending.place)
    if (bytes === null) this.drop(pending, "unreadable")
    return bytes
  }

  /** False when it is gone already. */
  acknowledge(pending: Pending): boolean {
    if (!this.#remove(pending)) return false
    if (pending.isInherited) this.#counters.spool.inheritedAcknowledged += pending.events
    else this.#counters.acknowledged += pending.events
    return true
  }

  drop(pending: Pending, reason: string): boolean {
    if (!this.#remove(pending)) return false
    if (pending.isInherited) this.#counters.spool.inheritedDropped += pending.events
    else countDropped(this.#counters, reason, pending.events)
    return true
  }

  /** What was in flight on another connection may have been lost there. */
  forgetFlights(): void {
    for (const pending of this.#all) {
      pending.isInFlight = false
      pending.retryAtMs = 0
    }
  }

  /** Ends: what lies in the spool stays there for the next run, the rest is counted as dropped. Returns the number of batches that stay. */
  leave(): number {
    let stays = 0
    for (const pending of [...this.#all]) {
      if (pending.place === null) this.drop(pending, pending.attempts > 0 ? "unacknowledged" : "unreachable")
      else {
        stays++
        if (!pending.isInherited) this.#counters.spooled += pending.events
      }
    }
    this.#all = new Fifo()
    this.#spool?.close()
    return stays
  }

  /** Makes room in the spool and writes the batch there. */
  #store(pending: Pending): boolean {
    const spool = this.#spool!
    while ((this.#isTooMany || !spool.hasRoom(pending, pending.boot)) && this.#dropSpooled());
    pending.place = spool.append(pending, pending.boot)
    if (pending.place === null) return false
    if (this.#keptBytes + pending.size > KEPT_BYTES) pending.bytes = NO_BYTES
    else this.#keptBytes += pending.size
    return true
  }

  /** The disk takes batches again: those that are only in memory go there, too. */
  #storeRest(): void {
    for (const pending of [...this.#all].filter(({ place }) => place === null)) {
      if (!this.#store(pending)) return
      this.#unspooledBytes -= pending.size
    }
  }

  /** What is known of a batch on disk takes memory, too. */
  get #isTooMany(): boolean {
    return this.#spool !== null && this.#all.length > this.#spool.batchesMax
  }

  /** False when there is none. */
  #dropSpooled(): boolean {
    const victim = this.#victim(true)
    return victim !== undefined && this.drop(victim, "spool")
  }

  #makeRoom(): void {
    while (this.#unspooledBytes > this.#bytesMax && this.#all.length > 1) this.drop(this.#victim(false)!, "memory")
  }

  /** The oldest one on disk, or only in memory, that was never sent; if there is none, that was. */
  #victim(isOnDisk: boolean): Pending | undefined {
    const isThere = ({ place }: Pending): boolean => (place !== null) === isOnDisk
    return this.#all.find((one) => isThere(one) && one.attempts === 0) ?? this.#all.find(isThere)
  }

  #remove(pending: Pending): boolean {
    if (!this.#all.remove(pending)) return false
    if (pending.place === null) this.#unspooledBytes -= pending.size
    else {
      this.#spool!.release(pending.place)
      if (pending.bytes.length > 0) this.#keptBytes -= pending.size
    }
    return true
  }
}

const pendingOf = (message: Message, boot: string, isInherited: boolean): Pending => ({
  ...message,
  boot,
  isInherited,
  size: message.bytes.length,
  place: null,
  attempts: 0,
  isInFlight: false,
  retryAtMs: 0,
})
