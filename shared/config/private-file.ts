// Files that hold a secret: readable by their owner only, and small.
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs"

/** Anyone but the owner may do something with the file. */
const OTHERS = 0o077
const GROUP = 0o070
/** A secret is short; a file of another kind is not read to its end. */
const FILE_BYTES_MAX = 4096

/** Why the system refused a file, in words. */
export const reasonOf = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException
  return code === "ENOENT"
    ? "there is no such file"
    : code === "EACCES"
      ? "permission is missing"
      : code === "ENOSPC"
        ? "there is no room on the disk"
        : String(code ?? error)
}

/**
 * The bytes, or what is wrong, to follow the option and the path in a sentence. A copy in `credentials` (systemd's credentials
 * directory, private to the unit) may show a group's bits, which stand for an access list there. `what`: "a key file".
 */
export function readPrivateFile(
  path: string,
  credentials: string,
  what: string,
  bytesMax = FILE_BYTES_MAX,
): { readonly bytes: Buffer } | { readonly mistake: string } {
  const forbidden = credentials !== "" && path.startsWith(`${credentials}/`) ? OTHERS & ~GROUP : OTHERS
  let fd: number
  try {
    fd = openSync(path, "r")
  } catch (error) {
    return { mistake: `cannot be read: ${reasonOf(error)}` }
  }
  try {
    const status = fstatSync(fd)
    if (!status.isFile() || status.size > bytesMax) return { mistake: `is not ${what}` }
    if ((status.mode & forbidden) !== 0) return { mistake: `is open to other users; chmod 600 ${path}` }
    return { bytes: readFileSync(fd) }
  } finally {
    closeSync(fd)
  }
}
