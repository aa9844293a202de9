// Builds the headers that networks and mirrors put around packets, byte by byte as their specifications draw them. Each takes
// what it carries and gives the bytes with its header before them: vxlan(ethernet(...), 42) goes into udp(), that into
// ipv4(), that into ethernet(). packet-builder.ts makes what lies within and around.
import { addressBytes, concatBytes, fromHex, u16, u32 } from "./packet-builder.ts"

const u24 = (value: number): Uint8Array => Uint8Array.of(value >>> 16, value >>> 8, value)

/** RFC 7348. `flags` and `reserved` (3 bytes, then 1) when they shall be others. */
export function vxlan(
  frame: Uint8Array,
  vni: number,
  flags = 0x08,
  reserved: Uint8Array = new Uint8Array(4),
): Uint8Array {
  return concatBytes(Uint8Array.of(flags), reserved.subarray(0, 3), u24(vni), reserved.subarray(3), frame)
}

/** draft-ietf-nvo3-vxlan-gpe-12. `next`: 1 IPv4, 2 IPv6, 3 Ethernet, 5 MPLS. */
export function vxlanGpe(inner: Uint8Array, vni: number, next: number): Uint8Array {
  return concatBytes(Uint8Array.of(0x0c, 0, 0, next), u24(vni), Uint8Array.of(0), inner)
}

export interface GeneveOption {
  readonly class: number
  readonly type: number
  /** A multiple of four bytes. */
  readonly value: Uint8Array
}

/** RFC 8926. */
export function geneve(
  inner: Uint8Array,
  vni: number,
  fields: { readonly etherType?: number; readonly options?: readonly GeneveOption[]; readonly flags?: number } = {},
): Uint8Array {
  const options = concatBytes(
    ...(fields.options ?? []).map((each) =>
      concatBytes(u16(each.class), Uint8Array.of(each.type, each.value.length >>> 2), each.value),
    ),
  )
  return concatBytes(
    Uint8Array.of(options.length >>> 2, fields.flags ?? 0),
    u16(fields.etherType ?? 0x6558),
    u24(vni),
    Uint8Array.of(0),
    options,
    inner,
  )
}

export interface GreFields {
  readonly key?: number
  readonly sequence?: number
  readonly hasChecksum?: boolean
  /** Source routes without their end, RFC 1701. */
  readonly routes?: Uint8Array
}

/** RFC 2784 and 2890; with routes RFC 1701. */
export function gre(inner: Uint8Array, etherType: number, fields: GreFields = {}): Uint8Array {
  const { key, sequence, hasChecksum, routes } = fields
  const flags =
    (hasChecksum ? 0x8000 : 0) |
    (routes === undefined ? 0 : 0x4000) |
    (key === undefined ? 0 : 0x2000) |
    (sequence === undefined ? 0 : 0x1000)
  const bytes = concatBytes(
    u16(flags),
    u16(etherType),
    hasChecksum || routes !== undefined ? new Uint8Array(4) : new Uint8Array(0),
    key === undefined ? new Uint8Array(0) : u32(key),
    sequence === undefined ? new Uint8Array(0) : u32(sequence),
    routes === undefined ? new Uint8Array(0) : concatBytes(routes, new Uint8Array(4)),
    inner,
  )
  if (!hasChecksum) return bytes
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  bytes.set(u16(~sum & 0xffff), 4)
  return bytes
}

/** RFC 7637. */
export function nvgre(frame: Uint8Array, subnet: number, flow = 0): Uint8Array {
  return gre(frame, 0x6558, { key: subnet * 256 + flow })
}

/** draft-foschiano-erspan-03 section 4: nothing but GRE. */
export function erspan1(frame: Uint8Array): Uint8Array {
  return gre(frame, 0x88be)
}

/** Section 4.2. `vlan` with the encapsulation bits of a tag that was taken off. */
export function erspan2(frame: Uint8Array, session: number, sequence: number, vlan?: number): Uint8Array {
  const header = concatBytes(u16(0x1000 | (vlan ?? 0)), u16((vlan === undefined ? 0 : 0x1000) | session), u32(0))
  return gre(concatBytes(header, frame), 0x88be, { sequence })
}

