// Frames that a filter tells apart, by name, and what a filter says of one. Untagged ones are read by tcpdump, too.
import {
  addressBytes,
  concatBytes,
  ethernet,
  fromHex,
  ipv4,
  ipv6,
  tcp,
  u16,
  u32,
  udp,
} from "../../../../shared/testing/packet-builder.ts"
import { BpfMachine, BpfPacket } from "../bpf-machine.ts"
import { compileFilter } from "../filter-compiler.ts"
import { parseFilter } from "../filter-parser.ts"

const A = "10.0.0.1"
const B = "10.0.0.2"
const FAR = "192.168.7.9"
const A6 = "2001:db8::1"
const B6 = "2001:db8::2"
const FAR6 = "fd00:7::9"

/** RFC 9260 section 3.1: ports, tag, checksum; no chunk. */
function sctp(sourcePort: number, destinationPort: number): Uint8Array {
  return concatBytes(u16(sourcePort), u16(destinationPort), u32(1), u32(0))
}

function echo(type: number): Uint8Array {
  return concatBytes(Uint8Array.of(type, 0), u16(0), u32(7))
}

/** RFC 826: `request` 1 asks, 2 answers; reverse ARP 3 and 4. */
export function arp(operation: number, sender: string, target: string): Uint8Array {
  const hardware = fromHex("02 00 00 00 00 01")
  return concatBytes(
    fromHex("0001 0800 06 04"),
    u16(operation),
    hardware,
    addressBytes(sender),
    fromHex("00 00 00 00 00 00"),
    addressBytes(target),
  )
}

const segment = (sourcePort: number, destinationPort: number): Uint8Array =>
  tcp({ sourcePort, destinationPort, payload: "x" })

/** The rest of an IPv6 fragment header: offset in bytes, more fragments. */
const fragment6 = (offset: number, more: boolean): Uint8Array => concatBytes(u16(offset | (more ? 1 : 0)), u32(9))

