// What is written whole or not at all.
//
// In:  statements to run. Out: what they give, committed; or the first error, with everything as it was.
import type { Database } from "./database.ts"

/** `onUndone`: called after a failure, for whatever follows the database in memory. */
export function transact<T>(database: Database, action: () => T, onUndone: () => void = () => undefined): T {
  database.exec("BEGIN IMMEDIATE")
  try {
    const result = action()
    database.exec("COMMIT")
    return result
  } catch (error) {
    try {
      database.exec("ROLLBACK")
    } catch {
      // SQLite has already rolled back after some errors (disk full); the first error is the one to tell.
    }
    onUndone()
    throw error
  }
}
