// Options, declared once: name, kind, unit, default, limits, sentence. From that one declaration come the command line, the
// environment (SONDE_*), the configuration file (TOML), the help text and `config`, which says what is in force and why.
//
// In:  declarations, arguments, environment, parsed file.   Out: values with their origin, and every mistake at once.
// A dotted name is a table in the file and a dash on the command line: privacy.paths = --privacy-paths = SONDE_PRIVACY_PATHS.

interface Declared<T> {
  /** One sentence for help. */
  readonly sentence: string
  readonly default: T
  /** Never printed, and refused on the command line where every user of the machine could read it. */
  readonly secret?: boolean
}
export interface TextOption extends Declared<string> {
  readonly kind: "text"
  /** Allowed values, when they are a closed list. */
  readonly values?: readonly string[]
  /** Shown in help: "URL", "DIR". */
  readonly placeholder?: string
  /** Null when `text` is acceptable, else what it should be: "a host and a port, like 127.0.0.1:8470". */
  readonly check?: (text: string) => string | null
  /** What secret the text holds, "a password"; null for none. Refused on the command line like an option that is one. */
  readonly secretIn?: (text: string) => string | null
}
export interface ListOption extends Declared<readonly string[]> {
  readonly kind: "list"
  readonly placeholder?: string
  /** As for a text, of each item. */
  readonly check?: (item: string) => string | null
  /** The same of the list as a whole. */
  readonly checkAll?: (items: readonly string[]) => string | null
}
export interface FlagOption extends Declared<boolean> {
  readonly kind: "flag"
}
export interface NumberOption extends Declared<number> {
  readonly kind: "number" | "bytes" | "duration"
  /** Limits in the option's own unit: plain number, bytes, or microseconds. */
  readonly min: number
  readonly max: number
}
/** An array of tables of the configuration file: what is too rich for a command line. */
export type OptionTable = Readonly<Record<string, unknown>>
export interface TablesOption extends Declared<readonly OptionTable[]> {
  readonly kind: "tables"
  /** Every mistake in them: a whole sentence each. */
  readonly mistakes: (tables: readonly OptionTable[]) => readonly string[]
}
export type Option = TextOption | ListOption | FlagOption | NumberOption | TablesOption
export type Options = Readonly<Record<string, Option>>
export type ValuesOf<O extends Options> = {
  readonly [K in keyof O]: O[K]["kind"] extends "tables"
    ? readonly OptionTable[]
    : O[K]["default"] extends boolean
      ? boolean
      : O[K]["default"] extends number
        ? number
        : O[K]["default"] extends readonly string[]
          ? readonly string[]
          : string
}

/** Where a value came from. */
export type Origin = "default" | "file" | "environment" | "command line"

export interface Settled<O extends Options> {
  readonly values: ValuesOf<O>
  readonly origins: Readonly<Record<string, Origin>>
  /** What the arguments held besides options. */
  readonly operands: readonly string[]
  /** One sentence each, naming the option. Empty when all is well. */
  readonly mistakes: readonly string[]
}

export const flagName = (name: string): string => `--${name.replaceAll(".", "-")}`
export const environmentName = (name: string): string => `SONDE_${name.replaceAll(/[.-]/g, "_").toUpperCase()}`

const BYTES: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  kB: 1000,
  MB: 1e6,
  GB: 1e9,
}
const DURATIONS: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 }

function parseNumber(option: NumberOption, text: string): number | string {
  const match = /^(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim())
  const units = option.kind === "bytes" ? BYTES : option.kind === "duration" ? DURATIONS : { "": 1 }
  const unit = match === null ? undefined : units[match[2]!]
  if (match === null || unit === undefined) {
    const range = `${showNumber(option, option.min)} to ${showNumber(option, option.max)}`
    if (option.kind === "number") return `takes a number, ${range}`
    const like = showNumber(option, Number(option.default) || option.min || option.max)
    return `takes a ${option.kind === "bytes" ? "size" : "duration"} such as ${like}, ${range}`
  }
  const value = Number(match[1]) * unit
  if (!Number.isInteger(value)) return "takes a whole number"
  if (value < option.min || value > option.max)
    return `takes ${showNumber(option, option.min)} to ${showNumber(option, option.max)}`
  return value
}

