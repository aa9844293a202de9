// The text of an id, as it stands in a path: the object pseudonym is that of the text, so both must agree byte for byte.
//
// In:  bytes of a value.   Out: whether it can be an id, and where its text is.
// An id is at most 64 bytes that stand in a path as they are, with a digit among them or of a strong kind. UUIDs are lower case, as in
// paths (path-tokens.ts). Given up: ids that a path would have to escape ("A/17", "Müller 3").
import { extensionStart } from "../path-extension.ts"
import { IS_TEXT } from "../percent.ts"
import { classify, isStrong, Kind } from "../value-class.ts"

export const ID_BYTES_MAX = 64
/** Shorter texts without a digit are words. */
const WORD_MAX = 15
const UUID_BYTES = 36
const DASH = 0x2d
const SLASH = 0x2f

/** Of a byte: 1 stands in a path as it is, 2 is a digit, 4 a capital. */
const SORT: Uint8Array = Uint8Array.from(IS_TEXT)
for (let b = 0x30; b <= 0x39; b++) SORT[b] = 3
for (let b = 0x41; b <= 0x5a; b++) SORT[b] = 5
// It would part a path's segment from its matrix parameters.
SORT[0x3b] = 0

/** The text found last: [idStart, idEnd) of idBytes. */
export let idBytes: Uint8Array = new Uint8Array(0)
export let idStart = 0
export let idEnd = 0
/** Two hashes of it. */
export let idHash0 = 0
export let idHash1 = 0

const lower = new Uint8Array(UUID_BYTES)

/** True when [start, end) can be an id; its text and hashes are then at hand. `isKnown`: its kind says so already. */
export function isId(bytes: Uint8Array, start: number, end: number, isKnown = false): boolean {
  const length = end - start
  if (length < 1 || length > ID_BYTES_MAX) return false
  let sorts = 0
  let hash0 = length
  let hash1 = ~length
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    const sort = SORT[b]!
    if (sort === 0) return false
    sorts |= sort
    hash0 = Math.imul(hash0 ^ b, 0x0100_0193)
    hash1 = Math.imul(hash1 + b, 0x85eb_ca6b) ^ (hash1 >>> 13)
  }
  if ((sorts & 2) === 0 && !isKnown && (length <= WORD_MAX || !isStrong(classify(bytes, start, end)))) return false
  if (length === UUID_BYTES && (sorts & 4) !== 0 && bytes[start + 8] === DASH && bytes !== lower) {
    if (classify(bytes, start, end) === Kind.uuid) {
      for (let i = 0; i < UUID_BYTES; i++)
        lower[i] = bytes[start + i]! >= 0x41 ? bytes[start + i]! | 0x20 : bytes[start + i]!
      return isId(lower, 0, UUID_BYTES)
    }
  }
  idBytes = bytes
  idStart = start
  idEnd = end
  idHash0 = hash0
  idHash1 = hash1
  return true
}

/** True when the path of the link [start, end) names an id: the last of its segments that has a digit. */
export function isLinkToId(bytes: Uint8Array, start: number, end: number): boolean {
  let stop = start
  let slashes = 0
  for (; stop < end; stop++) {
    const b = bytes[stop]!
    if (b === 0x3f || b === 0x23) break
    if (b === SLASH) slashes++
  }
  if (slashes === 0) return false
  const dot = extensionStart(bytes, start, stop)
  if (dot >= 0) stop = dot
  while (stop > start) {
    let from = stop
    while (from > start && bytes[from - 1] !== SLASH) from--
    // What precedes the first slash is a scheme, or a word.
    if (from === start) return false
    // An authority is no segment.
    if (from - start >= 2 && bytes[from - 2] === SLASH) return false
    if (
      hasDigit(bytes, from, stop) &&
      !isVersion(bytes, from, stop) &&
      isId(bytes, keyStart(bytes, from, stop), keyEnd(bytes, stop))
    )
      return true
    // JSON may escape the slash.
    stop = from - 1
    if (stop > start && bytes[stop - 1] === 0x5c) stop--
  }
  return false
}

function hasDigit(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x30 && bytes[i]! <= 0x39) return true
  return false
}

/** "v1", "v2.1", "2.0". */
export function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 6) return false
  const isMarked = (bytes[start]! | 0x20) === 0x76
  let dots = 0
  for (let i = isMarked ? start + 1 : start; i < end; i++) {
    const b = bytes[i]!
    if (b === 0x2e) dots++
    else if (b < 0x30 || b > 0x39) return false
  }
  return isMarked || dots === 1
}

/** OData: "Customers('ALFKI7')" names ALFKI7. */
function keyStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== 0x29) return start
  for (let i = start; i < end; i++) if (bytes[i] === 0x28) return bytes[i + 1] === 0x27 ? i + 2 : i + 1
  return start
}

function keyEnd(bytes: Uint8Array, end: number): number {
  if (bytes[end - 1] !== 0x29) return end
  return bytes[end - 2] === 0x27 ? end - 2 : end - 1
}
