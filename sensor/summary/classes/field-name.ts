// Names of fields, in words: "customerEmail", "customer_email", "Customer-E-Mails" are customer email and customer e mail.
//
// In:  a name as it was written.   Out: which classes it speaks of.
// A hint is words in a row ("card number") anywhere in the name; with "$" behind they must be its last ("pan$"). Digits part
// words and are none; a plural is its singular. A name is looked at once a field, not once a value; bounded by its caller.

import type { ParentNames } from "./field-receiver.ts"

/** So that "emails" is "email"; "address" loses its end in names and hints alike. */
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith("s")) return word
  return word.slice(0, word.endsWith("es") ? -2 : -1)
}

const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a

/** A word ends before a capital letter that follows a small one, or that begins a small one after capitals: "userIP", "IPAddress". */
export function wordsOf(name: string): string[] {
  const words: string[] = []
  let from = -1
  for (let i = 0; i <= name.length; i++) {
    const code = i === name.length ? 0 : name.charCodeAt(i)
    const isCapital = isUpper(code)
    const isLetter = isCapital || isLower(code)
    const isStart = isCapital && from >= 0 && (isLower(name.charCodeAt(i - 1)) || isLower(name.charCodeAt(i + 1)))
    if (from >= 0 && (!isLetter || isStart)) {
      words.push(singular(name.slice(from, i).toLowerCase()))
      from = -1
    }
    if (isLetter && from < 0) from = i
  }
  return words
}

/** Names that say nothing without the one above them. */
const GENERIC: ReadonlySet<string> = new Set("number no num nr value val code raw text content digit full".split(" "))

const PARENT_MAX = 64

interface Hint {
  readonly words: readonly string[]
  /** The words must be the name's last. */
  readonly isLast: boolean
  readonly id: number
}

export class FieldNames {
  /** By first word. */
  readonly #hints = new Map<string, Hint[]>()

  /** `hints`: by class. */
  constructor(hints: readonly (readonly string[])[]) {
    for (const [id, texts] of hints.entries())
      for (const text of texts) {
        const words = wordsOf(text)
        const first = words[0] ?? ""
        const known = this.#hints.get(first) ?? []
        this.#hints.set(first, known)
        known.push({ words, isLast: text.endsWith("$"), id })
      }
  }

  /** Classes that the name speaks of, ascending, each once. {"card": {"number": 1}} is "card number", and "card". */
  classes(name: string, parents: ParentNames | null = null): number[] {
    const words = wordsOf(name)
    const found: number[] = []
    this.#find(words, found)
    if (words.length === 1 && GENERIC.has(words[0]!) && parents !== null) {
      const above = wordsOf(parents.parentName().slice(0, PARENT_MAX))
      this.#find([...above, ...words], found)
      this.#find(above, found)
    }
    return found.sort((a, b) => a - b)
  }

  #find(words: readonly string[], found: number[]): void {
    for (let i = 0; i < words.length; i++)
      for (const { words: hint, isLast, id } of this.#hints.get(words[i]!) ?? [])
        if (isThere(words, i, hint, isLast) && !found.includes(id)) found.push(id)
  }
}

function isThere(words: readonly string[], at: number, hint: readonly string[], isLast: boolean): boolean {
  const end = at + hint.length
  if (isLast ? end !== words.length : end > words.length) return false
  for (let k = 1; k < hint.length; k++) if (words[at + k] !== hint[k]) return false
  return true
}
