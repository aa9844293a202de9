// sonde-collector backup, restore, check: sentences and exit codes; the work is in store/sqlite-backup.ts and sqlite-check.ts.
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Settled } from "../shared/config/options.ts"
import { UsageError, WorldError } from "../shared/config/program.ts"
import type { BACKUP_OPTIONS, CHECK_OPTIONS, RESTORE_OPTIONS } from "./backup-options.ts"
import { backupStore, restoreStore } from "./store/sqlite-backup.ts"
import { type CheckReport, checkFile } from "./store/sqlite-check.ts"
import { DATABASE_FILE } from "./store/sqlite-open.ts"
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
  const former = await worldly(async () => restoreStore(values.data, file, nowMs))
  out(`${values.data} holds what ${file} holds.${former === "" ? "" : ` The former store is ${former}.`}\n`)
  return 0
}

export async function runCheck(
  { values }: Settled<typeof CHECK_OPTIONS>,
  out: (text: string) => void,
): Promise<number> {
  const [option, file] = values.db === "" ? ["--data", join(values.data, DATABASE_FILE)] : ["--db", values.db]
  if (!existsSync(file)) throw new UsageError(`${option}: there is no ${file}.`)
  if (statSync(file).isDirectory())
    throw new UsageError(`${option}: ${file} is a folder; --data takes the folder of a store, --db a file.`)
  const report = await worldly(async () => checkFile(file))
  out(values.format === "json" ? `${JSON.stringify({ file, ...report }, null, 2)}\n` : pageOf(file, report))
  return report.well ? 0 : 1
}

function pageOf(file: string, report: CheckReport): string {
  const { well, bytes, freeBytes, walBytes, schema, exchanges, checkpoint, damage, lostReferences, tables } = report
  const lines = [
    `${file}: ${count(bytes)} bytes, ${count(freeBytes)} of them free, ${count(walBytes)} in the write-ahead log`,
    `  schema ${schema}, ${count(exchanges)} exchanges, checkpoint ${count(checkpoint)}`,
    ...tables.map(({ table, bytes: of }) => `  ${table.padEnd(20)} ${count(of).padStart(16)}`),
    ...damage.map((sentence) => `  damaged: ${sentence}`),
  ]
  if (lostReferences > 0) lines.push(`  damaged: ${count(lostReferences)} rows refer to rows that are not there`)
  lines.push(well ? "  well" : "  Put a backup in its place: sonde-collector restore (deploy/docs/backup.md).")
  return `${lines.join("\n")}\n`
}

const count = (value: number): string => value.toLocaleString("en-US")

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
