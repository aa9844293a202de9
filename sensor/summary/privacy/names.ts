// Names of parameters, fields and cookies, fit to be published: a name that is an id or a secret itself is folded
// to its kind, a random suffix is folded, bytes that could be mistaken for marks are escaped.

import { textOf } from "../percent.ts"
import { classify, isStrong, KIND_NAMES, Kind } from "../value-class.ts"
import { isNoName } from "./name-likeness.ts"
import { isRandomLetters } from "./path-secrets.ts"

/** Longest name that is published as text. */
export const NAME_MAX = 64

/** Shorter names of letters and dashes are words. */
const PLAIN_MIN = 10
/** From this length on letters alone may be a kind of their own. */
const CLASSIFY_MIN = 16

/** The kind that a name of [start, end) is folded to, or Kind.empty when it may stand as text. */
export function foldedKind(bytes: Uint8Array, start: number, end: number): Kind {
  if (end - start > NAME_MAX) return Kind.text
  let isPlain = end - start < CLASSIFY_MIN
  for (let i = start; i < end && isPlain; i++) {
    const b = bytes[i]!
    if ((b | 0x20) < 0x61 || (b | 0x20) > 0x7a) isPlain = b === 0x2d || b === 0x5f
  }
  if (isPlain) return end - start >= PLAIN_MIN && isRandomLetters(bytes, start, end) ? Kind.id : Kind.empty
  const kind = classify(bytes, start, end)
  if (isStrong(kind)) return kind
  return isNoName(bytes, start, end) ? Kind.id : Kind.empty
}

/** Runs inside a name that are random or numbered: "SESS49960de5880e8c68", "_pk_id.1.1fff", "wp-settings-1042". */
const RANDOM =
  /(?<![0-9A-Fa-f])(?=[0-9A-Fa-f]*\d)[0-9A-Fa-f]{12,}(?![0-9A-Fa-f])|(?<=[A-Z]{4})[0-9a-f]{12,}(?![0-9A-Fa-f])/g
/** What may stand before such a run without being a part of it: nothing, a mark, a word in capitals, or Drupal's, which comes in small letters too. */
const BEFORE = /(?:^|[^A-Za-z0-9])([A-Z]{2,10}|s?sess)?$/
const NUMBER = /\d{4,}/g
/** Addresses inside a name: "x-192.168.1.1", "host-10-0-0-1", "jane@example.com-id". */
const ADDRESS = /(?<!\d)\d{1,3}([._-])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)/g
const MAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*/g

const escapeChar = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`

/** Letters around the run may be the rest of it: "plantedk9f8e7d6c5b4a3". Behind a word in capitals its own are small: "SESS4996...". */
function isGlued(run: string, at: number, text: string): boolean {
  const before = BEFORE.exec(text.slice(0, at))
  if (before === null || /^[A-Za-z0-9]/.test(text.slice(at + run.length))) return true
  return before[1] !== undefined && /[A-F]/.test(run)
}

/** The text of a name that need not be folded as a whole; of one that is partly random and partly unclear, "{id}". */
export function nameText(bytes: Uint8Array, start: number, end: number): string {
  let isUnclear = false
  const fold = (run: string, at: number, text: string): string => {
    isUnclear ||= isGlued(run, at, text)
    return "{hex}"
  }
  const text = textOf(bytes, start, end)
    .replace(/[:{}\s]/g, escapeChar)
    .replace(MAIL, "{email}")
    .replace(ADDRESS, "{ip}")
    .replace(RANDOM, fold)
  return isUnclear ? `{${KIND_NAMES[Kind.id]}}` : text.replace(NUMBER, "{int}")
}

/** A name as published: as text, with its random run folded, or folded as a whole. */
export function publishedName(bytes: Uint8Array, start: number, end: number): string {
  const kind = foldedKind(bytes, start, end)
  if (kind === Kind.empty) return nameText(bytes, start, end)
  const text = kind === Kind.text ? "" : nameText(bytes, start, end)
  return /^[A-Za-z][A-Za-z_-]{0,15}\{(?:hex|ip)\}$/.test(text) ? text : `{${KIND_NAMES[kind]}}`
}

/**
 * Kind of a field or cookie value. Ids of requests and sessions switch between the weak kinds from one value to the next,
 * which would make an operation of each; they are told apart only as far as that does not happen.
 */
export function steadyKind(bytes: Uint8Array, start: number, end: number): Kind {
  const kind = classify(bytes, start, end)
  return kind === Kind.slug || kind === Kind.code || kind === Kind.serial || kind === Kind.file ? Kind.mix : kind
}

/** Sorted, each once, at most `max`. */
export function uniqueSorted(names: string[], max: number): { names: readonly string[]; cut: number } {
  const unique = [...new Set(names)].sort()
  return { names: unique.slice(0, max), cut: Math.max(0, unique.length - max) }
}
