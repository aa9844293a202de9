// TZSP: packets that a router mirrors to a sensor (MikroTik above all).
//
//   version 1 | type 1 | encapsulated protocol 2 | tags: type 1, [length 1 | ...] until the end tag | the frame
//
// In: the cursor behind the UDP header, towards TZSP's port. Out: the cursor at the frame; no zone.
// A datagram is taken for TZSP when it carries a packet of a kind that is read and its tags end within it.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const HEADER_BYTES = 4
const VERSION = 1
/** Types that carry a packet: received, to be sent. */
const TYPE_MAX = 1

const ETHERNET = 1
const IEEE_80211 = 18

const TAG_PADDING = 0
const TAG_END = 1

/** Tags in one header. */
export const TAGS_MAX = 32

export function decodeTzsp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes, end } = cursor
  if (end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES)
  const protocol = be16(bytes, at + 2)
  const isKnown = protocol === ETHERNET || protocol === IEEE_80211
  if (bytes[at] !== VERSION || bytes[at + 1]! > TYPE_MAX || !isKnown) return tunnels.unopened(cursor, packet)
  let tagAt = at + HEADER_BYTES
  for (let tags = 0; tags < TAGS_MAX; tags++) {
    if (end - tagAt < 2) return tunnels.short(cursor, packet, tagAt + 2 - at)
    const tag = bytes[tagAt]!
    if (tag === TAG_END) {
      tunnels.counters.tzsp++
      cursor.at = tagAt + 1
      return tunnels.enter(cursor, packet, protocol === ETHERNET ? Layer.ethernet : Layer.ieee80211)
    }
    tagAt += tag === TAG_PADDING ? 1 : 2 + bytes[tagAt + 1]!
  }
  return tunnels.unopened(cursor, packet)
}
