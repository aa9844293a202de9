// Mirrors for tests: one that is good, and what makes a good one wrong.
import {
  concatBytes,
  EtherType,
  ethernet,
  type Frame,
  fromHex,
  ipv4,
  Protocol,
  START_US,
  TcpConversation,
  toBytes,
  u16,
  u32,
  udp,
} from "../../shared/testing/packet-builder.ts"

/** A frame, and which end sent it. */
export interface MirrorFrame extends Frame {
  readonly fromClient: boolean
  /** Number of the connection. */
  readonly flow: number
}

export interface TrafficFields {
  readonly connections?: number
  readonly exchanges?: number
  /** Bytes of each answer's body. */
  readonly bodyBytes?: number
  readonly segmentBytes?: number
  /** Seconds over which connections begin. */
  readonly spreadSeconds?: number
  readonly port?: number
  /** What the two ends say in place of HTTP. */
  readonly request?: (exchange: number) => string | Uint8Array
  readonly answer?: (exchange: number) => string | Uint8Array
  readonly isIpv6?: boolean
  /** Without the SYNs. */
  readonly isMidstream?: boolean
}

const request = (exchange: number): string => `GET /v1/orders/${exchange} HTTP/1.1\r\nHost: api.example.com\r\n\r\n`

/** Connections of an ordinary mirror, in order of time, IP ids in order for each connection. */
export function goodTraffic(fields: TrafficFields = {}): MirrorFrame[] {
  const { connections = 60, exchanges = 4, bodyBytes = 6000, spreadSeconds = 12, isIpv6 = false } = fields
  const answer = (): string => `HTTP/1.1 200 OK\r\nContent-Length: ${bodyBytes}\r\n\r\n${"x".repeat(bodyBytes)}`
  const frames: MirrorFrame[] = []
  for (let flow = 0; flow < connections; flow++) {
    const client = isIpv6 ? `[2001:db8::${(flow + 10).toString(16)}]` : `10.1.0.${(flow % 200) + 10}`
    const talk = new TcpConversation({
      client: `${client}:${40_000 + flow}`,
      server: `${isIpv6 ? "[2001:db8::2]" : "10.0.0.2"}:${fields.port ?? 80}`,
      startUs: START_US + Math.floor((flow * spreadSeconds * 1e6) / connections),
      stepUs: 250,
      segmentBytes: fields.segmentBytes ?? 1460,
      clientSeq: 1000 + flow * 7919,
      serverSeq: 0xffff0000 + flow * 104_729,
    })
    if (fields.isMidstream !== true) talk.open()
    for (let i = 0; i < exchanges; i++) {
      talk.toServer((fields.request ?? request)(i))
      talk.toClient((fields.answer ?? answer)(i)).acknowledge("client")
      talk.timeUs += 20_000
    }
    talk.finish()
    const clientPort = 40_000 + flow
    for (const frame of talk.frames) {
      const portsAt = isIpv6 ? 54 : 34
      const sourcePort = (frame.bytes[portsAt]! << 8) | frame.bytes[portsAt + 1]!
      frames.push({ ...frame, flow, fromClient: sourcePort === clientPort })
    }
  }
  return byTime(frames)
}

export function byTime<T extends Frame>(frames: readonly T[]): T[] {
  return [...frames].sort((a, b) => a.timeUs - b.timeUs)
}

/** The same packet with other bytes; `edit` gets a copy. */
export function edited(frame: MirrorFrame, edit: (bytes: Uint8Array) => Uint8Array): MirrorFrame {
  return { ...frame, bytes: edit(Uint8Array.from(frame.bytes)) }
}

export function tagged(frame: MirrorFrame, vlan: number): MirrorFrame {
  return edited(frame, (bytes) =>
    concatBytes(bytes.subarray(0, 12), u16(EtherType.vlan), u16(vlan), bytes.subarray(12)),
  )
}

