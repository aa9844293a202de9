// L2TP, versions 2 and 3.
//
//   control 1 bit, length 1, 2 reserved, sequence 1, reserved 1, offset 1, priority 1, 4 reserved, version 4    RFC 2661
//   | [length 2] | tunnel 2 | session 2 | [sent 2 | received 2] | [offset 2 | padding] | PPP
//   [version 3: flags 2 | reserved 2] | session 4 | [cookie 4 or 8] | [sublayer 4] | an Ethernet frame          RFC 3931
//
// In: the cursor behind the UDP header, from or to L2TP's port, or (version 3) behind IP. Out: the cursor at PPP or at the
// frame. Each end names its own tunnel and session: they make no zone. The length of version 3's cookie is known to its ends
// only: the frame is where one with IP in it is found, or the packet stays closed.
// A datagram is taken for version 2 when its flags and length are sound and PPP with IP or a control protocol lies in it.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import { ethernetLikeness, Likeness } from "./likeness.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const CONTROL = 0x8000
const LENGTH = 0x4000
const SEQUENCE = 0x0800
const OFFSET = 0x0200
const VERSION = 0x000f
/** Bits of version 2 that are always zero. */
const RESERVED = 0x34f0

/** How PPP begins: addressed, or with the protocol number of IP or of a control protocol at once. */
const PPP_STARTS: readonly number[] = [0xff03, 0x0021, 0x0057, 0xc021, 0xc023, 0xc223, 0x8021, 0x8057]

/** Cookie and sublayer together, RFC 3931 sections 4.1 and 4.6. */
const SKIPPED_MAX = 12

export function decodeL2tp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes, end } = cursor
  if (end - at < 4) return tunnels.short(cursor, packet, 4)
  const flags = be16(bytes, at)
  if (flags === 3) {
    cursor.at = at + 4
    return decodeL2tpIp(cursor, packet, tunnels)
  }
  const isSound = (flags & VERSION) === 2 && (flags & (RESERVED | CONTROL)) === 0
  if (!isSound) return tunnels.unopened(cursor, packet)
  const idsAt = (flags & LENGTH) === 0 ? at + 2 : at + 4
  let pppAt = idsAt + ((flags & SEQUENCE) === 0 ? 4 : 8)
  if ((flags & OFFSET) !== 0) {
    pppAt += 2
    if (end < pppAt) return tunnels.short(cursor, packet, pppAt - at)
    pppAt += be16(bytes, pppAt - 2)
  }
  if (end - pppAt < 2) return tunnels.short(cursor, packet, pppAt + 2 - at)
  const hasLength = (flags & LENGTH) === 0 || be16(bytes, at + 2) === cursor.datagramBytes
  const start = be16(bytes, pppAt)
  const isPpp = PPP_STARTS.includes(start) || start === 0x2145 || start === 0x5760
  if (!hasLength || !isPpp || be32(bytes, idsAt) === 0) return tunnels.unopened(cursor, packet)
  tunnels.counters.l2tp++
  cursor.at = pppAt
  return tunnels.enter(cursor, packet, Layer.ppp)
}

/** Version 3, at its session. */
export function decodeL2tpIp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 4) return tunnels.short(cursor, packet, 4)
  // Session 0 is control.
  if (be32(bytes, at) === 0) return tunnels.unopened(cursor, packet)
  for (let skipped = 0; skipped <= SKIPPED_MAX; skipped += 4) {
    const inner = at + 4 + skipped
    if (cursor.end - inner < 14 || ethernetLikeness(cursor, inner) !== Likeness.certain) continue
    tunnels.counters.l2tp++
    cursor.at = inner
    return tunnels.enter(cursor, packet, Layer.ethernet)
  }
  return tunnels.unopened(cursor, packet)
}
