// The texts that follow from the declarations: help of a command, and what is in force.
import {
  environmentName,
  flagName,
  type NumberOption,
  type Option,
  type Options,
  type Settled,
  showNumber,
} from "./options.ts"

export interface Command {
  readonly name: string
  /** "FILE..." or "": what follows the options. */
  readonly operands: string
  readonly sentence: string
  readonly options: Options
}

/** The value as a person would type it. */
export function showValue(option: Option, value: unknown): string {
  if (option.secret === true) return value === option.default ? "" : "(set)"
  if (option.kind === "tables")
    return (value as readonly unknown[]).length === 0 ? "" : `${(value as readonly unknown[]).length} in the file`
  if (Array.isArray(value)) return value.join(",")
  // A server's credentials are not for tickets.
  if (typeof value === "string" && option.kind === "text" && option.placeholder === "URL")
    return value.replaceAll(/(?<=:\/\/|,|^)[^/@,\s]+@/g, "(credentials)@")
  if (typeof value === "number") return showNumber(option as NumberOption, value)
  return String(value)
}

/** What stands for the value in help: "SIZE", "ndjson|null", "" for a flag. */
function placeholderOf(option: Option): string {
  switch (option.kind) {
    case "flag":
      return ""
    case "bytes":
      return " SIZE"
    case "duration":
      return " TIME"
    case "number":
      return " N"
    case "tables":
      return " (file only)"
    case "list":
      return ` ${option.placeholder ?? "NAME"}...`
    default:
      return ` ${option.values?.join("|") ?? option.placeholder ?? "TEXT"}`
  }
}

/** Of each option: its flag with a placeholder, its sentence with the default and limits. */
export const optionRows = ({ options }: Command): [flag: string, text: string][] =>
  Object.entries(options).map(([name, option]) => describe(name, option))

function describe(name: string, option: Option): [string, string] {
  const shown = showValue(option, option.default)
  const limits = "min" in option ? `, ${showNumber(option, option.min)} to ${showNumber(option, option.max)}` : ""
  const standard = option.kind === "flag" || shown === "" ? "" : ` [${shown}${limits}]`
  return [`${flagName(name)}${placeholderOf(option)}`, `${option.sentence}${standard}`]
}

export function helpOf(program: string, command: Command): string {
  const rows = optionRows(command)
  const width = Math.min(34, Math.max(0, ...rows.map(([flag]) => flag.length)))
  const lines = rows.map(
    ([flag, text]) => `  ${flag.padEnd(width)}${flag.length > width ? `\n  ${" ".repeat(width)}` : ""}  ${text}`,
  )
  return [
    `usage: ${program} ${command.name} [options]${command.operands === "" ? "" : ` ${command.operands}`}`,
    "",
    command.sentence,
    "",
    ...lines,
    "",
    "Every option can also stand in the environment (SONDE_ and the name in capitals) or in the TOML file named by --config.",
    "",
  ].join("\n")
}

export function overviewOf(program: string, sentence: string, commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length))
  return [
    `usage: ${program} COMMAND [options]`,
    "",
    sentence,
    "",
    ...commands.map(
      (command) => `  ${command.name.padEnd(width)}  ${command.sentence.split(". ")[0]!.replace(/\.$/, "")}`,
    ),
    "",
    `${program} COMMAND --help describes a command; ${program} --version prints the version.`,
    "",
  ].join("\n")
}

/** One line an option: what is in force and where it comes from. */
export function inForce<O extends Options>(options: O, settled: Settled<O>): string {
  const width = Math.max(...Object.keys(options).map((name) => name.length))
  return Object.entries(options)
    .map(([name, option]) => {
      const origin = settled.origins[name]
      const where = origin === "environment" ? environmentName(name) : origin
      return `${name.padEnd(width)}  ${showValue(option, settled.values[name as keyof O])}  (${where})\n`
    })
    .join("")
}
