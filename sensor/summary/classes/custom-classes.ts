// Data classes of one's own, and known ones switched off, as an operator writes them.
//
//   [[classes.custom]]
//   name = "patient-number"                # as events and the console show it
//   pattern = "P[0-9]{8}"                  # of the whole value, optional; see pattern-syntax.ts
//   names = ["patient no", "pid$"]         # words of field names, optional; "$": at the end of the name
//   validator = "luhn"                     # optional: luhn, mod97, verhoeff; the digits (and letters) of the value
//   min-share = 0.9                        # of 20 distinct values, where the name says nothing; 0.5 to 1, by default 0.8
//
// In:  the tables of the file.   Out: classes in their order, or every mistake, each naming the class and the key. The name of
// a known one is refused: a slip would switch it off unseen.
// Bounded: CUSTOM_MAX classes, NAMES_MAX names each. A pattern that cannot be matched in one pass is refused here.
import type { Options, OptionTable, ValuesOf } from "../../../shared/config/options.ts"
import type { SummaryOptions } from "../options.ts"
import { BUILT_IN } from "./built-in.ts"
import { isDigit } from "./byte-sorts.ts"
import { ClassSet } from "./class-set.ts"
import { type Check, type DataClass, dataClass } from "./data-class.ts"
import { digits, isLuhn, isVerhoeff, readCode, readDigits } from "./digits.ts"
import { wordsOf } from "./field-name.ts"
import { Pattern } from "./pattern.ts"

export const CUSTOM_MAX = 64
const NAMES_MAX = 32
const NAME_TEXT_MAX = 64
/** Digits that a validator proves at least: fewer prove nothing. */
const PROVED_MIN = 4

const NAME = /^[a-z][a-z0-9-]{0,31}$/
const KEYS = ["name", "pattern", "names", "validator", "min-share"]
const KNOWN: readonly string[] = [...new Set(BUILT_IN.map((one) => one.name))].sort()

/** ISO/IEC 7064 MOD 97-10; letters count 10 to 35. */
function isMod97(count: number): boolean {
  let rest = 0
  for (let i = 0; i < count; i++) {
    const b = digits[i]!
    rest = isDigit(b) ? (rest * 10 + b - 0x30) % 97 : (rest * 100 + b - 0x37) % 97
  }
  return rest === 1
}

const proved =
  (read: typeof readDigits, isProved: (count: number) => boolean): Check =>
  (bytes, start, end) => {
    const count = read(bytes, start, end)
    return count >= PROVED_MIN && isProved(count)
  }

const VALIDATORS: Readonly<Record<string, Check>> = {
  none: () => true,
  luhn: proved(readDigits, isLuhn),
  mod97: proved(readCode, isMod97),
  verhoeff: proved(readDigits, isVerhoeff),
}

/** One table: its class, or its mistakes. */
class TableReader {
  readonly mistakes: string[] = []
  readonly #table: OptionTable
  readonly #label: string

  constructor(table: OptionTable, number: number) {
    this.#table = table
    const { name } = table
    this.#label = typeof name === "string" && NAME.test(name) ? `classes.custom "${name}"` : `classes.custom ${number}`
  }

