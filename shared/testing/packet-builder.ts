// Builds packets for tests, from the inside out: ethernet(ipv4(tcp({...}), {...})). Lengths and checksums are right
// unless a test asks for wrong ones, so that other tools read what a test writes (capture-builder.ts makes the files).
//
//   const talk = new TcpConversation({ client: "10.0.0.1:40000", server: "10.0.0.2:80" })
//   talk.open()
//   talk.toServer("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
//   talk.toClient("HTTP/1.1 204 No Content\r\n\r\n")
//   talk.finish()
//   talk.frames                       // a test drops, repeats or reorders these as it likes

/** A packet with its time. `wire` is the length on the wire when the bytes here are only the first of them. */
export interface Frame {
  readonly timeUs: number
  readonly bytes: Uint8Array
  readonly wire?: number
}

/** 2026-11-23T10:00:00Z: when conversations start unless told otherwise. */
export const START_US = 1_795_428_000_000_000

export const EtherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8 } as const
export const Protocol = { icmp: 1, tcp: 6, udp: 17 } as const

/** Text is taken as latin1, so that every byte value can be written. */
export function toBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new Uint8Array(Buffer.from(text, "latin1")) : text
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Bytes written in hexadecimal; white space is for the reader's eye. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(/\s+/g, ""), "hex"))
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value)
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Conversations name the same two addresses again and again. */
const knownAddresses = new Map<string, Uint8Array>()
const KNOWN_ADDRESSES_MAX = 1024

/** "10.0.0.1" to 4 bytes, "2001:db8::1" to 16. */
export function addressBytes(address: string): Uint8Array {
  let bytes = knownAddresses.get(address)
  if (bytes === undefined) {
    if (knownAddresses.size >= KNOWN_ADDRESSES_MAX) knownAddresses.clear()
    bytes = parseAddress(address)
    knownAddresses.set(address, bytes)
  }
  return bytes.slice()
}

function parseAddress(address: string): Uint8Array {
  if (!address.includes(":")) return Uint8Array.from(address.split(".").map(Number))
  const [head = "", tail] = address.split("::")
  const words = (part: string) => (part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16)))
  const first = words(head)
  const last = words(tail ?? "")
  const zeros = new Array<number>(8 - first.length - last.length).fill(0)
  return concatBytes(...[...first, ...zeros, ...last].map(u16))
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

/** The Internet checksum (RFC 1071) of the parts, each padded to an even length. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) {
    const even = part.length & ~1
    for (let at = 0; at < even; at += 2) sum += (part[at]! << 8) | part[at + 1]!
    if (even < part.length) sum += part[even]! << 8
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** A TCP segment gets its checksum here, where the addresses of the pseudo header are known. */
function sealTcp(segment: Uint8Array, source: Uint8Array, destination: Uint8Array): Uint8Array {
  if (segment.length < 20) return segment
  const sealed = Uint8Array.from(segment)
  put16(sealed, 16, 0)
  put16(sealed, 16, checksum(source, destination, u32(Protocol.tcp), u32(segment.length), sealed))
  return sealed
}

export interface TcpFields {
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly seq?: number
  readonly ack?: number
  /** Letters: S(yn) A(ck) P(ush) F(in) R(eset) U(rgent). */
  readonly flags?: string
  readonly window?: number
  readonly urgent?: number
  /** Padded to a multiple of four with zeros (end of options). */
  readonly options?: Uint8Array
  /** Header length in 32-bit words, when it shall be wrong. */
  readonly dataOffset?: number
  readonly payload?: string | Uint8Array
}

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32 }

function flagBits(letters: string): number {
  let bits = 0
  for (const letter of letters) bits |= FLAG_BITS[letter] ?? 0
  return bits
}

/** RFC 9293 section 3.1. */
export function tcp(fields: TcpFields = {}): Uint8Array {
  const options = fields.options ?? new Uint8Array(0)
  const headerBytes = 20 + ((options.length + 3) & ~3)
  const payload = toBytes(fields.payload ?? "")
  const bytes = new Uint8Array(headerBytes + payload.length)
  put16(bytes, 0, fields.sourcePort ?? 40000)
  put16(bytes, 2, fields.destinationPort ?? 80)
  bytes.set(u32(fields.seq ?? 0), 4)
  bytes.set(u32(fields.ack ?? 0), 8)
  bytes[12] = (fields.dataOffset ?? headerBytes >>> 2) << 4
  bytes[13] = flagBits(fields.flags ?? "A")
  put16(bytes, 14, fields.window ?? 64240)
  put16(bytes, 18, fields.urgent ?? 0)
  bytes.set(options, 20)
  bytes.set(payload, headerBytes)
  return bytes
}

