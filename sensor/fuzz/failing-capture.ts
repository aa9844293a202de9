// What is left of a failure: the fewest packets that still fail, as a pcapng file with an interface for each link type.
//
// Given up: VLAN tags that a kernel took off do not go into a file; they are put back into the frame.
import { enhancedPacketBlock, interfaceBlock, sectionHeaderBlock } from "../../shared/testing/capture-builder.ts"
import type { TimedFrame } from "./fuzz-source.ts"

/** Attempts at making the capture smaller. */
const ATTEMPTS_MAX = 400

/**
 * Takes packets out as long as `fails` says that the rest still does: halves first, then smaller pieces. What it returns fails,
 * or is everything when that alone does not.
 */
export async function shrink(
  frames: readonly TimedFrame[],
  fails: (frames: readonly TimedFrame[]) => Promise<boolean>,
): Promise<readonly TimedFrame[]> {
  let rest = frames
  if (!(await fails(rest))) return rest
  let attempts = 0
  for (let size = Math.ceil(rest.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < rest.length && attempts < ATTEMPTS_MAX; ) {
      const without = [...rest.slice(0, at), ...rest.slice(at + size)]
      attempts++
      if (without.length > 0 && (await fails(without))) rest = without
      else at += size
    }
  }
  return rest
}

export function captureOf(frames: readonly TimedFrame[]): Uint8Array {
  const links = [...new Set(frames.map((frame) => frame.link))]
  return Buffer.concat([
    sectionHeaderBlock(),
    ...links.map((link) => interfaceBlock({ link })),
    ...frames.map((frame) => {
      const bytes = withTag(frame)
      const wire = Math.max(bytes.length, frame.wire + bytes.length - frame.bytes.length)
      return enhancedPacketBlock({ timeUs: frame.timeUs, bytes, wire }, { port: links.indexOf(frame.link) })
    }),
  ])
}

function withTag({ bytes, vlan, link }: TimedFrame): Uint8Array {
  if (vlan < 0 || link !== 1 || bytes.length < 14) return bytes
  const tag = Uint8Array.of(0x81, 0, vlan >>> 8, vlan)
  return Buffer.concat([bytes.subarray(0, 12), tag, bytes.subarray(12)])
}
