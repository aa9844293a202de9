// Verifies checksums of a sample of the segments, and tells those that a network card would have filled in (offload, on the host
// that sends) from frames that are damaged. RFC 1071, RFC 9293 section 3.1.
//
// In:  TCP segments captured whole. Out: counters. The first SAMPLE_FIRST segments are verified, then one in SAMPLE_EVERY.
import { be16 } from "../../shared/bytes/read.ts"
import type { Packet } from "../decode/packet.ts"
import { ipv4Header, segmentHeader } from "./tcp-header.ts"

const SAMPLE_FIRST = 2000
const SAMPLE_EVERY = 16

export class ChecksumCounters {
  /** Segments verified. */
  verified = 0
  /** Of them, with the sum of the pseudo header alone, or nothing, in place of a checksum: the card was to do the rest. */
  offloaded = 0
  /** Of them, wrong in any other way. */
  wrong = 0
  /** IPv4 headers verified, and those that are wrong; 0 in place of a checksum (offload) is not. */
  headers = 0
  wrongHeaders = 0
}

export class ChecksumWatch {
  readonly counters = new ChecksumCounters()
  #segments = 0

  /** `from`: offset in packet.bytes before which nothing belongs to the packet. */
  onSegment(packet: Packet, from: number): void {
    const n = this.#segments++
    if (n >= SAMPLE_FIRST && n % SAMPLE_EVERY !== 0) return
    if (packet.payloadEnd - packet.payloadStart !== packet.payloadWire) return
    const at = segmentHeader(packet, from)
    if (at < 0) return
    this.#verifySegment(packet, at)
    const header = ipv4Header(packet, at, from)
    if (header >= 0) this.#verifyHeader(packet.bytes, header, at)
  }

  #verifySegment(packet: Packet, at: number): void {
    const { counters } = this
    const { bytes, payloadEnd } = packet
    const pseudo = fold(pseudoSum(packet, payloadEnd - at))
    counters.verified++
    if (fold(pseudo + sum(bytes, at, payloadEnd)) === 0xffff) return
    const field = be16(bytes, at + 16)
    if (field === pseudo || field === 0) counters.offloaded++
    else counters.wrong++
  }

  #verifyHeader(bytes: Uint8Array, at: number, end: number): void {
    this.counters.headers++
    if (be16(bytes, at + 10) !== 0 && fold(sum(bytes, at, end)) !== 0xffff) this.counters.wrongHeaders++
  }
}

function pseudoSum(packet: Packet, length: number): number {
  let total = 6 + length
  for (const word of [packet.src3, packet.dst3]) total += (word >>> 16) + (word & 0xffff)
  if (packet.ipVersion === 4) return total
  for (const word of [packet.src0, packet.src1, packet.src2, packet.dst0, packet.dst1, packet.dst2])
    total += (word >>> 16) + (word & 0xffff)
  return total
}

/** The 16-bit words of [start, end), an odd last byte being the high half of one. Exact: at most 2^16 words of 2^16. */
function sum(bytes: Uint8Array, start: number, end: number): number {
  let total = 0
  const even = start + ((end - start) & ~1)
  for (let at = start; at < even; at += 2) total += (bytes[at]! << 8) | bytes[at + 1]!
  return even < end ? total + (bytes[even]! << 8) : total
}

function fold(total: number): number {
  let folded = total
  while (folded > 0xffff) folded = Math.floor(folded / 0x10000) + (folded % 0x10000)
  return folded
}
