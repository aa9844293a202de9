// What the database and the file system throw, as the store's errors.
import { StoreError } from "./store.ts"

/** Runs `action`, turning what the database and the file system throw into StoreErrors. */
export function guard<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw storeErrorOf(error)
  }
}

// Primary result codes of SQLite; extended ones have them in their lowest byte.
const CODES: Readonly<Record<number, StoreError["code"]>> = {
  5: "locked",
  6: "locked",
  11: "corrupt",
  13: "disk-full",
  26: "corrupt",
}

/** Errors that are neither the database's nor the file system's are our own mistakes: they are thrown as they are. */
export function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (!(error instanceof Error)) throw error
  // Every row was written as JSON by this program.
  if (error instanceof SyntaxError) return new StoreError("corrupt", `A row cannot be read: ${error.message}.`)
  const { code, errcode, errstr } = error as Error & { code?: unknown; errcode?: unknown; errstr?: unknown }
  if (typeof errcode === "number") {
    return new StoreError(
      CODES[errcode & 0xff] ?? "io",
      `The store failed: ${sentenceOf(String(errstr), error.message)}.`,
    )
  }
  if (code === "ENOSPC") return new StoreError("disk-full", `The store failed: ${error.message}.`)
  if (typeof code === "string" && /^E[A-Z]+$/.test(code)) {
    return new StoreError("io", `The store failed: ${error.message}.`)
  }
  throw error
}

/** What SQLite says is often said twice. */
function sentenceOf(code: string, message: string): string {
  return message.includes(code) || code === "undefined" ? message : `${code} (${message})`
}
