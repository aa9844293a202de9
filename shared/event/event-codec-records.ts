// The records that events share (Client, Server, Identity, Operation, Form, Call) as tables of a batch: the writing side.
//
// A record is put in its table when an event first refers to it; after that its row number is found by the identity of
// the object, because the sensor interns: comparing contents would cost more than the event. Two equal records that are
// different objects get two rows, which is correct and costs only bytes. What a later version adds to a record stands in
// columns after those of the version before.
import type { Call, Client, Form, Identity, Operation, Server, ShapeNote } from "./api-event.ts"
import { PROTOCOL_NAMES } from "./api-event.ts"
import { type ColumnWriter, NumberColumn, whole } from "./event-codec-columns.ts"
import { type Dictionary, NameLists } from "./event-codec-dictionary.ts"
import { CALL_COUNT_MAX, CODEC_LIMITS, HOPS_MAX, LIFETIME_MAX, PATH_FLAGS_MAX } from "./event-codec-limits.ts"

/** Estimate of what a row takes in all columns of its table. */
const RECORD_BYTES = 16

/** Takes a record apart: one number a column, in the order in which event-codec-record-reader.ts puts it together. */
type Columns<Row> = (record: Row, dictionary: Dictionary) => readonly number[]

/**
 * Rows of one kind of record. One class with a function for each kind, not a subclass for each: the engine then sees one
 * shape in `indexOf`, which is called six times an event (measured: 255 against 315 ns an event).
 */
export class RecordTable<Row extends object> {
  readonly #rows = new Map<Row, number>()
  readonly #columns: readonly NumberColumn[]
  readonly #dictionary: Dictionary
  readonly #values: Columns<Row>
  /** The record asked for last, which it mostly is again, and its row. */
  #last: Row | null = null
  #lastRow = 0

  constructor(width: number, values: Columns<Row>, dictionary: Dictionary) {
    this.#columns = Array.from({ length: width }, () => new NumberColumn())
    this.#values = values
    this.#dictionary = dictionary
  }

  indexOf(record: Row): number {
    if (record === this.#last) return this.#lastRow
    const row = this.#rows.get(record) ?? this.#put(record)
    this.#last = record
    this.#lastRow = row
    return row
  }

  write(writer: ColumnWriter): void {
    writer.varint(this.#rows.size)
    for (const column of this.#columns) {
      writer.column(column.values, column.length)
      column.length = 0
    }
    this.#rows.clear()
    this.#last = null
  }

  #put(record: Row): number {
    const row = this.#rows.size
    this.#rows.set(record, row)
    this.#dictionary.estimatedBytes += RECORD_BYTES
    const values = this.#values(record, this.#dictionary)
    for (let i = 0; i < values.length; i++) this.#columns[i]!.push(values[i]!)
    return row
  }
}

export function clientTable(dictionary: Dictionary): RecordTable<Client> {
  return new RecordTable(CLIENT_WIDTH, clientColumns, dictionary)
}

const CLIENT_WIDTH = 10
function clientColumns(client: Client, dictionary: Dictionary): readonly number[] {
  return [
    dictionary.indexOf(client.address),
    dictionary.indexOf(client.prefix),
    dictionary.indexOf(client.addressClass),
    client.fieldOrder >>> 0,
    dictionary.indexOf(client.userAgentFamily),
    client.userAgentHash >>> 0,
    dictionary.indexOf(client.ja4),
    dictionary.indexOf(client.alpn),
    whole(client.hops, HOPS_MAX),
    dictionary.indexOf(client.forwardedPrefix),
  ]
}

export function serverTable(dictionary: Dictionary): RecordTable<Server> {
  return new RecordTable(SERVER_WIDTH, serverColumns, dictionary)
}

const SERVER_WIDTH = 6
function serverColumns(server: Server, dictionary: Dictionary): readonly number[] {
  return [
    dictionary.indexOf(server.address),
    dictionary.indexOf(server.addressClass),
    whole(server.port, 0xffff),
    dictionary.indexOf(server.authority),
    dictionary.indexOf(server.zone),
    dictionary.indexOf(server.tls),
  ]
}

export function identityTable(dictionary: Dictionary): RecordTable<Identity> {
  return new RecordTable(IDENTITY_WIDTH, identityColumns, dictionary)
}

const IDENTITY_WIDTH = 15
function identityColumns(identity: Identity, dictionary: Dictionary): readonly number[] {
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
    whole(identity.ageLog2 + 1, LIFETIME_MAX),
    dictionary.indexOf(identity.formerCredential),
    dictionary.indexOf(identity.formerPrincipal),
  ]
}

