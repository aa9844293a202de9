// What happens to a conversation: segments lost, doubled, out of order, overlapping with other bytes, forged; numbers near the
// wrap; times that stand still, leap, go back.
//
// In:  the frames of a conversation, whose bytes may be changed. Out: other frames, in another order.
import { be16, be32, type FuzzFrame, type Headers, headersOf, put16, put32 } from "./fuzz-frame.ts"
import type { Random } from "./random.ts"

const FIN = 1
const SYN = 2
const RST = 4
const ACK = 16

/** Distances at which windows, depths, and 32 bits end. */
const DISTANCES = [
  1,
  -1,
  2,
  7,
  -7,
  100,
  -100,
  1460,
  0xffff,
  1 << 20,
  (1 << 20) + 1,
  -(1 << 20),
  8 << 20,
  1 << 24,
  1 << 30,
  0x7fffffff,
  -0x80000000,
]

/** Pauses, µs: within, at and beyond every timeout of TCP. */
const PAUSES = [
  0, 0, 999, 9_999, 10_000, 100_000, 150_000, 1_000_000, 2_100_000, 10_100_000, 31_000_000, 3_700_000_000,
  90_000_000_000,
]

type Order = (frames: FuzzFrame[], random: Random) => void

const copyOf = (frame: FuzzFrame): FuzzFrame => ({ ...frame, bytes: Uint8Array.from(frame.bytes) })

const drop: Order = (frames, random) => {
  const oneIn = random.pick([2, 4, 10, 30])
  for (let i = frames.length - 1; i >= 0; i--) if (random.once(oneIn)) frames.splice(i, 1)
}

/** One of the first segments: everything after it has to wait. */
const dropEarly: Order = (frames, random) =>
  void frames.splice(random.below(Math.min(6, frames.length)), random.between(1, 2))

const double: Order = (frames, random) => {
  for (let count = random.between(1, 6); count > 0 && frames.length > 0; count--) {
    const i = random.below(frames.length)
    frames.splice(Math.min(frames.length, i + random.between(1, 8)), 0, copyOf(frames[i]!))
  }
}

const swap: Order = (frames, random) => {
  const reach = random.pick([1, 3, 20])
  for (let i = 0; i + 1 < frames.length; i++) {
    if (!random.once(4)) continue
    const j = Math.min(frames.length - 1, i + random.between(1, reach))
    const kept = frames[i]!
    frames[i] = frames[j]!
    frames[j] = kept
  }
}

const shuffleAll: Order = (frames, random) => random.shuffle(frames)

const reverse: Order = (frames) => void frames.reverse()

/** One side only. */
const oneSide: Order = (frames, random) => {
  const wanted = random.once(2)
  for (let i = frames.length - 1; i >= 0; i--) {
    const headers = headersOf(frames[i]!.bytes, frames[i]!.link)
    if (headers !== null && isLower(frames[i]!.bytes, headers) !== wanted) frames.splice(i, 1)
  }
}

function isLower(bytes: Uint8Array, { ip, isIpv4, tcp }: Headers): boolean {
  const length = isIpv4 ? 4 : 16
  const from = ip + (isIpv4 ? 12 : 8)
  for (let i = 0; i < length; i++) {
    const order = bytes[from + i]! - bytes[from + length + i]!
    if (order !== 0) return order < 0
  }
  return be16(bytes, tcp) < be16(bytes, tcp + 2)
}

/** A segment whose bytes overlap those of another, with the same bytes or others. */
const overlap: Order = (frames, random) => {
  for (let count = random.between(1, 5); count > 0 && frames.length > 0; count--) {
    const i = random.below(frames.length)
    const forged = copyOf(frames[i]!)
    const headers = headersOf(forged.bytes, forged.link)
    if (headers === null || headers.end === headers.payload) continue
    const shift = random.between(-40, 40)
    put32(forged.bytes, headers.tcp + 4, be32(forged.bytes, headers.tcp + 4) + shift)
    if (random.once(2)) forged.bytes[headers.payload + random.below(headers.end - headers.payload)]! ^= 0x20
    frames.splice(random.between(Math.max(0, i - 3), Math.min(frames.length, i + 4)), 0, forged)
  }
}

