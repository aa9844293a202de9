// The words of a capture filter: text cut at white space, parentheses and operators, each piece with its column.
//
// In: text. Out: tokens. `&&` is given as "and", `||` as "or", `!` as "not", so that the parser knows one spelling.
import { FilterError } from "./filter-expression.ts"

export interface FilterToken {
  /** "(", ")", "and", "or", "not", or a word as it stands. */
  readonly text: string
  /** From 1. */
  readonly column: number
}

/** Characters of a filter at most. */
export const FILTER_CHARACTERS_MAX = 65_536

const TOKEN = /\s+|&&|\|\||[()!]|[^\s()!&|]+|./gsu

const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["&&", "and"],
  ["||", "or"],
  ["!", "not"],
])

export function filterTokens(text: string): FilterToken[] {
  if (text.length > FILTER_CHARACTERS_MAX)
    throw new FilterError(`the filter has ${text.length} characters; ${FILTER_CHARACTERS_MAX} is the most.`)
  const tokens: FilterToken[] = []
  for (const match of text.matchAll(TOKEN)) {
    const word = match[0]
    const column = match.index + 1
    if (/^\s/u.test(word)) continue
    const spelling = SPELLINGS.get(word)
    if (word === "&" || word === "|")
      throw new FilterError(`"${word}" at column ${column}: write "${word}${word}".`, column)
    if (spelling === undefined && /[[\]<>=&|]/u.test(word))
      throw new FilterError(
        `${shown(word)} at column ${column}: comparing bytes or lengths, as in tcp[13] or len > 100, is not part of this filter language.`,
        column,
      )
    tokens.push({ text: spelling ?? word, column })
  }
  return tokens
}

/** A word as it may stand in a message: short, printable, quoted. */
export function shown(word: string): string {
  const plain = word.replaceAll(/[^\x20-\x7e]/gu, "?")
  return `"${plain.length > 40 ? `${plain.slice(0, 37)}...` : plain}"`
}