/** A number in the largest unit that shows it whole. */
export function showNumber(option: NumberOption, value: number): string {
  if (option.kind === "number" || value === 0) return String(value)
  const units = option.kind === "bytes" ? { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } : DURATIONS
  let best = ""
  for (const [unit, size] of Object.entries(units)) if (value % size === 0) best = `${value / size}${unit}`
  return best
}

function checkItems(option: ListOption, items: readonly string[]): { value: unknown } | { mistake: string } {
  for (const item of items) {
    const wanted = option.check?.(item) ?? null
    if (wanted !== null) return { mistake: `takes ${wanted}, not "${item}"` }
  }
  const wanted = option.checkAll?.(items) ?? null
  if (wanted !== null) return { mistake: `takes ${wanted}` }
  return { value: items }
}

/** The option's value from text, or a string[] with one mistake (without the option's name). */
function parseText(option: Option, text: string): { value: unknown } | { mistake: string } {
  switch (option.kind) {
    case "tables":
      return { mistake: "stands only in the configuration file" }
    case "flag":
      if (text === "true" || text === "1" || text === "yes") return { value: true }
      if (text === "false" || text === "0" || text === "no" || text === "") return { value: false }
      return { mistake: "takes true or false" }
    case "list":
      return checkItems(
        option,
        text.split(",").filter((item) => item !== ""),
      )
    case "text": {
      if (option.values !== undefined && !option.values.includes(text))
        return { mistake: `takes one of ${option.values.join(", ")}` }
      const wanted = option.check?.(text) ?? null
      return wanted === null ? { value: text } : { mistake: `takes ${wanted}` }
    }
    default: {
      const value = parseNumber(option, text)
      return typeof value === "number" ? { value } : { mistake: value }
    }
  }
}

const isTable = (raw: unknown): raw is OptionTable =>
  typeof raw === "object" && raw !== null && !Array.isArray(raw) && !(raw instanceof Date)

function parseFileValue(option: Exclude<Option, TablesOption>, raw: unknown): { value: unknown } | { mistake: string } {
  if (option.kind === "flag") return typeof raw === "boolean" ? { value: raw } : { mistake: "takes true or false" }
  if (option.kind === "list") {
    if (Array.isArray(raw) && raw.every((item) => typeof item === "string")) return checkItems(option, raw)
    return { mistake: "takes a list of strings" }
  }
  if (typeof raw === "string" || typeof raw === "number") return parseText(option, String(raw))
  return { mistake: option.kind === "text" ? "takes a string" : "takes a number" }
}

/** {privacy: {paths: "strict"}} -> {"privacy.paths": "strict"}; arrays and scalars are leaves. */
function leavesOf(
  table: Readonly<Record<string, unknown>>,
  prefix = "",
  out = new Map<string, unknown>(),
): Map<string, unknown> {
  for (const [key, value] of Object.entries(table)) {
    const name = prefix === "" ? key : `${prefix}.${key}`
    if (isTable(value)) leavesOf(value, name, out)
    else out.set(name, value)
  }
  return out
}

/** The closest known name, for "did you mean": at most two edits away. */
function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let bestCost = 3
  for (const candidate of known) {
    const row = Array.from({ length: candidate.length + 1 }, (_, i) => i)
    for (let i = 1; i <= name.length; i++) {
      let diagonal = row[0]!
      row[0] = i
      for (let j = 1; j <= candidate.length; j++) {
        const keep = diagonal + (name[i - 1] === candidate[j - 1] ? 0 : 1)
        diagonal = row[j]!
        row[j] = Math.min(keep, row[j]! + 1, row[j - 1]! + 1)
      }
    }
    if (row[candidate.length]! < bestCost) [best, bestCost] = [candidate, row[candidate.length]!]
  }
  return best
}

