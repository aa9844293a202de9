// Frames of RFC 9113 section 6, and what a frame header must look like.
//
//   | length 24 | type 8 | flags 8 | R 1 | stream 31 | payload ...
import { Verdict } from "../start-line.ts"

export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export const FrameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const

export const HEADER_BYTES = 9
/** Largest payload where SETTINGS_MAX_FRAME_SIZE says nothing else. */
export const FRAME_BYTES_DEFAULT = 16_384

/** By type: flags that are defined. */
const FLAGS = [0x09, 0x2d, 0, 0, 1, 0x0c, 1, 0, 0, 4]
/** By type: the only length, -1 any. */
const LENGTHS = [-1, -1, 5, 4, -1, -1, 8, -1, 4, -1]
/** By type: 1 on a stream, 0 on the connection, 2 both. */
const PLACES = [1, 1, 1, 1, 0, 1, 0, 0, 2, 1]
const KNOWN_TYPES = FLAGS.length
const GO_AWAY_BYTES_MIN = 8
const SETTING_BYTES = 6

/** False for a frame that no sound peer sends: a length or a stream that its type does not allow. Unknown types pass. */
export function isSoundFrame(type: number, flags: number, id: number, length: number): boolean {
  if (type >= KNOWN_TYPES) return true
  const place = PLACES[type]!
  if (place !== 2 && (id !== 0) !== (place === 1)) return false
  if (LENGTHS[type]! >= 0) return LENGTHS[type] === length
  if (type === FrameType.settings)
    return length % SETTING_BYTES === 0 && ((flags & FrameFlag.ack) === 0 || length === 0)
  if (type === FrameType.goAway) return length >= GO_AWAY_BYTES_MIN
  return leadBytes(type, flags) <= length
}

/** Bytes between the frame header and what the frame carries: padding length, priority, promised stream. */
export function leadBytes(type: number, flags: number): number {
  const padding = (flags & FrameFlag.padded) === 0 ? 0 : 1
  if (type === FrameType.data) return padding
  if (type === FrameType.headers) return padding + ((flags & FrameFlag.priority) === 0 ? 0 : 5)
  return type === FrameType.pushPromise ? padding + 4 : 0
}

/** Bits of evidence that a chain of frames must have, and frames it must have at least. */
const CHAIN_BITS = 60
const CHAIN_FRAMES = 2
const SMALL_ID_BITS = 25
const ERROR_CODE_MAX = 13
const SETTING_MAX = 16

/**
 * Whether frames begin at `start`: at least CHAIN_FRAMES headers in a row that could hardly be there by chance. Strict: it
 * believes nothing that is only allowed. `maybe`: so far so good.
 */
export function chainVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  let at = start
  let bits = 0
  let before = 0
  for (let frames = 0; ; frames++) {
    if (frames >= CHAIN_FRAMES && bits >= CHAIN_BITS) return Verdict.yes
    const found = headerBits(bytes, at, end)
    if (found === NO_FRAME) return Verdict.no
    if (found === CUT_FRAME) return Verdict.maybe
    const id = idOf(bytes, at)
    bits += found + (id !== 0 && id === before ? 20 : 0)
    if (id !== 0) before = id
    at += HEADER_BYTES + lengthOf(bytes, at)
  }
}

const NO_FRAME = -1
const CUT_FRAME = -2

const lengthOf = (bytes: Uint8Array, at: number): number => (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
const idOf = (bytes: Uint8Array, at: number): number =>
  ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!

/** What the frame header at `at` says against chance, in bits; NO_FRAME; CUT_FRAME when it goes on beyond `end`. */
function headerBits(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return CUT_FRAME
  if (bytes[at] !== 0) return NO_FRAME
  if (at + 1 < end && bytes[at + 1]! > FRAME_BYTES_DEFAULT >> 8) return NO_FRAME
  if (at + 3 < end && bytes[at + 3]! >= KNOWN_TYPES) return NO_FRAME
  if (at + 4 < end && (bytes[at + 4]! & ~FLAGS[bytes[at + 3]!]!) !== 0) return NO_FRAME
  if (at + 5 < end && bytes[at + 5]! >= 0x80) return NO_FRAME
  if (at + HEADER_BYTES > end) return CUT_FRAME
  const length = lengthOf(bytes, at)
  const type = bytes[at + 3]!
  const flags = bytes[at + 4]!
  const id = idOf(bytes, at)
  if (length > FRAME_BYTES_DEFAULT || !isSoundFrame(type, flags, id, length)) return NO_FRAME
  const payload = payloadVerdict(bytes, at + HEADER_BYTES, end, type, flags, length)
  if (payload !== Verdict.yes) return payload === Verdict.no ? NO_FRAME : CUT_FRAME
  const isStream = type === FrameType.data || type === FrameType.headers || type === FrameType.continuation
  if (isStream && (id & 1) === 0) return NO_FRAME
  const idBits = id === 0 ? 31 : id < 1 << SMALL_ID_BITS ? 31 - SMALL_ID_BITS : 0
  return (LENGTHS[type]! >= 0 ? 24 : 10) + 14 + idBits
}

/** The first bytes of the payload, where the type says something of them. */
function payloadVerdict(
  bytes: Uint8Array,
  at: number,
  end: number,
  type: number,
  flags: number,
  length: number,
): Verdict {
  // An empty DATA frame ends its stream, a block has at least a field.
  if (type === FrameType.data) return length > 0 || (flags & FrameFlag.endStream) !== 0 ? Verdict.yes : Verdict.no
  if (type === FrameType.headers || type === FrameType.continuation) return length > 0 ? Verdict.yes : Verdict.no
  if (type === FrameType.windowUpdate) {
    if (at + 4 > end) return Verdict.maybe
    return bytes[at]! < 0x80 && lengthOf(bytes, at) + bytes[at + 3]! > 0 ? Verdict.yes : Verdict.no
  }
  if (type === FrameType.reset) {
    if (at + 4 > end) return Verdict.maybe
    return lengthOf(bytes, at) === 0 && bytes[at + 3]! <= ERROR_CODE_MAX ? Verdict.yes : Verdict.no
  }
  if (type === FrameType.settings && length > 0) {
    if (at + 2 > end) return Verdict.maybe
    return bytes[at] === 0 && bytes[at + 1]! > 0 && bytes[at + 1]! <= SETTING_MAX ? Verdict.yes : Verdict.no
  }
  return Verdict.yes
}

/** Searches bytes for the start of a chain of frames. One a worker: the result is read at once. */
export class FrameScan {
  /** Where a chain begins, -1 when none was found. */
  found = -1
  /** Bytes from here on must be kept: a chain may begin there. */
  keep = 0

  /** [start, end). */
  run(bytes: Uint8Array, start: number, end: number): void {
    this.found = -1
    for (let at = start; at < end; at++) {
      if (bytes[at] !== 0) continue
      const verdict = chainVerdict(bytes, at, end)
      if (verdict === Verdict.no) continue
      this.keep = at
      if (verdict === Verdict.yes) this.found = at
      return
    }
    this.keep = end
  }
}
