// The zone of a packet: which of several networks with the same addresses it belongs to. 0 is the zone of untunnelled,
// untagged traffic; every identity met on the way in (a VLAN when configured, a tunnel's id) is folded into it.

/** Kinds of identity, so that VLAN 5 and a tunnel's 5 are different zones. */
export const ZoneKind = { vlan: 1 } as const
export type ZoneKind = (typeof ZoneKind)[keyof typeof ZoneKind]

/** A zone within `zone`: 32-bit signed, never 0. Order matters: 5 in 6 is not 6 in 5. */
export function foldZone(zone: number, kind: ZoneKind, id: number): number {
  let mixed = Math.imul(zone ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b) ^ id
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  mixed ^= mixed >>> 15
  return mixed === 0 ? 1 : mixed
}