export function udp(sourcePort: number, destinationPort: number, payload: string | Uint8Array = ""): Uint8Array {
  const body = toBytes(payload)
  return concatBytes(u16(sourcePort), u16(destinationPort), u16(8 + body.length), u16(0), body)
}

export interface IpFields {
  readonly source?: string
  readonly destination?: string
  /** Default TCP. */
  readonly protocol?: number
  readonly ttl?: number
}

export interface Ipv4Fields extends IpFields {
  readonly id?: number
  /** Padded to a multiple of four with zeros (end of options). */
  readonly options?: Uint8Array
  /** Offset of this fragment in bytes, a multiple of 8. */
  readonly fragmentOffset?: number
  readonly moreFragments?: boolean
  /** When it shall not be the true one; 0 is what a capture of a GRO super-frame shows. */
  readonly totalLength?: number
}

/** RFC 791 section 3.1. */
export function ipv4(payload: Uint8Array, fields: Ipv4Fields = {}): Uint8Array {
  const options = fields.options ?? new Uint8Array(0)
  const headerBytes = 20 + ((options.length + 3) & ~3)
  const protocol = fields.protocol ?? Protocol.tcp
  const source = addressBytes(fields.source ?? "10.0.0.1")
  const destination = addressBytes(fields.destination ?? "10.0.0.2")
  const header = new Uint8Array(headerBytes)
  header[0] = 0x40 | (headerBytes >>> 2)
  put16(header, 2, fields.totalLength ?? headerBytes + payload.length)
  put16(header, 4, fields.id ?? 0)
  put16(header, 6, ((fields.fragmentOffset ?? 0) >>> 3) | (fields.moreFragments ? 0x2000 : 0))
  header[8] = fields.ttl ?? 64
  header[9] = protocol
  header.set(source, 12)
  header.set(destination, 16)
  header.set(options, 20)
  put16(header, 10, checksum(header))
  const whole = !fields.fragmentOffset && !fields.moreFragments
  return concatBytes(header, protocol === Protocol.tcp && whole ? sealTcp(payload, source, destination) : payload)
}

export interface Ipv6Fields extends IpFields {
  /** Payload length, when it shall not be the true one. */
  readonly payloadLength?: number
  /** Extension headers in order: the type of each and its bytes from the third on (what follows next header and length). */
  readonly extensions?: readonly { readonly type: number; readonly body: Uint8Array }[]
}

/** RFC 8200 section 3. The bodies of extension headers must fill them: 6 bytes, 14, 22, ... */
export function ipv6(payload: Uint8Array, fields: Ipv6Fields = {}): Uint8Array {
  const protocol = fields.protocol ?? Protocol.tcp
  const source = addressBytes(fields.source ?? "2001:db8::1")
  const destination = addressBytes(fields.destination ?? "2001:db8::2")
  const extensions = fields.extensions ?? []
  const parts = extensions.map(({ type, body }, i) => {
    const bytes = concatBytes(Uint8Array.of(extensions[i + 1]?.type ?? protocol, 0), body)
    if (type === 51) bytes[1] = (bytes.length >>> 2) - 2
    else if (type !== 44) bytes[1] = (bytes.length >>> 3) - 1
    return bytes
  })
  const body = concatBytes(...parts, protocol === Protocol.tcp ? sealTcp(payload, source, destination) : payload)
  const header = new Uint8Array(40)
  header[0] = 0x60
  put16(header, 4, fields.payloadLength ?? body.length)
  header[6] = extensions[0]?.type ?? protocol
  header[7] = fields.ttl ?? 64
  header.set(source, 8)
  header.set(destination, 24)
  return concatBytes(header, body)
}

export interface EthernetFields {
  /** Default: by the version nibble of the payload. */
  readonly etherType?: number
  /** Tags from the outside in; all but the last of several get the type 0x88a8. */
  readonly vlans?: readonly number[]
  /** Types of the tags, when they shall be others. */
  readonly tagTypes?: readonly number[]
  /** Pads with zeros to the 60 bytes that a wire carries. */
  readonly pad?: boolean
}

const MAC_ADDRESSES = fromHex("02 00 00 00 00 02  02 00 00 00 00 01")

export function ethernet(payload: Uint8Array, fields: EthernetFields = {}): Uint8Array {
  const vlans = fields.vlans ?? []
  const tags = vlans.map((vlan, i) => {
    const plain = i === vlans.length - 1 ? EtherType.vlan : EtherType.qinq
    return concatBytes(u16(fields.tagTypes?.[i] ?? plain), u16(vlan))
  })
  const etherType = fields.etherType ?? (payload[0]! >>> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4)
  const frame = concatBytes(MAC_ADDRESSES, ...tags, u16(etherType), payload)
  return fields.pad && frame.length < 60 ? concatBytes(frame, new Uint8Array(60 - frame.length)) : frame
}

