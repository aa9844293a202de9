// Steps over the bytes of an XML document. Each takes an index and returns the one after what it stepped over, or ENDED
// when the bytes end first, or SENSELESS. XML 1.0 section 2.

export const ENDED = -1
export const SENSELESS = -2
/** Bytes of a name that are looked for: a longer one makes no sense. */
const NAME_MAX = 1024

const QUOTES = [0x22, 0x27]
const OPEN = 0x5b
const CLOSE = 0x5d
const GREATER = 0x3e

export const isSpace = (b: number): boolean => b === 0x20 || b === 0x0a || b === 0x0d || b === 0x09

/** Letters, "_", ":", and the bytes of other scripts. */
export const isNameStart = (b: number): boolean =>
  (b >= 0x61 && b <= 0x7a) || (b >= 0x41 && b <= 0x5a) || b === 0x5f || b === 0x3a || b >= 0x80

const isName = (b: number): boolean => isNameStart(b) || (b >= 0x30 && b <= 0x39) || b === 0x2d || b === 0x2e

export function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + NAME_MAX)
  let i = start
  while (i < stop && isName(bytes[i]!)) i++
  return i
}

export function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** Behind the next `text`, which is two or three characters long. */
export function skipPast(bytes: Uint8Array, at: number, end: number, text: string): number {
  const last = text.charCodeAt(text.length - 1)
  for (let i = at + text.length - 1; ; i++) {
    i = bytes.indexOf(last, i)
    if (i < 0 || i >= end) return ENDED
    if (startsWith(bytes, i + 1 - text.length, end, text)) return i + 1
  }
}

/** From behind "<!DOCTYPE" to behind its ">": quoted text, comments and the internal subset in brackets are passed over. */
export function skipDeclaration(bytes: Uint8Array, at: number, end: number): number {
  let isInside = false
  for (let i = at; i < end; i++) {
    const b = bytes[i]!
    if (b === OPEN) isInside = true
    else if (b === CLOSE) isInside = false
    else if (b === GREATER && !isInside) return i + 1
    else if (QUOTES.includes(b)) {
      const close = bytes.indexOf(b, i + 1)
      if (close < 0 || close >= end) return ENDED
      i = close
    } else if (b === 0x3c && startsWith(bytes, i, end, "<!--")) {
      i = skipPast(bytes, i + 4, end, "-->") - 1
      if (i < 0) return ENDED
    } else if (b === 0x3c && startsWith(bytes, i, end, "<?")) {
      i = skipPast(bytes, i + 2, end, "?>") - 1
      if (i < 0) return ENDED
    }
  }
  return ENDED
}
