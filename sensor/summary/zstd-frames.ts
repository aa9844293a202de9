// A zstd body: one frame after the other, of which node:zlib reads the first alone, and none that is skippable.
//
//   | magic 28 B5 2F FD | header, blocks, checksum |      | magic 5x 2A 4D 18 | length 4 | what no decoder reads |
//
// In:  bytes from the first frame on, perhaps the beginning only.   Out: what all frames hold, within maxOutputLength.
// RFC 8878 section 3. Throws what node:zlib throws, and for the same reasons. Bounded: FRAMES_MAX frames.
import { constants, type ZstdOptions, zstdDecompressSync } from "node:zlib"

const { ZSTD_e_end } = constants

export const FRAMES_MAX = 16
const SKIPPABLE_HEAD = 8

/** True when a frame of either sort begins here. */
export function isZstd(input: Uint8Array, at: number): boolean {
  const isFrame = input[at] === 0x28 && input[at + 1] === 0xb5 && input[at + 2] === 0x2f && input[at + 3] === 0xfd
  return isFrame || isSkippable(input, at)
}

const isSkippable = (input: Uint8Array, at: number): boolean =>
  (input[at]! & 0xf0) === 0x50 && input[at + 1] === 0x2a && input[at + 2] === 0x4d && input[at + 3] === 0x18

export function inflateFrames(input: Uint8Array, options: ZstdOptions & { maxOutputLength: number }): Uint8Array {
  const outputs: Uint8Array[] = []
  let left = options.maxOutputLength
  let at = 0
  for (let frames = 0; at < input.length && left > 0; frames++) {
    if (frames > 0 && (frames === FRAMES_MAX || !isZstd(input, at))) {
      // As if the body ended here: the decoder's own words for it, so that what came before is kept.
      if (options.finishFlush === ZSTD_e_end) throw Object.assign(new Error("zstd frame"), { code: "Z_BUF_ERROR" })
      break
    }
    if (isSkippable(input, at)) {
      const length = input[at + 4]! | (input[at + 5]! << 8) | (input[at + 6]! << 16) | (input[at + 7]! << 24)
      at += SKIPPABLE_HEAD + (length >>> 0)
      continue
    }
    const { buffer, engine } = zstdDecompressSync(at === 0 ? input : input.subarray(at), {
      ...options,
      maxOutputLength: left,
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } }
    outputs.push(buffer)
    left -= buffer.length
    at += Math.max(1, engine.bytesWritten)
  }
  return outputs.length === 1 ? outputs[0]! : Buffer.concat(outputs)
}
