// What kind of value a run of bytes is, without keeping the value.
//
// In:  bytes [start, end), percent-decoded by the caller.   Out: a Kind.
// Strong kinds identify something (a number, a UUID, an address of mail): in a path they travel as their kind and a pseudonym,
// never as text. Weak kinds are words and what looks like them. The line is drawn so that a random token is not taken for
// a word and a word not for a random token; a short random token (under 16) is weak, because nothing tells it from a name.
// One pass counts classes of bytes; the decision reads the counts, and looks at the bytes again only for the few kinds
// whose form has fixed places.

/** 1 to 14 are strong. All lie below 0x20, so that a kind can stand as a control byte between text. */
export const Kind = {
  empty: 0,
  int: 1,
  float: 2,
  uuid: 3,
  hex: 4,
  ulid: 5,
  date: 6,
  timestamp: 7,
  email: 8,
  phone: 9,
  base64: 10,
  /** A prefix and a random tail: "cus_NffrFeUfNV2Hib". */
  id: 11,
  /** Letters and a number, or groups of digits: "INV-000123", "555-123-4567". */
  serial: 12,
  jwt: 13,
  ip: 14,
  /** Anything that is not one of the others; in a path: too long to be a name. */
  text: 15,
  bool: 16,
  word: 17,
  slug: 18,
  code: 19,
  mix: 20,
  file: 21,
  url: 22,
  list: 23,
  json: 24,
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** Index = Kind. */
export const KIND_NAMES: readonly string[] = Object.keys(Kind)

export function isStrong(kind: Kind): boolean {
  return kind >= Kind.int && kind <= Kind.ip
}

/** Lengths of runs of digits, and of hexadecimal digits with three groups of decimal ones, that make an id of a name. */
const DIGITS_RUN = 9
const HEX_RUN = 12

/** Bytes looked at; the rest of a longer value changes nothing. */
const SCAN_MAX = 4096

/** Classes of bytes: index into `counts`. */
const C = {
  other: 0,
  digit: 1,
  lowerHex: 2,
  lower: 3,
  upperHex: 4,
  upper: 5,
  dash: 6,
  underscore: 7,
  dot: 8,
  at: 9,
  colon: 10,
  comma: 11,
  slash: 12,
  plus: 13,
  equals: 14,
  space: 15,
} as const

const CLASS = new Uint8Array(256)
for (let b = 0x30; b <= 0x39; b++) CLASS[b] = C.digit
for (let b = 0x61; b <= 0x7a; b++) CLASS[b] = b <= 0x66 ? C.lowerHex : C.lower
for (let b = 0x41; b <= 0x5a; b++) CLASS[b] = b <= 0x46 ? C.upperHex : C.upper
for (const [char, id] of Object.entries({ "-": 6, _: 7, ".": 8, "@": 9, ":": 10, ",": 11, "/": 12, "+": 13, "=": 14 }))
  CLASS[char.charCodeAt(0)] = id
CLASS[0x20] = C.space

/** Class of a letter or digit as one bit, so that a change of case or from letter to digit shows; 0 for the rest. */
const SORT = Uint8Array.from(CLASS, (id) =>
  id === C.digit ? 1 : id === C.lower || id === C.lowerHex ? 2 : id === C.upper || id === C.upperHex ? 3 : 0,
)

const counts = new Int32Array(16)
/** Of the last count: neighbouring letters and digits of different sort, and runs of digits. */
let changes = 0
let digitRuns = 0

function count(bytes: Uint8Array, start: number, end: number): void {
  counts.fill(0)
  changes = 0
  digitRuns = 0
  let before = 0
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    counts[CLASS[b]!]!++
    const sort = SORT[b]!
    if (sort !== before) {
      if (before !== 0 && sort !== 0) changes++
      if (sort === 1) digitRuns++
      before = sort
    }
  }
}

export function classify(bytes: Uint8Array, start: number, end: number): Kind {
  if (end <= start) return Kind.empty
  if (end - start > SCAN_MAX) end = start + SCAN_MAX
  const length = end - start
  count(bytes, start, end)
  const digits = counts[C.digit]!
  if (digits === length) return Kind.int
  const lowers = counts[C.lowerHex]! + counts[C.lower]!
  const uppers = counts[C.upperHex]! + counts[C.upper]!
  const letters = lowers + uppers
  if (letters === length && length < 16) return wordKind(bytes, start, length, lowers, uppers)
  if (letters === 0 && digits > 0) {
    const numeric = numericKind(bytes, start, end, digits)
    if (numeric !== Kind.text) return numeric
  }
  const strong = strongKind(bytes, start, end, digits, lowers, uppers)
  return strong !== Kind.text ? strong : weakKind(bytes, start, end, digits, lowers, uppers)
}

