// The documents of the store in memory: read at the start, changed by edits and by learning, handed to the next checkpoint.
//
// Each kind has one owner, which bounds how many documents of it there are.
import type { DocumentChange, DocumentKind, DocumentKinds, StoredDocument } from "../store/documents.ts"

export class Documents {
  readonly #records = new Map<DocumentKind, Map<string, DocumentKinds[DocumentKind]>>()
  /** By kind and id: the newest change waits, with the newest bytes. */
  readonly #pending = new Map<string, DocumentChange>()

  constructor(stored: readonly StoredDocument[]) {
    for (const { kind, id, record } of stored) this.#of(kind).set(id, record)
  }

  get<Kind extends DocumentKind>(kind: Kind, id: string): DocumentKinds[Kind] | null {
    return (this.#of(kind).get(id) as DocumentKinds[Kind] | undefined) ?? null
  }

  all<Kind extends DocumentKind>(kind: Kind): DocumentKinds[Kind][] {
    return [...this.#of(kind).values()] as DocumentKinds[Kind][]
  }

  count(kind: DocumentKind): number {
    return this.#of(kind).size
  }

  /** `bytes` undefined: those that are stored stay. */
  put<Kind extends DocumentKind>(kind: Kind, id: string, record: DocumentKinds[Kind], bytes?: Uint8Array): void {
    this.#of(kind).set(id, record)
    const kept = bytes ?? this.#pending.get(`${kind}\n${id}`)?.bytes
    this.#pending.set(`${kind}\n${id}`, kept === undefined ? { kind, id, record } : { kind, id, record, bytes: kept })
  }

  remove(kind: DocumentKind, id: string): void {
    if (!this.#of(kind).delete(id)) return
    this.#pending.set(`${kind}\n${id}`, { kind, id, record: null })
  }

  get isDirty(): boolean {
    return this.#pending.size > 0
  }

  /** What changed since the last call. */
  take(): DocumentChange[] {
    const taken = [...this.#pending.values()]
    this.#pending.clear()
    return taken
  }

  #of(kind: DocumentKind): Map<string, DocumentKinds[DocumentKind]> {
    let records = this.#records.get(kind)
    if (records === undefined) {
      records = new Map()
      this.#records.set(kind, records)
    }
    return records
  }
}
