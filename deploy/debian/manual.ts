// Manual pages and completions from the same declarations that the programs read their options by.
import { type Command, optionRows, overviewOf } from "../../shared/config/help.ts"
import { flagName, type Option } from "../../shared/config/options.ts"

export interface Program {
  readonly name: string
  /** What it is, for whatis(1). */
  readonly about: string
  readonly sentence: string
  readonly commands: readonly Command[]
  /** Paths and what they are. */
  readonly files: readonly (readonly [string, string])[]
  readonly seeAlso: readonly string[]
}

/** roff reads a leading dot or quote, and backslashes. */
const roff = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1")

/** Section 8: programs of the system's administrator. `date`: YYYY-MM-DD. */
export function manualPage(program: Program, version: string, date: string): string {
  const lines = [
    `.TH ${program.name.toUpperCase()} 8 "${date}" "Sonde ${version}" "System administration"`,
    ".SH NAME",
    roff(`${program.name} - ${program.about}`).replace("\\- ", "\\- "),
    ".SH SYNOPSIS",
    `.B ${roff(program.name)}`,
    "COMMAND [OPTION]... [ARGUMENT]...",
    ".SH DESCRIPTION",
    roff(program.sentence),
    ".SH COMMANDS",
  ]
  for (const command of program.commands) {
    lines.push(
      `.SS ${roff(`${program.name} ${command.name}${command.operands === "" ? "" : ` ${command.operands}`}`)}`,
      roff(command.sentence),
    )
    for (const [flag, text] of optionRows(command)) lines.push(".TP", `.B ${roff(flag)}`, roff(text))
  }
  lines.push(
    ".SH ENVIRONMENT AND CONFIGURATION",
    roff(
      "Every option can also stand in the environment (SONDE_ and the name in capitals, dashes and dots as underscores) or in the TOML file named by --config. The command line comes first, then the environment, then the file. The command config prints what is in force and from where.",
    ),
    ".SH EXIT STATUS",
    ".TP\n.B 0\nSuccess.\n.TP\n.B 1\nThe world is not as it must be; one sentence says how.\n.TP\n.B 2\nA mistake in options or configuration; one sentence names it.",
    ".SH FILES",
  )
  for (const [path, what] of program.files) lines.push(".TP", `.I ${roff(path)}`, roff(what))
  lines.push(".SH SEE ALSO", roff(program.seeAlso.join(", ")), "")
  return lines.join("\n")
}

/** What may follow a command besides options, where that is a word of its own: "create", "list". */
const wordsOf = ({ operands }: Command): string[] => [...new Set(operands.match(/(?<![A-Z])\b[a-z][a-z-]+\b/g) ?? [])]

/** For bash-completion: commands, flags, values that are a closed list, else files. */
export function bashCompletion({ name, commands }: Program): string {
  const word = name.replaceAll("-", "_")
  const flags = commands.map(
    (command) =>
      `    ${command.name}) flags="${Object.keys(command.options).map(flagName).join(" ")} --help" words="${wordsOf(command).join(" ")}" ;;`,
  )
  const values = new Map<string, string>()
  for (const { options } of commands)
    for (const [option, declared] of Object.entries(options))
      if ("values" in declared && declared.values !== undefined) values.set(flagName(option), declared.values.join(" "))
  return [
    `# bash completion of ${name}; made from the declarations of its options.`,
    `_${word}() {`,
    '  local current="$2" previous="$3" flags="" words=""',
    "  COMPREPLY=()",
    '  case "$previous" in',
    ...[...values].map(([flag, list]) => `    ${flag}) COMPREPLY=($(compgen -W "${list}" -- "$current")); return ;;`),
    "  esac",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(" ")} --help --version" -- "$current"))`,
    "    return",
    "  fi",
    `  case "\${COMP_WORDS[1]}" in`,
    ...flags,
    "  esac",
    '  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$current"))',
    '  else COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current")); fi',
    "}",
    `complete -o filenames -F _${word} ${name}`,
    "",
  ].join("\n")
}

/** A text inside single quotes of zsh, in which brackets and colons mean something to _arguments. */
const quoted = (text: string): string => text.replaceAll(/[[\]:\\]/g, "\\$&").replaceAll("'", "'\\''")

function zshOption(name: string, option: Option): string {
  const repeated = option.kind === "list" ? "*" : ""
  const values = option.kind === "text" && option.values !== undefined ? `(${option.values.join(" ")})` : "_files"
  const value = option.kind === "flag" ? "" : `:${option.kind}:${values}`
  return `'${repeated}${flagName(name)}[${quoted(option.sentence)}]${value}'`
}

/** For zsh: the same, with the sentence of each option. */
export function zshCompletion({ name, commands }: Program): string {
  const cases = commands.map((command) => {
    const words = wordsOf(command)
    const options = Object.entries(command.options)
      .filter(([, option]) => option.kind !== "tables")
      .map(([option, declared]) => zshOption(option, declared))
    const operands = words.length === 0 ? "'*:file:_files'" : `'1:action:(${words.join(" ")})' '*:file:_files'`
    return `  ${command.name})\n    _arguments \\\n${options.map((one) => `      ${one} \\\n`).join("")}      ${operands}\n    ;;`
  })
  const first = ({ sentence }: Command): string => sentence.split(". ")[0]!.replace(/\.$/, "")
  return [
    `#compdef ${name}`,
    `# zsh completion of ${name}; made from the declarations of its options.`,
    "local -a commands",
    "commands=(",
    ...commands.map((command) => `  '${command.name}:${quoted(first(command))}'`),
    ")",
    "if (( CURRENT == 2 )); then",
    "  _describe command commands",
    "  return",
    "fi",
    "shift words",
    "(( CURRENT-- ))",
    'case "$words[1]" in',
    ...cases,
    "esac",
    "",
  ].join("\n")
}

/** Every text in which the program names its commands: what differs from `commands` has been forgotten here. */
export const overviewOfProgram = ({ name, sentence, commands }: Program): string => overviewOf(name, sentence, commands)
