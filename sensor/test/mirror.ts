// What mirrors, brokers and routers do to frames on their way to a sensor: tags, hops, fragments, cuts, copies, other orders.
// For tests. Frames are Ethernet with IPv4 or IPv6.
import { concatBytes, EtherType, type Frame, fromHex, u16, u32 } from "../../shared/testing/packet-builder.ts"

const FRAGMENT_HEADER = 44

/** Offset of the IP header. */
function ipAt(bytes: Uint8Array): number {
  let at = 12
  while ((bytes[at]! << 8) + bytes[at + 1]! === EtherType.vlan) at += 4
  return at + 2
}

const isIpv4 = (bytes: Uint8Array): boolean => bytes[ipAt(bytes)]! >>> 4 === 4

/** The frame with a right IPv4 header checksum. */
function sealed(bytes: Uint8Array): Uint8Array {
  const ip = ipAt(bytes)
  const headerBytes = (bytes[ip]! & 15) * 4
  bytes[ip + 10] = 0
  bytes[ip + 11] = 0
  let sum = 0
  for (let at = ip; at < ip + headerBytes; at += 2) sum += (bytes[at]! << 8) + bytes[at + 1]!
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  bytes.set(u16(~sum & 0xffff), ip + 10)
  return bytes
}

const changed = (frame: Frame, change: (bytes: Uint8Array, ip: number) => void): Frame => {
  const bytes = Uint8Array.from(frame.bytes)
  change(bytes, ipAt(bytes))
  return { ...frame, bytes: isIpv4(bytes) ? sealed(bytes) : bytes }
}

export const later = (frame: Frame, us: number): Frame => ({ ...frame, timeUs: frame.timeUs + us })

/** As seen behind a port that tags. */
export function tagged(frame: Frame, vlan: number): Frame {
  const bytes = concatBytes(frame.bytes.subarray(0, 12), u16(EtherType.vlan), u16(vlan), frame.bytes.subarray(12))
  return frame.wire === undefined ? { ...frame, bytes } : { ...frame, bytes, wire: frame.wire + 4 }
}

/** As seen behind a router: other link addresses, one hop less to live. */
export function routed(frame: Frame): Frame {
  return changed(frame, (bytes, ip) => {
    bytes.set(fromHex("02 00 00 00 00 04  02 00 00 00 00 03"), 0)
    const ttl = ip + (isIpv4(bytes) ? 8 : 7)
    bytes[ttl] = bytes[ttl]! - 1
  })
}

/** As its sender sends it again. */
export function resent(frame: Frame, id: number): Frame {
  return changed(frame, (bytes, ip) => bytes.set(u16(id), ip + 4))
}

/** As a capture keeps it that keeps the first `length` bytes. */
export function snapped(frame: Frame, length: number): Frame {
  const wire = frame.wire ?? frame.bytes.length
  return { ...frame, bytes: frame.bytes.subarray(0, Math.min(length, frame.bytes.length)), wire }
}

/** As a link carries it whose packets hold `payloadBytes` behind the IP header, a multiple of eight, at most. */
export function fragmented(frame: Frame, payloadBytes: number, id: number): Frame[] {
  const { bytes } = frame
  const ip = ipAt(bytes)
  const isFour = isIpv4(bytes)
  const headerBytes = isFour ? (bytes[ip]! & 15) * 4 : 40
  const payload = bytes.subarray(ip + headerBytes)
  if (payload.length <= payloadBytes) return [frame]
  const out: Frame[] = []
  for (let at = 0; at < payload.length; at += payloadBytes) {
    const part = payload.subarray(at, at + payloadBytes)
    const more = at + payloadBytes < payload.length
    const head = Uint8Array.from(bytes.subarray(0, ip + headerBytes))
    if (isFour) {
      head.set(u16(headerBytes + part.length), ip + 2)
      head.set(u16(id), ip + 4)
      head.set(u16((at >>> 3) | (more ? 0x2000 : 0)), ip + 6)
      out.push({ timeUs: frame.timeUs + out.length, bytes: concatBytes(sealed(head), part) })
    } else {
      const fragment = concatBytes(Uint8Array.of(head[ip + 6]!, 0), u16(at | (more ? 1 : 0)), u32(id))
      head.set(u16(8 + part.length), ip + 4)
      head[ip + 6] = FRAGMENT_HEADER
      out.push({ timeUs: frame.timeUs + out.length, bytes: concatBytes(head, fragment, part) })
    }
  }
  return out
}

/** As segments of at most `length` bytes, all sent at once. IPv4 and TCP without tags. */
export function resegmented(frame: Frame, length: number): Frame[] {
  const view = new DataView(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.length)
  const ip = ipAt(frame.bytes)
  const tcp = ip + 20
  const start = tcp + ((frame.bytes[tcp + 12]! >> 4) << 2)
  const end = ip + view.getUint16(ip + 2)
  if (end - start <= length) return [frame]
  const pieces: Frame[] = []
  for (let at = start; at < end; at += length) {
    const stop = Math.min(end, at + length)
    const bytes = concatBytes(frame.bytes.subarray(0, start), frame.bytes.subarray(at, stop))
    bytes.set(u16(bytes.length - ip), ip + 2)
    bytes.set(u32((view.getUint32(tcp + 4) + at - start) >>> 0), tcp + 4)
    // Only the last one may end the stream.
    if (stop < end) bytes[tcp + 13]! &= ~1
    pieces.push({ ...frame, bytes: sealed(bytes) })
  }
  return pieces
}

/** A small seeded generator (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

/**
 * Each packet in its place, or, with the chance given, up to `distance` places and `withinUs` later. A mirror stamps what comes out:
 * times stay with the places.
 */
export function disordered(
  frames: readonly Frame[],
  chance: number,
  distance: number,
  withinUs: number,
  dice: Dice,
): Frame[] {
  const places = frames.map((frame, i) => {
    let place = dice.next() < chance ? Math.min(frames.length - 1, i + 1 + dice.below(distance)) : i
    while (place > i && frames[place]!.timeUs - frame.timeUs > withinUs) place--
    return { frame, place: place > i ? place + 0.5 : i }
  })
  places.sort((a, b) => a.place - b.place)
  return places.map(({ frame }, i) => ({ ...frame, timeUs: frames[i]!.timeUs }))
}
