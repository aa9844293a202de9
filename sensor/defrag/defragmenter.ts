// Fragments of IP datagrams, put together. RFC 791 section 3.2, RFC 815, RFC 8200 section 4.5.
//
// In:  fragments in order of arrival, from whatever layer they were found at; packet time.
// Out: the payload of a datagram when the last of its fragments has come, in a buffer of this stage. There are two,
//      used in turn, so that a datagram may carry fragments of another.
// Given up, each fragment counted with its fate (counters.ts): what is malformed, comes twice, does not become whole in time,
// or exceeds a limit; IPv6 with overlaps (RFC 5722). Never an exception, and never more memory than the limits.
//
// Of bytes that come twice in IPv4 the first ones count (options.ts). A datagram that may be a mixture of two, because its
// fragments came far apart or contradicted each other (RFC 4963), is delivered only if the checksum of TCP or UDP proves it.
import { PacketClock, toTicks } from "../../shared/time/packet-clock.ts"
import type { FragmentReceiver } from "../decode/fragment-receiver.ts"
import type { Packet } from "../decode/packet.ts"
import { isProven } from "./checksum.ts"
import type { DefragCounters, Fate } from "./counters.ts"
import { type Datagram, DatagramTable, State } from "./datagram-table.ts"
import { FragmentStore } from "./fragment-store.ts"
import type { DefragOptions, OverlapPolicy } from "./options.ts"

/** The longest payload: of IPv4 behind a header of 20 bytes, of IPv6 what its length field can say. */
const PAYLOAD_BYTES_MAX = { 4: 65_515, 6: 65_535 } as const

const TCP = 6
const TCP_HEADER_BYTES = 20

export class Defragmenter implements FragmentReceiver {
  bytes: Uint8Array
  readonly start = 0
  end = 0
  wireEnd = 0
  /** Upper-layer protocol of the datagram: of IPv6 fragments only the first one's is true. */
  protocol = 0
  readonly #counters: DefragCounters
  readonly #table: DatagramTable
  readonly #store: FragmentStore
  readonly #clock = new PacketClock()
  readonly #fragmentsMax: number
  readonly #timeoutTicks: number
  readonly #burstTicks: number
  readonly #overlapIpv4: OverlapPolicy
  #spareBytes: Uint8Array
  /** Ticks since the first packet. */
  #tick = 0

  constructor(counters: DefragCounters, options: DefragOptions) {
    this.#counters = counters
    this.#table = new DatagramTable(options.datagramsMax, options.hashSeed)
    this.#store = new FragmentStore(options.memcapBytes)
    this.#fragmentsMax = options.fragmentsMax
    this.#timeoutTicks = toTicks(options.timeoutUs)
    this.#burstTicks = toTicks(options.burstUs)
    this.#overlapIpv4 = options.overlapIpv4
    this.bytes = new Uint8Array(1 << 16)
    this.#spareBytes = new Uint8Array(1 << 16)
  }

