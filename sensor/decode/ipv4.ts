// IPv4. RFC 791 section 3.1.
//
//   version 4 bits, header words 4 bits | service 1 | total length 2 | id 2 | flags 3 bits, offset 13 bits
//   time to live 1 | protocol 1 | checksum 2 | source 4 | destination 4 | options
//
// In: the cursor at the header. Out: addresses, and the cursor at the payload with its ends cut to the total length.
// The checksum is not verified: with offload, the capturing host's own packets never have a right one.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, fitIp, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const HEADER_BYTES = 20
const MORE_FRAGMENTS = 0x2000

export function decodeIpv4(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return stopShort(cursor, packet, HEADER_BYTES)
  const first = bytes[at]!
  const headerBytes = (first & 0xf) << 2
  if (first >>> 4 !== 4 || headerBytes < HEADER_BYTES) return stop(packet, Verdict.malformed)
  // A length of 0 is a super-frame longer than the field can say, put together by the network card: the wire length holds.
  const totalBytes = be16(bytes, at + 2) || cursor.wireEnd - at
  if (totalBytes < headerBytes) return stop(packet, Verdict.malformed)
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  packet.ipVersion = 4
  packet.ipId = be16(bytes, at + 4)
  packet.ttl = bytes[at + 8]!
  packet.src0 = 0
  packet.src1 = 0
  packet.src2 = 0
  packet.src3 = be32(bytes, at + 12)
  packet.dst0 = 0
  packet.dst1 = 0
  packet.dst2 = 0
  packet.dst3 = be32(bytes, at + 16)
  cursor.protocol = bytes[at + 9]!
  cursor.at = at + headerBytes
  fitIp(cursor, at + totalBytes)
  const fragment = be16(bytes, at + 6) & 0x3fff
  if (fragment === 0) return Layer.transport
  cursor.fragmentId = packet.ipId
  cursor.fragmentOffset = (fragment & 0x1fff) << 3
  cursor.hasMoreFragments = (fragment & MORE_FRAGMENTS) !== 0
  return Layer.fragment
}
