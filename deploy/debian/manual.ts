// Manual pages and completions from the same declarations that the programs read their options by.
import { type Command, helpOf } from "../../shared/config/help.ts"
import { flagName } from "../../shared/config/options.ts"

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
    for (const [flag, text] of optionRows(program.name, command)) lines.push(".TP", `.B ${roff(flag)}`, roff(text))
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

/** Flag with its placeholder, and its sentence with limits, as help prints them. */
function optionRows(name: string, command: Command): [string, string][] {
  const rows: [string, string][] = []
  let flag = ""
  for (const line of helpOf(name, command).split("\n")) {
    const alone = /^ {2}(--\S.*?)$/.exec(line)
    const both = /^ {2}(--.*?) {2,}(\S.*)$/.exec(line)
    const rest = /^ {6,}(\S.*)$/.exec(line)
    if (both !== null) rows.push([both[1]!, both[2]!])
    else if (alone !== null) flag = alone[1]!
    else if (rest !== null && flag !== "") {
      rows.push([flag, rest[1]!])
      flag = ""
    }
  }
  return rows
}

/** For bash-completion: commands, flags, values that are a closed list, else files. */
export function bashCompletion({ name, commands }: Program): string {
  const word = name.replaceAll("-", "_")
  const flags = commands.map(
    (command) => `    ${command.name}) flags="${Object.keys(command.options).map(flagName).join(" ")} --help" ;;`,
  )
  const values = new Map<string, string>()
  for (const { options } of commands)
    for (const [option, declared] of Object.entries(options))
      if ("values" in declared && declared.values !== undefined) values.set(flagName(option), declared.values.join(" "))
  return [
    `# bash completion of ${name}; made from the declarations of its options.`,
    `_${word}() {`,
    '  local current="$2" previous="$3" flags=""',
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
    '  else COMPREPLY=($(compgen -f -- "$current")); fi',
    "}",
    `complete -o filenames -F _${word} ${name}`,
    "",
  ].join("\n")
}