/** One hop further: time to live less by one, header checksum mended as a router does. */
export function routed(frame: MirrorFrame): MirrorFrame {
  return edited(frame, (bytes) => {
    bytes[22]!--
    const sum = ((bytes[24]! << 8) | bytes[25]!) + 0x100
    const folded = (sum & 0xffff) + (sum >>> 16)
    bytes[24] = folded >>> 8
    bytes[25] = folded
    return bytes
  })
}

/** Each packet, and a copy of it `lagUs` later. */
export function twice(
  frames: readonly MirrorFrame[],
  lagUs: number,
  copy: (frame: MirrorFrame) => MirrorFrame,
): MirrorFrame[] {
  return byTime(frames.flatMap((frame) => [frame, { ...copy(frame), timeUs: frame.timeUs + lagUs }]))
}

/** Two of three packets lost: the first of three stays, counted over the whole mirror. */
export function sampled(frames: readonly MirrorFrame[], oneIn: number): MirrorFrame[] {
  // Counting alone would be in step with conversations that are all alike.
  let state = 12345
  return frames.filter(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) % oneIn === 0
  })
}

/** Packets with payload, every `nth` lost. */
export function lossy(frames: readonly MirrorFrame[], nth: number): MirrorFrame[] {
  let n = 0
  return frames.filter((frame) => frame.bytes.length < 1000 || ++n % nth !== 0)
}

/** The sender's packet inside VXLAN between two switches. */
export function inVxlan(frame: MirrorFrame, vni: number): MirrorFrame {
  const header = concatBytes(fromHex("08 00 00 00"), u32(vni << 8))
  const outer = { source: "192.0.2.1", destination: "192.0.2.2", protocol: Protocol.udp }
  return edited(frame, (bytes) => ethernet(ipv4(udp(50_000 + frame.flow, 4789, concatBytes(header, bytes)), outer)))
}

/** Inside IPsec: nobody reads it. */
export function inIpsec(frame: MirrorFrame): MirrorFrame {
  return edited(frame, (bytes) =>
    ethernet(
      ipv4(
        bytes.map((byte) => byte ^ 0x5a),
        { protocol: 50 },
      ),
    ),
  )
}

/** In fragments of `size` bytes of payload, a multiple of eight, when it is larger. */
export function fragmented(frame: MirrorFrame, size: number): MirrorFrame[] {
  const ip = frame.bytes.subarray(14)
  if (ip.length - 20 <= size) return [frame]
  const body = ip.subarray(20)
  const id = (ip[4]! << 8) | ip[5]!
  const addresses = { source: ip.subarray(12, 16).join("."), destination: ip.subarray(16, 20).join(".") }
  const parts: MirrorFrame[] = []
  for (let at = 0; at < body.length; at += size) {
    const moreFragments = at + size < body.length
    const packet = ipv4(body.slice(at, at + size), { ...addresses, id, fragmentOffset: at, moreFragments })
    parts.push({ ...frame, bytes: ethernet(packet) })
  }
  return parts
}

/** What any port of a switch gets: ARP asked of all, a multicast of routers. */
export function broadcastOnly(count: number): Frame[] {
  const arp = fromHex("0001 0800 0604 0001  02 00 00 00 00 01  0a 00 00 01  00 00 00 00 00 00  0a 00 00 02")
  const asked = concatBytes(fromHex("ff ff ff ff ff ff  02 00 00 00 00 01  08 06"), arp, new Uint8Array(18))
  const hello = ethernet(ipv4(toBytes("hello of a router"), { protocol: 89, destination: "224.0.0.5" }))
  hello.set(fromHex("01 00 5e 00 00 05"), 0)
  return Array.from({ length: count }, (_, i) => ({
    timeUs: START_US + i * 100_000,
    bytes: i % 3 === 0 ? hello : asked,
  }))
}

/** A TLS record of `length` bytes, handshake first, then what cannot be read. */
export function tlsRecord(type: number, first: number, length: number): Uint8Array {
  const body = new Uint8Array(length).fill(0xa7)
  body[0] = first
  return concatBytes(Uint8Array.of(type, 3, 3), u16(length), body)
}
