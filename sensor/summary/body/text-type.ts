// The type of a value in a format that has only text: forms and XML.
//
// Types are few on purpose. A field whose values are "word" here and "slug" there would give every message a shape of its own;
// what a field holds beyond its type is told by the data classes.
import { JsonType } from "../json-shape-tree.ts"

/** Bits as those of JSON. `empty`: nothing stands there. */
export const TextType = { ...JsonType, empty: JsonType.null, date: 128 } as const
export const TEXT_TYPE_NAMES: readonly string[] = [
  "int",
  "number",
  "string",
  "bool",
  "object",
  "array",
  "empty",
  "date",
]

/** See FieldShape. */
export const TEXT_SALT = 1

const isDigit = (b: number | undefined): boolean => b !== undefined && b >= 0x30 && b <= 0x39

/** Type of the text [start, end). Digits behind a leading zero are a code and no number ("0171", "007"). */
export function textType(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) return TextType.empty
  const first = bytes[start]!
  const length = end - start
  const sort = first | 0x20
  if (sort === 0x74) return isWord(bytes, start, length, "true") ? TextType.bool : TextType.string
  if (sort === 0x66) return isWord(bytes, start, length, "false") ? TextType.bool : TextType.string
  if (isDate(bytes, start, length)) return TextType.date
  return numberType(bytes, start, end)
}

function isWord(bytes: Uint8Array, start: number, length: number, word: string): boolean {
  if (length !== word.length) return false
  for (let i = 0; i < length; i++) if ((bytes[start + i]! | 0x20) !== word.charCodeAt(i)) return false
  return true
}

/** A full-date or date-time of RFC 3339, and what XML Schema adds to it (a zone without a time). */
function isDate(bytes: Uint8Array, start: number, length: number): boolean {
  if (length < 10 || length > 40 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return false
  for (let i = 0; i < 10; i++) if (i !== 4 && i !== 7 && !isDigit(bytes[start + i])) return false
  if (length === 10) return true
  const mark = bytes[start + 10]!
  if ((mark | 0x20) === 0x74 || mark === 0x20) return length >= 16 && bytes[start + 13] === 0x3a
  return mark === 0x5a ? length === 11 : length === 16 && bytes[start + 13] === 0x3a
}

function numberType(bytes: Uint8Array, start: number, end: number): number {
  let i = bytes[start] === 0x2d || bytes[start] === 0x2b ? start + 1 : start
  const digits = i
  while (i < end && isDigit(bytes[i])) i++
  const whole = i - digits
  if (whole > 1 && bytes[digits] === 0x30) return TextType.string
  if (i === end) return whole > 0 ? TextType.int : TextType.string
  let fraction = 0
  if (bytes[i] === 0x2e) for (i++; i < end && isDigit(bytes[i]); i++) fraction++
  if (whole + fraction === 0) return TextType.string
  if (i < end && (bytes[i]! | 0x20) === 0x65) {
    i++
    if (bytes[i] === 0x2b || bytes[i] === 0x2d) i++
    if (i === end) return TextType.string
    while (i < end && isDigit(bytes[i])) i++
  }
  return i === end ? TextType.number : TextType.string
}
