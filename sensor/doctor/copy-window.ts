// Whether a mirror shows a packet twice: a ring of the last WINDOW_PACKETS segments with all that makes a segment itself.
//
// In:  decoded segments in order of arrival. Out: whether one is a copy of an earlier one, and what tells the two apart.
// A segment that its sender sends again has another IP id. Where there are no ids (IPv6; 0 in IPv4) it may look like a copy:
// there only what comes within NO_ID_US counts, and bare acknowledgments, which are meant to be repeated, are not judged.
import { hashMultipliers, mix } from "../../shared/bytes/hash.ts"
import { IntTable } from "../../shared/bytes/int-table.ts"
import { be32 } from "../../shared/bytes/read.ts"
import { type Packet, TcpFlag } from "../decode/packet.ts"

/** Segments remembered. */
export const WINDOW_PACKETS = 16_384
/** How far apart in packet time copies may be. Queues of switches and brokers hold no more. */
export const WINDOW_US = 100_000
/** The same for segments without an IP id: less than a retransmission takes in all but the smallest networks. */
export const NO_ID_US = 2000

const WORDS = 14
/** Offsets after the words that must be equal. */
const TTL = 14
const VLAN = 15
const ZONE = 16
const PORT = 17
const ENTRY_WORDS = 18

/** How often the doctor met copies, by the first that tells them apart. */
export interface CopyCounters {
  /** Segments that could be judged. */
  judged: number
  /** Copies among them. */
  packets: number
  /** Another time to live: before and after a router. */
  routed: number
  /** Another outer VLAN, another tunnel id, another interface of the sensor; nothing at all. */
  otherVlan: number
  otherZone: number
  otherPort: number
  sameWire: number
  /** Longest time between two copies, and the sum of all, µs. */
  lagUsMax: number
  lagUs: number
}

export class CopyWindow {
  readonly counters: CopyCounters = {
    judged: 0,
    packets: 0,
    routed: 0,
    otherVlan: 0,
    otherZone: 0,
    otherPort: 0,
    sameWire: 0,
    lagUsMax: 0,
    lagUs: 0,
  }
  readonly #entries = new Int32Array(WINDOW_PACKETS * ENTRY_WORDS)
  readonly #hashes = new Int32Array(WINDOW_PACKETS)
  readonly #timesUs = new Float64Array(WINDOW_PACKETS)
  readonly #index = new IntTable(WINDOW_PACKETS * 2)
  readonly #words = new Int32Array(ENTRY_WORDS)
  readonly #multipliers = hashMultipliers(WORDS)
  /** Segments ever remembered; the next one's place follows from it. */
  #count = 0

  isCopy(packet: Packet): boolean {
    const { flags, ipId } = packet
    if ((flags & TcpFlag.rst) !== 0) return false
    if (ipId === 0 && packet.payloadWire === 0 && (flags & (TcpFlag.syn | TcpFlag.fin)) === 0) return false
    this.counters.judged++
    const hash = this.#describe(packet)
    const entry = this.#find(hash)
    if (entry >= 0) {
      const lagUs = Math.abs(packet.timeUs - this.#timesUs[entry]!)
      if (lagUs <= (ipId === 0 ? NO_ID_US : WINDOW_US)) {
        this.#countCopy(entry * ENTRY_WORDS, lagUs)
        return true
      }
      this.#timesUs[entry] = packet.timeUs
      return false
    }
    this.#remember(hash, packet.timeUs)
    return false
  }

  /** Writes the packet into #words; returns the hash of those that must be equal. */
  #describe(packet: Packet): number {
    const words = this.#words
    const { bytes, payloadStart, payloadEnd } = packet
    words[0] = packet.src3
    words[1] = packet.dst3
    words[2] = (packet.srcPort << 16) | packet.dstPort
    words[3] = packet.seq
    words[4] = packet.ack
    words[5] = (packet.ipId << 16) | (packet.ipVersion << 8) | packet.flags
    words[6] = packet.payloadWire
    words[7] = payloadEnd - payloadStart >= 4 ? be32(bytes, payloadStart) : 0
    words[8] = packet.src0
    words[9] = packet.src1
    words[10] = packet.src2
    words[11] = packet.dst0
    words[12] = packet.dst1
    words[13] = packet.dst2
    words[TTL] = packet.ttl
    words[VLAN] = packet.vlan
    words[ZONE] = packet.zone
    words[PORT] = packet.port
    let hash = 0
    for (let i = 0; i < WORDS; i++) hash = (hash + Math.imul(words[i]!, this.#multipliers[i]!)) | 0
    return mix(hash)
  }

  #find(hash: number): number {
    const index = this.#index
    for (let at = index.start(hash); index.value(at) >= 0; at = index.after(at))
      if (index.hash(at) === hash && this.#isEqual(index.value(at) * ENTRY_WORDS)) return index.value(at)
    return -1
  }

  #isEqual(at: number): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#entries[at + i] !== this.#words[i]) return false
    return true
  }

  #remember(hash: number, timeUs: number): void {
    const entry = this.#count++ % WINDOW_PACKETS
    if (this.#count > WINDOW_PACKETS) this.#index.remove(this.#hashes[entry]!, entry)
    this.#entries.set(this.#words, entry * ENTRY_WORDS)
    this.#hashes[entry] = hash
    this.#timesUs[entry] = timeUs
    this.#index.insert(hash, entry)
  }

  #countCopy(at: number, lagUs: number): void {
    const { counters } = this
    const entries = this.#entries
    const words = this.#words
    counters.packets++
    counters.lagUs += lagUs
    counters.lagUsMax = Math.max(counters.lagUsMax, lagUs)
    if (entries[at + TTL] !== words[TTL]) counters.routed++
    else if (entries[at + VLAN] !== words[VLAN]) counters.otherVlan++
    else if (entries[at + ZONE] !== words[ZONE]) counters.otherZone++
    else if (entries[at + PORT] !== words[PORT]) counters.otherPort++
    else counters.sameWire++
  }
}
