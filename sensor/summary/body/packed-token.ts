// One item of MessagePack or CBOR: what it is and where it ends.
//
// In:  the index of an item's first byte.   Out: a token; containers are told by their head, their items follow.
// MessagePack specification, "Formats"; RFC 8949 section 3. Tags of CBOR are stepped over, text in chunks is one string (of
// which only the extent is known).

export const Item = {
  int: 1,
  number: 2,
  string: 4,
  bool: 8,
  map: 16,
  array: 32,
  null: 64,
  bytes: 128,
  /** Ends a container of unknown length (CBOR). */
  break: 256,
} as const

/** In place of an index: the bytes end within the item, or make no sense. */
export const ENDED = -1
export const SENSELESS = -2
/** Items of a map or an array that says how many it has only by its end. */
export const UNKNOWN = -1
/** Tags and chunks of one item. */
export const STEPS_MAX = 64

export class Token {
  /** One of Item. */
  type = 0
  /** Of a string its text, of a number its bytes as they are. */
  start = 0
  end = 0
  /** Items of an array, pairs of a map. */
  count = 0
  /** Of an int that fits 32 bits, else it is not told (`isSmall`). */
  int = 0
  isSmall = false
}

export type ReadToken = (bytes: Uint8Array, at: number, end: number, token: Token) => number

function unsigned(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let i = at; i < at + length; i++) value = value * 256 + bytes[i]!
  return value
}

/** A string, bytes or a number of `length` bytes from `from` on: the index behind it. */
function extent(token: Token, type: number, from: number, length: number, end: number): number {
  token.type = type
  token.start = from
  token.end = from + length
  return token.end > end ? ENDED : token.end
}

function int(token: Token, value: number, at: number): number {
  token.type = Item.int
  token.int = value
  token.isSmall = Math.abs(value) <= 0x7fffffff
  return at
}

function container(token: Token, type: number, count: number, at: number): number {
  token.type = type
  token.count = count
  return at
}

export const readMsgpack: ReadToken = (bytes, at, end, token) => {
  const b = bytes[at]!
  const from = at + 1
  if (b < 0x80) return int(token, b, from)
  if (b < 0x90) return container(token, Item.map, b & 15, from)
  if (b < 0xa0) return container(token, Item.array, b & 15, from)
  if (b < 0xc0) return extent(token, Item.string, from, b & 31, end)
  if (b >= 0xe0) return int(token, b - 256, from)
  if (b === 0xc0) return extent(token, Item.null, from, 0, end)
  if (b === 0xc1) return SENSELESS
  if (b < 0xc4) return extent(token, Item.bool, from, 0, end)
  if (b < 0xca) {
    // bin 8, 16, 32, and ext 8, 16, 32, whose type is a byte more.
    const isExt = b >= 0xc7
    const size = 1 << (b - (isExt ? 0xc7 : 0xc4))
    if (from + size > end) return ENDED
    return extent(token, Item.bytes, from + size + (isExt ? 1 : 0), unsigned(bytes, from, size), end)
  }
  if (b < 0xcc) return extent(token, Item.number, from, b === 0xca ? 4 : 8, end)
  if (b < 0xd4) {
    const length = 1 << (b & 3)
    if (from + length > end) return ENDED
    const value = unsigned(bytes, from, length)
    return int(token, b < 0xd0 || value < 2 ** (8 * length - 1) ? value : value - 2 ** (8 * length), from + length)
  }
  if (b < 0xd9) return extent(token, Item.bytes, from + 1, 1 << (b - 0xd4), end)
  const size = b < 0xdc ? 1 << (b - 0xd9) : b === 0xdc || b === 0xde ? 2 : 4
  if (from + size > end) return ENDED
  const count = unsigned(bytes, from, size)
  if (b < 0xdc) return extent(token, Item.string, from + size, count, end)
  return container(token, b < 0xde ? Item.array : Item.map, count, from + size)
}

export const readCbor: ReadToken = (bytes, start, end, token) => {
  let at = start
  for (let tags = 0; at < end && bytes[at]! >> 5 === 6; tags++) {
    const stop = argumentEnd(bytes, at, end)
    if (stop < 0 || tags === STEPS_MAX) return stop < 0 ? stop : SENSELESS
    at = stop
  }
  if (at >= end) return ENDED
  const b = bytes[at]!
  const major = b >> 5
  if (b === 0xff) return extent(token, Item.break, at + 1, 0, end)
  if (major === 7) return simple(bytes, at, end, token)
  const isOpen = (b & 31) === 31
  if (isOpen && major < 2) return SENSELESS
  const stop = isOpen ? at + 1 : argumentEnd(bytes, at, end)
  if (stop < 0) return stop
  const value = isOpen ? UNKNOWN : stop === at + 1 ? b & 31 : unsigned(bytes, at + 1, stop - at - 1)
  if (major < 2) return int(token, major === 0 ? value : -1 - value, stop)
  if (major > 3) return container(token, major === 4 ? Item.array : Item.map, value, stop)
  const type = major === 2 ? Item.bytes : Item.string
  return isOpen ? chunks(bytes, stop, end, type, token) : extent(token, type, stop, value, end)
}

/** Behind the argument of the head at `at`. */
function argumentEnd(bytes: Uint8Array, at: number, end: number): number {
  const more = bytes[at]! & 31
  if (more > 27) return SENSELESS
  const stop = at + 1 + (more < 24 ? 0 : 1 << (more - 24))
  return stop > end ? ENDED : stop
}

function simple(bytes: Uint8Array, at: number, end: number, token: Token): number {
  const stop = argumentEnd(bytes, at, end)
  if (stop < 0) return stop
  const more = bytes[at]! & 31
  const type = more === 20 || more === 21 ? Item.bool : more >= 25 ? Item.number : Item.null
  return extent(token, type, stop, 0, end)
}

function chunks(bytes: Uint8Array, start: number, end: number, type: number, token: Token): number {
  let at = start
  for (let count = 0; count < STEPS_MAX; count++) {
    if (at >= end) return ENDED
    if (bytes[at] === 0xff) {
      token.type = type
      token.start = token.end = at
      return at + 1
    }
    if (bytes[at]! >> 5 !== (type === Item.bytes ? 2 : 3) || (bytes[at]! & 31) === 31) return SENSELESS
    const from = argumentEnd(bytes, at, end)
    if (from < 0) return from
    at = from + (from === at + 1 ? bytes[at]! & 31 : unsigned(bytes, at + 1, from - at - 1))
  }
  return SENSELESS
}
