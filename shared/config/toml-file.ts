// The one configuration file: TOML. Owner of smol-toml.
import { readFileSync } from "node:fs"
import { parse, TomlError } from "smol-toml"

/** The file's table, or one sentence that names the file and the line. */
export function readToml(path: string): { table: Record<string, unknown> } | { mistake: string } {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch (error) {
    return { mistake: `--config ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).` }
  }
  try {
    return { table: parse(text) as Record<string, unknown> }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return { mistake: `--config ${path} is not TOML: line ${error.line}, column ${error.column}.` }
  }
}
