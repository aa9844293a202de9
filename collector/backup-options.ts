// Options of `sonde-collector backup`, `restore` and `check`, declared once.
import type { Command } from "../shared/config/help.ts"
import type { Options } from "../shared/config/options.ts"
import { STORE_FOLDER } from "./collector-options.ts"
import { STATUS_OPTIONS } from "./status-options.ts"

export const BACKUP_OPTIONS = {
  data: STORE_FOLDER,
  out: { kind: "text", sentence: "File to make; it must not be there.", default: "", placeholder: "FILE" },
} as const satisfies Options

export const backupCommand: Command & { readonly options: typeof BACKUP_OPTIONS } = {
  name: "backup",
  operands: "",
  sentence:
    "Copies the store into one file, also while a collector uses it, and checks the copy. Tokens and keys are not in it.",
  options: BACKUP_OPTIONS,
}

export const RESTORE_OPTIONS = { data: STORE_FOLDER } as const satisfies Options

export const restoreCommand: Command & { readonly options: typeof RESTORE_OPTIONS } = {
  name: "restore",
  operands: "FILE",
  sentence: "Puts a backup in the place of a store that no collector is using; the former store is kept beside it.",
  options: RESTORE_OPTIONS,
}

export const CHECK_OPTIONS = {
  data: STORE_FOLDER,
  db: {
    kind: "text",
    sentence: "A backup, or another file of a store, to read in place of the one of the folder.",
    default: "",
    placeholder: "FILE",
  },
  format: STATUS_OPTIONS.format,
} as const satisfies Options

export const checkCommand: Command & { readonly options: typeof CHECK_OPTIONS } = {
  name: "check",
  operands: "",
  sentence:
    "Reads all of a store, also while a collector uses it: every page, row, index and reference. The exit code is 1 when something is damaged.",
  options: CHECK_OPTIONS,
}
