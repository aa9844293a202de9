// What both programs do before their own work: find the command, settle its options, say every mistake at once, and turn
// the world's and the user's errors into one sentence and an exit code (1 the world, 2 usage). Never a stack trace for
// those; our own mistakes crash with one.
import { statSync } from "node:fs"
import { type Command, helpOf, overviewOf } from "./help.ts"
import { type Options, type Settled, settle } from "./options.ts"

/** Neither owner nor group. */
const OTHERS = 0o007

/** The user's mistake: exit code 2. */
export class UsageError extends Error {}
/** The world's refusal (file, network, permission): exit code 1. */
export class WorldError extends Error {}

export interface Action<O extends Options = Options> {
  readonly command: Command & { readonly options: O }
  /** Does the work and returns the exit code. `again` settles the options once more, for a daemon that is told to. */
  readonly run: (settled: Settled<O>, again: () => Promise<Settled<O>>) => Promise<number>
}

/** Lets actions with different options stand in one list. */
export function action<O extends Options>(
  command: Command & { readonly options: O },
  run: (settled: Settled<O>, again: () => Promise<Settled<O>>) => Promise<number>,
): Action {
  return { command, run } as unknown as Action
}

export interface Program {
  readonly name: string
  readonly version: string
  readonly sentence: string
  readonly actions: readonly Action[]
}

export interface Surroundings {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** The file is named by the command line or the environment, so those are settled first, without judging them. */
function configurationFile(options: Options, at: Surroundings, argv: readonly string[]): string {
  if (options.config === undefined) return ""
  return settle(options, { argv, environment: at.environment }).values.config as string
}

/** A file of settings may be anybody's to read, unless there is a password in it. */
function openSecrets({ options }: Command, { values, origins }: Settled<Options>, path: string): readonly string[] {
  if (path === "" || ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) === 0) return []
  return Object.entries(options).flatMap(([name, option]) => {
    const secret =
      option.kind === "text" && origins[name] === "file" ? (option.secretIn?.(values[name] as string) ?? null) : null
    return secret === null ? [] : [`${path} holds ${secret} ("${name}") and is open to other users; chmod 640 ${path}.`]
  })
}

/** The command's options from all their sources, and every mistake in them. */
async function settleCommand(command: Command, at: Surroundings, argv: readonly string[]): Promise<Settled<Options>> {
  const path = configurationFile(command.options, at, argv)
  // The reader of the file is loaded when there is a file.
  const file = path === "" ? { table: {} } : (await import("./toml-file.ts")).readToml(path)
  const settled = settle(command.options, {
    argv,
    environment: at.environment,
    file: "table" in file ? file.table : {},
  })
  const mistakes = [
    ...("mistake" in file ? [file.mistake] : []),
    ...settled.mistakes,
    ...openSecrets(command, settled, path),
  ]
  if (command.operands === "" && settled.operands.length > 0)
    mistakes.push(`${command.name} takes options only, not "${settled.operands[0]}".`)
  const { values, origins, operands } = settled
  return { values, origins, operands, mistakes }
}

/** Runs the program and returns its exit code. */
export async function runProgram(program: Program, at: Surroundings): Promise<number> {
  const [name, ...argv] = at.argv
  const commands = program.actions.map((one) => one.command)
  if (name === "--version" || name === "-V") {
    at.out(`${program.name} ${program.version}\n`)
    return 0
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const about = program.actions.find((one) => one.command.name === argv[0])
    const text =
      about === undefined ? overviewOf(program.name, program.sentence, commands) : helpOf(program.name, about.command)
    if (name === undefined) at.err(text)
    else at.out(text)
    return name === undefined ? 2 : 0
  }
  const chosen = program.actions.find((one) => one.command.name === name)
  if (chosen === undefined) {
    at.err(
      `${program.name}: "${name}" is no command; there are ${commands.map((command) => command.name).join(", ")}.\n`,
    )
    return 2
  }
  if (argv.includes("--help") || argv.includes("-h")) {
    at.out(helpOf(program.name, chosen.command))
    return 0
  }
  const settled = await settleCommand(chosen.command, at, argv)
  if (settled.mistakes.length > 0) {
    for (const mistake of settled.mistakes) at.err(`${program.name}: ${mistake}\n`)
    return 2
  }
  try {
    return await chosen.run(settled, () => settleCommand(chosen.command, at, argv))
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof WorldError)) throw error
    at.err(`${program.name}: ${error.message}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}
