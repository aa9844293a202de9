// Which sorts of bytes a value is made of: what tells in one step that most values belong to no class.

/** Bits of a value's sorts. */
export const Sort = {
  digit: 1,
  upper: 2,
  lower: 4,
  /** Between groups of digits and letters: space, "-", ".", "/", "(", ")", ",". */
  mark: 8,
  at: 16,
  /** "+", ":", "<", ">". */
  sign: 32,
  /** The rest of ASCII that prints. */
  other: 64,
  /** Control characters and all beyond ASCII. */
  strange: 128,
  /** "\" and "%": the value may be written with escapes. */
  escape: 256,
} as const

/** Sorts but for escapes. */
export const SORTS = 256

export const SORT_OF: Uint16Array = new Uint16Array(256).fill(Sort.strange)
SORT_OF.fill(Sort.other, 0x21, 0x7f)
  .fill(Sort.digit, 0x30, 0x3a)
  .fill(Sort.upper, 0x41, 0x5b)
  .fill(Sort.lower, 0x61, 0x7b)
for (const char of " -./(),") SORT_OF[char.charCodeAt(0)] = Sort.mark
for (const char of "+:<>") SORT_OF[char.charCodeAt(0)] = Sort.sign
SORT_OF[0x40] = Sort.at
SORT_OF[0x5c] = SORT_OF[0x25] = Sort.other | Sort.escape

export const isDigit = (b: number | undefined): boolean => b !== undefined && b >= 0x30 && b <= 0x39
export const isUpper = (b: number | undefined): boolean => b !== undefined && b >= 0x41 && b <= 0x5a
export const isLower = (b: number | undefined): boolean => b !== undefined && b >= 0x61 && b <= 0x7a
export const isLetter = (b: number | undefined): boolean => isUpper(b) || isLower(b)
export const isUpperOrDigit = (b: number | undefined): boolean => isDigit(b) || isUpper(b)
export const isHex = (b: number): boolean => isDigit(b) || ((b | 0x20) >= 0x61 && (b | 0x20) <= 0x66)
