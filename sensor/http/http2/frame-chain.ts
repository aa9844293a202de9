// Whether bytes are frames of HTTP/2, where no preface says so: joined in the middle, behind a loss, or the server's side alone.
//
// In:  bytes from a place on.   Out: yes, no, or that more are needed. It rests on the content of frame headers alone, never on
// where segments end, so that it does not depend on how the bytes were cut. Frames larger than FRAME_BYTES_DEFAULT begin no chain.
import { Verdict } from "../start-line.ts"
import {
  FRAME_BYTES_DEFAULT,
  FRAME_FLAGS,
  FRAME_LENGTHS,
  FrameFlag,
  FrameType,
  HEADER_BYTES,
  isSoundFrame,
  KNOWN_TYPES,
  leadBytes,
} from "./frame-type.ts"

/** What a chain of frames must have at least: frames, bits of evidence against random bytes, and against small numbers. */
const CHAIN_FRAMES = 2
const CHAIN_BITS = 60
const CHAIN_SMALL_BITS = 26
/** A byte from here on is no small number. */
const LARGE = 16
const SMALL_ID_BITS = 25
const ERROR_CODE_MAX = 13
const SETTING_MAX = 16

/** Of chainEnd: no chain begins there; one may, when more bytes come. */
export const NO_CHAIN = -1
export const CUT_CHAIN = -2

/**
 * Whether frames begin at `start`: at least CHAIN_FRAMES headers in a row that could hardly be there by chance. Strict: it
 * believes nothing that is only allowed, and nothing of empty frames. What binary formats are full of, zeros and small numbers,
 * must not look like frames either. Returns where the bytes end that
 * show it, NO_CHAIN or CUT_CHAIN.
 */
export function chainEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  let bits = 0
  let small = 0
  let before = 0
  let frames = 0
  for (;;) {
    const found = headerBits(bytes, at, end)
    if (found < 0) return found
    const length = lengthOf(bytes, at)
    const id = idOf(bytes, at)
    if (length > 0) {
      const isSame = id !== 0 && id === before
      bits += found + (isSame ? 20 : 0)
      small += smallBits(bytes, at, length) + (isSame ? 6 : 0)
      frames++
    }
    if (id !== 0) before = id
    if (frames >= CHAIN_FRAMES && bits >= CHAIN_BITS && small >= CHAIN_SMALL_BITS)
      return at + HEADER_BYTES + peekedBytes(bytes[at + 3]!, bytes[at + 4]!)
    at += HEADER_BYTES + length
  }
}

/** The same as a verdict. */
export function chainVerdict(bytes: Uint8Array, start: number, end: number): Verdict {
  const found = chainEnd(bytes, start, end)
  return found >= 0 ? Verdict.yes : found === CUT_CHAIN ? Verdict.maybe : Verdict.no
}

const NO_FRAME = NO_CHAIN
const CUT_FRAME = CUT_CHAIN

const lengthOf = (bytes: Uint8Array, at: number): number => (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
const idOf = (bytes: Uint8Array, at: number): number =>
  ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!

/** What the frame header at `at` says against chance, in bits; NO_FRAME; CUT_FRAME when it goes on beyond `end`. */
function headerBits(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return CUT_FRAME
  if (bytes[at] !== 0) return NO_FRAME
  if (at + 1 < end && bytes[at + 1]! > FRAME_BYTES_DEFAULT >> 8) return NO_FRAME
  if (at + 3 < end && bytes[at + 3]! >= KNOWN_TYPES) return NO_FRAME
  if (at + 4 < end && (bytes[at + 4]! & ~FRAME_FLAGS[bytes[at + 3]!]!) !== 0) return NO_FRAME
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
  return (FRAME_LENGTHS[type]! >= 0 ? 24 : 10) + 14 + idBits
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
  if (type === FrameType.continuation) return length > 0 ? Verdict.yes : Verdict.no
  if (type === FrameType.headers) {
    const lead = leadBytes(type, flags)
    if (length <= lead) return Verdict.no
    return at + lead < end ? Verdict.yes : Verdict.maybe
  }
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

/** What the frame at `at`, which is sound, says against a row of zeros and small numbers, in bits. */
function smallBits(bytes: Uint8Array, at: number, length: number): number {
  const type = bytes[at + 3]!
  const flags = bytes[at + 4]!
  let bits = bytes[at + 1]! >= LARGE || (bytes[at + 2]! >= LARGE && length !== LARGE) ? 5 : 0
  if (type !== FrameType.data) bits += 5
  if (FRAME_LENGTHS[type]! >= 0) return bits + 5
  if (type === FrameType.headers) {
    const first = bytes[at + HEADER_BYTES + leadBytes(type, flags)]!
    return bits + 4 + (first >= 128 ? 8 : first >= 64 ? 6 : 0)
  }
  if (type === FrameType.settings) return bits + 10
  return bits + 2
}

/** Bytes of the payload that are looked at, at most. */
function peekedBytes(type: number, flags: number): number {
  if (type === FrameType.headers) return leadBytes(type, flags) + 1
  if (type === FrameType.windowUpdate || type === FrameType.reset) return 4
  return type === FrameType.settings ? 2 : 0
}

/** Searches bytes for the start of a chain of frames. One a worker: the result is read at once. */
export class FrameScan {
  /** Where a chain begins, -1 when none was found: the one that shows first as the bytes come in. */
  found = -1
  /** Bytes from here on must be kept: a chain may begin there. */
  keep = 0

  /** [start, end). */
  run(bytes: Uint8Array, start: number, end: number): void {
    let shown = end
    this.found = -1
    this.keep = end
    for (let at = start; at < shown; at++) {
      if (bytes[at] !== 0) continue
      const last = chainEnd(bytes, at, end)
      if (last === NO_CHAIN) continue
      if (last === CUT_CHAIN) {
        if (this.keep === end) this.keep = at
      } else if (this.found < 0 || last < shown) {
        this.found = at
        shown = last
      }
    }
    if (this.found >= 0) this.keep = this.found
  }
}
