// One batch in a spool file, and a whole file of them.
//
//   file     magic (8) | length of names (u32) | names as JSON: {"tenant":..,"sensor":..} | record ...
//   record   length of what follows (u32) | CRC-32 of it (u32) | sequence (f64) | events (u32) | length of boot (u8) | boot | batch
//
// Numbers are little endian. A damaged record whose length still makes sense is passed over. Given up: whatever follows one whose length does
// not, since nothing says where the next one begins.
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

/** A batch of a spool file: where it is, and what a link must know of it. */
export interface SpoolRecord {
  readonly boot: string
  readonly sequence: number
  readonly events: number
  /** The record in what was decoded: [start, end). Its batch ends there, too. */
  readonly start: number
  readonly end: number
  /** Where its batch begins. */
  readonly offset: number
}

export interface SpoolContent {
  readonly names: SpoolNames
  readonly records: readonly SpoolRecord[]
  /** Where the last whole record ends. */
  readonly end: number
  /** Bytes that are no whole record: at the end, or passed over. */
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
export function decodeFile(file: Buffer): SpoolContent | null {
  const names = decodeNames(file)
  if (names === null) return null
  const records: SpoolRecord[] = []
  const begin = MAGIC.length + 4 + file.readUInt32LE(MAGIC.length)
  let end = begin
  let whole = 0
  let boot = ""
  for (let at = begin, next = endOf(file, at); next > 0; at = next, next = endOf(file, at)) {
    const record = decodeRecord(file, at, boot)
    if (record === null) continue
    records.push(record)
    boot = record.boot
    whole += next - at
    end = next
  }
  return { names, records, end, tornBytes: file.length - begin - whole }
}

/** The record at `start`; null when it is damaged. `boot`: a name that is given again rather than made anew where it is the same. */
export function decodeRecord(file: Buffer, start: number, boot = ""): SpoolRecord | null {
  const end = endOf(file, start)
  const body = start + PREFIX
  if (end === 0 || crc32(file.subarray(body, end)) !== file.readUInt32LE(start + 4)) return null
  const offset = body + FIXED + file.readUInt8(body + 12)
  if (offset > end) return null
  const name = file.toString("latin1", body + FIXED, offset)
  const events = file.readUInt32LE(body + 8)
  return { boot: name === boot ? boot : name, sequence: file.readDoubleLE(body), events, start, end, offset }
}

/** Where the record at `at` says that it ends; 0 when that makes no sense. */
function endOf(file: Buffer, at: number): number {
  if (at + PREFIX + FIXED > file.length) return 0
  const length = file.readUInt32LE(at)
  const end = at + PREFIX + length
  return length < FIXED || length > RECORD_MAX || end > file.length ? 0 : end
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