  #wrong(key: string, what: string): void {
    this.mistakes.push(`${this.#label}: "${key}" ${what}.`)
  }

  read(taken: ReadonlySet<string>): DataClass | null {
    for (const key of Object.keys(this.#table))
      if (!KEYS.includes(key)) this.#wrong(key.slice(0, 40), `is no key of a class; there are ${KEYS.join(", ")}`)
    const name = this.#name(taken)
    const pattern = this.#pattern()
    const names = this.#names()
    const validator = this.#validator()
    const share = this.#share()
    if (this.mistakes.length > 0 || name === null) return null
    if (pattern === null && validator === null && names.length === 0) {
      this.#wrong("pattern", "is missing, and so are names and validator: one must say what the values are")
      return null
    }
    const check: Check = (bytes, start, end) =>
      (pattern === null || pattern.matches(bytes, start, end)) && (validator === null || validator(bytes, start, end))
    const isNamedOnly = pattern === null && validator === null
    const form = pattern === null ? {} : { form: pattern.form }
    return dataClass({ name, check: isNamedOnly ? null : check, hinted: check, hints: names, share, ...form })
  }

  #name(taken: ReadonlySet<string>): string | null {
    const { name } = this.#table
    if (typeof name !== "string" || !NAME.test(name))
      this.#wrong("name", "takes 1 to 32 small letters, digits and dashes, a letter first")
    else if (KNOWN.includes(name))
      this.#wrong(
        "name",
        "is that of a class that is always there; take another, and switch that one off with classes.off",
      )
    else if (taken.has(name)) this.#wrong("name", "is taken by another class")
    else return name
    return null
  }

  #pattern(): Pattern | null {
    const { pattern } = this.#table
    if (pattern === undefined) return null
    if (typeof pattern !== "string") {
      this.#wrong("pattern", "takes a text")
      return null
    }
    const compiled = Pattern.compile(pattern)
    if ("pattern" in compiled) return compiled.pattern
    this.#wrong("pattern", compiled.mistake)
    return null
  }

  #names(): readonly string[] {
    const { names } = this.#table
    if (names === undefined) return []
    const isGood = (name: unknown): name is string =>
      typeof name === "string" && name.length <= NAME_TEXT_MAX && wordsOf(name).length > 0
    if (Array.isArray(names) && names.length <= NAMES_MAX && names.every(isGood)) return names
    this.#wrong("names", `takes at most ${NAMES_MAX} texts with a letter in each`)
    return []
  }

  #validator(): Check | null {
    const { validator } = this.#table
    if (validator === undefined || validator === "none") return null
    const check = typeof validator === "string" && Object.hasOwn(VALIDATORS, validator) ? VALIDATORS[validator] : null
    if (check != null) return check
    this.#wrong("validator", `takes one of ${Object.keys(VALIDATORS).join(", ")}`)
    return null
  }

  #share(): number {
    const share = this.#table["min-share"] ?? 0.8
    if (typeof share === "number" && share >= 0.5 && share <= 1) return share
    this.#wrong("min-share", "takes a number from 0.5 to 1")
    return 1
  }
}

/** Classes without a mistake, and every mistake. */
export function parseCustomClasses(tables: readonly OptionTable[]): { classes: DataClass[]; mistakes: string[] } {
  const classes: DataClass[] = []
  const mistakes: string[] = []
  if (tables.length > CUSTOM_MAX) mistakes.push(`"classes.custom" takes at most ${CUSTOM_MAX} classes.`)
  const taken = new Set<string>()
  for (const [i, table] of tables.slice(0, CUSTOM_MAX).entries()) {
    const reader = new TableReader(table, i + 1)
    const one = reader.read(taken)
    mistakes.push(...reader.mistakes)
    if (one === null) continue
    classes.push(one)
    taken.add(one.name)
  }
  return { classes, mistakes }
}

export const CLASS_OPTIONS = {
  "classes.custom": {
    kind: "tables",
    sentence: "Data classes of one's own: name, pattern, names of fields, validator, min-share.",
    default: [],
    mistakes: (tables) => parseCustomClasses(tables).mistakes,
  },
  "classes.off": {
    kind: "list",
    sentence: "Data classes that are not looked for; all: none is.",
    default: [],
    placeholder: "NAME",
    check: (name: string) =>
      name === "all" || KNOWN.includes(name) ? null : `all, or names among ${KNOWN.join(", ")}`,
  },
} as const satisfies Options

/** `values` have been checked. */
export function classOptions(values: ValuesOf<typeof CLASS_OPTIONS>): Partial<SummaryOptions> {
  const { classes } = parseCustomClasses(values["classes.custom"])
  const off = values["classes.off"].includes("all") ? KNOWN : values["classes.off"]
  if (classes.length === 0 && off.length === 0) return {}
  return { classes: new ClassSet(new Set(off), classes) }
}
