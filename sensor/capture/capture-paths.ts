// From the paths that the user named to the captures to read, in order.
//
// In: files, `-` for standard input, directories. Out: the captures, and a problem for each path that gives none.
// A directory stands for the capture files directly in it, in the order of their names (the order in which dumpcap's ring
// wrote them); what else lies there is skipped with one sentence for the directory. Entries are judged by their first
// bytes, not by their names; subdirectories are not entered.
import { closeSync, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs"
import { join } from "node:path"
import { be32 } from "../../shared/bytes/read.ts"
import { compressionOf } from "./decompressed-input.ts"
import type { CaptureProblem } from "./packet-source.ts"

export interface CapturePath {
  readonly path: string
  /** True when it was found in a directory: that it holds no packets is then no failure of the run. */
  readonly isFound: boolean
}

/** Names listed in the sentence about skipped files. */
const NAMES_SHOWN = 3

/** Magic numbers as the first four bytes read in network order. */
const CAPTURE_MAGICS = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1, 0x0a0d0d0a])

export function expandPaths(paths: readonly string[], report: (problem: CaptureProblem) => void): CapturePath[] {
  const captures: CapturePath[] = []
  for (const path of paths) {
    if (path === "-" || !statusOf(path)?.isDirectory()) captures.push({ path, isFound: false })
    else captures.push(...capturesIn(path, report))
  }
  return captures
}

/** Null when there is nothing, or nothing that may be looked at: opening it will say why. */
function statusOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function capturesIn(directory: string, report: (problem: CaptureProblem) => void): CapturePath[] {
  const captures: CapturePath[] = []
  const skipped: string[] = []
  let names: string[]
  try {
    names = readdirSync(directory).sort()
  } catch {
    report({ code: "unreadable", sentence: `${directory}: a directory that may not be read.`, partial: false })
    return []
  }
  for (const name of names) {
    const path = join(directory, name)
    if (startsLikeCapture(path)) captures.push({ path, isFound: true })
    else skipped.push(name)
  }
  if (captures.length === 0) {
    report({ code: "directory", sentence: `${directory}: a directory that holds no capture file.`, partial: false })
  } else if (skipped.length > 0) {
    const shown = skipped.slice(0, NAMES_SHOWN)
    const more = skipped.length > NAMES_SHOWN ? ", ..." : ""
    const sentence = `${directory}: ${skipped.length} of its entries are no capture files and were skipped (${shown.join(", ")}${more}).`
    report({ code: "not-a-capture", sentence, partial: true })
  }
  return captures
}

/** What cannot be opened counts as a capture, so that reading it says why. */
function startsLikeCapture(path: string): boolean {
  if (!statusOf(path)?.isFile()) return false
  const bytes = new Uint8Array(4)
  try {
    const fd = openSync(path, "r")
    try {
      if (readSync(fd, bytes) < 4) return false
    } finally {
      closeSync(fd)
    }
  } catch {
    return true
  }
  return CAPTURE_MAGICS.has(be32(bytes, 0) >>> 0) || compressionOf(bytes, 0) !== null
}
