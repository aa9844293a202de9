// Formats that people hand to a sensor and that it does not read: named, so that the sentence tells them what to do.
import { be32 } from "../../shared/bytes/read.ts"

/** First bytes, most significant first; `mask` tells how many of the four count. */
const FOREIGN: readonly { readonly magic: number; readonly mask: number; readonly advice: string }[] = [
  { magic: 0xfd377a58, mask: 0xffffffff, advice: "it is compressed with xz: decompress it first" },
  { magic: 0x425a6800, mask: 0xffffff00, advice: "it is compressed with bzip2: decompress it first" },
  { magic: 0x04224d18, mask: 0xffffffff, advice: "it is compressed with lz4: decompress it first" },
  { magic: 0x504b0304, mask: 0xffffffff, advice: "it is a zip archive: unpack it first" },
  { magic: 0x736e6f6f, mask: 0xffffffff, advice: "it is a snoop capture: convert it with editcap first" },
]

/** What to do with a file that starts with these four bytes; null when nothing is known. */
export function foreignAdvice(bytes: Uint8Array, start: number): string | null {
  const first = be32(bytes, start)
  for (const { magic, mask, advice } of FOREIGN) {
    if ((first & mask) === (magic & mask)) return advice
  }
  return null
}