export interface ConversationFields {
  /** "address:port", "[address]:port" for IPv6. */
  readonly client?: string
  readonly server?: string
  readonly startUs?: number
  /** Time between frames. */
  readonly stepUs?: number
  /** Payload of a segment at most. */
  readonly segmentBytes?: number
  /** Sequence numbers of the SYNs: near 2^32 to cross the wrap. */
  readonly clientSeq?: number
  readonly serverSeq?: number
  readonly vlans?: readonly number[]
}

interface Endpoint {
  readonly address: string
  readonly port: number
  /** Sequence number of the next byte it sends. */
  next: number
}

function endpoint(text: string, seq: number): Endpoint {
  const colon = text.lastIndexOf(":")
  return {
    address: text.slice(0, colon).replaceAll(/[[\]]/g, ""),
    port: Number(text.slice(colon + 1)),
    next: seq >>> 0,
  }
}

/** Both ends of a TCP session that loses nothing: each frame acknowledges all that the other end has sent before it. */
export class TcpConversation {
  readonly frames: Frame[] = []
  /** Time of the next frame: a test may move it forward. */
  timeUs: number
  readonly #client: Endpoint
  readonly #server: Endpoint
  readonly #stepUs: number
  readonly #segmentBytes: number
  readonly #vlans: readonly number[]

  constructor(fields: ConversationFields = {}) {
    this.#client = endpoint(fields.client ?? "10.0.0.1:40000", fields.clientSeq ?? 1000)
    this.#server = endpoint(fields.server ?? "10.0.0.2:80", fields.serverSeq ?? 5000)
    this.timeUs = fields.startUs ?? START_US
    this.#stepUs = fields.stepUs ?? 100
    this.#segmentBytes = fields.segmentBytes ?? 1460
    this.#vlans = fields.vlans ?? []
  }

  /** SYN, SYN+ACK, ACK. Left out, the conversation is a midstream one. */
  open(): this {
    this.#send(this.#client, this.#server, "S", "")
    this.#send(this.#server, this.#client, "SA", "")
    return this.acknowledge("client")
  }

  toServer(payload: string | Uint8Array): this {
    return this.#write(this.#client, this.#server, payload)
  }

  toClient(payload: string | Uint8Array): this {
    return this.#write(this.#server, this.#client, payload)
  }

  /** A bare ACK from one end. */
  acknowledge(from: "client" | "server"): this {
    const [sender, receiver] = this.#ends(from)
    this.#send(sender, receiver, "A", "")
    return this
  }

  /** FIN from `first`, FIN from the other, last ACK. */
  finish(first: "client" | "server" = "client"): this {
    const [sender, receiver] = this.#ends(first)
    this.#send(sender, receiver, "FA", "")
    this.#send(receiver, sender, "FA", "")
    this.#send(sender, receiver, "A", "")
    return this
  }

  reset(from: "client" | "server" = "client"): this {
    const [sender, receiver] = this.#ends(from)
    this.#send(sender, receiver, "RA", "")
    return this
  }

  #ends(from: "client" | "server"): [Endpoint, Endpoint] {
    return from === "client" ? [this.#client, this.#server] : [this.#server, this.#client]
  }

  #write(sender: Endpoint, receiver: Endpoint, payload: string | Uint8Array): this {
    const bytes = toBytes(payload)
    for (let at = 0; at < bytes.length; at += this.#segmentBytes) {
      const last = at + this.#segmentBytes >= bytes.length
      this.#send(sender, receiver, last ? "PA" : "A", bytes.subarray(at, at + this.#segmentBytes))
    }
    return this
  }

  #send(sender: Endpoint, receiver: Endpoint, flags: string, payload: string | Uint8Array): void {
    const segment = tcp({
      sourcePort: sender.port,
      destinationPort: receiver.port,
      seq: sender.next,
      ack: flags.includes("A") ? receiver.next : 0,
      flags,
      payload,
    })
    const addresses = { source: sender.address, destination: receiver.address }
    const packet = sender.address.includes(":")
      ? ipv6(segment, addresses)
      : ipv4(segment, { ...addresses, id: (this.frames.length + 1) & 0xffff })
    this.frames.push({ timeUs: this.timeUs, bytes: ethernet(packet, { vlans: this.#vlans }) })
    this.timeUs += this.#stepUs
    const phantom = /[SF]/.test(flags) ? 1 : 0
    sender.next = (sender.next + payload.length + phantom) >>> 0
  }
}
