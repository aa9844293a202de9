// Documents and the audit log in SQLite: small, replaced as wholes, read as wholes.
import type { Database, Row, Statement } from "./database.ts"
import type { AuditRecord, DocumentChange, DocumentKind, StoredDocument } from "./documents.ts"
import { clampLimit } from "./keyset.ts"

export class SqliteDocuments {
  readonly #put: Statement
  readonly #putRecord: Statement
  readonly #remove: Statement
  readonly #ofKind: Statement
  readonly #withBytes: Statement
  readonly #one: Statement
  readonly #addAudit: Statement
  readonly #audit: Statement
  readonly #auditOf: Statement
  readonly #auditCount: Statement

  constructor(database: Database) {
    this.#put = database.prepare("INSERT OR REPLACE INTO documents (kind, id, record, bytes) VALUES (?, ?, ?, ?)")
    this.#putRecord = database.prepare(
      "INSERT INTO documents (kind, id, record, bytes) VALUES (?, ?, ?, NULL) " +
        "ON CONFLICT (kind, id) DO UPDATE SET record = excluded.record",
    )
    this.#remove = database.prepare("DELETE FROM documents WHERE kind = ? AND id = ?")
    this.#ofKind = database.prepare("SELECT kind, id, record, NULL AS bytes FROM documents WHERE kind = ? ORDER BY id")
    this.#withBytes = database.prepare(
      "SELECT kind, id, record, iif(kind = 'templates', bytes, NULL) AS bytes FROM documents ORDER BY kind, id",
    )
    this.#one = database.prepare("SELECT kind, id, record, bytes FROM documents WHERE kind = ? AND id = ?")
    this.#addAudit = database.prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)")
    this.#audit = database.prepare("SELECT record FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?")
    this.#auditOf = database.prepare(
      "SELECT record FROM audit WHERE sequence < ? AND subject IN (SELECT value FROM json_each(?)) ORDER BY sequence DESC LIMIT ?",
    )
    this.#auditCount = database.prepare(
      "SELECT count(*) AS entries FROM audit WHERE ?1 IS NULL OR subject IN (SELECT value FROM json_each(?1))",
    )
  }

  write(documents: readonly DocumentChange[], audit: readonly AuditRecord[]): void {
    for (const { kind, id, record, bytes } of documents) {
      if (record === null) this.#remove.run(kind, id)
      else if (bytes === undefined) this.#putRecord.run(kind, id, JSON.stringify(record))
      else this.#put.run(kind, id, JSON.stringify(record), bytes)
    }
    for (const record of audit) {
      const { sequence, atUs, who, action, subject } = record
      this.#addAudit.run(sequence, atUs, who, action, subject, JSON.stringify(record))
    }
  }

  /** Of all kinds; with their bytes only those that are needed in memory. */
  load(): StoredDocument[] {
    return this.#withBytes.all().map((row) => documentOf(row as Row))
  }

  documents<Kind extends DocumentKind>(kind: Kind): StoredDocument<Kind>[] {
    return this.#ofKind.all(kind).map((row) => documentOf<Kind>(row as Row))
  }

  document<Kind extends DocumentKind>(kind: Kind, id: string): StoredDocument<Kind> | null {
    const row = this.#one.get(kind, id)
    return row === undefined ? null : documentOf<Kind>(row as Row)
  }

  /** `subjects`: all of them when undefined. */
  audit(beforeSequence: number, limit: number, subjects: readonly string[] | undefined): AuditRecord[] {
    const before = beforeSequence > 0 ? beforeSequence : Number.MAX_SAFE_INTEGER
    const rows =
      subjects === undefined
        ? this.#audit.all(before, clampLimit(limit))
        : this.#auditOf.all(before, JSON.stringify(subjects), clampLimit(limit))
    return rows.map((row) => JSON.parse(row.record as string) as AuditRecord)
  }

  countAudit(subjects: readonly string[] | undefined): number {
    return Number(this.#auditCount.get(subjects === undefined ? null : JSON.stringify(subjects))?.entries ?? 0)
  }
}

function documentOf<Kind extends DocumentKind>(row: Row): StoredDocument<Kind> {
  return {
    kind: row.kind as Kind,
    id: row.id as string,
    record: JSON.parse(row.record as string) as StoredDocument<Kind>["record"],
    bytes: (row.bytes as Uint8Array | null) ?? null,
  }
}
