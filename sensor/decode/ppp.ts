// Serial links: PPP and Cisco HDLC.
//
//   PPP     [ff 03] | protocol 1 or 2 (the last byte is odd)      RFC 1661 section 2, RFC 1662 section 3.1
//   C-HDLC  address 1 | control 1 | EtherType 2
//
// In: the cursor at the header. Out: the cursor behind it and the layer that follows.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const PPP_IPV4 = 0x21
const PPP_IPV6 = 0x57
const PPP_MPLS = 0x281

export function decodePpp(cursor: Cursor, packet: Packet): Layer {
  const { bytes } = cursor
  if (cursor.end - cursor.at < 4) return stopShort(cursor, packet, 4)
  if (be16(bytes, cursor.at) === 0xff03) cursor.at += 2
  const isShort = (bytes[cursor.at]! & 1) === 1
  const protocol = isShort ? bytes[cursor.at]! : be16(bytes, cursor.at)
  cursor.at += isShort ? 1 : 2
  if (protocol === PPP_IPV4) return Layer.ipv4
  if (protocol === PPP_IPV6) return Layer.ipv6
  return protocol === PPP_MPLS ? Layer.mpls : stop(packet, Verdict.notIp)
}

export function decodeChdlc(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 4) return stopShort(cursor, packet, 4)
  cursor.etherType = be16(bytes, at + 2)
  cursor.at = at + 4
  return Layer.etherType
}
