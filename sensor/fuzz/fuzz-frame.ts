// A packet on its way into the fuzzer: bytes as captured, and what stands beside them in a capture.

export interface FuzzFrame {
  bytes: Uint8Array
  /** Bytes on the wire, at least those captured. */
  wire: number
  /** LINKTYPE_*. */
  link: number
  /** µs after the packet before it; may be negative. */
  afterUs: number
  /** VLAN tag control that the kernel took off, -1: none. */
  vlan: number
}

/** Where the headers of an ordinary frame lie: Ethernet (tags allowed), IPv4 or IPv6 without extensions, TCP. */
export interface Headers {
  readonly ip: number
  readonly isIpv4: boolean
  readonly tcp: number
  readonly payload: number
  /** Just behind the IP packet. */
  readonly end: number
}

/** Null when the frame is not as ordinary as that. */
export function headersOf(bytes: Uint8Array, link: number): Headers | null {
  let ip = 14
  if (link === 101) ip = 0
  else if (link !== 1 || bytes.length < 34) return null
  else while (be16(bytes, ip - 2) === 0x8100 && ip < 30) ip += 4
  if (bytes.length < ip + 40) return null
  const version = bytes[ip]! >>> 4
  const isIpv4 = version === 4
  if (!isIpv4 && version !== 6) return null
  const tcp = isIpv4 ? ip + ((bytes[ip]! & 0xf) << 2) : ip + 40
  const protocol = isIpv4 ? bytes[ip + 9] : bytes[ip + 6]
  if (protocol !== 6 || bytes.length < tcp + 20) return null
  const payload = tcp + ((bytes[tcp + 12]! >>> 4) << 2)
  const claimed = isIpv4 ? ip + be16(bytes, ip + 2) : ip + 40 + be16(bytes, ip + 4)
  const end = Math.min(bytes.length, claimed)
  return payload >= tcp + 20 && payload <= end ? { ip, isIpv4, tcp, payload, end } : null
}

export function be16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

export function be32(bytes: Uint8Array, at: number): number {
  return (be16(bytes, at) << 16) | be16(bytes, at + 2)
}

export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, value >>> 16)
  put16(bytes, at + 2, value)
}
