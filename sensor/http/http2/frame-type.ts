// Frames of RFC 9113 section 6, and what a frame header must look like.
//
//   | length 24 | type 8 | flags 8 | R 1 | stream 31 | payload ...

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
export const FRAME_FLAGS: readonly number[] = [0x09, 0x2d, 0, 0, 1, 0x0c, 1, 0, 0, 4]
/** By type: the only length, -1 any. */
export const FRAME_LENGTHS: readonly number[] = [-1, -1, 5, 4, -1, -1, 8, -1, 4, -1]
/** By type: 1 on a stream, 0 on the connection, 2 both. */
const PLACES = [1, 1, 1, 1, 0, 1, 0, 0, 2, 1]
export const KNOWN_TYPES: number = FRAME_FLAGS.length
const GO_AWAY_BYTES_MIN = 8
const SETTING_BYTES = 6

/** False for a frame that no sound peer sends: a length or a stream that its type does not allow. Unknown types pass. */
export function isSoundFrame(type: number, flags: number, id: number, length: number): boolean {
  if (type >= KNOWN_TYPES) return true
  const place = PLACES[type]!
  if (place !== 2 && (id !== 0) !== (place === 1)) return false
  if (FRAME_LENGTHS[type]! >= 0) return FRAME_LENGTHS[type] === length
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