/** A reset, a SYN, a FIN, an acknowledgment of any number, that nobody sent. */
const forge: Order = (frames, random) => {
  for (let count = random.between(1, 4); count > 0 && frames.length > 0; count--) {
    const i = random.below(frames.length)
    const forged = copyOf(frames[i]!)
    const headers = headersOf(forged.bytes, forged.link)
    if (headers === null) continue
    const { tcp } = headers
    forged.bytes[tcp + 13] = random.pick([
      RST,
      RST | ACK,
      SYN,
      SYN | ACK,
      FIN,
      FIN | ACK,
      ACK,
      SYN | FIN,
      SYN | RST,
      0,
      0xff,
    ])
    const field = tcp + random.pick([4, 8])
    if (random.once(2)) put32(forged.bytes, field, be32(forged.bytes, field) + random.pick(DISTANCES))
    else if (random.once(4)) put32(forged.bytes, field, random.bits())
    if (random.once(3)) put16(forged.bytes, tcp + 14, random.pick([0, 1, 0xffff]))
    frames.splice(random.below(frames.length + 1), 0, forged)
  }
}

/** Jumps: from some segment on, one number is another. */
const jump: Order = (frames, random) => {
  const from = random.below(frames.length + 1)
  const by = random.pick(DISTANCES)
  const field = random.pick([4, 8])
  for (let i = from; i < frames.length; i++) {
    const { bytes, link } = frames[i]!
    const headers = headersOf(bytes, link)
    if (headers !== null) put32(bytes, headers.tcp + field, be32(bytes, headers.tcp + field) + by)
  }
}

const windows: Order = (frames, random) => {
  const window = random.pick([0, 1, 0xffff])
  for (const { bytes, link } of frames) {
    const headers = headersOf(bytes, link)
    if (headers !== null && random.once(3)) put16(bytes, headers.tcp + 14, window)
  }
}

const pauses: Order = (frames, random) => {
  for (let count = random.between(1, 3); count > 0 && frames.length > 0; count--) {
    const frame = random.pick(frames)
    frame.afterUs = random.pick(PAUSES) * (random.once(6) ? -1 : 1)
  }
}

/** The same connection again, under the same addresses. */
const reuse: Order = (frames, random) => {
  const again = frames.map(copyOf)
  const by = random.once(2) ? random.bits() : random.pick(DISTANCES)
  if (random.once(2)) shiftNumbers(again, by, by)
  frames.push(...again)
}

const ORDERS: readonly Order[] = [
  drop,
  dropEarly,
  dropEarly,
  double,
  swap,
  swap,
  shuffleAll,
  reverse,
  oneSide,
  overlap,
  overlap,
  forge,
  forge,
  jump,
  windows,
  pauses,
  pauses,
  reuse,
]

/** One to four of them. */
export function disorder(frames: FuzzFrame[], random: Random): void {
  for (let count = random.between(1, 4); count > 0; count--) random.pick(ORDERS)(frames, random)
}

/** Moves the sequence numbers of the lower side by `lower`, those of the higher by `higher`, acknowledgments with them. */
export function shiftNumbers(frames: readonly FuzzFrame[], lower: number, higher: number): void {
  for (const { bytes, link } of frames) {
    const headers = headersOf(bytes, link)
    if (headers === null) continue
    const [seq, ack] = isLower(bytes, headers) ? [lower, higher] : [higher, lower]
    const { tcp } = headers
    put32(bytes, tcp + 4, be32(bytes, tcp + 4) + seq)
    if ((bytes[tcp + 13]! & ACK) !== 0) put32(bytes, tcp + 8, be32(bytes, tcp + 8) + ack)
  }
}

/** Gives a conversation other addresses: bytes in the middle of both are mixed with `mask`, so that its sides stay together. */
export function readdress(frames: readonly FuzzFrame[], mask: number): void {
  for (const { bytes, link } of frames) {
    const headers = headersOf(bytes, link)
    if (headers === null) continue
    const { ip, isIpv4 } = headers
    const [source, destination] = isIpv4 ? [ip + 13, ip + 17] : [ip + 16, ip + 32]
    put16(bytes, source, be16(bytes, source) ^ mask)
    put16(bytes, destination, be16(bytes, destination) ^ mask)
  }
}
