// The eighteen styles that ids of the mode "hard" come in, and the forms that a string id of the mode "native" takes.
import type { SeededRandom } from "./seeded-random.ts"
import {
  AIRPORTS,
  COMPANIES,
  COMPANY_FORMS,
  COUNTRIES,
  CURRENCIES,
  DOMAIN_WORDS,
  FILE_ENDINGS,
  FILE_STEMS,
  FIRST_NAMES,
  LAST_NAMES,
  LOCALES,
} from "./vocabulary.ts"

const LOWER = "abcdefghijklmnopqrstuvwxyz"
const UPPER = LOWER.toUpperCase()
const DIGITS = "0123456789"
const HEX = "0123456789abcdef"
const BASE62 = DIGITS + LOWER + UPPER
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

export interface IdStyle {
  readonly name: string
  /** Distinct values a parameter of this style has at most. */
  readonly most: number
  /** One parameter's source of values: choices that hold for all of them (a prefix, a length) are made here. */
  make(random: SeededRandom): () => string
}

const style = (name: string, most: number, make: (random: SeededRandom) => () => string): IdStyle => ({
  name,
  most,
  make,
})
const pad = (n: number, digits: number): string => String(n).padStart(digits, "0")

/** As people write names: "Anna Müller". */
const title = (text: string): string =>
  text
    .split(" ")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).replace("ue", "ü"))
    .join(" ")

export function uuid(r: SeededRandom): string {
  const h = r.text(HEX, 30)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(12, 15)}-${r.pick([..."89ab"])}${h.slice(15, 18)}-${h.slice(18)}`
}

function date(r: SeededRandom): string {
  return `${r.integer(2021, 2026)}-${pad(r.integer(1, 12), 2)}-${pad(r.integer(1, 28), 2)}`
}

export const STRONG_STYLES: readonly IdStyle[] = [
  style("int", 4000, (r) => {
    const most = 10 ** r.integer(2, 8)
    return () => String(r.integer(1, most))
  }),
  style("uuid", 4000, (r) => () => uuid(r)),
  style("hex", 4000, (r) => {
    const length = r.pick([16, 24, 32, 40])
    return () => r.text(HEX, length)
  }),
  style("ulid", 4000, (r) => () => `01H${r.text(CROCKFORD, 23)}`),
  style("date", 800, (r) => () => date(r)),
  style("email", 800, (r) => () => `${r.pick(FIRST_NAMES)}.${r.pick(LAST_NAMES)}@${r.pick(COMPANIES)}.example`),
]

export const WEAK_STYLES: readonly IdStyle[] = [
  style("slug", 1500, (r) => () => {
    const parts = Array.from({ length: r.integer(2, 4) }, () => r.pick(DOMAIN_WORDS))
    return r.chance(0.2) ? `${parts.join("-")}-${r.integer(2, 99)}` : parts.join("-")
  }),
  style("person", 400, (r) => {
    const join = r.pick([".", "-", "_", "", " "])
    const write = join === " " ? title : (text: string): string => text
    return () => write(r.chance(0.3) ? r.pick(LAST_NAMES) : `${r.pick(FIRST_NAMES)}${join}${r.pick(LAST_NAMES)}`)
  }),
  style("company", 250, (r) => {
    const join = r.pick(["-", "-", " "])
    const write = join === " " ? title : (text: string): string => text
    return () => write(r.chance(0.5) ? r.pick(COMPANIES) : `${r.pick(COMPANIES)}${join}${r.pick(COMPANY_FORMS)}`)
  }),
  style("airport", 90, (r) => () => r.pick(AIRPORTS)),
  style("country or currency", 50, (r) => {
    const list = r.pick([COUNTRIES, CURRENCIES])
    return () => r.pick(list)
  }),
  style("file", 800, (r) => {
    const ending = r.chance(0.5) ? [r.pick(FILE_ENDINGS)] : FILE_ENDINGS
    return () => `${r.pick(FILE_STEMS)}-${r.chance(0.5) ? r.pick(LAST_NAMES) : r.integer(1, 400)}.${r.pick(ending)}`
  }),
  style("version", 40, (r) => () => `${r.integer(0, 4)}.${r.integer(0, 12)}.${r.integer(0, 9)}`),
  style("base62", 4000, (r) => {
    const length = r.pick([8, 11, 16, 22])
    return () => r.text(BASE62, length)
  }),
  style("prefixed", 4000, (r) => {
    const prefix = r.pick(["cus", "ord", "inv", "sub", "pi", "evt", "acct", "prod"])
    return () => `${prefix}_${r.text(BASE62, 14)}`
  }),
  style("mixed code", 1500, (r) => {
    const [letters, digits] = [r.integer(2, 3), r.integer(2, 4)]
    return () =>
      `${r.text(UPPER, letters)}${r.chance(0.3) ? r.text(LOWER, 1) : ""}${r.text(DIGITS, digits)}${r.text(UPPER, 1)}`
  }),
  style("domain word", 160, (r) => () => r.pick(DOMAIN_WORDS)),
  style("locale or sku", 300, (r) => {
    if (r.chance(0.4)) return () => r.pick(LOCALES)
    const family = r.text(UPPER, 2)
    return () => `${family}-${r.text(UPPER, 3)}-${r.pick(["XS", "S", "M", "L", "XL", "XXL"])}`
  }),
]

/** All eighteen. */
export const ID_STYLES: readonly IdStyle[] = [...STRONG_STYLES, ...WEAK_STYLES]

export const styleNamed = (name: string): IdStyle => ID_STYLES.find((one) => one.name === name)!
