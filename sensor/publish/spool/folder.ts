// The folder of a spool: whose it is, who uses it, and its parts of several workers.
//
//   DIR/w1/00000017.spool ...     batches of the first (or only) worker, oldest first
//   DIR/w1/lock                   the process that writes there: pid and when it started
//
// A lock of a process that is gone is taken over, and one of this process, too: of its workers only one at a time has a place.
// Given up: two machines, or two pid namespaces, on one shared folder.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { WorldError } from "../../../shared/config/program.ts"

const LOCK = "lock"
const FILE = /^(\d{8})\.spool$/
const PLACE = /^w(\d+)$/
const OTHERS = 0o077

/** The place of a worker; the only pipeline is worker 1. */
export const placeOf = (folder: string, worker: number): string => join(folder, `w${worker}`)
export const fileName = (number: number): string => `${String(number).padStart(8, "0")}.spool`

/** Numbers of the files of a place, ascending. */
export function fileNumbers(place: string): readonly number[] {
  return readdirSync(place)
    .map((name) => Number(FILE.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b)
}

/** Makes the place if need be. Throws WorldError: others may look into it, it cannot be made, another process uses it. */
export function takePlace(place: string): void {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 })
    if ((statSync(place).mode & OTHERS) !== 0)
      throw new WorldError(`The spool ${place} is open to other users; chmod 700 ${place}.`)
    lock(place)
  } catch (error) {
    if (error instanceof WorldError) throw error
    throw new WorldError(`The spool ${place} cannot be used: ${(error as NodeJS.ErrnoException).code ?? error}.`)
  }
}

export function leavePlace(place: string): void {
  rmSync(join(place, LOCK), { force: true })
}

/**
 * What workers left that there are no more (a sensor that had four and has two now) is moved to the first one. Called before any of
 * them starts. Returns the number of files moved.
 */
export function adoptPlaces(folder: string, workers: number): number {
  if (!existsSync(folder)) return 0
  let moved = 0
  for (const name of readdirSync(folder)) {
    const number = Number(PLACE.exec(name)?.[1] ?? 0)
    if (number <= workers) continue
    const from = join(folder, name)
    const files = fileNumbers(from)
    if (files.length === 0 || isHeld(join(from, LOCK))) continue
    const to = placeOf(folder, 1)
    mkdirSync(to, { recursive: true, mode: 0o700 })
    let next = (fileNumbers(to).at(-1) ?? 0) + 1
    for (const file of files) renameSync(join(from, fileName(file)), join(to, fileName(next++)))
    moved += files.length
  }
  return moved
}

function lock(place: string): void {
  const path = join(place, LOCK)
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, { flag: "wx", mode: 0o600 })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
    const holder = holderOf(path)
    if (holder !== process.pid && isHeld(path))
      throw new WorldError(`The spool ${place} is in use by process ${holder}: each sensor needs one of its own.`)
    if (existsSync(path)) unlinkSync(path)
  }
  throw new WorldError(`The spool ${place} is in use by another process.`)
}

function isHeld(path: string): boolean {
  try {
    const [pid, start] = readFileSync(path, "utf8").trim().split(" ")
    return startOf(Number(pid)) === start && start !== ""
  } catch {
    return false
  }
}

function holderOf(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, "utf8"), 10)
  } catch {
    return 0
  }
}

/** When a process started, ticks since boot (proc(5), stat, field 22): a pid alone is given again. "" where there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
  } catch {
    return ""
  }
}
