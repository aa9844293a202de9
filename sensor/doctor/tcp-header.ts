// Finds the TCP and the IPv4 header of a decoded segment again, by going back from its payload: the packet record keeps no
// offsets, and through tunnels nobody else knows them. What is found agrees with the record in every field, so it is the
// right one.
//
// In:  a packet of verdict tcp, and the offset that its bytes begin at. Out: an offset, -1 when the header was not kept.
import { be16, be32 } from "../../shared/bytes/read.ts"
import type { Packet } from "../decode/packet.ts"

/** Offset of the TCP header in packet.bytes. `from`: nothing before it belongs to the packet. */
export function segmentHeader(packet: Packet, from: number): number {
  const { bytes, payloadStart } = packet
  for (let headerBytes = 20; headerBytes <= 60; headerBytes += 4) {
    const at = payloadStart - headerBytes
    if (at < from) return -1
    const isIt =
      bytes[at + 12]! >>> 4 === headerBytes >>> 2 &&
      be32(bytes, at + 4) === packet.seq &&
      be32(bytes, at + 8) === packet.ack &&
      be16(bytes, at) === packet.srcPort &&
      be16(bytes, at + 2) === packet.dstPort
    if (isIt) return at
  }
  return -1
}

/** Offset of the IPv4 header right before the TCP header at `segmentAt`. */
export function ipv4Header(packet: Packet, segmentAt: number, from: number): number {
  const { bytes } = packet
  if (packet.ipVersion !== 4) return -1
  for (let headerBytes = 20; headerBytes <= 60; headerBytes += 4) {
    const at = segmentAt - headerBytes
    if (at < from) return -1
    const isIt =
      bytes[at] === (0x40 | (headerBytes >>> 2)) &&
      bytes[at + 9] === 6 &&
      be32(bytes, at + 12) === packet.src3 &&
      be32(bytes, at + 16) === packet.dst3
    if (isIt) return at
  }
  return -1
}
