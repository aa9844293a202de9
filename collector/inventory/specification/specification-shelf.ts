// The specifications that were imported, parsed, by service: what classification, drift, pins and export read.
//
// In:  edits, and at the start the documents of the store. Out: documents for the next checkpoint; an index of operations a service.
// Bounded: DOCUMENTS_MAX of a service, OPERATIONS_MAX_ALL over all of them; an edit beyond that is refused with a sentence.
import type { SpecificationRecord } from "../../store/documents.ts"
import type { Store } from "../../store/store.ts"
import type { Documents } from "../documents.ts"
import { type Actor, EditError, type Edited, type EditOf } from "../edits.ts"
import { OperationIndex } from "./operation-index.ts"
import { digestOf, parseSpecification } from "./parse-specification.ts"
import { SpecificationError } from "./specification-error.ts"
import { expectedOf, pinsOf } from "./specification-pins.ts"
import type { ParsedSpecification } from "./specified-operation.ts"
import { isCurrent } from "./standing.ts"

/** Documents of one service. */
export const DOCUMENTS_MAX = 50
/** Operations of all documents: about 2 KB each in memory. */
export const OPERATIONS_MAX_ALL = 200_000

/** How people name a document of a service; it is a part of addresses. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/

export interface ServiceName {
  readonly id: string
  readonly name: string
  /** "" for a service without one. */
  readonly authority: string
}

export const documentId = (service: string, name: string): string => `${service}/${name}`

export class SpecificationShelf {
  readonly #documents: Documents
  readonly #parsed = new Map<string, ParsedSpecification>()
  readonly #records = new Map<string, SpecificationRecord[]>()
  readonly #indexes = new Map<string, OperationIndex>()
  readonly #authorityOf: (service: string) => string
  #operations = 0

  constructor(documents: Documents, authorityOf: (service: string) => string) {
    this.#documents = documents
    this.#authorityOf = authorityOf
    for (const record of documents.all("specification")) this.#of(record.service).push(record)
    for (const records of this.#records.values()) records.sort(byName)
  }

  /** Parses what the store holds, once at the start. */
  async load(store: Pick<Store, "document">): Promise<void> {
    for (const records of this.#records.values())
      for (const { service, name } of records) {
        const id = documentId(service, name)
        const bytes = (await store.document("specification", id))?.bytes
        if (bytes == null) continue
        // It was valid when it was taken; a document that a newer version refuses still has its text.
        const parsed = parseOrNull(Buffer.from(bytes).toString("utf8"))
        if (parsed !== null) this.#keep(id, parsed)
      }
  }

  /** In order of name. */
  records(service: string): readonly SpecificationRecord[] {
    return this.#records.get(service) ?? []
  }

  get services(): Iterable<string> {
    return this.#records.keys()
  }

  has(service: string): boolean {
    return this.records(service).length > 0
  }

  /** Null when the service has no documents. */
  index(service: string): OperationIndex | null {
    const records = this.records(service)
    if (records.length === 0) return null
    let index = this.#indexes.get(service)
    if (index === undefined) {
      index = this.#indexOf(service, records)
      this.#indexes.set(service, index)
    }
    return index
  }

  /** Changes nothing before everything that a document can make fail has succeeded. */
  put(service: ServiceName, edit: EditOf<"specification.put">, actor: Actor): Edited {
    const { name, text } = edit
    if (!NAME_PATTERN.test(name))
      throw new EditError("invalid", 'A name has letters, digits, ".", "_", "@" and "-", at most 64 of them.', "name")
    if (edit.supersedes?.includes(name) === true)
      throw new EditError("invalid", "A document cannot take its own place.", "supersedes")
    const parsed = parse(text)
    const id = documentId(service.id, name)
    const before = this.#documents.get("specification", id)
    this.#assertPlace(service.id, before, parsed)
    const record = recordOf(service.id, edit, parsed, actor)
    if (before !== null && isSame(before, record))
      return { id, sentence: `"${name}" of ${service.name} is there already: nothing changed.`, before: null }
    const index = this.#tried(record, parsed)
    this.#documents.put("specification", id, record, Buffer.from(text, "utf8"))
    this.#keep(id, parsed)
    this.#records.set(service.id, this.#with(record))
    this.#indexes.set(service.id, index)
    const what = `${parsed.format}, version ${parsed.version}, ${parsed.operations.length} operations`
    const verb = before === null ? "imported" : "replaced"
    return { id, sentence: `"${name}" of ${service.name} was ${verb}: ${what}.`, before }
  }

  remove(service: ServiceName, name: string): Edited {
    const id = documentId(service.id, name)
    const before = this.#documents.get("specification", id)
    if (before === null) throw new EditError("unknown", `${service.name} has no specification "${name}".`, "name")
    this.#documents.remove("specification", id)
    this.#operations -= this.#parsed.get(id)?.operations.length ?? 0
    this.#parsed.delete(id)
    const left = this.records(service.id).filter((record) => record.name !== name)
    if (left.length === 0) this.#records.delete(service.id)
    else this.#records.set(service.id, left)
    this.#indexes.delete(service.id)
    return { id, sentence: `"${name}" of ${service.name} was removed.`, before }
  }

  #assertPlace(service: string, before: SpecificationRecord | null, parsed: ParsedSpecification): void {
    if (before === null && this.records(service).length >= DOCUMENTS_MAX)
      throw new EditError("limit", `A service has at most ${DOCUMENTS_MAX} specifications: remove one first.`)
    if (this.#operations - (before?.operations ?? 0) + parsed.operations.length > OPERATIONS_MAX_ALL)
      throw new EditError(
        "limit",
        `All specifications together have at most ${OPERATIONS_MAX_ALL} operations: remove one first.`,
      )
  }

  #keep(id: string, parsed: ParsedSpecification): void {
    this.#operations += parsed.operations.length - (this.#parsed.get(id)?.operations.length ?? 0)
    this.#parsed.set(id, parsed)
  }

  #with(record: SpecificationRecord): SpecificationRecord[] {
    return [...this.records(record.service).filter(({ name }) => name !== record.name), record].sort(byName)
  }