  take(
    packet: Packet,
    protocol: number,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    offset: number,
    more: boolean,
  ): boolean {
    const captured = Math.max(0, Math.min(end - start, wireLength))
    this.#counters.offered++
    this.#counters.offeredBytes += captured
    if (packet.timeUs >= this.#clock.nextUs || packet.timeUs < this.#clock.farUs) this.advance(packet.timeUs)

    const to = offset + wireLength
    if (wireLength <= 0) return this.#refuse("empty", captured)
    if (more && (wireLength & 7) !== 0) return this.#refuse("unaligned", captured)
    if (to > PAYLOAD_BYTES_MAX[packet.ipVersion === 4 ? 4 : 6]) return this.#refuse("tooLong", captured)
    if (offset === 0 && protocol === TCP && wireLength < TCP_HEADER_BYTES) this.#counters.tiny++

    let datagram = this.#table.find(packet, protocol, id)
    if (datagram?.state === State.spoilt) return this.#refuse(datagram.fate, captured)
    if (datagram?.state === State.done) {
      this.#store.compare(datagram, offset, to, bytes, start, captured)
      const isCopy = this.#store.covered === wireLength && !this.#store.isConflicting
      if (isCopy) return this.#refuse("duplicate", captured)
      // Another datagram with the same id.
      this.#forget(datagram)
      datagram = undefined
    }
    datagram ??= this.#begin(packet, protocol, id)
    const policy = packet.ipVersion === 4 ? this.#overlapIpv4 : "drop"
    if (!this.#isConsistent(datagram, to, more)) {
      if (policy === "drop") this.#spoil(datagram, "contradictory")
      return this.#refuse("contradictory", captured)
    }
    if (!this.#admit(datagram, policy, bytes, start, captured, offset, to)) return false
    if (offset === 0 && datagram.protocol < 0) datagram.protocol = protocol
    if (to > datagram.reach) datagram.reach = to
    if (!more) datagram.length = to
    return datagram.covered === datagram.length && this.#complete(datagram, packet)
  }

  /** Time has come to `timeUs`: gives up what has waited for too long. */
  advance(timeUs: number): void {
    const ticks = this.#clock.observe(timeUs)
    if (ticks === 0) return
    this.#tick = (this.#tick + ticks) | 0
    this.#expire(State.done, this.#burstTicks)
    this.#expire(State.spoilt, this.#timeoutTicks)
    this.#expire(State.waiting, this.#timeoutTicks)
  }

  /** The input has ended: nothing that waits will become whole. */
  flush(): void {
    for (const state of [State.done, State.spoilt, State.waiting]) {
      for (let it = this.#table.oldest(state); it; it = this.#table.oldest(state)) this.#forget(it, "unfinished")
    }
  }

  #expire(state: State, ticks: number): void {
    for (;;) {
      const oldest = this.#table.oldest(state)
      if (oldest === undefined || ((this.#tick - oldest.sinceTick) | 0) < ticks) return
      if (state === State.waiting) this.#counters.timeouts++
      this.#forget(oldest, "timedOut")
    }
  }

  #refuse(fate: Fate, captured: number): false {
    this.#counters.fragments[fate]++
    this.#counters.bytes[fate] += captured
    return false
  }

  #begin(packet: Packet, protocol: number, id: number): Datagram {
    if (this.#table.isFull) {
      const oldest = this.#table.oldest(State.done) ?? this.#table.oldest(State.spoilt)
      if (oldest !== undefined) this.#forget(oldest)
      else this.#evict(this.#table.oldest(State.waiting)!)
      // Looking up again restores the key for the insertion.
      this.#table.find(packet, protocol, id)
    }
    const counters = this.#counters
    counters.waiting++
    if (counters.waiting > counters.waitingMax) counters.waitingMax = counters.waiting
    return this.#table.insert(this.#tick)
  }

  /** All fragments must agree where the datagram ends. */
  #isConsistent(datagram: Datagram, to: number, more: boolean): boolean {
    if (datagram.length >= 0) return more ? to <= datagram.length : to === datagram.length
    return more || to >= datagram.reach
  }

  /** Keeps what is new of the fragment. False: there was nothing, or the datagram was given up; the fragment is counted. */
  #admit(
    datagram: Datagram,
    policy: OverlapPolicy,
    bytes: Uint8Array,
    start: number,
    captured: number,
    from: number,
    to: number,
  ): boolean {
    const store = this.#store
    const counters = this.#counters
    store.compare(datagram, from, to, bytes, start, captured)
    const { covered, isConflicting, blocksNeeded } = store
    const isContained = covered === to - from
    if (covered > 0 && (isConflicting || !isContained)) {
      counters.overlaps++
      if (isConflicting) counters.overlapConflicts++
      if (policy === "drop") {
        this.#spoil(datagram, "overlapping")
        return this.#refuse("overlapping", captured)
      }
      datagram.isConflicting ||= isConflicting
    }
    if (!isContained && datagram.fragments >= this.#fragmentsMax) {
      counters.evictions++
      this.#spoil(datagram, "crowded")
      return this.#refuse("crowded", captured)
    }
    if (!this.#makeRoom(datagram, blocksNeeded)) {
      this.#spoil(datagram, "evicted")
      return this.#refuse("evicted", captured)
    }
    const added = store.add(datagram, from, to, bytes, start, captured, policy === "last" && isConflicting)
    counters.bytes.duplicate += captured - added
    if (isContained) {
      counters.fragments.duplicate++
      // A last fragment that only repeats bytes still tells where the datagram ends.
      return true
    }
    datagram.covered += to - from - covered
    datagram.fragments++
    datagram.bytes += added
    counters.fragments.held++
    counters.bytes.held += added
    if (counters.bytes.held > counters.heldBytesMax) counters.heldBytesMax = counters.bytes.held
    return true
  }

  /** Frees blocks for `datagram` until there are `blocks`; false when others hold too few. */
  #makeRoom(datagram: Datagram, blocks: number): boolean {
    while (this.#store.room < blocks) {
      const oldest = this.#table.oldest(State.done)
      if (oldest !== undefined) {
        this.#forget(oldest)
        continue
      }
      const victim = this.#table.oldest(State.waiting)!
      if (victim === datagram) {
        this.#counters.evictions++
        return false
      }
      this.#evict(victim)
    }
    return true
  }

  #complete(datagram: Datagram, packet: Packet): boolean {
    const counters = this.#counters
    const out = this.#spareBytes
    const end = this.#store.gather(datagram, out)
    const isDoubtful = datagram.isConflicting || ((this.#tick - datagram.sinceTick) | 0) > this.#burstTicks
    if (isDoubtful && !(end === datagram.length && isProven(packet, datagram.protocol, out, end))) {
      this.#forget(datagram, "unproven")
      return false
    }
    this.#spareBytes = this.bytes
    this.bytes = out
    this.end = end
    this.wireEnd = datagram.length
    this.protocol = datagram.protocol
    counters.datagrams++
    if (end < datagram.length) {
      counters.snapped++
      counters.snappedBytes += datagram.bytes - end
    }
    this.#settle(datagram, "completed")
    this.#table.move(datagram, State.done, this.#tick)
    return true
  }

  #evict(datagram: Datagram): void {
    this.#counters.evictions++
    this.#forget(datagram, "evicted")
  }

  /** `datagram` is given up, and what still comes of it with it. */
  #spoil(datagram: Datagram, fate: Fate): void {
    this.#settle(datagram, fate)
    this.#store.release(datagram)
    datagram.fate = fate
    this.#table.move(datagram, State.spoilt, this.#tick)
  }

  /** Removes `datagram`; one that still waits has `fate`. */
  #forget(datagram: Datagram, fate: Fate = "unfinished"): void {
    if (datagram.state === State.waiting) this.#settle(datagram, fate)
    this.#store.release(datagram)
    this.#table.remove(datagram)
  }

  /** What `datagram` holds is held no longer: it has `fate`. */
  #settle(datagram: Datagram, fate: Fate): void {
    const { fragments, bytes } = this.#counters
    fragments.held -= datagram.fragments
    fragments[fate] += datagram.fragments
    bytes.held -= datagram.bytes
    bytes[fate] += datagram.bytes
    this.#counters.waiting--
  }
}