export const FRAMES: Readonly<Record<string, Uint8Array>> = {
  "tcp a:40000 > b:80": ethernet(ipv4(segment(40000, 80), { source: A, destination: B })),
  "tcp b:80 > a:40000": ethernet(ipv4(segment(80, 40000), { source: B, destination: A })),
  "tcp a:80 > b:80": ethernet(ipv4(segment(80, 80), { source: A, destination: B })),
  "tcp far:443 > a:1025": ethernet(ipv4(segment(443, 1025), { source: FAR, destination: A })),
  "tcp with options a:8080 > far:8443": ethernet(
    ipv4(segment(8080, 8443), { source: A, destination: FAR, options: fromHex("94040000 01010100") }),
  ),
  "udp a:5353 > b:53": ethernet(ipv4(udp(5353, 53, "question"), { source: A, destination: B, protocol: 17 })),
  "udp b:80 > far:443": ethernet(ipv4(udp(80, 443), { source: B, destination: FAR, protocol: 17 })),
  "sctp a:80 > b:9899": ethernet(ipv4(sctp(80, 9899), { source: A, destination: B, protocol: 132 })),
  "icmp a > far": ethernet(ipv4(echo(8), { source: A, destination: FAR, protocol: 1 })),
  "icmp6 number in ipv4": ethernet(ipv4(echo(128), { source: A, destination: B, protocol: 58 })),
  "gre b > far": ethernet(ipv4(fromHex("0000 0800"), { source: B, destination: FAR, protocol: 47 })),
  "esp a > b": ethernet(ipv4(fromHex("00000050 00000050"), { source: A, destination: B, protocol: 50 })),
  igmp: ethernet(ipv4(fromHex("16000000 e0000001"), { source: A, destination: "224.0.0.1", protocol: 2 })),
  "protocol 44 in ipv4": ethernet(ipv4(fromHex("00500050 00000000"), { source: A, destination: B, protocol: 44 })),
  "tcp first fragment a:40000 > b:80": ethernet(
    ipv4(segment(40000, 80), { source: A, destination: B, moreFragments: true }),
  ),
  "tcp later fragment a > b": ethernet(
    ipv4(fromHex("0050 0050 00000000 00000000"), { source: A, destination: B, fragmentOffset: 24 }),
  ),
  "tcp far fragment b > a": ethernet(
    ipv4(fromHex("0050 0050 00000000 00000000"), { source: B, destination: A, fragmentOffset: 32_768 }),
  ),
  "tcp6 a:40000 > b:80": ethernet(ipv6(segment(40000, 80), { source: A6, destination: B6 })),
  "tcp6 b:80 > a:40000": ethernet(ipv6(segment(80, 40000), { source: B6, destination: A6 })),
  "udp6 a:53 > far:53": ethernet(ipv6(udp(53, 53), { source: A6, destination: FAR6, protocol: 17 })),
  "sctp6 far:80 > a:80": ethernet(ipv6(sctp(80, 80), { source: FAR6, destination: A6, protocol: 132 })),
  "icmp6 a > b": ethernet(ipv6(echo(128), { source: A6, destination: B6, protocol: 58 })),
  "icmp number in ipv6": ethernet(ipv6(echo(8), { source: A6, destination: B6, protocol: 1 })),
  "tcp6 behind hop-by-hop a:1 > b:80": ethernet(
    ipv6(segment(1, 80), { source: A6, destination: B6, extensions: [{ type: 0, body: fromHex("010400000000") }] }),
  ),
  "tcp6 first fragment a:1 > b:80": ethernet(
    ipv6(segment(1, 80), { source: A6, destination: B6, extensions: [{ type: 44, body: fragment6(0, true) }] }),
  ),
  "udp6 later fragment a > b": ethernet(
    ipv6(fromHex("0050 0050 0008 0000"), {
      source: A6,
      destination: B6,
      protocol: 17,
      extensions: [{ type: 44, body: fragment6(1280, false) }],
    }),
  ),
  "arp a asks for b": ethernet(arp(1, A, B), { etherType: 0x0806, pad: true }),
  "arp far answers a": ethernet(arp(2, FAR, A), { etherType: 0x0806, pad: true }),
  "rarp a": ethernet(arp(3, A, A), { etherType: 0x8035, pad: true }),
  lldp: ethernet(fromHex("0207 0402 0000 0000 01"), { etherType: 0x88cc, pad: true }),
  "big tcp a:40000 > far:80": ethernet(
    ipv4(tcp({ sourcePort: 40000, destinationPort: 80, payload: "x".repeat(900) }), { source: A, destination: FAR }),
  ),
}

export interface FilterCase {
  readonly link?: number
  /** Tag control field that the kernel took off. */
  readonly vlan?: number
  readonly wire?: number
  readonly packetType?: number
  readonly dropOutgoing?: boolean
}

/** Whether the filter keeps a packet of these bytes. They stand in a larger slab, as in a batch. */
export function keeps(filter: string, bytes: Uint8Array, fields: FilterCase = {}): boolean {
  const expression = parseFilter(filter)
  const { link = 1, dropOutgoing = false } = fields
  const machine = new BpfMachine(compileFilter(expression, { link, snapBytes: 65_535, dropOutgoing }))
  const result = machine.run(packetOf(bytes, fields))
  if (result !== 0 && result !== 65_535) throw new Error(`the program returned ${result}`)
  return result !== 0
}

export function packetOf(bytes: Uint8Array, fields: FilterCase = {}): BpfPacket {
  const packet = new BpfPacket()
  packet.bytes = concatBytes(new Uint8Array(7).fill(0xff), bytes, new Uint8Array(64).fill(0xff))
  packet.start = packet.linkStart = 7
  packet.networkStart = 21
  packet.end = 7 + bytes.length
  packet.wireEnd = 7 + (fields.wire ?? bytes.length)
  packet.vlan = fields.vlan ?? -1
  packet.packetType = fields.packetType ?? 0
  return packet
}
