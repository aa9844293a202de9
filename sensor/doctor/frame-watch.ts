// Counts what the outside of the frames shows.
//
// In:  a frame's look, its lengths, what decode made of it. Out: counters. Bounded: tables of fixed size; senders of tunnels
// beyond OUTER_FLOWS_MAX are not told apart any more.
import { be16, be32 } from "../../shared/bytes/read.ts"
import type { PacketBatch } from "../capture/packet-batch.ts"
import { Cast, FrameLook, lookAtFrame, TUNNELS } from "./frame-look.ts"

/** Largest frame of an Ethernet without jumbo frames: 1,500 bytes, header, two tags. */
export const FRAME_BYTES_USUAL = 1522
/** Largest frame that any Ethernet carries; what is longer was put together after the wire. */
export const FRAME_BYTES_MAX = 9234

/** Flows around tunnels that are told apart. */
export const OUTER_FLOWS_MAX = 64

export class FrameCounters {
  /** By link address, where the link has one. */
  unicast = 0
  multicast = 0
  broadcast = 0
  /** Frames to or from the interface's own address, and of them those that are no tunnel. */
  own = 0
  ownPlain = 0
  /** Bytes on the wire of UDP, and of them to or from port 443: QUIC. */
  udpBytes = 0
  quicBytes = 0
  notIp = 0
  ipv4 = 0
  ipv6 = 0
  fragments = 0
  /** Fragments of TCP, outside of any tunnel. */
  tcpFragments = 0
  /** Fragments of what carries tunnels: GRE and UDP to a tunnel's port. */
  tunnelFragments = 0
  /** Captured shorter than on the wire: the snap length. The longest and shortest piece kept. */
  snapped = 0
  snapBytesMax = 0
  snapBytesMin = 0
  /** On the wire shorter than their IP header says: cut before the capture. */
  sliced = 0
  /** Longer than FRAME_BYTES_USUAL, longer than FRAME_BYTES_MAX, and the longest. */
  large = 0
  giant = 0
  wireBytesMax = 0
  /** Frames with a VLAN tag, and with several. */
  tagged = 0
  doubleTagged = 0
  /** Frames by outer VLAN id. */
  readonly vlans: Float64Array = new Float64Array(4096)
  /** Frames by tunnel, and of them those in which decode found TCP. */
  readonly tunnels: Float64Array = new Float64Array(TUNNELS.length)
  readonly opened: Float64Array = new Float64Array(TUNNELS.length)
}

export class FrameWatch {
  readonly counters = new FrameCounters()
  readonly #look = new FrameLook()
  /** Link addresses of this host's interfaces: first two bytes, last four. */
  readonly #own: readonly (readonly [number, number])[]
  /** Outer flows met, as hashes: for counting, so a collision costs one. */
  readonly #outer = new Set<number>()

  /** `own`: link addresses of the interfaces looked at, "02:00:00:00:00:01"; none for captures. */
  constructor(own: readonly string[]) {
    this.#own = own.map((text) => {
      const bytes = Uint8Array.from(text.split(":").map((part) => Number.parseInt(part, 16)))
      return [be16(bytes, 0), be32(bytes, 2)] as const
    })
  }

  /** Flows around tunnels, OUTER_FLOWS_MAX at most. */
  get outerFlows(): number {
    return this.#outer.size
  }

  look(batch: PacketBatch, i: number, isTcp: boolean): void {
    const look = this.#look
    lookAtFrame(batch, i, look)
    this.#countLengths(batch.captured[i]!, batch.wire[i]!)
    this.#countAddresses(batch.bytes)
    const { counters } = this
    if (look.tags > 0) {
      counters.tagged++
      if (look.tags > 1) counters.doubleTagged++
      counters.vlans[look.vlan]!++
    }
    if (look.isSliced) counters.sliced++
    if (look.ipVersion === 4) counters.ipv4++
    else if (look.ipVersion === 6) counters.ipv6++
    else if (look.tunnel === 0) counters.notIp++
    if (look.isFragment) this.#countFragment()
    if (look.sourcePort !== 0 || look.destinationPort !== 0) {
      counters.udpBytes += batch.wire[i]!
      if (look.sourcePort === 443 || look.destinationPort === 443) counters.quicBytes += batch.wire[i]!
    }
    if (look.tunnel !== 0) this.#countTunnel(batch.bytes, isTcp)
  }

  #countLengths(captured: number, wire: number): void {
    const { counters } = this
    if (captured < wire) {
      counters.snapped++
      if (captured > counters.snapBytesMax) counters.snapBytesMax = captured
      if (counters.snapBytesMin === 0 || captured < counters.snapBytesMin) counters.snapBytesMin = captured
    }
    if (wire > counters.wireBytesMax) counters.wireBytesMax = wire
    if (wire > FRAME_BYTES_USUAL) counters.large++
    if (wire > FRAME_BYTES_MAX) counters.giant++
  }

  #countAddresses(bytes: Uint8Array): void {
    const { counters } = this
    const { cast, addressesAt, tunnel } = this.#look
    if (cast === Cast.unicast) counters.unicast++
    else if (cast === Cast.multicast) counters.multicast++
    else if (cast === Cast.broadcast) counters.broadcast++
    if (cast !== Cast.unicast || addressesAt < 0 || this.#own.length === 0) return
    const isOwn = this.#own.some(
      ([high, low]) =>
        (be16(bytes, addressesAt) === high && be32(bytes, addressesAt + 2) === low) ||
        (be16(bytes, addressesAt + 6) === high && be32(bytes, addressesAt + 8) === low),
    )
    if (!isOwn) return
    counters.own++
    if (tunnel === 0) counters.ownPlain++
  }

  #countFragment(): void {
    const { counters } = this
    counters.fragments++
    if (this.#look.protocol === 6) counters.tcpFragments++
    else if (this.#look.tunnel !== 0) counters.tunnelFragments++
  }

  #countTunnel(bytes: Uint8Array, isTcp: boolean): void {
    const { tunnel, ipVersion, ipAt, sourcePort, destinationPort } = this.#look
    this.counters.tunnels[tunnel]!++
    if (isTcp) this.counters.opened[tunnel]!++
    if (ipVersion === 0 || this.#outer.size === OUTER_FLOWS_MAX) return
    let hash = (sourcePort << 16) | destinationPort
    const [first, last] = ipVersion === 4 ? [12, 20] : [8, 40]
    for (let at = ipAt + first; at < ipAt + last; at += 4) hash = Math.imul(hash ^ be32(bytes, at), 0x01000193)
    this.#outer.add(hash)
  }
}
