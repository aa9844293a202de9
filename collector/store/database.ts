// What the SQL of this folder needs from a database connection: the part of node:sqlite that it uses, so that only
// those who open a file know where the connection comes from.

export type SqlValue = null | number | bigint | string | Uint8Array
export type Row = Record<string, SqlValue>

export interface Statement {
  /** `changes`: rows that were added, changed or removed. */
  run(...values: (null | number | bigint | string | Uint8Array)[]): { readonly changes: number | bigint }
  get(...values: (null | number | bigint | string | Uint8Array)[]): Record<string, unknown> | undefined
  all(...values: (null | number | bigint | string | Uint8Array)[]): Record<string, unknown>[]
}

export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
}
