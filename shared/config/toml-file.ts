// Files that people write in TOML: the configuration, and those that options name. Owner of smol-toml.
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs"
import { parse, TomlError } from "smol-toml"

/** A configuration larger than this is something else. */
const FILE_BYTES_MAX = 1024 * 1024

/** The text of a regular file within the limit. Throws what the system says. */
function readText(path: string): string {
  const fd = openSync(path, "r")
  try {
    const status = fstatSync(fd)
    if (!status.isFile() || status.size > FILE_BYTES_MAX)
      throw Object.assign(new Error(path), { code: "not a file of at most 1 MiB" })
    return readFileSync(fd, "utf8")
  } finally {
    closeSync(fd)
  }
}

/** The text of a file, or one sentence that names the option and the file. */
export function readTextFile(path: string, option: string): { text: string } | { mistake: string } {
  try {
    return { text: readText(path) }
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException
    return { mistake: `${option} ${path} cannot be read (${code}).` }
  }
}

/** The file's table and its text, or one sentence that names the option, the file and the line. */
export function readToml(
  path: string,
  option = "--config",
): { table: Record<string, unknown>; text: string } | { mistake: string } {
  const file = readTextFile(path, option)
  if ("mistake" in file) return file
  const { text } = file
  try {
    return { table: parse(text) as Record<string, unknown>, text }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return { mistake: `${option} ${path} is not TOML: line ${error.line}, column ${error.column}.` }
  }
}
