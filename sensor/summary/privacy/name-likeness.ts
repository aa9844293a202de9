// Whether a name may be published as text: the name of a parameter, a field, a cookie, a key, a product. Clients put values where
// names belong ({"jane@example.com": 3}, "?4006594931131674=1"), so a name has to look like one.
//
// In:  bytes that are not one of the strong kinds.   Out: true for what is no name. A name is made of words, and of numbers that stand
// at the end of a word or between marks ("address2", "wp-settings-1042", "iso_3166"); numbers in the middle of letters, letters and digits in turns,
// sums of digits and marks, and signs that no programmer puts into a name make it a value.
import { hasOpaquePart, isCredentialLike, isGrouped, isShuffled } from "./path-secrets.ts"

const Sign = { letter: 1, digit: 2, mark: 3, space: 4, no: 5 } as const
const SIGN = new Uint8Array(256).fill(Sign.letter, 0x80)
for (let b = 0x41; b <= 0x5a; b++) SIGN[b] = SIGN[b | 0x20] = Sign.letter
for (let b = 0x30; b <= 0x39; b++) SIGN[b] = Sign.digit
for (const char of "-_.:/$#@[]~\\") SIGN[char.charCodeAt(0)] = Sign.mark
SIGN[0x20] = Sign.space
for (let b = 0; b < 0x80; b++) if (SIGN[b] === 0) SIGN[b] = Sign.no

/** Norms and formats that have a number of three or four digits in their names. */
const NORM =
  /(?<![a-z0-9])(?:iso|rfc|sha|md|utf|base|x|h|v|ecma|ieee|rs|es|hs|ps|mp|cp|win|latin|aes|ed|bcp|oauth|http|tls|ipv)[-_]?\d{1,5}/gi
/** Letters, digits, letters: licence plates; and the same with the last part left out, from four digits on. */
const PLATE = /^[a-z]{1,3}[- .]?(?:\d{2,4}[-_ .]?[a-z]{2,3}|\d{4,}|[a-z]{1,2}[-_ .]\d{3,4})$/i
/** A number between letters. */
const TURN = /(?<=[a-z])\d+(?=[a-z])/gi
/** Capitals and digits without a mark, a digit in their middle. */
const SERIAL = /^(?=.*\d)[A-Z0-9]{8,}$/
/** Digits of a run that is a number and not a counter. */
const RUN = 3

export function isNoName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4) return false
  let [digits, letters, spaces, runs, turns] = [0, 0, 0, 0, 0]
  for (let i = start; i < end; i++) {
    const sign = SIGN[bytes[i]!]!
    if (sign === Sign.no) return true
    if (sign === Sign.letter) letters++
    else if (sign === Sign.space) spaces++
    else if (sign === Sign.digit) {
      digits++
      let to = i + 1
      while (to < end && SIGN[bytes[to]!] === Sign.digit) to++
      if (i > start && to < end && SIGN[bytes[i - 1]!] === Sign.letter && SIGN[bytes[to]!] === Sign.letter) turns++
      if (to - i >= RUN && !isBounded(bytes, start, end, i, to)) runs++
      digits += to - i - 1
      i = to - 1
    } else if (bytes[i] === 0x40 && i > start) return true
  }
  if (isCredentialLike(bytes, start, end)) return true
  if (digits === 0) return spaces > 2 || hasOpaquePart(bytes, start, end)
  if (isGrouped(bytes, start, end, 4)) return true
  if (letters === 0 || (spaces > 1 && digits > 2) || (letters === 1 && digits >= 5)) return true
  if (isShuffled(bytes, start, end) || hasOpaquePart(bytes, start, end)) return true
  const text = Buffer.from(bytes.subarray(start, end)).toString("latin1")
  if (PLATE.test(text) || SERIAL.test(text)) return text.replace(NORM, "") !== ""
  if (turns >= 2 && end - start >= 8) return (text.replace(NORM, "").match(TURN)?.length ?? 0) >= 2
  if (runs === 0 || digits < 4) return false
  return /\d{3}/.test(text.replace(NORM, ""))
}

/** A number between marks or ends, or at the end of a word of three letters or more. */
function isBounded(bytes: Uint8Array, start: number, end: number, from: number, to: number): boolean {
  if (to < end && SIGN[bytes[to]!] === Sign.letter) return false
  let letters = 0
  while (from - letters > start && SIGN[bytes[from - letters - 1]!] === Sign.letter) letters++
  return letters === 0 || letters >= 3
}