/** Section 4.3. `type`: 0 Ethernet, 2 IP. `platform`: the 8 bytes of an optional subheader. */
export function erspan3(
  inner: Uint8Array,
  session: number,
  sequence: number,
  fields: { readonly type?: number; readonly platform?: Uint8Array } = {},
): Uint8Array {
  const type = fields.type ?? 0
  const kind = (type === 0 ? 0x8000 : 0) | (type << 10) | (fields.platform === undefined ? 0 : 1)
  const header = concatBytes(u16(0x2000), u16(session), u32(0x01020304), u16(0), u16(kind))
  return gre(concatBytes(header, fields.platform ?? new Uint8Array(0), inner), 0x22eb, { sequence })
}

/** RFC 2637 section 4.1. */
export function pptp(ppp: Uint8Array, call: number, sequence: number, acknowledgment?: number): Uint8Array {
  return concatBytes(
    u16(acknowledgment === undefined ? 0x3001 : 0x3081),
    u16(0x880b),
    u16(ppp.length),
    u16(call),
    u32(sequence),
    acknowledgment === undefined ? new Uint8Array(0) : u32(acknowledgment),
    ppp,
  )
}

/** RFC 3032: labels from the outside in. */
export function mpls(inner: Uint8Array, ...labels: readonly number[]): Uint8Array {
  return concatBytes(
    ...labels.map((label, i) => u32(((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64) >>> 0)),
    inner,
  )
}

/** RFC 4385: the control word of a pseudowire. */
export function controlled(frame: Uint8Array, sequence = 0): Uint8Array {
  return concatBytes(u16(0), u16(sequence), frame)
}

/** RFC 1661: protocol 0x0021 IPv4, 0x0057 IPv6. */
export function ppp(inner: Uint8Array): Uint8Array {
  return concatBytes(u16(inner[0]! >>> 4 === 6 ? 0x0057 : 0x0021), inner)
}

/** RFC 2516 section 4. */
export function pppoe(pppFrame: Uint8Array, session: number): Uint8Array {
  return concatBytes(Uint8Array.of(0x11, 0), u16(session), u16(pppFrame.length), pppFrame)
}

/** RFC 2661 section 3.1, with a length. */
export function l2tp(pppFrame: Uint8Array, tunnel: number, session: number): Uint8Array {
  return concatBytes(u16(0x4002), u16(8 + pppFrame.length), u16(tunnel), u16(session), pppFrame)
}

/** RFC 3931 section 4.1, over IP. */
export function l2tpv3(frame: Uint8Array, session: number, cookie = "", sublayer = ""): Uint8Array {
  return concatBytes(u32(session), fromHex(cookie), fromHex(sublayer), frame)
}

/** 3GPP TS 29.281 section 5. `extensions`: what follows the length of each, without the next type; 4n - 2 bytes. */
export function gtp(
  inner: Uint8Array,
  endpoint: number,
  fields: {
    readonly sequence?: number
    readonly extensions?: readonly { readonly type: number; readonly body: Uint8Array }[]
  } = {},
): Uint8Array {
  const { sequence, extensions = [] } = fields
  const hasOptional = sequence !== undefined || extensions.length > 0
  const flags = 0x30 | (extensions.length > 0 ? 4 : 0) | (sequence === undefined ? 0 : 2)
  const optional = hasOptional
    ? concatBytes(u16(sequence ?? 0), Uint8Array.of(0, extensions[0]?.type ?? 0))
    : new Uint8Array(0)
  const chain = extensions.map(({ body }, i) =>
    concatBytes(Uint8Array.of((body.length + 2) >>> 2), body, Uint8Array.of(extensions[i + 1]?.type ?? 0)),
  )
  const rest = concatBytes(optional, ...chain, inner)
  return concatBytes(Uint8Array.of(flags, 0xff), u16(rest.length), u32(endpoint), rest)
}

/** RFC 4380 section 5.1: authentication and origin before the IPv6 packet, where given. */
export function teredo(
  packet: Uint8Array,
  fields: { readonly authentication?: boolean; readonly origin?: string; readonly originPort?: number } = {},
): Uint8Array {
  const authentication = fields.authentication
    ? concatBytes(fromHex("0001 02 03"), fromHex("aabb ccddee"), fromHex("0102030405060708 00"))
    : new Uint8Array(0)
  const obscured = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff)
  const origin =
    fields.origin === undefined
      ? new Uint8Array(0)
      : concatBytes(u16(0), obscured(u16(fields.originPort ?? 40_000)), obscured(addressBytes(fields.origin)))
  return concatBytes(authentication, origin, packet)
}

