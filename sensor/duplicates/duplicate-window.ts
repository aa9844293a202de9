// Packets that a mirror shows more than once: of several ports of a switch, before and after a VLAN tag, before and after a
// router, from two brokers.
//
// In:  decoded segments in order of arrival. Out: whether one is a copy of a segment seen within the last milliseconds.
// A copy has the same flow (as TCP keeps it: addresses, ports, zone), sequence and acknowledgment numbers, flags, window, length,
// IP id, TCP checksum, and eight of the payload's bytes. Link addresses, VLAN and time to live may differ.
// What is sent again by its sender is no copy: it has another IP id. Where there are no ids (IPv6, and 0 in IPv4) it may look
// like one: its bytes, or the number of its SYN or FIN, have been offered to TCP then, and nothing is lost. Resets and pure acknowledgments
// without an id are passed on, because what they mean depends on when they come; TCP minds no repetition of them.
// Given up: while no copies are about, those of 31 segments in 32; TCP takes them for retransmissions.
//
//   bucket, a cache line | check seq when origin | check ... | check ... | check ... |
//   check, seq   the hash of everything, with secret multipliers, and the sequence number itself
//   when         packet time in units of 128 us, 16 bits; bytes of payload captured, 16 bits, 65,535 and more alike
//   origin       outer VLAN, interface, time to live
import { hashMultipliers } from "../../shared/bytes/hash.ts"
import { be32 } from "../../shared/bytes/read.ts"
import { type Packet, TcpFlag } from "../decode/packet.ts"
import type { DuplicateCounters } from "./counters.ts"
import type { DuplicateOptions } from "./options.ts"

const ENTRY_WORDS = 4
const BUCKET_ENTRIES = 4
const BUCKET_WORDS = ENTRY_WORDS * BUCKET_ENTRIES
const SEQ = 1
const WHEN = 2
const ORIGIN = 3

/** Words of a segment that are hashed. */
const WORDS = 17

/** From this many captured bytes on, some of them are compared. */
const SAMPLED_BYTES = 16

const UNIT_SHIFT = 7
const CAPTURED_MAX = 0xffff

/** How long a copy is recognised after the window, to say that the window is short: a second. */
const LATE_UNITS = 1_000_000 >>> UNIT_SHIFT

/** Entries that are no longer needed are removed so often, lest 16 bits of time come round: that takes 8.4 s. */
const SWEEP_US = 2_000_000

/** So many packets in a row from further back, and their time is the time. */
const BEHIND_PACKETS = 1024

export class DuplicateWindow {
  readonly #counters: DuplicateCounters
  readonly #isOn: boolean
  readonly #windowUnits: number
  readonly #waryPackets: number
  readonly #entries: Int32Array
  /** Entry of each bucket that is replaced next, modulo their number: the oldest. */
  readonly #turns: Uint8Array
  readonly #shift: number
  readonly #m: Int32Array
  /** Packets that are still asked about without exception. */
  #wary: number
  /** Packet times in [fromUs, toUs) can be compared with those of the entries. */
  #fromUs = Number.NEGATIVE_INFINITY
  #toUs = Number.NEGATIVE_INFINITY
  #behind = 0

  constructor(counters: DuplicateCounters, options: DuplicateOptions) {
    this.#counters = counters
    this.#isOn = options.isOn
    this.#windowUnits = options.windowUs >>> UNIT_SHIFT
    this.#waryPackets = options.waryPackets
    this.#wary = options.waryPackets
    const bits = Math.max(1, 32 - Math.clz32(Math.ceil(options.entries / BUCKET_ENTRIES) - 1))
    this.#shift = 32 - bits
    this.#entries = new Int32Array(BUCKET_WORDS << bits)
    this.#turns = new Uint8Array(1 << bits)
    this.#m = hashMultipliers(WORDS, options.hashSeed)
  }

