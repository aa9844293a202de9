// Facts of evidence as lines of a table: a name in words, and the number with its unit, which is the last word of the name.
import { bytes, count, percent, words } from "./format.ts"

export interface FactLine {
  readonly name: string
  readonly value: string
}

/** Last words that are units: what a number of them says. */
const UNITS: Readonly<Record<string, (value: number) => string>> = {
  days: (value) => plural(value, "day"),
  hours: (value) => plural(value, "hour"),
  minutes: (value) => `${number(value)} min`,
  seconds: (value) => `${number(value)} s`,
  ms: (value) => `${number(value)} ms`,
  us: (value) => `${number(value / 1000)} ms`,
  bytes: (value) => bytes(value),
  share: (value) => percent(value),
  bits: (value) => plural(value, "bit"),
}

export function factLines(facts: Readonly<Record<string, number | string>>): FactLine[] {
  return Object.entries(facts).map(([key, value]) => {
    const said = words(key).split(" ")
    const unit = said.at(-1)!.toLowerCase()
    if (typeof value === "string") return { name: capital(words(key)), value: value === "" ? "–" : value }
    const form = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
    if (form === undefined) return { name: capital(words(key)), value: number(value) }
    // "window days": 7 is "window: 7 days"; a name that is nothing but its unit keeps it.
    const name = said.length > 1 && unit !== "share" ? said.slice(0, -1).join(" ") : said.join(" ")
    return { name: capital(name), value: form(value) }
  })
}

/** Whole numbers with their thousands, others with three digits, chances as powers of ten. */
export function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return count(value)
  return Math.abs(value) < 0.001 ? chance(value) : String(Number(value.toPrecision(3)))
}

/** Models are not good enough to tell smaller ones apart. */
const LEAST = 1e-12

/** "0.03", "1 in 10^9". */
export function chance(p: number): string {
  if (p < LEAST) return "under 1 in 10^12"
  return p >= 0.001 ? String(Number(p.toPrecision(2))) : `1 in 10^${Math.floor(-Math.log10(p) + 1e-9)}`
}

function plural(value: number, unit: string): string {
  return `${number(value)} ${value === 1 ? unit : `${unit}s`}`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()
