// What can be set of decoding.
import { NO_ZONE_MAP, type ZoneMap } from "./zone-map.ts"

/** What UDP ports suggest; from `teredo` on, the source port does so, too. */
export const TunnelPort = {
  none: 0,
  vxlan: 1,
  vxlanGpe: 2,
  geneve: 3,
  gtp: 4,
  mpls: 5,
  tzsp: 6,
  teredo: 7,
  ayiya: 8,
  l2tp: 9,
} as const
export type TunnelPort = (typeof TunnelPort)[keyof typeof TunnelPort]

export interface DecoderOptions {
  /** VLAN ids are part of the zone, hence of the flow key. Off: mirrors often show the two directions in different VLANs. */
  readonly isVlanInZone: boolean
  /** UDP destination ports on which VXLAN and GENEVE are looked for. The header decides, not the port alone. */
  readonly vxlanPorts: readonly number[]
  readonly genevePorts: readonly number[]
  /** Ids of tunnels that count as others, or as none: see parseZoneMap. */
  readonly zoneMap: ZoneMap
  /** Zones with a name. */
  readonly zonesMax: number
}

export const DECODER_DEFAULTS: DecoderOptions = {
  isVlanInZone: false,
  vxlanPorts: [4789, 8472],
  genevePorts: [6081],
  zoneMap: NO_ZONE_MAP,
  zonesMax: 4096,
}