export function formTable(dictionary: Dictionary): RecordTable<Form> {
  return new RecordTable(FORM_WIDTH, formColumns, dictionary)
}

const FORM_WIDTH = 5
function formColumns(form: Form, dictionary: Dictionary): readonly number[] {
  return [
    dictionary.indexOf(form.contentType),
    dictionary.indexOf(form.contentEncoding),
    dictionary.indexOf(form.kind),
    form.coarseShape >>> 0,
    form.fullShape >>> 0,
  ]
}

const OPERATION_WIDTH = 6
function operationColumns(operation: Operation, dictionary: Dictionary): readonly number[] {
  return [
    whole(operation.protocol, PROTOCOL_NAMES.length - 1),
    dictionary.indexOf(operation.method),
    dictionary.indexOf(operation.path),
    dictionary.indexOf(operation.extension),
    whole(operation.pathFlags, PATH_FLAGS_MAX),
    dictionary.indexOf(operation.operationKey),
  ]
}

/** Operations and, after their columns, their lists of names. */
export class OperationTable {
  readonly #query = new NameLists(CODEC_LIMITS.names)
  readonly #headers = new NameLists(CODEC_LIMITS.names)
  readonly #cookies = new NameLists(CODEC_LIMITS.names)
  readonly #rows: RecordTable<Operation>

  constructor(dictionary: Dictionary) {
    const columns: Columns<Operation> = (operation) => {
      this.#query.push(operation.query, dictionary)
      this.#headers.push(operation.headers, dictionary)
      this.#cookies.push(operation.cookies, dictionary)
      return operationColumns(operation, dictionary)
    }
    this.#rows = new RecordTable(OPERATION_WIDTH, columns, dictionary)
  }

  /** List entries left out because of the limit, ever. */
  get cut(): number {
    return this.#query.cut + this.#headers.cut + this.#cookies.cut
  }

  indexOf(operation: Operation): number {
    return this.#rows.indexOf(operation)
  }

  write(writer: ColumnWriter): void {
    this.#rows.write(writer)
    this.#query.write(writer)
    this.#headers.write(writer)
    this.#cookies.write(writer)
  }
}

const CALL_WIDTH = 5
function callColumns(call: Call, dictionary: Dictionary): readonly number[] {
  return [
    dictionary.indexOf(call.kind),
    dictionary.indexOf(call.key),
    whole(call.depth + 1, CALL_COUNT_MAX),
    whole(call.aliases + 1, CALL_COUNT_MAX),
    whole(call.batch, CALL_COUNT_MAX),
  ]
}

/** Calls and, after their columns, the lists of their fields. */
export class CallTable {
  readonly #fields = new NameLists(CODEC_LIMITS.callFields)
  readonly #rows: RecordTable<Call>

  constructor(dictionary: Dictionary) {
    const columns: Columns<Call> = (call) => {
      this.#fields.push(call.fields, dictionary)
      return callColumns(call, dictionary)
    }
    this.#rows = new RecordTable(CALL_WIDTH, columns, dictionary)
  }

  /** Fields left out because of the limit, ever. */
  get cut(): number {
    return this.#fields.cut
  }

  indexOf(call: Call): number {
    return this.#rows.indexOf(call)
  }

  write(writer: ColumnWriter): void {
    this.#rows.write(writer)
    this.#fields.write(writer)
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
