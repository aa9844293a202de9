// sonde-collector backup, restore: sentences and exit codes; the work is in store/sqlite-backup.ts.
import { existsSync } from "node:fs"
import type { Settled } from "../shared/config/options.ts"
import { UsageError, WorldError } from "../shared/config/program.ts"
import type { BACKUP_OPTIONS, RESTORE_OPTIONS } from "./backup-options.ts"
import { forgetReader } from "./consume/stream-reader.ts"
import { backupStore, restoreStore } from "./store/sqlite-backup.ts"
import { StoreError } from "./store/store.ts"

export interface BackupOutput {
  readonly out: (text: string) => void
  /** Share done, for a terminal. */
  readonly progress: (share: number) => void
}

export async function runBackup({ values }: Settled<typeof BACKUP_OPTIONS>, to: BackupOutput): Promise<number> {
  if (values.out === "") throw new UsageError("backup needs --out FILE.")
  if (existsSync(values.out)) throw new UsageError(`--out: ${values.out} is there already; nothing is overwritten.`)
  const { bytes, exchanges } = await worldly(() => backupStore(values.data, values.out, to.progress))
  to.out(`${values.out}: ${bytes} bytes, ${exchanges} exchanges, checked.\n`)
  return 0
}

export async function runRestore(
  { values, operands }: Settled<typeof RESTORE_OPTIONS>,
  nowMs: number,
  out: (text: string) => void,
): Promise<number> {
  const [file = "", ...more] = operands
  if (file === "" || more.length > 0) throw new UsageError("restore needs one FILE.")
  if (!existsSync(file)) throw new UsageError(`restore: there is no ${file}.`)
  // The server's position in the stream is that of the former store.
  forgetReader(values.data)
  const former = await worldly(async () => restoreStore(values.data, file, nowMs))
  out(`${values.data} holds what ${file} holds.${former === "" ? "" : ` The former store is ${former}.`}\n`)
  return 0
}

async function worldly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StoreError && error.code === "locked")
      throw new WorldError("--data: a collector is using this store: stop it first.")
    if (error instanceof StoreError) throw new WorldError(error.message)
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new WorldError(`The store cannot be copied: ${message}.`)
  }
}