const isDigit = (bytes: Uint8Array, i: number): boolean => SORT[bytes[i]!] === 1
/** The number in `n` digits, -1 when one is not a digit. */
function digitsAt(bytes: Uint8Array, at: number, n: number): number {
  let value = 0
  for (let i = at; i < at + n; i++) {
    if (!isDigit(bytes, i)) return -1
    value = value * 10 + bytes[i]! - 0x30
  }
  return value
}

/** YYYY-MM-DD, or YYYY-MM when `n` is 7, of a year that people use. */
function isDate(bytes: Uint8Array, at: number, n: number): boolean {
  const year = digitsAt(bytes, at, 4)
  const month = digitsAt(bytes, at + 5, 2)
  if (year < 1800 || year > 2200 || month < 1 || month > 12 || bytes[at + 4] !== 0x2d) return false
  if (n === 7) return true
  const day = digitsAt(bytes, at + 8, 2)
  return bytes[at + 7] === 0x2d && day >= 1 && day <= 31
}

function isIpv4(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0
  for (let i = start; i <= end; i++) {
    let n = 0
    while (i + n < end && isDigit(bytes, i + n)) n++
    if (n < 1 || n > 3 || digitsAt(bytes, i, n) > 255) return false
    groups++
    i += n
    if (i < end && bytes[i] !== 0x2e) return false
  }
  return groups === 4
}

/** Digits and marks, no letter. Kind.text: not one of these. */
function numericKind(bytes: Uint8Array, start: number, end: number, digits: number): Kind {
  const length = end - start
  const dashes = counts[C.dash]!
  const dots = counts[C.dot]!
  const first = bytes[start]!
  const isSigned = first === 0x2d || first === 0x2b
  if (first === 0x2b && digits >= 7 && digits <= 15) return Kind.phone
  if (isSigned && digits === length - 1) return Kind.int
  if (dots === 1 && digits === length - 1 - (isSigned ? 1 : 0) && bytes[end - 1] !== 0x2e) return Kind.float
  if (dots === 3 && digits === length - 3 && isIpv4(bytes, start, end)) return Kind.ip
  if ((length === 10 || length === 7) && isDate(bytes, start, length)) return Kind.date
  if (length >= 16 && isDate(bytes, start, 10) && isTimeMark(bytes[start + 10]!)) return Kind.timestamp
  const marks = dashes + dots + counts[C.space]! + counts[C.underscore]! + counts[C.slash]!
  if (digits >= 7 && digits + marks + counts[C.other]! === length && counts[C.other]! <= 2) return Kind.serial
  return Kind.text
}

/** "T", "t" or a space between date and time of day. */
const isTimeMark = (b: number): boolean => b === 0x54 || b === 0x74 || b === 0x20

function strongKind(
  bytes: Uint8Array,
  start: number,
  end: number,
  digits: number,
  lowers: number,
  uppers: number,
): Kind {
  const length = end - start
  const hexes = digits + counts[C.lowerHex]! + counts[C.upperHex]!
  if (length === 36 && hexes === 32 && counts[C.dash] === 4 && isUuid(bytes, start)) return Kind.uuid
  if (length >= 16 && isDate(bytes, start, 10) && isTimeMark(bytes[start + 10]!)) return Kind.timestamp
  if (length >= 15 && length <= 20 && bytes[start + 8] === 0x54 && isCompactTime(bytes, start)) return Kind.timestamp
  if (hexes === length && length >= 16 && (digits > 0 || length >= 32)) return Kind.hex
  if (length === 17 && hexes === 12 && counts[C.colon]! + counts[C.dash]! === 5) return Kind.hex
  if (digits + lowers + uppers === length && length === 26 && digits > 0 && isUlid(bytes, start, lowers, uppers))
    return Kind.ulid
  const dots = counts[C.dot]!
  if (dots >= 2 && isJwt(bytes, start, end)) return Kind.jwt
  if (counts[C.at] === 1 && isEmail(bytes, start, end)) return Kind.email
  if (counts[C.colon]! >= 2 && hexes + counts[C.colon]! + dots === length && length <= 45) return Kind.ip
  if (isPrefixed(bytes, start, end)) return Kind.id
  if (isSerial(bytes, start, end, digits, lowers, uppers)) return Kind.serial
  if (length >= 16 && isOpaque(bytes, start, end)) return Kind.base64
  const named = digits + lowers + uppers + counts[C.dash]! + counts[C.underscore]! + dots
  return digits >= 5 && named === length ? runKind(bytes, start, end) : Kind.text
}

