// The Internet checksum of TCP and UDP over a datagram put together (RFC 1071, RFC 9293 section 3.1, RFC 768, RFC 8200
// section 8.1). Where packets are not verified otherwise, because network cards fill the field in late, this one can be
// trusted: whoever cuts a datagram into fragments must know its checksum before.
import { be16 } from "../../shared/bytes/read.ts"
import type { Packet } from "../decode/packet.ts"

const TCP = 6
const UDP = 17

/** True when bytes [0, length) are a TCP segment or a UDP datagram between the packet's addresses that its checksum confirms. */
export function isProven(packet: Packet, protocol: number, bytes: Uint8Array, length: number): boolean {
  if (protocol === UDP) {
    if (length < 8 || be16(bytes, 6) === 0) return false
  } else if (protocol !== TCP || length < 20) return false
  let sum = protocol + length
  for (let at = 0; at + 1 < length; at += 2) sum += be16(bytes, at)
  if ((length & 1) === 1) sum += bytes[length - 1]! << 8
  // The unused words of IPv4 addresses are 0.
  sum += halves(packet.src0) + halves(packet.src1) + halves(packet.src2) + halves(packet.src3)
  sum += halves(packet.dst0) + halves(packet.dst1) + halves(packet.dst2) + halves(packet.dst3)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum === 0xffff
}

function halves(word: number): number {
  return (word >>> 16) + (word & 0xffff)
}
