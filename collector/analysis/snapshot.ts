// The state of an analysis as bytes that the store keeps; and back.
//
//   snapshot   version | name of a part, the part compressed | ...      parts: each baseline, each detector, and the rest
//
// Most of it are columns with room to grow and counts that are zero: compressed it is a fraction, and so is what a checkpoint writes, holds
// and keeps bound. Part by part, so that never all of it is there in full a second time.
import { deserialize, serialize } from "node:v8"
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib"
import { ANALYSIS_VERSION, type SavedAnalysis } from "./analysis.ts"

type Parts = readonly (readonly [name: string, bytes: Uint8Array])[]

interface Packed {
  readonly version: number
  readonly rest: Uint8Array
  readonly baselines: Parts
  readonly detectors: Parts
}

/** The fastest of the levels that are not made for speed alone. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export function packed({ version, baselines, detectors, ...rest }: SavedAnalysis): Uint8Array {
  const state: Packed = {
    version,
    rest: pack(rest),
    baselines: partsOf(baselines),
    detectors: partsOf(detectors),
  }
  return serialize(state)
}

/** Null where it is of another version. Throws when it cannot be read. */
export function unpacked(bytes: Uint8Array): SavedAnalysis | null {
  const { version, rest, baselines, detectors } = deserialize(bytes) as Packed
  if (version !== ANALYSIS_VERSION) return null
  return {
    version,
    ...(unpack(rest) as Omit<SavedAnalysis, "version" | "baselines" | "detectors">),
    baselines: wholeOf(baselines) as unknown as SavedAnalysis["baselines"],
    detectors: wholeOf(detectors),
  }
}

const pack = (value: unknown): Uint8Array => zstdCompressSync(serialize(value), LEVEL)
const unpack = (bytes: Uint8Array): unknown => deserialize(zstdDecompressSync(bytes))
const partsOf = (parts: object): Parts => Object.entries(parts).map(([name, part]) => [name, pack(part)])
const wholeOf = (parts: Parts): Record<string, unknown> =>
  Object.fromEntries(parts.map(([name, bytes]) => [name, unpack(bytes)]))
