// A copy of the store while a collector uses it, and the way back.
//
// Out: one file that is whole: SQLite's own online backup, checked before it gets its name. A copy of sonde.sqlite by cp is not: what the
// last seconds changed lies in the write-ahead log beside it.
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { backup, DatabaseSync } from "node:sqlite"
import { damageOf, type StoreFile, schemaOf, storeFileOf } from "./sqlite-check.ts"
import { DATABASE_FILE, takeLock } from "./sqlite-open.ts"
import { StoreError } from "./store.ts"

/** Pages copied before others may write again: some 4 MB. */
const PAGES = 1000

/** Copies the store of `folder` to `file`, which must not be there. Throws StoreError. `onProgress`: share done. */
export async function backupStore(
  folder: string,
  file: string,
  onProgress: (share: number) => void,
): Promise<StoreFile> {
  const path = join(folder, DATABASE_FILE)
  if (!existsSync(path)) throw new StoreError("corrupt", `There is no store in ${folder}.`)
  const source = new DatabaseSync(path, { readOnly: true })
  const part = `${file}.part`
  try {
    rmSync(part, { force: true })
    await backup(source, part, {
      rate: PAGES,
      progress: ({ totalPages, remainingPages }) => onProgress(1 - remainingPages / Math.max(1, totalPages)),
    })
    chmodSync(part, 0o600)
    const facts = checkBackup(part)
    renameSync(part, file)
    return facts
  } finally {
    source.close()
    rmSync(part, { force: true })
  }
}

/** What a backup holds. Throws StoreError when it is damaged, or is none. */
export function checkBackup(file: string): StoreFile {
  try {
    const copy = new DatabaseSync(file, { readOnly: true })
    try {
      schemaOf(copy, file)
      const [found] = damageOf(copy, 1)
      if (found !== undefined) throw new StoreError("corrupt", `${file} is damaged (${found}).`)
      return storeFileOf(copy, file)
    } finally {
      copy.close()
    }
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new StoreError("corrupt", `${file} is no backup of a store (${(error as Error).message}).`)
  }
}

/** Puts a backup in the place of the store of `folder`, which no collector may be using. Returns where the former one is now, "" for none. */
export function restoreStore(folder: string, file: string, nowMs: number): string {
  checkBackup(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = takeLock(folder)
  try {
    const path = join(folder, DATABASE_FILE)
    const isThere = existsSync(path)
    const former = isThere ? `${path}.before-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-")}` : ""
    copyFileSync(file, `${path}.part`)
    chmodSync(`${path}.part`, 0o600)
    for (const end of ["-wal", "-shm", ""]) if (isThere && existsSync(path + end)) renameSync(path + end, former + end)
    renameSync(`${path}.part`, path)
    return former
  } finally {
    lock.close()
  }
}
