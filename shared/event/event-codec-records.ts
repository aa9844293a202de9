// The records that events share (Client, Server, Identity, Operation, Form) as tables of a batch: the writing side.
//
// A record is put in its table when an event first refers to it; after that its row number is found by the identity of
// the object, because the sensor interns: comparing contents would cost more than the event. Two equal records that are
// different objects get two rows, which is correct and costs only bytes.
import type { Client, Form, Identity, Operation, Server, ShapeNote } from "./api-event.ts"
import { PROTOCOL_NAMES } from "./api-event.ts"
import { type ColumnWriter, NumberColumn, whole } from "./event-codec-columns.ts"
import { type Dictionary, NameLists } from "./event-codec-dictionary.ts"
import { CODEC_LIMITS, LIFETIME_MAX, PATH_FLAGS_MAX } from "./event-codec-limits.ts"

/** Estimate of what a row takes in all columns of its table. */
const RECORD_BYTES = 16

/** Rows of one kind of record. The subclass gives the columns in the order in which event-codec-record-reader.ts takes them apart. */
abstract class RecordTable<Row extends object> {
  readonly #rows = new Map<Row, number>()
  readonly #columns: readonly NumberColumn[]
  protected readonly dictionary: Dictionary

  constructor(width: number, dictionary: Dictionary) {
    this.#columns = Array.from({ length: width }, () => new NumberColumn())
    this.dictionary = dictionary
  }

  indexOf(record: Row): number {
    const known = this.#rows.get(record)
    if (known !== undefined) return known
    const row = this.#rows.size
    this.#rows.set(record, row)
    this.dictionary.estimatedBytes += RECORD_BYTES
    const values = this.values(record)
    for (let i = 0; i < values.length; i++) this.#columns[i]!.push(values[i]!)
    return row
  }

  write(writer: ColumnWriter): void {
    writer.varint(this.#rows.size)
    for (const column of this.#columns) {
      writer.column(column.values, column.length)
      column.length = 0
    }
    this.#rows.clear()
  }

  protected abstract values(record: Row): readonly number[]
}

export class ClientTable extends RecordTable<Client> {
  constructor(dictionary: Dictionary) {
    super(6, dictionary)
  }

  protected values(client: Client): readonly number[] {
    const { dictionary } = this
    return [
      dictionary.indexOf(client.address),
      dictionary.indexOf(client.prefix),
      dictionary.indexOf(client.addressClass),
      client.fieldOrder >>> 0,
      dictionary.indexOf(client.userAgentFamily),
      client.userAgentHash >>> 0,
    ]
  }
}

export class ServerTable extends RecordTable<Server> {
  constructor(dictionary: Dictionary) {
    super(5, dictionary)
  }

  protected values(server: Server): readonly number[] {
    const { dictionary } = this
    return [
      dictionary.indexOf(server.address),
      dictionary.indexOf(server.addressClass),
      whole(server.port, 0xffff),
      dictionary.indexOf(server.authority),
      dictionary.indexOf(server.zone),
    ]
  }
}

export class IdentityTable extends RecordTable<Identity> {
  constructor(dictionary: Dictionary) {
    super(12, dictionary)
  }

  protected values(identity: Identity): readonly number[] {
    const { dictionary } = this
    return [
      dictionary.indexOf(identity.scheme),
      dictionary.indexOf(identity.location),
      dictionary.indexOf(identity.credential),
      dictionary.indexOf(identity.principal),
      dictionary.indexOf(identity.name),
      dictionary.indexOf(identity.issuer),
      identity.scopeHash >>> 0,
      identity.keyIdHash >>> 0,
      dictionary.indexOf(identity.algorithm),
      whole(identity.lifetimeLog2 + 1, LIFETIME_MAX),
      identity.expired ? 1 : 0,
      dictionary.indexOf(identity.rule),
    ]
  }
}

export class OperationTable extends RecordTable<Operation> {
  readonly #lists = [0, 1, 2].map(() => new NameLists(CODEC_LIMITS.names))

  constructor(dictionary: Dictionary) {
    super(6, dictionary)
  }

  /** List entries left out because of the limit, ever. */
  get cut(): number {
    return this.#lists.reduce((sum, list) => sum + list.cut, 0)
  }

  override write(writer: ColumnWriter): void {
    super.write(writer)
    for (const list of this.#lists) list.write(writer)
  }

  protected values(operation: Operation): readonly number[] {
    const { dictionary } = this
    this.#lists[0]!.push(operation.query, dictionary)
    this.#lists[1]!.push(operation.headers, dictionary)
    this.#lists[2]!.push(operation.cookies, dictionary)
    return [
      whole(operation.protocol, PROTOCOL_NAMES.length - 1),
      dictionary.indexOf(operation.method),
      dictionary.indexOf(operation.path),
      dictionary.indexOf(operation.extension),
      whole(operation.pathFlags, PATH_FLAGS_MAX),
      dictionary.indexOf(operation.operationKey),
    ]
  }
}

export class FormTable extends RecordTable<Form> {
  constructor(dictionary: Dictionary) {
    super(5, dictionary)
  }

  protected values(form: Form): readonly number[] {
    const { dictionary } = this
    return [
      dictionary.indexOf(form.contentType),
      dictionary.indexOf(form.contentEncoding),
      dictionary.indexOf(form.kind),
      form.coarseShape >>> 0,
      form.fullShape >>> 0,
    ]
  }
}

export class ShapeTable {
  readonly #shapes = new NumberColumn()
  readonly #paths = new NameLists(CODEC_LIMITS.shapePaths)

  /** Lines left out because of the limit, ever. */
  get cut(): number {
    return this.#paths.cut
  }

  get size(): number {
    return this.#shapes.length
  }

  push(note: ShapeNote, dictionary: Dictionary): void {
    this.#shapes.push(note.shape >>> 0)
    dictionary.estimatedBytes += RECORD_BYTES
    this.#paths.push(note.paths, dictionary)
  }

  write(writer: ColumnWriter): void {
    writer.varint(this.#shapes.length)
    writer.column(this.#shapes.values, this.#shapes.length)
    this.#shapes.length = 0
    this.#paths.write(writer)
  }
}
