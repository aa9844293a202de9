// Small files that are there whole or not at all: keys, credentials, tokens, status.
//
// In:  a path, a text, a mode. Out: the file; whoever reads meanwhile sees the former one or the new one. What the disk refuses is thrown as
// the system's error (`code`), and leaves nothing half behind: neither the file nor the one that was to take its place.
import { closeSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs"

/** Makes a file that must not be there yet (EEXIST), and forces it to the disk. */
export function makeFile(path: string, text: string, mode: number): void {
  write(path, text, mode, null)
}

/**
 * Puts a file in the place of the one that is there, if any, whose owner it keeps where this process may give files away. Throws EEXIST when
 * PATH.new is there: another process is at it, or one was killed.
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const next = `${path}.new`
  write(next, text, mode, path)
  try {
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}

function write(path: string, text: string, mode: number, former: string | null): void {
  const fd = openSync(path, "wx", mode)
  try {
    const owner = former === null ? undefined : statSync(former, { throwIfNoEntry: false })
    if (owner !== undefined && process.getuid?.() === 0) fchownSync(fd, owner.uid, owner.gid)
    const bytes = Buffer.from(text)
    if (writeSync(fd, bytes) !== bytes.length)
      throw Object.assign(new Error("no room for all of it"), { code: "ENOSPC" })
    fsyncSync(fd)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
}
