// GENEVE. RFC 8926 section 3.
//
//   version 2 bits, length of options in words 6 bits | control 1 bit, critical 1, reserved 6 | EtherType 2
//   | network identifier 3 | reserved 1 | options
//   option   class 2 | type 1 | reserved 3 bits, length in words 5 bits | ...
//
// In: the cursor behind the UDP header, on a port where GENEVE is looked for. Out: the cursor at the frame or IP packet; the
// network is the zone. Gateway load balancers of AWS send the traffic of many networks, whose addresses may be the same,
// with identifier 0 and name the endpoint that it came through in an option: there that is the zone.
// A datagram is taken for GENEVE when version and reserved bits are zero, the EtherType is one that it carries, and the
// options fill their place exactly. Control packets stay UDP.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"
import { ZoneKind } from "./zone.ts"

const HEADER_BYTES = 8
const OPTION_HEADER_BYTES = 4

const BRIDGED = 0x6558
const ETHERTYPES: readonly number[] = [BRIDGED, 0x0800, 0x86dd, 0x8847, 0x8848, 0x894f]

/** Class and type of the option in which AWS names the endpoint, 8 bytes. */
const CLASS_AWS = 0x0108
const TYPE_ENDPOINT = 1

export function decodeGeneve(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES)
  const first = bytes[at]!
  const etherType = be16(bytes, at + 2)
  const isSound =
    first >>> 6 === 0 && (bytes[at + 1]! & ~0x40) === 0 && bytes[at + 7] === 0 && ETHERTYPES.includes(etherType)
  if (!isSound) return tunnels.unopened(cursor, packet)
  const headerBytes = HEADER_BYTES + ((first & 0x3f) << 2)
  if (cursor.end - at < headerBytes) return tunnels.short(cursor, packet, headerBytes)
  const endpoint = findEndpoint(bytes, at + HEADER_BYTES, at + headerBytes)
  if (endpoint < 0) return tunnels.unopened(cursor, packet)
  tunnels.counters.geneve++
  const network = be32(bytes, at + 4) >>> 8
  if (endpoint === 0 || network !== 0) tunnels.identify(packet, ZoneKind.vni, network)
  if (endpoint > 0) tunnels.identify(packet, ZoneKind.endpoint, be32(bytes, endpoint + 4), be32(bytes, endpoint))
  cursor.at = at + headerBytes
  cursor.etherType = etherType
  return tunnels.enter(cursor, packet, etherType === BRIDGED ? Layer.ethernet : Layer.etherType)
}

/** Where the endpoint stands, 0: nowhere, -1: the options do not end where they should. */
function findEndpoint(bytes: Uint8Array, start: number, end: number): number {
  let endpoint = 0
  let at = start
  while (at < end) {
    if (end - at < OPTION_HEADER_BYTES) return -1
    const valueBytes = (bytes[at + 3]! & 0x1f) << 2
    const isEndpoint = be16(bytes, at) === CLASS_AWS && (bytes[at + 2]! & 0x7f) === TYPE_ENDPOINT && valueBytes === 8
    at += OPTION_HEADER_BYTES
    if (isEndpoint) endpoint = at
    at += valueBytes
  }
  return at === end ? endpoint : -1
}