  /** The index with this document, and what is made of it; an EditError when any of it fails. */
  #tried(record: SpecificationRecord, parsed: ParsedSpecification): OperationIndex {
    try {
      const index = this.#indexOf(record.service, this.#with(record), new Map([[record.name, parsed]]))
      pinsOf(index)
      expectedOf(index)
      return index
    } catch (error) {
      throw new EditError("invalid", `The document cannot be used: ${(error as Error).message.slice(0, 200)}.`)
    }
  }

  #indexOf(
    service: string,
    records: readonly SpecificationRecord[],
    newer: ReadonlyMap<string, ParsedSpecification> = new Map(),
  ): OperationIndex {
    const documents = records.flatMap((record) => {
      const parsed = newer.get(record.name) ?? this.#parsed.get(documentId(service, record.name))
      return parsed === undefined ? [] : [{ name: record.name, parsed, isCurrent: isCurrent(record, records) }]
    })
    return new OperationIndex(documents, this.#authorityOf(service))
  }

  #of(service: string): SpecificationRecord[] {
    let records = this.#records.get(service)
    if (records === undefined) {
      records = []
      this.#records.set(service, records)
    }
    return records
  }
}

const byName = (a: SpecificationRecord, b: SpecificationRecord): number => (a.name < b.name ? -1 : 1)

function parse(text: string): ParsedSpecification {
  try {
    return parseSpecification(text)
  } catch (error) {
    if (error instanceof SpecificationError) throw new EditError("invalid", error.message, error.place)
    throw error
  }
}

function parseOrNull(text: string): ParsedSpecification | null {
  try {
    return parseSpecification(text)
  } catch (error) {
    if (error instanceof SpecificationError) return null
    throw error
  }
}

function recordOf(
  service: string,
  edit: EditOf<"specification.put">,
  parsed: ParsedSpecification,
  actor: Actor,
): SpecificationRecord {
  return {
    service,
    name: edit.name,
    format: parsed.format,
    title: parsed.title,
    version: parsed.version,
    syntax: parsed.syntax,
    operations: parsed.operations.length,
    isDeprecated: edit.isDeprecated === true,
    isInForce: edit.isDeprecated === false,
    supersedes: [...new Set(edit.supersedes ?? [])],
    basePaths: [...new Set(parsed.bases.map(({ path }) => path))],
    remarks: parsed.remarks,
    digest: digestOf(edit.text),
    by: actor.name,
    atUs: actor.atUs,
  }
}

/** The same text under the same terms, whoever sends it again. */
function isSame(a: SpecificationRecord, b: SpecificationRecord): boolean {
  return (
    a.digest === b.digest &&
    a.isDeprecated === b.isDeprecated &&
    (a.isInForce ?? false) === (b.isInForce ?? false) &&
    a.supersedes.join("\n") === b.supersedes.join("\n")
  )
}
