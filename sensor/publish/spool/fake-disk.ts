// A disk for tests of the spool: the real one, until it is told to be full.
import { writevSync } from "node:fs"
import type { Write } from "./files.ts"

export class FakeDisk {
  isFull = false
  readonly write: Write = (fd, parts, position) => {
    if (this.isFull) throw Object.assign(new Error("no space"), { code: "ENOSPC" })
    return writevSync(fd, parts, position)
  }
}
