// GTP-U: packets of mobile subscribers between the nodes of their operator. 3GPP TS 29.281 section 5.
//
//   version 3 bits, protocol type 1, spare 1, extension 1, sequence 1, N-PDU 1 | type 1 | length 2 | tunnel endpoint 4
//   [sequence 2 | N-PDU 1 | next extension 1]                  when one of the last three flags is set
//   extension   length in words 1 | ... | next extension 1
//
// In: the cursor behind the UDP header, towards GTP's port. Out: the cursor at the subscriber's IP packet. Each node names
// its own tunnel endpoint, so the two directions differ in it: it makes no zone.
// A datagram is taken for GTP when it is a version 1 user packet whose length is the datagram's and IP lies in it.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import { looksLikeIpv4, looksLikeIpv6 } from "./likeness.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const HEADER_BYTES = 8
const OPTIONAL_BYTES = 4

/** Version 1, protocol type GTP; the spare bit may be anything. */
const VERSION_MASK = 0xf0
const VERSION = 0x30
const HAS_OPTIONAL = 0x07
const HAS_EXTENSION = 0x04
const USER_PACKET = 0xff

/** Extension headers in one packet. */
export const EXTENSION_HEADERS_MAX = 8

export function decodeGtp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES)
  const flags = bytes[at]!
  const isUser = (flags & VERSION_MASK) === VERSION && bytes[at + 1] === USER_PACKET
  if (!isUser || be16(bytes, at + 2) + HEADER_BYTES !== cursor.datagramBytes) return tunnels.unopened(cursor, packet)
  let inner = at + HEADER_BYTES
  if ((flags & HAS_OPTIONAL) !== 0) {
    inner += OPTIONAL_BYTES
    if (cursor.end < inner) return tunnels.short(cursor, packet, inner - at)
    let next = (flags & HAS_EXTENSION) === 0 ? 0 : bytes[inner - 1]!
    for (let extensions = 0; next !== 0; extensions++) {
      if (cursor.end <= inner) return tunnels.short(cursor, packet, inner + 1 - at)
      const extensionBytes = bytes[inner]! << 2
      if (extensionBytes === 0 || extensions === EXTENSION_HEADERS_MAX) return tunnels.unopened(cursor, packet)
      inner += extensionBytes
      if (cursor.end < inner) return tunnels.short(cursor, packet, inner - at)
      next = bytes[inner - 1]!
    }
  }
  if (cursor.end <= inner) return tunnels.short(cursor, packet, inner + 1 - at)
  const isIpv4 = looksLikeIpv4(cursor, inner)
  if (!isIpv4 && !looksLikeIpv6(cursor, inner)) return tunnels.unopened(cursor, packet)
  tunnels.counters.gtp++
  cursor.at = inner
  return tunnels.enter(cursor, packet, isIpv4 ? Layer.ipv4 : Layer.ipv6)
}
