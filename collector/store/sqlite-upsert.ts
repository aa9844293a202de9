// INSERT statements that find a row already there, key columns first: replace it, add to it, or as they are told.
import type { Database, Statement } from "./database.ts"

/** INSERT that replaces what is there, key columns first. */
export function replace(
  database: Database,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
): Statement {
  const all = [...keys, ...columns]
  const sets = columns.map((column) => `${column} = excluded.${column}`)
  return upsert(database, table, keys, all, sets)
}

/** INSERT that adds to what is there. */
export function increase(
  database: Database,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
): Statement {
  const all = [...keys, ...columns]
  const sets = columns.map((column) => `${column} = ${column} + excluded.${column}`)
  return upsert(database, table, keys, all, sets)
}

export function upsert(
  database: Database,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
  sets: readonly string[],
): Statement {
  const places = columns.map(() => "?").join(", ")
  return database.prepare(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places}) ` +
      `ON CONFLICT (${keys.join(", ")}) DO UPDATE SET ${sets.join(", ")}`,
  )
}
