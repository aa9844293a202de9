// What the decoders of tunnels share: the limit of nesting, the zones, the ports, and the way out when something only looked
// like a tunnel.
import type { DecoderCounters } from "./counters.ts"
import { type Cursor, type Layer, stop } from "./cursor.ts"
import { type DecoderOptions, TunnelPort } from "./options.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { ZoneKind } from "./zone.ts"
import { ZoneNames } from "./zone-names.ts"

/** Tunnels within tunnels in one packet: a cloud's overlay in an operator's in a mirror's takes three. */
export const TUNNELS_MAX = 8

const ICMP = 1
const UDP = 17
const ICMPV6 = 58

export class Tunnels {
  readonly counters: DecoderCounters
  readonly zones: ZoneNames
  readonly isVlanInZone: boolean
  /** TunnelPort of each UDP port, 0: none. */
  readonly #ports: Uint8Array

  constructor(counters: DecoderCounters, options: DecoderOptions) {
    this.counters = counters
    this.zones = new ZoneNames(counters, options.zoneMap, options.zonesMax)
    this.isVlanInZone = options.isVlanInZone
    this.#ports = new Uint8Array(0x1_0000)
    for (const [port, kind] of FIXED_PORTS) this.#ports[port] = kind
    for (const port of options.vxlanPorts) this.#ports[port] = TunnelPort.vxlan
    for (const port of options.genevePorts) this.#ports[port] = TunnelPort.geneve
  }

  /** What the ports of a datagram suggest: most tunnels answer to a port of their own, few also from it. */
  portKind(source: number, destination: number): TunnelPort {
    const kind = this.#ports[destination]! as TunnelPort
    if (kind !== TunnelPort.none) return kind
    const other = this.#ports[source]! as TunnelPort
    return other >= TunnelPort.teredo ? other : TunnelPort.none
  }

  /** Goes on with `layer` within a tunnel. */
  enter(cursor: Cursor, packet: Packet, layer: Layer): Layer {
    if (cursor.tunnels === TUNNELS_MAX) return stop(packet, Verdict.tooNested)
    cursor.tunnels++
    return layer
  }

  /** The rest of the packet is in the network that `kind` and `id` name. */
  identify(packet: Packet, kind: ZoneKind, id: number, high = 0): void {
    packet.zone = this.zones.enter(packet.zone, kind, id, high)
  }

  /** Ends decoding of IP that is neither TCP nor opened: counted by its protocol. */
  unopened(cursor: Cursor, packet: Packet): Layer {
    const { notTcp } = this.counters.ignored
    if (cursor.protocol === UDP) notTcp.udp++
    else if (cursor.protocol === ICMP || cursor.protocol === ICMPV6) notTcp.icmp++
    else notTcp.other++
    return stop(packet, Verdict.notTcp)
  }

  /** Ends decoding where a tunnel's header of `headerBytes` was expected and is not all there: cut, or never a tunnel. */
  short(cursor: Cursor, packet: Packet, headerBytes: number): Layer {
    if (cursor.wireEnd - cursor.at >= headerBytes) return stop(packet, Verdict.truncated)
    return this.unopened(cursor, packet)
  }
}

const FIXED_PORTS: readonly (readonly [number, TunnelPort])[] = [
  [2152, TunnelPort.gtp],
  [4790, TunnelPort.vxlanGpe],
  [6635, TunnelPort.mpls],
  [37_008, TunnelPort.tzsp],
  [1701, TunnelPort.l2tp],
  [3544, TunnelPort.teredo],
  [5072, TunnelPort.ayiya],
]
