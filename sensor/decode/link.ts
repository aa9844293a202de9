// Link layers with an EtherType: Ethernet, LLC/SNAP, and the headers that Linux puts in place of Ethernet.
//
//   Ethernet  destination 6 | source 6 | type 2                                    IEEE 802.3
//   LLC/SNAP  aa aa 03 | organization 3 | type 2                                   IEEE 802.2, RFC 1042
//   SLL       direction 2 | hardware 2 | address length 2 | address 8 | type 2
//   SLL2      type 2 | reserved 2 | interface 4 | hardware 2 | direction 1 | address length 1 | address 8
//   null      address family 4, in the byte order of the capturing host, or of the network (loop)
//
// In: the cursor at the header. Out: the cursor behind it and the layer that follows.
import { be16, be32, le32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const ETHERTYPE_IPV4 = 0x0800

/** Below this, the type field of Ethernet is a length and LLC follows. */
export const ETHERTYPE_MIN = 0x0600

/** The type that Linux gives to frames with LLC in place of an EtherType. */
const SLL_LLC = 4

const SNAP_IP = 0xaaaa
const LLC_IP = 0x0606

/** Address families of IPv6 differ between systems: Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
const FAMILY_IPV4 = 2
const FAMILIES_IPV6: readonly number[] = [10, 23, 24, 28, 30]

export function decodeEthernet(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 14) return stopShort(cursor, packet, 14)
  const type = be16(bytes, at + 12)
  cursor.etherType = type
  cursor.at = at + 14
  if (type === ETHERTYPE_IPV4) return Layer.ipv4
  return type < ETHERTYPE_MIN ? Layer.llc : Layer.etherType
}

export function decodeLlc(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 3) return stopShort(cursor, packet, 3)
  const services = be16(bytes, at)
  if (bytes[at + 2] !== 3) return stop(packet, Verdict.notIp)
  if (services === LLC_IP) {
    cursor.at = at + 3
    return Layer.ipv4
  }
  if (services !== SNAP_IP) return stop(packet, Verdict.notIp)
  if (cursor.end - at < 8) return stopShort(cursor, packet, 8)
  // The organization is 0 for an EtherType, or 0000f8 from old bridges, which means the same.
  cursor.etherType = be16(bytes, at + 6)
  cursor.at = at + 8
  return Layer.etherType
}

export function decodeSll(cursor: Cursor, packet: Packet): Layer {
  return decodeCooked(cursor, packet, 14, 16)
}

export function decodeSll2(cursor: Cursor, packet: Packet): Layer {
  return decodeCooked(cursor, packet, 0, 20)
}

function decodeCooked(cursor: Cursor, packet: Packet, typeOffset: number, headerBytes: number): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  cursor.etherType = be16(bytes, at + typeOffset)
  cursor.at = at + headerBytes
  return cursor.etherType === SLL_LLC ? Layer.llc : Layer.etherType
}

export function decodeNull(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 4) return stopShort(cursor, packet, 4)
  const little = le32(bytes, at)
  // Families are small: read in the wrong order they are not.
  const family = little >>> 16 === 0 ? little : be32(bytes, at)
  cursor.at = at + 4
  if (family === FAMILY_IPV4) return Layer.ipv4
  return FAMILIES_IPV6.includes(family) ? Layer.ipv6 : stop(packet, Verdict.notIp)
}

/** An IP packet without anything around it. */
export function decodeBareIp(cursor: Cursor, packet: Packet): Layer {
  if (cursor.end === cursor.at) return stopShort(cursor, packet, 20)
  const version = cursor.bytes[cursor.at]! >>> 4
  if (version === 4) return Layer.ipv4
  return version === 6 ? Layer.ipv6 : stop(packet, Verdict.notIp)
}
