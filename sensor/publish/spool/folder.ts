// The folder of a spool: whose it is, who uses it, and its parts of several workers.
//
//   DIR/w0/00000017.spool ...     batches of the first (or only) worker, oldest first
//   DIR/w0/lock                   the process that writes there (lock.ts)
//   DIR/w0/damaged                the last file that was none, for whoever wants to know
import { existsSync, mkdirSync, readdirSync, renameSync, type Stats, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { WorldError } from "../../../shared/config/program.ts"
import { lockHolder, takeLock } from "./lock.ts"

const FILE = /^(\d{8})\.spool$/
const PLACE = /^w(\d+)$/
const OTHERS = 0o077
const OTHERS_WRITE = 0o022
const STICKY = 0o1000

/** The place of a worker; the only pipeline is worker 0, as in sentences and boots (workers.ts). */
export const placeOf = (folder: string, worker: number): string => join(folder, `w${worker}`)
export const fileName = (number: number): string => `${String(number).padStart(8, "0")}.spool`

/** What the system refused, in a sentence that names the spool. */
export function spoolError(place: string, error: unknown): WorldError {
  if (error instanceof WorldError) return error
  const { code, path } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return new WorldError(`The spool ${place} cannot be used: ${code} at ${path ?? place}.`)
}

/** Numbers of the files of a place, ascending. */
export function fileNumbers(place: string): readonly number[] {
  return readdirSync(place)
    .map((name) => Number(FILE.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b)
}

/**
 * Makes the place if need be. Throws WorldError: others may write into it or have, it cannot be made, another process uses it. What lies in it
 * is sent in this sensor's name.
 */
export function takePlace(place: string): void {
  try {
    makePlace(place)
    const mistake = ownership(place, statSync(place), statSync(dirname(place)))
    if (mistake !== null) throw new WorldError(mistake)
    const holder = takeLock(place)
    if (holder !== 0)
      throw new WorldError(`The spool ${place} is in use by process ${holder}: each sensor needs one of its own.`)
  } catch (error) {
    throw spoolError(place, error)
  }
}

/** The place and the folder above it, no more: a mistyped path is said, and Node's own recursion (24.21) never ends under /proc. */
function makePlace(place: string): void {
  for (const path of [dirname(place), place]) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 })
}

function ownership(place: string, own: Stats, above: Stats): string | null {
  if (own.uid !== process.getuid?.()) return `The spool ${place} belongs to another user (uid ${own.uid}).`
  if ((own.mode & OTHERS) !== 0) return `The spool ${place} is open to other users; chmod 700 ${place}.`
  if ((above.mode & OTHERS_WRITE) !== 0 && (above.mode & STICKY) === 0)
    return `Other users may write into ${dirname(place)}, where the spool lies; chmod 700 ${dirname(place)}.`
  return null
}

/**
 * What workers left that there are no more (a sensor that had four and has two now) is moved to the first one. Called before any of
 * them starts. Returns the number of files moved. Throws WorldError where the system refuses.
 */
export function adoptPlaces(folder: string, workers: number): number {
  try {
    const to = placeOf(folder, 0)
    // Whoever is about to be refused moves nothing.
    if (!existsSync(folder) || lockHolder(to) !== 0) return 0
    let moved = 0
    for (const name of readdirSync(folder)) {
      const worker = Number(PLACE.exec(name)?.[1] ?? 0)
      if (worker >= workers) moved += adopt(join(folder, name), to)
    }
    return moved
  } catch (error) {
    throw spoolError(folder, error)
  }
}

function adopt(from: string, to: string): number {
  const files = fileNumbers(from)
  if (files.length === 0 || lockHolder(from) !== 0) return 0
  const mistake = ownership(from, statSync(from), statSync(dirname(from)))
  if (mistake !== null) throw new WorldError(mistake)
  makePlace(to)
  let next = (fileNumbers(to).at(-1) ?? 0) + 1
  for (const file of files) renameSync(join(from, fileName(file)), join(to, fileName(next++)))
  return files.length
}
