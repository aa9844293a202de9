// GRE, and what is built on its header: NVGRE, ERSPAN (erspan.ts), PPTP, the redirection of WCCP.
//
//   checksum 1, routing 1, key 1, sequence 1 bit | zero 9 bits | version 3 bits | EtherType 2      RFC 2784, RFC 2890
//   [checksum 2 | offset 2] [key 4] [sequence 4] [routes]                                          RFC 1701
//   NVGRE   key: virtual subnet 24 bits | flow 8 bits, nothing else set                            RFC 7637
//   PPTP    version 1 | EtherType 0x880b | length 2 | call 2 | [sequence 4] [acknowledgment 4] | PPP  RFC 2637
//
// In: the cursor at the header. Out: the cursor behind it and the layer that its EtherType names. The key is the zone, but
// for the call of PPTP, which each end chooses, and for keys of which only the first byte is set: VMware numbers the two
// directions of a mirror so.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, pullIn, stop, stopShort } from "./cursor.ts"
import { decodeErspan } from "./erspan.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"
import { ZoneKind } from "./zone.ts"

const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
/** Of version 1. */
const ACKNOWLEDGMENT = 0x80

const BRIDGED = 0x6558
const PPP = 0x880b
const ERSPAN = 0x88be
const ERSPAN_III = 0x22eb
const WCCP = 0x883e

/** The first virtual subnet that is not reserved. */
const SUBNET_MIN = 0x1000

/** Source routes in one header. */
export const ROUTES_MAX = 8

export function decodeGre(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 4) return stopShort(cursor, packet, 4)
  const flags = be16(bytes, at)
  const etherType = be16(bytes, at + 2)
  const version = flags & 7
  if (version === 1 && etherType === PPP) return decodePptp(cursor, packet, tunnels, flags)
  if (version !== 0) return tunnels.unopened(cursor, packet)
  tunnels.counters.gre++
  const keyAt = (flags & (CHECKSUM | ROUTING)) === 0 ? at + 4 : at + 8
  const sequenceAt = (flags & KEY) === 0 ? keyAt : keyAt + 4
  const headerBytes = ((flags & SEQUENCE) === 0 ? sequenceAt : sequenceAt + 4) - at
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  if ((flags & KEY) !== 0) identify(packet, tunnels, flags, etherType, be32(bytes, keyAt))
  cursor.at = at + headerBytes
  if ((flags & ROUTING) !== 0 && skipRoutes(cursor, packet) === Layer.done) return Layer.done
  switch (etherType) {
    case ERSPAN:
    case ERSPAN_III:
      return decodeErspan(cursor, packet, tunnels, etherType === ERSPAN && (flags & SEQUENCE) === 0)
    case WCCP:
      return decodeWccp(cursor, packet, tunnels)
    default:
      cursor.etherType = etherType
      return tunnels.enter(cursor, packet, Layer.etherType)
  }
}

function identify(packet: Packet, tunnels: Tunnels, flags: number, etherType: number, key: number): void {
  if ((key & 0xff_ffff) === 0) return
  const subnet = key >>> 8
  if (etherType === BRIDGED && (flags & ~KEY) === 0 && subnet >= SUBNET_MIN) {
    tunnels.counters.nvgre++
    tunnels.identify(packet, ZoneKind.vsid, subnet)
  } else tunnels.identify(packet, ZoneKind.gre, key)
}

/** Moves the cursor behind the list of source routes: family 2 | offset 1 | length 1 | ..., ended by zeros. */
function skipRoutes(cursor: Cursor, packet: Packet): Layer {
  for (let routes = 0; routes <= ROUTES_MAX; routes++) {
    const { at, bytes } = cursor
    if (cursor.end - at < 4) return stopShort(cursor, packet, 4)
    const length = bytes[at + 3]!
    if (cursor.end - at < 4 + length) return stopShort(cursor, packet, 4 + length)
    cursor.at = at + 4 + length
    if (length === 0 && be16(bytes, at) === 0) return Layer.etherType
  }
  return stop(packet, Verdict.tooDeep)
}

/** Version 2 of WCCP has a word of its own before the packet. */
function decodeWccp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  if (cursor.end - cursor.at < 1) return stopShort(cursor, packet, 1)
  if (cursor.bytes[cursor.at]! >>> 4 !== 4) {
    if (cursor.end - cursor.at < 4) return stopShort(cursor, packet, 4)
    cursor.at += 4
  }
  return tunnels.enter(cursor, packet, Layer.ip)
}

function decodePptp(cursor: Cursor, packet: Packet, tunnels: Tunnels, flags: number): Layer {
  const { at, bytes } = cursor
  const headerBytes = 8 + ((flags & SEQUENCE) === 0 ? 0 : 4) + ((flags & ACKNOWLEDGMENT) === 0 ? 0 : 4)
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  tunnels.counters.gre++
  tunnels.counters.pptp++
  // Without a sequence number it acknowledges only.
  if ((flags & SEQUENCE) === 0) return tunnels.unopened(cursor, packet)
  cursor.at = at + headerBytes
  pullIn(cursor, cursor.at + be16(bytes, at + 4))
  return tunnels.enter(cursor, packet, Layer.ppp)
}
