// One batch in a spool file, and a whole file of them.
//
//   file     magic (8) | length of names (u32) | names as JSON: {"tenant":..,"sensor":..} | record ...
//   record   length of what follows (u32) | CRC-32 of it (u32) | sequence (f64) | events (u32) | length of boot (u8) | boot | batch
//
// Numbers are little endian. Given up: whatever follows a record that is torn or damaged, since nothing says where the next one begins.
import { crc32 } from "node:zlib"
import type { Message } from "../link.ts"

const MAGIC = Buffer.from("SONDESP1")
const PREFIX = 8
const FIXED = 8 + 4 + 1
/** More than a batch can be; a length beyond it is damage. */
const RECORD_MAX = 64 << 20
const NAMES_MAX = 1024

export interface SpoolNames {
  readonly tenant: string
  readonly sensor: string
}

/** A batch of a spool file: where its bytes are, and what a link must know of it. */
export interface SpoolRecord {
  readonly boot: string
  readonly sequence: number
  readonly events: number
  /** Of the batch in the file. */
  readonly offset: number
  readonly length: number
}

export interface SpoolFile {
  readonly names: SpoolNames
  readonly records: readonly SpoolRecord[]
  /** Bytes at the end that are no whole record. */
  readonly tornBytes: number
}

export function encodeHeader({ tenant, sensor }: SpoolNames): Buffer {
  const names = Buffer.from(JSON.stringify({ tenant, sensor }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(names.length)
  return Buffer.concat([MAGIC, length, names])
}

/** What stands before the batch's bytes in its record. */
export function encodeRecordHead({ bytes, sequence, events }: Message, boot: string): Buffer {
  const name = Buffer.from(boot, "latin1")
  const head = Buffer.alloc(PREFIX + FIXED + name.length)
  head.writeDoubleLE(sequence, PREFIX)
  head.writeUInt32LE(events, PREFIX + 8)
  head.writeUInt8(name.length, PREFIX + 12)
  name.copy(head, PREFIX + FIXED)
  head.writeUInt32LE(head.length - PREFIX + bytes.length, 0)
  head.writeUInt32LE(crc32(bytes, crc32(head.subarray(PREFIX))), 4)
  return head
}

/** Null: not a file of this kind. */
export function decodeFile(file: Buffer): SpoolFile | null {
  const names = decodeNames(file)
  if (names === null) return null
  const records: SpoolRecord[] = []
  let at = MAGIC.length + 4 + file.readUInt32LE(MAGIC.length)
  while (at + PREFIX + FIXED <= file.length) {
    const length = file.readUInt32LE(at)
    const start = at + PREFIX
    if (length < FIXED || length > RECORD_MAX || start + length > file.length) break
    if (crc32(file.subarray(start, start + length)) !== file.readUInt32LE(at + 4)) break
    const bootEnd = start + FIXED + file.readUInt8(start + 12)
    if (bootEnd > start + length) break
    records.push({
      boot: file.toString("latin1", start + FIXED, bootEnd),
      sequence: file.readDoubleLE(start),
      events: file.readUInt32LE(start + 8),
      offset: bootEnd,
      length: start + length - bootEnd,
    })
    at = start + length
  }
  return { names, records, tornBytes: file.length - at }
}

function decodeNames(file: Buffer): SpoolNames | null {
  if (file.length < MAGIC.length + 4 || !file.subarray(0, MAGIC.length).equals(MAGIC)) return null
  const length = file.readUInt32LE(MAGIC.length)
  const start = MAGIC.length + 4
  if (length > NAMES_MAX || start + length > file.length) return null
  try {
    const { tenant, sensor } = JSON.parse(file.toString("utf8", start, start + length)) as Record<string, unknown>
    return typeof tenant === "string" && typeof sensor === "string" ? { tenant, sensor } : null
  } catch {
    return null
  }
}
