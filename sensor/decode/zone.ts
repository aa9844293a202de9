// The zone of a packet: which of several networks with the same addresses it belongs to. 0 is the zone of untunnelled,
// untagged traffic; every identity met on the way in (a tunnel's id, a VLAN when configured) leads to a zone within the
// zone before. zone-names.ts numbers them. What has an id that the two directions of a conversation do not share (an MPLS
// label, a GTP tunnel endpoint, a PPTP call) or none of the network at all (a PPPoE session) makes no zone.

/** Kinds of identity, so that VLAN 5 and a tunnel's 5 are different zones. */
export const ZoneKind = {
  /** No identity: in a rule, what is left out of the zone. */
  none: 0,
  vlan: 1,
  /** Network identifier of VXLAN and GENEVE, 24 bits. */
  vni: 2,
  /** Virtual subnet of NVGRE, 24 bits. */
  vsid: 3,
  /** Key of GRE, 32 bits. */
  gre: 4,
  /** Mirror session of ERSPAN, 10 bits. */
  erspan: 5,
  /** Service instance of a provider backbone, 24 bits. */
  isid: 6,
  /** Endpoint that a gateway load balancer of AWS names in an option of GENEVE, 64 bits. */
  endpoint: 7,
} as const
export type ZoneKind = (typeof ZoneKind)[keyof typeof ZoneKind]

/** Names of the kinds by number, as they stand in rules and in names of zones. */
export const ZONE_KINDS: readonly string[] = Object.keys(ZoneKind)

/**
 * A zone within `zone`: 32-bit signed, never 0. Order matters: 5 in 6 is not 6 in 5. `high`: the upper half of an id of 64
 * bits.
 */
export function foldZone(zone: number, kind: ZoneKind, id: number, high: number): number {
  let mixed = Math.imul(zone ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b) ^ id
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) ^ high
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  mixed ^= mixed >>> 15
  return mixed === 0 ? 1 : mixed
}