class Settling {
  readonly values: Record<string, unknown> = {}
  readonly origins: Record<string, Origin> = {}
  readonly operands: string[] = []
  readonly mistakes: string[] = []
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
    for (const [name, option] of Object.entries(options)) {
      this.values[name] = option.default
      this.origins[name] = "default"
    }
  }

  #take(name: string, shown: string, origin: Origin, parsed: { value: unknown } | { mistake: string }): void {
    if ("mistake" in parsed) {
      this.mistakes.push(`${shown} ${parsed.mistake}.`)
      return
    }
    this.values[name] = parsed.value
    this.origins[name] = origin
  }

  file(file: Readonly<Record<string, unknown>>): void {
    for (const [name, raw] of leavesOf(file)) {
      const option = this.#options[name]
      if (option === undefined) {
        const guess = nearest(name, Object.keys(this.#options))
        this.mistakes.push(
          `The configuration file names "${name}", which is no option${guess === null ? "" : `; did you mean "${guess}"?`}.`.replace(
            "?.",
            "?",
          ),
        )
      } else if (option.kind === "tables") this.#tables(name, option, raw)
      else this.#take(name, `"${name}" in the configuration file`, "file", parseFileValue(option, raw))
    }
  }

  #tables(name: string, option: TablesOption, raw: unknown): void {
    const isTables = Array.isArray(raw) && raw.every(isTable)
    const mistakes = isTables
      ? option.mistakes(raw)
      : [`"${name}" in the configuration file takes tables: [[${name}]].`]
    this.mistakes.push(...mistakes)
    if (mistakes.length === 0) this.#take(name, name, "file", { value: raw })
  }

  environment(environment: Readonly<Record<string, string | undefined>>): void {
    for (const [name, option] of Object.entries(this.#options)) {
      const text = environment[environmentName(name)]
      if (text !== undefined) this.#take(name, environmentName(name), "environment", parseText(option, text))
    }
  }

  #unknown(flag: string): void {
    const guess = nearest(flag, Object.keys(this.#options).map(flagName))
    this.mistakes.push(guess === null ? `${flag} is no option.` : `${flag} is no option; did you mean ${guess}?`)
  }

  arguments(argv: readonly string[]): void {
    const byFlag = new Map(Object.keys(this.#options).map((name) => [flagName(name), name]))
    let i = 0
    const isOption = (text: string): boolean => text.startsWith("-") && text !== "-"
    while (i < argv.length) {
      const argument = argv[i++]!
      if (argument === "--") {
        this.operands.push(...argv.slice(i))
        return
      }
      if (!isOption(argument)) {
        this.operands.push(argument)
        continue
      }
      const equals = argument.indexOf("=")
      const flag = equals < 0 ? argument : argument.slice(0, equals)
      const inline = equals < 0 ? undefined : argument.slice(equals + 1)
      const negated = flag.startsWith("--no-") ? byFlag.get(`--${flag.slice(5)}`) : undefined
      const name = byFlag.get(flag) ?? negated
      const option = name === undefined ? undefined : this.#options[name]
      if (name === undefined || option === undefined || (negated !== undefined && option.kind !== "flag"))
        this.#unknown(flag)
      else if (option.secret === true)
        this.mistakes.push(
          `${flag} is a secret and cannot stand on the command line; use ${environmentName(name)} or a file.`,
        )
      else if (option.kind === "tables") this.mistakes.push(`${flag} stands only in the configuration file.`)
      else if (option.kind === "flag")
        this.#take(
          name,
          flag,
          "command line",
          inline === undefined ? { value: negated === undefined } : parseText(option, inline),
        )
      else if (option.kind === "list") {
        const items = inline === undefined ? [] : [inline]
        while (inline === undefined && i < argv.length && !isOption(argv[i]!)) items.push(argv[i++]!)
        if (items.length === 0) this.mistakes.push(`${flag} needs ${option.placeholder ?? "a value"}.`)
        const before = this.origins[name] === "command line" ? (this.values[name] as readonly string[]) : []
        this.#take(name, flag, "command line", checkItems(option, [...before, ...items]))
      } else {
        const text =
          inline ?? (i < argv.length && !(isOption(argv[i]!) && !/^-\d/.test(argv[i]!)) ? argv[i++]! : undefined)
        const secret = text !== undefined && option.kind === "text" ? (option.secretIn?.(text) ?? null) : null
        if (text === undefined) this.mistakes.push(`${flag} needs a value.`)
        else if (secret !== null)
          this.mistakes.push(
            `${flag} holds ${secret}, which every user of this machine could read; use ${environmentName(name)} or a file.`,
          )
        else this.#take(name, flag, "command line", parseText(option, text))
      }
    }
  }
}

/** Later origins win: default, file, environment, command line. */
export function settle<O extends Options>(
  options: O,
  from: {
    readonly argv?: readonly string[]
    readonly environment?: Readonly<Record<string, string | undefined>>
    readonly file?: Readonly<Record<string, unknown>>
  },
): Settled<O> {
  const settling = new Settling(options)
  if (from.file !== undefined) settling.file(from.file)
  if (from.environment !== undefined) settling.environment(from.environment)
  if (from.argv !== undefined) settling.arguments(from.argv)
  return settling as unknown as Settled<O>
}
