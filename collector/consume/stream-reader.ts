// Which store a position in the stream belongs to.
//
//   DIR/stream-reader      a name made at random, which the durable consumer on the server carries as its description
//
// A server that remembers the position of another store (this one is new, or a backup was brought back, whose restoring removes the file)
// would leave out what this one has not seen. Given up: a folder that is copied by other means than backup and restore, file and all.
import { randomUUID } from "node:crypto"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const READER_FILE = "stream-reader"
const FORM = /^sonde store [0-9a-f-]{36}$/

/** The name of the store in `folder`; made when there is none, or none that is whole. */
export function readerOf(folder: string): string {
  const path = join(folder, READER_FILE)
  try {
    const text = readFileSync(path, "utf8").trim()
    if (FORM.test(text)) return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
  const reader = `sonde store ${randomUUID()}`
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(path, `${reader}\n`, { mode: 0o600 })
  return reader
}

/** The store in `folder` is about to be another one: the next start reads the stream from its beginning. */
export function forgetReader(folder: string): void {
  rmSync(join(folder, READER_FILE), { force: true })
}
