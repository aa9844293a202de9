// IPv6 and its extension headers. RFC 8200 sections 3 and 4.
//
//   version 4 bits, class 8 bits, label 20 bits | payload length 2 | next header 1 | hop limit 1 | source 16 | destination 16
//   extension  next header 1 | length in 8 bytes, the first not counted 1 | ...
//   fragment   next header 1 | reserved 1 | offset 13 bits, 2 bits, more 1 bit | id 4
//
// In: the cursor at the header. Out: addresses, and the cursor at the upper layer with its ends cut to the payload length.
// Given up: chains of more than EXTENSIONS_MAX headers.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, fitIp, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const HEADER_BYTES = 40
const FRAGMENT_BYTES = 8

/** Extension headers in one packet. Each of the standard ones may appear once, destination options twice. */
export const EXTENSIONS_MAX = 8

const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTHENTICATION = 51
const DESTINATION = 60
const MOBILITY = 135
const HOST_IDENTITY = 139
const SHIM6 = 140

export function decodeIpv6(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return stopShort(cursor, packet, HEADER_BYTES)
  if (bytes[at]! >>> 4 !== 6) return stop(packet, Verdict.malformed)
  packet.ipVersion = 6
  packet.ipId = 0
  packet.ttl = bytes[at + 7]!
  packet.src0 = be32(bytes, at + 8)
  packet.src1 = be32(bytes, at + 12)
  packet.src2 = be32(bytes, at + 16)
  packet.src3 = be32(bytes, at + 20)
  packet.dst0 = be32(bytes, at + 24)
  packet.dst1 = be32(bytes, at + 28)
  packet.dst2 = be32(bytes, at + 32)
  packet.dst3 = be32(bytes, at + 36)
  // A length of 0 is a jumbogram or a super-frame: the wire length holds.
  const payloadBytes = be16(bytes, at + 4)
  if (payloadBytes > 0) fitIp(cursor, at + HEADER_BYTES + payloadBytes)
  cursor.protocol = bytes[at + 6]!
  cursor.at = at + HEADER_BYTES
  return decodeIpv6Payload(cursor, packet)
}

/** What follows the header, or the fragment header of a datagram that is whole again. */
export function decodeIpv6Payload(cursor: Cursor, packet: Packet): Layer {
  const { bytes } = cursor
  for (let count = 0; ; count++) {
    const at = cursor.at
    switch (cursor.protocol) {
      case HOP_BY_HOP:
      case ROUTING:
      case FRAGMENT:
      case AUTHENTICATION:
      case DESTINATION:
      case MOBILITY:
      case HOST_IDENTITY:
      case SHIM6:
        break
      default:
        return Layer.transport
    }
    if (count === EXTENSIONS_MAX) return stop(packet, Verdict.tooDeep)
    if (cursor.end - at < 8) return stopShort(cursor, packet, 8)
    const type = cursor.protocol
    let headerBytes = (bytes[at + 1]! + 1) << 3
    if (type === AUTHENTICATION) headerBytes = (bytes[at + 1]! + 2) << 2
    if (type === FRAGMENT) headerBytes = FRAGMENT_BYTES
    if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
    cursor.protocol = bytes[at]!
    cursor.at = at + headerBytes
    if (type !== FRAGMENT) continue
    // An atomic fragment (no offset, no more to come) is whole. RFC 6946.
    const fragment = be16(bytes, at + 2)
    if ((fragment & 0xfff9) === 0) continue
    cursor.fragmentId = be32(bytes, at + 4)
    cursor.fragmentOffset = fragment & 0xfff8
    cursor.hasMoreFragments = (fragment & 1) !== 0
    return Layer.fragment
  }
}