  /** True for a copy, which is counted and must not be passed on. Any other segment is remembered. */
  isDuplicate(packet: Packet): boolean {
    if (!this.#isOn) return false
    const ids = (packet.ipId << 16) | packet.checksum
    // No secret here: which segments are asked about, or displaced, must not differ from run to run. The choice is the
    // segment's, so that both it and its copy are asked about, or neither.
    const place = Math.imul(packet.seq + Math.imul(ids, 0x85ebca6b), 0x9e3779b1)
    if (this.#wary === 0 && (place & 0x1f00) !== 0) {
      this.#counters.unasked++
      return false
    }
    return this.#isKnown(packet, ids, place)
  }

  #isKnown(packet: Packet, ids: number, place: number): boolean {
    const { seq, timeUs } = packet
    if (this.#wary > 0) this.#wary--
    if (!(timeUs >= this.#fromUs && timeUs < this.#toUs) && !this.#sweep(timeUs)) {
      this.#counters.unasked++
      return false
    }
    if (packet.ipId === 0 && isSignal(packet)) return false
    const captured = packet.payloadEnd - packet.payloadStart
    const check = this.#hash(packet, ids, captured)
    const bucket = place >>> this.#shift
    const entries = this.#entries
    const units = (timeUs | 0) >>> UNIT_SHIFT
    const kept = Math.min(captured, CAPTURED_MAX)
    const first = bucket * BUCKET_WORDS
    for (let at = first; at < first + BUCKET_WORDS; at += ENTRY_WORDS) {
      if (entries[at] !== check || entries[at + SEQ] !== seq || entries[at + ORIGIN] === 0) continue
      const when = entries[at + WHEN]!
      // A copy of which more was captured than before is worth having.
      if (kept > (when & 0xffff)) continue
      const age = ageOf(when, units)
      if (age <= this.#windowUnits) {
        this.#count(packet, captured, entries[at + ORIGIN]!)
        return true
      }
      if (age <= LATE_UNITS && packet.ipId !== 0) this.#counters.late++
    }
    const turn = this.#turns[bucket]!
    this.#turns[bucket] = turn + 1
    const at = first + (turn & (BUCKET_ENTRIES - 1)) * ENTRY_WORDS
    if (ageOf(entries[at + WHEN]!, units) <= this.#windowUnits && entries[at + ORIGIN] !== 0) this.#counters.displaced++
    entries[at] = check
    entries[at + SEQ] = seq
    entries[at + WHEN] = (units << 16) | kept
    entries[at + ORIGIN] = originOf(packet)
    return false
  }

  /** Removes the entries that are too old, all of them when time has jumped. False: the packet is from too far back. */
  #sweep(timeUs: number): boolean {
    if (timeUs < this.#fromUs && ++this.#behind < BEHIND_PACKETS) return false
    const isJump = !(timeUs >= this.#fromUs && timeUs < this.#toUs + SWEEP_US)
    const entries = this.#entries
    const units = (timeUs | 0) >>> UNIT_SHIFT
    if (isJump) entries.fill(0)
    else {
      for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
        if (ageOf(entries[at + WHEN]!, units) > LATE_UNITS) entries[at + ORIGIN] = 0
      }
    }
    this.#fromUs = timeUs - SWEEP_US
    this.#toUs = timeUs + SWEEP_US
    this.#behind = 0
    return true
  }

  #count(packet: Packet, captured: number, origin: number): void {
    this.#wary = this.#waryPackets
    const counters = this.#counters
    counters.packets++
    counters.bytes += captured
    const difference = origin ^ originOf(packet)
    if ((difference & 0xff) !== 0) counters.routed++
    else if (difference >>> 16 !== 0) counters.otherVlan++
    else if (difference !== 0) counters.otherPort++
    else counters.sameWire++
  }

  /**
   * A sum of products with secret odd multipliers, over mixed words: the top bits of two plain words would cancel out whatever the
   * secret, and a crafted segment could then pass for a copy of one that TCP was never offered.
   */
  #hash(packet: Packet, ids: number, captured: number): number {
    const m = this.#m
    const ports = (packet.srcPort << 16) | packet.dstPort
    const control = (packet.flags << 16) | packet.window
    const zone = packet.zone ^ packet.ipVersion
    const { src3, dst3, seq, ack, payloadWire } = packet
    let sum =
      (Math.imul(src3 ^ (src3 >>> 15), m[0]!) +
        Math.imul(dst3 ^ (dst3 >>> 15), m[1]!) +
        Math.imul(ports ^ (ports >>> 15), m[2]!) +
        Math.imul(zone ^ (zone >>> 15), m[3]!) +
        Math.imul(seq ^ (seq >>> 15), m[4]!) +
        Math.imul(ack ^ (ack >>> 15), m[5]!) +
        Math.imul(control, m[6]!) +
        Math.imul(payloadWire, m[7]!) +
        Math.imul(ids ^ (ids >>> 15), m[8]!)) |
      0
    if (captured >= SAMPLED_BYTES) {
      // From the middle; of what the capture cut, which may be cut elsewhere the next time, near the start.
      const at = packet.payloadStart + (captured === payloadWire ? captured >>> 1 : 8)
      const a = be32(packet.bytes, at)
      const b = be32(packet.bytes, at + 4)
      sum = (sum + Math.imul(a ^ (a >>> 15), m[9]!) + Math.imul(b ^ (b >>> 15), m[10]!)) | 0
    }
    return packet.ipVersion === 6 ? (sum + this.#hashRest(packet)) | 0 : sum
  }

  /** The words that only addresses of IPv6 have. */
  #hashRest(packet: Packet): number {
    const m = this.#m
    const { src0, src1, src2, dst0, dst1, dst2 } = packet
    return (
      (Math.imul(src0 ^ (src0 >>> 15), m[11]!) +
        Math.imul(src1 ^ (src1 >>> 15), m[12]!) +
        Math.imul(src2 ^ (src2 >>> 15), m[13]!) +
        Math.imul(dst0 ^ (dst0 >>> 15), m[14]!) +
        Math.imul(dst1 ^ (dst1 >>> 15), m[15]!) +
        Math.imul(dst2 ^ (dst2 >>> 15), m[16]!)) |
      0
    )
  }
}

/** True for a reset and a pure acknowledgment. */
function isSignal({ payloadWire, flags }: Packet): boolean {
  return (flags & TcpFlag.rst) !== 0 || (payloadWire === 0 && (flags & (TcpFlag.syn | TcpFlag.fin)) === 0)
}

/** Units between an entry's time and `units`, either way. */
function ageOf(when: number, units: number): number {
  return Math.abs(((units - (when >>> 16)) << 16) >> 16)
}

/** Where a packet was seen: outer VLAN, interface, time to live. Never 0: an empty entry has that. */
function originOf(packet: Packet): number {
  return 0x40000000 | ((packet.vlan + 1) << 16) | (packet.port << 8) | packet.ttl
}
