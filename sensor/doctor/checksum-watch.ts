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
  /** Of them, wrong in any other way, in the segment or in its IPv4 header. */
  wrong = 0
  /** Of the wrong ones, those whose IPv4 header is; 0 in place of its checksum (offload) is not wrong. */
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
    const { counters } = this
    counters.verified++
    const header = ipv4Header(packet, at, from)
    const isWrongHeader = header >= 0 && isWrongIpv4(packet.bytes, header, at)
    const isWrong = this.#isWrongSegment(packet, at)
    if (isWrongHeader) counters.wrongHeaders++
    if (isWrong || isWrongHeader) counters.wrong++
  }

  #isWrongSegment(packet: Packet, at: number): boolean {
    const { bytes, payloadEnd } = packet
    const pseudo = fold(pseudoSum(packet, payloadEnd - at))
    if (fold(pseudo + sum(bytes, at, payloadEnd)) === 0xffff) return false
    const field = be16(bytes, at + 16)
    if (field !== pseudo && field !== 0) return true
    this.counters.offloaded++
    return false
  }
}

function isWrongIpv4(bytes: Uint8Array, at: number, end: number): boolean {
  return be16(bytes, at + 10) !== 0 && fold(sum(bytes, at, end)) !== 0xffff
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
