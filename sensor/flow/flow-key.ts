// The key of a flow: IP version, both endpoints, zone, as 32-bit words in one Int32Array for all flows. A row has sixteen, so that
// a look at a key is a look at one line of the processor's cache.
//
//   word   0..3          4..7          8                      9      10           11
//          address of    address of    port of side 0 << 16   zone   IP version   hash of the key
//          side 0        side 1        | port of side 1
//
// Side 0 is the lower endpoint (address as an unsigned number, then port), so both directions give the same key. IPv4
// uses words 3 and 7 only; the version tells 10.0.0.1 from ::a00:1. A zone counts modulo 2^32.
import type { Packet } from "../decode/packet.ts"
import type { Flow, Side } from "./flow.ts"

/** Words from one key to the next. */
export const KEY_WORDS = 16
const PORTS = 8
/** Word of a key that holds the zone. */
export const ZONE = 9
const VERSION = 10
/** Of the table, for removal. */
export const HASH = 11

/** Multipliers that `hashKey` needs. */
export const KEY_MULTIPLIERS = 11

/** Side of `packet`'s sender. */
export function sideOf(packet: Packet): Side {
  let order = (packet.src3 >>> 0) - (packet.dst3 >>> 0)
  if (packet.ipVersion === 6) {
    order =
      (packet.src0 >>> 0) - (packet.dst0 >>> 0) ||
      (packet.src1 >>> 0) - (packet.dst1 >>> 0) ||
      (packet.src2 >>> 0) - (packet.dst2 >>> 0) ||
      order
  }
  return (order || packet.srcPort - packet.dstPort) <= 0 ? 0 : 1
}

/** Hash of the packet's key, the same for both directions; `m` are secret odd multipliers. */
export function hashKey(packet: Packet, side: Side, m: Int32Array): number {
  const lower = side === 0
  let hash =
    (Math.imul(lower ? packet.src3 : packet.dst3, m[0]!) +
      Math.imul(lower ? packet.dst3 : packet.src3, m[1]!) +
      Math.imul(portsOf(packet, lower), m[2]!) +
      Math.imul(packet.zone, m[3]!)) |
    0
  if (packet.ipVersion === 6) {
    hash =
      (hash +
        Math.imul(lower ? packet.src0 : packet.dst0, m[4]!) +
        Math.imul(lower ? packet.src1 : packet.dst1, m[5]!) +
        Math.imul(lower ? packet.src2 : packet.dst2, m[6]!) +
        Math.imul(lower ? packet.dst0 : packet.src0, m[7]!) +
        Math.imul(lower ? packet.dst1 : packet.src1, m[8]!) +
        Math.imul(lower ? packet.dst2 : packet.src2, m[9]!) +
        m[10]!) |
      0
  }
  // A bijection: it separates runs of neighbours, which linear probing would otherwise walk through.
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
}

/** True when the key at word `at` of `keys` is the packet's, seen from `side`. Exact: the hash alone proves nothing. */
export function hasKey(keys: Int32Array, at: number, packet: Packet, side: Side): boolean {
  const lower = side === 0
  if (
    keys[at + 3] !== (lower ? packet.src3 : packet.dst3) ||
    keys[at + 7] !== (lower ? packet.dst3 : packet.src3) ||
    keys[at + PORTS] !== portsOf(packet, lower) ||
    keys[at + ZONE] !== (packet.zone | 0) ||
    keys[at + VERSION] !== packet.ipVersion
  ) {
    return false
  }
  if (packet.ipVersion === 4) return true
  return (
    keys[at] === (lower ? packet.src0 : packet.dst0) &&
    keys[at + 1] === (lower ? packet.src1 : packet.dst1) &&
    keys[at + 2] === (lower ? packet.src2 : packet.dst2) &&
    keys[at + 4] === (lower ? packet.dst0 : packet.src0) &&
    keys[at + 5] === (lower ? packet.dst1 : packet.src1) &&
    keys[at + 6] === (lower ? packet.dst2 : packet.src2)
  )
}

export function writeKey(keys: Int32Array, at: number, packet: Packet, side: Side): void {
  const lower = side === 0
  keys[at] = lower ? packet.src0 : packet.dst0
  keys[at + 1] = lower ? packet.src1 : packet.dst1
  keys[at + 2] = lower ? packet.src2 : packet.dst2
  keys[at + 3] = lower ? packet.src3 : packet.dst3
  keys[at + 4] = lower ? packet.dst0 : packet.src0
  keys[at + 5] = lower ? packet.dst1 : packet.src1
  keys[at + 6] = lower ? packet.dst2 : packet.src2
  keys[at + 7] = lower ? packet.dst3 : packet.src3
  keys[at + PORTS] = portsOf(packet, lower)
  keys[at + ZONE] = packet.zone
  keys[at + VERSION] = packet.ipVersion
}

/** From here on `flow` is the one that the key at word `at` of `keys` names. */
export function readKey(keys: Int32Array, at: number, vlan: number, flow: Flow): void {
  const ports = keys[at + PORTS]!
  flow.ipVersion = keys[at + VERSION]!
  for (let i = 0; i < 8; i++) flow.address[i] = keys[at + i]!
  flow.port0 = ports >>> 16
  flow.port1 = ports & 0xffff
  flow.zone = keys[at + ZONE]!
  flow.vlan = vlan
  flow.serial++
}

function portsOf(packet: Packet, lower: boolean): number {
  return lower ? (packet.srcPort << 16) | packet.dstPort : (packet.dstPort << 16) | packet.srcPort
}