/** draft-massar-v6ops-ayiya-02 section 3: an identity of 16 bytes, a signature of 20, forwarding. */
export function ayiya(packet: Uint8Array): Uint8Array {
  const next = packet[0]! >>> 4 === 6 ? 41 : 4
  const identity = addressBytes("2001:db8:ffff::2")
  return concatBytes(
    Uint8Array.of(0x41, 0x52, 0x11, next),
    u32(0x4af64bfd),
    identity,
    new Uint8Array(20).fill(0x5a),
    packet,
  )
}

/** Tags of the received signal and of the time, a padding, the end. `protocol`: 1 Ethernet, 18 802.11. */
export function tzsp(frame: Uint8Array, protocol = 1): Uint8Array {
  return concatBytes(Uint8Array.of(1, 0), u16(protocol), fromHex("0a 01 d8  00  0d 04 01020304  01"), frame)
}

/** RFC 3378. */
export function etherIp(frame: Uint8Array): Uint8Array {
  return concatBytes(u16(0x3000), frame)
}

/** WCCP version 2 behind GRE: a word for the service group and its buckets. */
export function wccp2(packet: Uint8Array): Uint8Array {
  return gre(concatBytes(fromHex("00 61 2a 00"), packet), 0x883e)
}

/** A tag between the addresses of a frame and its type: what `type` names, and the bytes up to the type of the frame. */
export function tagged(frame: Uint8Array, type: number, tag: Uint8Array): Uint8Array {
  return concatBytes(frame.subarray(0, 12), u16(type), tag, frame.subarray(12))
}

/** VN-Tag as Cisco's adapters send it: towards a virtual interface. */
export function vnTagged(frame: Uint8Array, destination: number): Uint8Array {
  return tagged(frame, 0x8926, u32((0x8000_0000 | (destination << 16)) >>> 0))
}

/** IEEE 802.1BR section 7.5. */
export function eTagged(frame: Uint8Array, channel: number): Uint8Array {
  return tagged(frame, 0x893f, concatBytes(u16(0), u16(channel), u16(0)))
}

/** IEEE 802.1AE section 9: authenticated and not encrypted, with its channel, and with the check value behind. */
export function macsecClear(frame: Uint8Array): Uint8Array {
  const secured = tagged(frame, 0x88e5, fromHex("20 00 00000007 0200000000010001"))
  return concatBytes(secured, new Uint8Array(16).fill(0xc5))
}

/** Cisco's metadata: a security group. */
export function groupTagged(frame: Uint8Array, group: number): Uint8Array {
  return tagged(frame, 0x8909, concatBytes(fromHex("01 01 0001"), u16(group)))
}

/** IEEE 802.1ah section 9.7: a customer's frame in a frame of the provider's. */
export function serviceTagged(frame: Uint8Array, service: number): Uint8Array {
  return concatBytes(fromHex("020000000b02 020000000b01 88e7"), u32(service), frame)
}

/** RFC 8300, with a fixed context of 16 bytes. `next`: 1 IPv4, 2 IPv6, 3 Ethernet, 5 MPLS. */
export function nsh(inner: Uint8Array, path: number, next: number): Uint8Array {
  return concatBytes(fromHex("0fc6 01"), Uint8Array.of(next), u24(path), Uint8Array.of(255), new Uint8Array(16), inner)
}

/** Cisco FabricPath around a frame. */
export function fabricPath(frame: Uint8Array): Uint8Array {
  return concatBytes(fromHex("020000000a02 020000000a01 8903 0060"), frame)
}
