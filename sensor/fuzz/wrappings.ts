// What is put around frames, and how they are cut into fragments: tags and tunnels by the dozen, right and wrong.
import { type FuzzFrame, headersOf, put16 } from "./fuzz-frame.ts"
import type { Random } from "./random.ts"

/** Frames longer than this are not wrapped again: they would only fill the slab. */
const WRAPPED_BYTES_MAX = 9000

const ETHERNET_HEAD = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1)

const u16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value)

function ethernet(type: number, payload: Uint8Array): Uint8Array {
  return Buffer.concat([ETHERNET_HEAD, u16(type), payload])
}

function ipv4(protocol: number, payload: Uint8Array, random: Random): Uint8Array {
  const header = new Uint8Array(20)
  header[0] = 0x45
  put16(header, 2, Math.min(65_535, 20 + payload.length))
  put16(header, 4, random.below(65_536))
  header[8] = 64
  header[9] = protocol
  header.set([192, 0, 2, random.below(4), 192, 0, 2, 10 + random.below(4)], 12)
  return Buffer.concat([header, payload])
}

function ipv6(protocol: number, payload: Uint8Array, random: Random): Uint8Array {
  const header = new Uint8Array(40)
  header[0] = 0x60
  put16(header, 4, Math.min(65_535, payload.length))
  header[6] = protocol
  header[7] = 64
  header.set([0x20, 1, 0xd, 0xb8], 8)
  header[23] = random.below(4)
  header.set([0x20, 1, 0xd, 0xb8], 24)
  header[39] = 10 + random.below(4)
  return Buffer.concat([header, payload])
}

function udp(port: number, payload: Uint8Array, random: Random): Uint8Array {
  return Buffer.concat([
    u16(random.between(49_152, 65_535)),
    u16(port),
    u16(Math.min(65_535, 8 + payload.length)),
    u16(0),
    payload,
  ])
}

/** In: an Ethernet frame. Out: an Ethernet frame around it, or around its IP packet. */
type Wrapping = (frame: Uint8Array, random: Random) => Uint8Array

const ipOf = (frame: Uint8Array): Uint8Array => frame.subarray(14)
const typeOf = (frame: Uint8Array): number => (frame[12]! << 8) | frame[13]!

const tag =
  (type: number): Wrapping =>
  (frame, random) =>
    Buffer.concat([frame.subarray(0, 12), u16(type), u16(random.below(65_536)), frame.subarray(12)])

const gre = (random: Random, protocol: number, payload: Uint8Array): Uint8Array => {
  const flags = random.pick([0, 0, 0x2000, 0x1000, 0x8000, 0xb000, 0x3000, random.below(65_536)])
  const optional = ((flags >>> 15) + ((flags >>> 13) & 1) + ((flags >>> 12) & 1)) * 4
  return ethernet(0x0800, ipv4(47, Buffer.concat([u16(flags), u16(protocol), random.bytes(optional), payload]), random))
}

const geneve: Wrapping = (frame, random) => {
  const words = random.once(2) ? 0 : random.below(64)
  const head = Buffer.concat([Uint8Array.of(words, 0), u16(random.once(4) ? 0x0800 : 0x6558), random.bytes(4)])
  const options = random.bytes(words * 4)
  // Options that follow each other as they should, mostly.
  for (let at = 0; at + 4 <= options.length; at += 4 + (options[at + 3]! & 0x1f) * 4) options[at + 3]! &= 0x03
  return ethernet(0x0800, ipv4(17, udp(6081, Buffer.concat([head, options, frame]), random), random))
}

const mpls: Wrapping = (frame, random) => {
  const labels = random.between(1, 5)
  const stack = Buffer.alloc(labels * 4)
  for (let i = 0; i < labels; i++) stack.writeUInt32BE(((random.bits() >>> 0) & 0xfffffeff) >>> 0, i * 4)
  stack[labels * 4 - 2]! |= 1
  const isPseudowire = random.once(2)
  const inner = isPseudowire
    ? Buffer.concat([random.once(2) ? new Uint8Array(4) : new Uint8Array(0), frame])
    : ipOf(frame)
  return ethernet(random.once(2) ? 0x8847 : 0x8848, Buffer.concat([stack, inner]))
}