/** A name around an id: "photo-8fa7d916c55e31f9" (id), "build-20240129120000" (serial); Kind.text without one. */
function runKind(bytes: Uint8Array, start: number, end: number): Kind {
  let hexes = 0
  let digits = 0
  let runs = 0
  for (let i = start; i < end; i++) {
    const id = CLASS[bytes[i]!]!
    if (id === C.digit) {
      if (digits === 0) runs++
      if (++digits === DIGITS_RUN) return Kind.serial
      hexes++
    } else {
      digits = 0
      hexes = id === C.lowerHex || id === C.upperHex ? hexes + 1 : 0
      if (hexes === 0) runs = 0
    }
    if (hexes >= HEX_RUN && runs >= 3) return Kind.id
  }
  return Kind.text
}

function isUuid(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 8] === 0x2d && bytes[at + 13] === 0x2d && bytes[at + 18] === 0x2d && bytes[at + 23] === 0x2d
}

/** 20240129T100000, with or without what follows. */
function isCompactTime(bytes: Uint8Array, at: number): boolean {
  const month = digitsAt(bytes, at + 4, 2)
  return (
    digitsAt(bytes, at, 4) >= 1800 &&
    month >= 1 &&
    month <= 12 &&
    digitsAt(bytes, at + 6, 2) >= 1 &&
    digitsAt(bytes, at + 9, 6) >= 0
  )
}

/** 26 digits of Crockford's base 32, the first at most 7, in one case. */
function isUlid(bytes: Uint8Array, at: number, lowers: number, uppers: number): boolean {
  if ((lowers > 0 && uppers > 0) || bytes[at]! > 0x37) return false
  for (let i = at; i < at + 26; i++) {
    const b = bytes[i]! | 0x20
    if (b === 0x69 || b === 0x6c || b === 0x6f || b === 0x75) return false
  }
  return true
}

/** Base64url of '{"' in front, and dots between: RFC 7519 section 3, RFC 7516 section 3.1 with five parts. */
function isJwt(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 20 && bytes[start] === 0x65 && bytes[start + 1] === 0x79 && bytes[start + 2] === 0x4a
}

function isEmail(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 254 || counts[C.space]! + counts[C.slash]! + counts[C.comma]! > 0) return false
  return bytes[start] !== 0x40 && bytes[end - 1] !== 0x40
}

/** "cus_NffrFeUfNV2Hib", "sk_live_4eC39H...", "sg-903004f8": lower-case words, then a tail that is not one. */
function isPrefixed(bytes: Uint8Array, start: number, end: number): boolean {
  if (SORT[bytes[start]!] !== 2 || counts[C.underscore]! + counts[C.dash]! === 0) return false
  let tail = end
  while (tail > start && SORT[bytes[tail - 1]!] !== 0) tail--
  const mark = bytes[tail - 1]!
  if (tail - start < 2 || tail - start > 24 || end - tail < 8 || (mark !== 0x5f && mark !== 0x2d)) return false
  for (let i = start; i < tail - 1; i++) if (SORT[bytes[i]!] === 3 || CLASS[bytes[i]!] === C.dot) return false
  let kinds = 0
  let runs = 0
  let isHex = true
  for (let i = tail, before = 0; i < end; i++) {
    const sort = SORT[bytes[i]!]!
    kinds |= 1 << sort
    if (sort === 1 && before !== 1) runs++
    if (sort !== 1 && CLASS[bytes[i]!] !== C.lowerHex) isHex = false
    before = sort
  }
  if (mark === 0x2d) return isHex && runs >= 2
  return runs >= 2 || kinds === 0b1110 || (kinds === 0b1100 && end - tail >= 14)
}

/** "INV-000123", "PO-2024-00017", "INV000123": letters, then digits, possibly in groups. */
function isSerial(
  bytes: Uint8Array,
  start: number,
  end: number,
  digits: number,
  lowers: number,
  uppers: number,
): boolean {
  const marks = counts[C.dash]! + counts[C.underscore]!
  const letters = lowers + uppers
  if (digits < 3 || letters === 0 || letters > 8 || digits + letters + marks !== end - start) return false
  for (let i = start; i < start + letters; i++) if (SORT[bytes[i]!]! < 2) return false
  if (!isDigit(bytes, end - 1)) return false
  const isUpper = lowers === 0
  if (marks === 0) return isUpper ? digits >= 4 : digits >= 6
  return isUpper || digits >= 5 || (digitRuns === 1 && bytes[end - digits] === 0x30)
}

