// TCP header. RFC 9293 section 3.1.
//
//   source port 2 | destination port 2 | sequence 4 | acknowledgment 4
//   offset 4 bits, reserved 4 bits | flags 1 | window 2 | checksum 2 | urgent 2 | options
//
// In: the cursor at the header. Out: the segment in the packet record. The options may be cut off by the snap length:
// the header says how long they are, so the payload is then a gap of known length.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, type Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const HEADER_BYTES = 20

export function decodeTcp(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes, end, wireEnd } = cursor
  if (end - at < HEADER_BYTES) return stopShort(cursor, packet, HEADER_BYTES)
  const headerBytes = (bytes[at + 12]! >>> 4) << 2
  if (headerBytes < HEADER_BYTES || headerBytes > wireEnd - at) return stop(packet, Verdict.malformed)
  packet.srcPort = be16(bytes, at)
  packet.dstPort = be16(bytes, at + 2)
  packet.seq = be32(bytes, at + 4)
  packet.ack = be32(bytes, at + 8)
  packet.flags = bytes[at + 13]! & 0x3f
  packet.window = be16(bytes, at + 14)
  packet.checksum = be16(bytes, at + 16)
  const payloadStart = at + headerBytes
  packet.bytes = bytes
  packet.payloadStart = Math.min(payloadStart, end)
  packet.payloadEnd = end
  packet.payloadWire = wireEnd - payloadStart
  return stop(packet, Verdict.tcp)
}
