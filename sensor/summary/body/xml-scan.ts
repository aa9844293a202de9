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

/** What a byte may be in a name: 1 its start, 2 only a later one. Bytes of other scripts may be anything. */
const NAME = new Uint8Array(256).fill(1, 0x80)
NAME.fill(1, 0x61, 0x7b).fill(1, 0x41, 0x5b).fill(2, 0x30, 0x3a)
NAME[0x5f] = NAME[0x3a] = 1
NAME[0x2d] = NAME[0x2e] = 2

export const isNameStart = (b: number): boolean => NAME[b] === 1

export function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + NAME_MAX)
  let i = start
  while (i < stop && NAME[bytes[i]!] !== 0) i++
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