const WRAPPINGS: readonly Wrapping[] = [
  tag(0x8100),
  tag(0x88a8),
  tag(0x9100),
  // E-Tag and VN-Tag.
  (frame, random) => Buffer.concat([frame.subarray(0, 12), u16(0x893f), random.bytes(6), frame.subarray(12)]),
  (frame, random) => Buffer.concat([frame.subarray(0, 12), u16(0x8926), random.bytes(4), frame.subarray(12)]),
  (frame) =>
    ethernet(0x8864, Buffer.concat([Uint8Array.of(0x11, 0, 0, 1), u16(frame.length - 12), u16(0x0021), ipOf(frame)])),
  mpls,
  (frame, random) => gre(random, typeOf(frame), ipOf(frame)),
  (frame, random) => gre(random, 0x6558, frame),
  (frame, random) => gre(random, 0x88be, Buffer.concat([random.bytes(random.pick([0, 8])), frame])),
  (frame, random) => gre(random, 0x22eb, Buffer.concat([random.bytes(random.pick([12, 20])), frame])),
  (frame, random) =>
    ethernet(
      0x0800,
      ipv4(
        17,
        udp(random.pick([4789, 8472]), Buffer.concat([Uint8Array.of(8, 0, 0, 0), random.bytes(4), frame]), random),
        random,
      ),
    ),
  geneve,
  (frame, random) => ethernet(0x0800, ipv4(typeOf(frame) === 0x86dd ? 41 : 4, ipOf(frame), random)),
  (frame, random) => ethernet(0x86dd, ipv6(typeOf(frame) === 0x86dd ? 41 : 4, ipOf(frame), random)),
  (frame, random) => {
    const flags = random.pick([0x30, 0x32, 0x34, 0x36])
    const head = Buffer.concat([Uint8Array.of(flags, 0xff), u16(frame.length), random.bytes(flags === 0x30 ? 4 : 8)])
    return ethernet(0x0800, ipv4(17, udp(2152, Buffer.concat([head, ipOf(frame)]), random), random))
  },
  (frame, random) => ethernet(0x0800, ipv4(17, udp(3544, ipOf(frame), random), random)),
]

/** Puts one to six layers around an Ethernet frame. */
export function wrap(frame: FuzzFrame, random: Random): void {
  if (frame.link !== 1 || frame.bytes.length < 20) return
  const missing = frame.wire - frame.bytes.length
  for (let layers = random.once(6) ? random.between(2, 6) : 1; layers > 0; layers--) {
    if (frame.bytes.length > WRAPPED_BYTES_MAX) break
    frame.bytes = random.pick(WRAPPINGS)(frame.bytes, random)
  }
  frame.wire = frame.bytes.length + missing
}

/** The fragments of an IPv4 packet in an Ethernet frame: right, in any order, doubled, overlapping, or without one of them. */
export function fragment(frame: FuzzFrame, random: Random): FuzzFrame[] {
  const headers = headersOf(frame.bytes, frame.link)
  if (headers === null || !headers.isIpv4 || frame.link !== 1) return [frame]
  const { ip, tcp, end } = headers
  const body = frame.bytes.subarray(tcp, end)
  const size = Math.max(random.pick([8, 16, 64, 512, 1024]), (body.length >>> 7) << 3)
  const id = random.below(65_536)
  const parts: FuzzFrame[] = []
  for (let at = 0; at < body.length; at += size) {
    const overlap = random.once(12) ? 8 * random.between(1, 2) : 0
    const from = Math.max(0, at - overlap)
    const piece = Uint8Array.from(body.subarray(from, at + size))
    if (overlap > 0 && random.once(2) && piece.length > 0) piece[0]! ^= 0xff
    const bytes = Buffer.concat([frame.bytes.subarray(0, tcp), piece])
    put16(bytes, ip + 2, bytes.length - ip)
    put16(bytes, ip + 4, id)
    put16(bytes, ip + 6, (from >>> 3) | (at + size < body.length ? 0x2000 : 0))
    parts.push({ ...frame, bytes, wire: bytes.length, afterUs: parts.length === 0 ? frame.afterUs : 1 })
  }
  if (random.once(3)) random.shuffle(parts)
  if (random.once(4)) parts.push({ ...random.pick(parts) })
  if (random.once(6) && parts.length > 1) parts.splice(random.below(parts.length), 1)
  return parts
}