/**
 * A random token: base64, base 62, base 36. Words change the sort of character at their joints only, so the share of
 * neighbours that differ in sort decides (random base 64: 0.6; camel case: under 0.4).
 */
function isOpaque(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  let padding = 0
  while (padding < 2 && bytes[end - 1 - padding] === 0x3d) padding++
  const marks =
    counts[C.dash]! + counts[C.underscore]! + counts[C.plus]! + counts[C.slash]! + counts[C.equals]! - padding
  const digits = counts[C.digit]!
  const lowers = counts[C.lowerHex]! + counts[C.lower]!
  const uppers = counts[C.upperHex]! + counts[C.upper]!
  if (counts[C.equals]! !== padding || digits + lowers + uppers + marks + padding !== length) return false
  if (marks * 6 > length) return false
  if (changes * 100 >= length * 45) return true
  if (padding > 0 && length % 4 === 0) return true
  const isMixed = lowers > 0 && uppers > 0
  if (isMixed && changes * 10 >= length * 3) {
    const letters = lowers + uppers
    if (digitRuns >= 2 || (uppers * 10 >= letters * 3 && lowers * 4 >= letters)) return true
  }
  if (marks === 0 && digitRuns >= 3) return true
  return length >= 40 && digits > 0 && (marks === 0 || (isMixed && uppers * 4 >= length))
}

function wordKind(bytes: Uint8Array, start: number, length: number, lowers: number, uppers: number): Kind {
  const isTrue = length === 4 && (bytes[start]! | 0x20) === 0x74 && (bytes[start + 1]! | 0x20) === 0x72
  const isFalse = length === 5 && (bytes[start]! | 0x20) === 0x66 && (bytes[start + 2]! | 0x20) === 0x6c
  if (
    (isTrue && bytes[start + 2]! === 0x75 && bytes[start + 3]! === 0x65) ||
    (isFalse && bytes[start + 3]! === 0x73 && bytes[start + 4]! === 0x65)
  )
    return Kind.bool
  return uppers > 1 && lowers === 0 ? Kind.code : Kind.word
}

function weakKind(bytes: Uint8Array, start: number, end: number, digits: number, lowers: number, uppers: number): Kind {
  const length = end - start
  const letters = lowers + uppers
  if (letters === length) return length <= 40 ? wordKind(bytes, start, length, lowers, uppers) : Kind.text
  if (bytes[start] === 0x7b || bytes[start] === 0x5b) return Kind.json
  if (counts[C.colon]! > 0 && counts[C.slash]! >= 2 && isUrl(bytes, start, end)) return Kind.url
  if (counts[C.comma]! > 0 && counts[C.space]! === 0) return Kind.list
  const marks = counts[C.dash]! + counts[C.underscore]!
  const dots = counts[C.dot]!
  if (dots > 0 && digits + letters + marks + dots === length && isFile(bytes, start, end)) return Kind.file
  if (letters + digits + marks === length) {
    if (uppers === 0 && lowers > 0 && (marks > 0 || digits === 0)) return Kind.slug
    return lowers === 0 && uppers > 0 ? Kind.code : Kind.mix
  }
  const known = letters + digits + marks + dots + counts[C.colon]! + counts[C.plus]! + counts[C.equals]!
  return known + counts[C.at]! + counts[C.slash]! === length ? Kind.mix : Kind.text
}

function isUrl(bytes: Uint8Array, start: number, end: number): boolean {
  const until = Math.min(end - 2, start + 16)
  for (let i = start; i < until; i++)
    if (bytes[i] === 0x3a) return i > start && bytes[i + 1] === 0x2f && bytes[i + 2] === 0x2f
  return false
}

/** A name, a dot, and one to five letters or digits of which one is a letter. */
function isFile(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end
  let hasLetter = false
  while (at > start && bytes[at - 1] !== 0x2e) {
    at--
    if (SORT[bytes[at]!]! >= 2) hasLetter = true
    else if (SORT[bytes[at]!] !== 1) return false
  }
  return hasLetter && at - start >= 2 && end - at >= 1 && end - at <= 5
}
