// Addresses as they are written in a capture filter.
//
// In: a word. Out: numbers, or null when it is no such address. Numbers with leading zeros are refused in IPv4 addresses,
// because programs disagree about whether they are octal.
import { isIPv6 } from "node:net"

/** 1 to 4 numbers joined by dots, as a number of `count` * 8 bits moved to the top of 32: "10.1" is 0x0a010000, count 2. */
export function parseIpv4Part(word: string): { readonly address: number; readonly count: number } | null {
  const numbers = word.split(".")
  if (numbers.length > 4) return null
  let address = 0
  for (const [i, digits] of numbers.entries()) {
    if (!/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > 255) return null
    address += Number(digits) * 2 ** (24 - 8 * i)
  }
  return { address, count: numbers.length }
}

/** All four numbers. */
export function parseIpv4(word: string): number | null {
  const part = parseIpv4Part(word)
  return part?.count === 4 ? part.address : null
}

/** Four words, the first one first. */
export function parseIpv6(word: string): readonly number[] | null {
  if (!isIPv6(word) || word.includes("%")) return null
  const [head = "", tail] = word.split("::")
  const first = ipv6Groups(head)
  const last = tail === undefined ? [] : ipv6Groups(tail)
  const groups = [...first, ...new Array<number>(Math.max(0, 8 - first.length - last.length)).fill(0), ...last]
  return [0, 2, 4, 6].map((i) => groups[i]! * 0x10000 + groups[i + 1]!)
}

function ipv6Groups(part: string): number[] {
  if (part === "") return []
  return part.split(":").flatMap((group) => {
    const embedded = group.includes(".") ? parseIpv4(group) : null
    return embedded === null ? [Number.parseInt(group, 16)] : [embedded >>> 16, embedded & 0xffff]
  })
}

/** 00:11:22:33:44:55, 00-11-22-33-44-55 or 0011.2233.4455: the first two bytes, the last four. */
export function parseMac(word: string): { readonly high: number; readonly low: number } | null {
  const separated = /^[\da-f]{1,2}(?:([:-])[\da-f]{1,2}(?:\1[\da-f]{1,2}){4})$/i.test(word)
  const dotted = /^[\da-f]{4}(?:\.[\da-f]{4}){2}$/i.test(word)
  if (!separated && !dotted) return null
  const digits = separated
    ? word
        .split(/[:-]/)
        .map((byte) => byte.padStart(2, "0"))
        .join("")
    : word.replaceAll(".", "")
  return { high: Number.parseInt(digits.slice(0, 4), 16), low: Number.parseInt(digits.slice(4), 16) }
}

/** The mask of a prefix of `bits` of 32. */
export function prefixMask(bits: number): number {
  return bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0
}

/** A whole number, decimal or 0x hexadecimal, `least` to `most`; null when it is none. */
export function parseNumber(word: string, least: number, most: number): number | null {
  if (!/^(0|[1-9]\d*|0x[\da-f]+)$/i.test(word)) return null
  const value = Number(word)
  return value >= least && value <= most ? value : null
}
