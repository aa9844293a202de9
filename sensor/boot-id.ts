// The id of a run. A live run draws one. A run over captures derives it from what it reads: the same captures give the same
// batches under the same positions, so a collector that has them counts nothing twice.
import { createHash, randomBytes } from "node:crypto"
import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { Domain, type PseudonymKey } from "./summary/privacy/pseudonym.ts"

const EDGE_BYTES = 64 * 1024

/** What identifies a regular file without reading all of it: its size and both its ends. Null for anything else. */
function edges(path: string): Buffer | null {
  let fd: number
  try {
    fd = openSync(path, "r")
  } catch {
    return null
  }
  try {
    const status = fstatSync(fd)
    if (!status.isFile()) return null
    const hash = createHash("sha256").update(`${status.size}\n`)
    const bytes = Buffer.alloc(EDGE_BYTES)
    for (const at of [0, Math.max(0, status.size - EDGE_BYTES)])
      hash.update(bytes.subarray(0, readSync(fd, bytes, 0, EDGE_BYTES, at)))
    return hash.digest()
  } finally {
    closeSync(fd)
  }
}

export function randomBoot(): string {
  return randomBytes(8).toString("hex")
}

/**
 * Derived from the captures, in order, and the key log behind them, from the key and from `settings`: whatever else changes the batches. Random when a
 * path is no regular file.
 */
export function captureBoot(paths: readonly string[], key: PseudonymKey, settings: string): string {
  const mark = Buffer.from("boot")
  const hash = createHash("sha256").update(`${key.of(Domain.exchange).text(mark, 0, mark.length)}\n${settings}\n`)
  for (const path of paths) {
    const part = path === "-" ? null : edges(path)
    if (part === null) return randomBoot()
    hash.update(part)
  }
  return `c${hash.digest("hex").slice(0, 15)}`
}
