// A folder for one process: a symbolic link whose target is the holder, "PID-START".
//
// A link is made whole or not at all, and takes no block: it can be had on a disk that is full. A lock of a process that is gone is taken over,
// and one of this process, too: of its workers only one at a time has a place. Given up: two machines, or two pid namespaces, on one folder.
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"

const LOCK = "lock"
const ATTEMPTS = 3

/** 0: it is had. Else the process that has it. Throws the system's error. */
export function takeLock(folder: string): number {
  const path = join(folder, LOCK)
  const mine = `${process.pid}-${startOf(process.pid)}`
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      symlinkSync(mine, path)
      return 0
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
    const held = targetOf(path)
    const holder = lockHolder(folder)
    if (holder !== 0 && holder !== process.pid) return holder
    removeStale(path, held)
  }
  return lockHolder(folder)
}

/** The living process that has the folder; 0: none. */
export function lockHolder(folder: string): number {
  const [pid, start] = targetOf(join(folder, LOCK)).split("-")
  return start !== undefined && start !== "" && startOf(Number(pid)) === start ? Number(pid) : 0
}

export function leaveLock(folder: string): void {
  rmSync(join(folder, LOCK), { force: true })
}

/** Another process may have taken over what was stale a moment ago: that one gets its lock back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (targetOf(aside) !== stale) linkSync(aside, path)
  } catch {
    // Gone, or taken again meanwhile: the next attempt sees it.
  }
  rmSync(aside, { force: true })
}

/** "" where there is no such link. */
function targetOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ""
  }
}

/** When a process started, ticks since boot (proc(5), stat, fields 3 and 22): a pid alone is given again. "" where it has ended. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return fields[0] === "Z" ? "" : (fields[19] ?? "")
  } catch {
    return ""
  }
}
