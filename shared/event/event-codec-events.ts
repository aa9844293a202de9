// The events of a batch as columns: one number a row and column, lists as a column of counts and one of elements.
//
// Defaults that most events share cost two bytes a column: the writer notices a column of one value. Values that may be
// unknown (-1) are stored plus one; status is stored so that the usual one, 200, is 0. What plain requests and responses do
// not have (data classes; calls, counts of messages, outcomes; values of queries; objects elsewhere than in the path) has rows of its own,
// for the events whose bit in `extras` is set: the others cost neither bytes nor time.
import { type ApiEvent, type Client, EMPTY_CALL, type Form, type Identity, type Server } from "./api-event.ts"
import { type ColumnWriter, NumberColumn, whole, wholeKey } from "./event-codec-columns.ts"
import { type Dictionary, NameLists } from "./event-codec-dictionary.ts"
import {
  ANOMALY_MAX,
  CODEC_LIMITS,
  FLAGS_MAX,
  OUTCOME_MAX,
  STATE_MAX,
  STATUS_MAX,
  TIME_MAX_US,
  UNKNOWN_MAX,
} from "./event-codec-limits.ts"
import { ascending, ObjectColumns, ObjectExtra } from "./event-codec-objects.ts"
import {
  CallTable,
  clientTable,
  formTable,
  identityTable,
  OperationTable,
  type RecordTable,
  serverTable,
} from "./event-codec-records.ts"
import { ValueLists } from "./event-codec-values.ts"

const ROWS_AT_FIRST = 1024
/** Estimate of what an event takes without its records and objects. */
const ROW_BYTES = 32
/** The columns in the order in which they are written (and read by event-codec-event-reader.ts), lists after them. */
const WIDTH = 15
/** Bits of the column `extras`. */
export const Extra = { classes: 1, call: 2, values: 4, ...ObjectExtra } as const
/** Columns of the events that have Extra.call: call, messages each way, outcome, unknown, tenant match. */
const CALL_WIDTH = 6

export class EventColumns {
  length = 0
  /** Anomalies, objects and data classes left out because of the limits, ever. */
  elementsCut = 0
  #rows = ROWS_AT_FIRST
  readonly #starts = new NumberColumn()
  readonly #keys = new NumberColumn()
  readonly #columns = Array.from({ length: WIDTH }, () => new NumberColumn())
  readonly #anomalyCounts = new NumberColumn()
  readonly #anomalies = new NumberColumn()
  readonly #objectCounts = new NumberColumn()
  readonly #objects = new NumberColumn()
  readonly #requestClasses = new NameLists(CODEC_LIMITS.classes)
  readonly #responseClasses = new NameLists(CODEC_LIMITS.classes)
  readonly #callColumns = Array.from({ length: CALL_WIDTH }, () => new NumberColumn())
  readonly #values = new ValueLists()
  readonly #elsewhere = new ObjectColumns()
  readonly #calls: CallTable
  readonly #clients: RecordTable<Client>
  readonly #servers: RecordTable<Server>
  readonly #identities: RecordTable<Identity>
  readonly #operations: OperationTable
  readonly #forms: RecordTable<Form>
  readonly #dictionary: Dictionary

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
    this.#clients = clientTable(dictionary)
    this.#servers = serverTable(dictionary)
    this.#identities = identityTable(dictionary)
    this.#operations = new OperationTable(dictionary)
    this.#forms = formTable(dictionary)
    this.#calls = new CallTable(dictionary)
    this.#reserve(ROWS_AT_FIRST)
  }

  /** List entries left out because of the limits, ever. */
  get cut(): number {
    const lists = this.#operations.cut + this.#calls.cut + this.#requestClasses.cut + this.#responseClasses.cut
    return this.elementsCut + lists + this.#values.cut + this.#elsewhere.cut
  }

  /** A list has no room for those of another event. */
  get isFull(): boolean {
    return this.#elsewhere.isFull
  }

  /** Bytes that the rows will take, estimated; their records are in the dictionary's estimate. */
  get estimatedBytes(): number {
    return (
      this.length * ROW_BYTES + this.#objects.length * 6 + this.#values.estimatedBytes + this.#elsewhere.estimatedBytes
    )
  }

  add(event: ApiEvent): void {
    const row = this.length
    if (row === this.#rows) this.#reserve(row * 2)
    this.length = row + 1
    this.#starts.values[row] = whole(event.startUs, TIME_MAX_US)
    this.#keys.values[row] = wholeKey(event.exchangeKey)
    const columns = this.#columns
    columns[0]!.values[row] = event.firstByteUs < 0 ? 0 : whole(event.firstByteUs, TIME_MAX_US) + 1
    columns[1]!.values[row] = event.totalUs < 0 ? 0 : whole(event.totalUs, TIME_MAX_US) + 1
    columns[2]!.values[row] = whole(event.state, STATE_MAX)
    columns[3]!.values[row] = whole(event.flags, FLAGS_MAX)
    columns[4]!.values[row] = this.#clients.indexOf(event.client)
    columns[5]!.values[row] = this.#servers.indexOf(event.server)
    columns[6]!.values[row] = this.#identities.indexOf(event.identity)
    columns[7]!.values[row] = this.#operations.indexOf(event.operation)
    columns[8]!.values[row] = this.#forms.indexOf(event.request)
    columns[9]!.values[row] = this.#forms.indexOf(event.response)
    columns[10]!.values[row] = whole(event.requestBytes)
    columns[11]!.values[row] = whole(event.responseBytes)
    columns[12]!.values[row] = foldStatus(whole(event.status, STATUS_MAX))
    columns[13]!.values[row] = event.items < 0 ? 0 : whole(event.items, TIME_MAX_US) + 1
    columns[14]!.values[row] =
      (event.requestClasses.length > 0 || event.responseClasses.length > 0 ? this.#addClasses(event) : 0) |
      (hasCall(event) ? this.#addCall(event) : 0) |
      (event.queryValues.length > 0 ? this.#addValues(event) : 0) |
      this.#elsewhere.push(event)
    this.#addNumbers(event, row)
  }

  /** Row of a server that something else than an event refers to; the table is written with the events. */
  serverIndexOf(server: Server): number {
    return this.#servers.indexOf(server)
  }

  write(writer: ColumnWriter): void {
    const rows = this.length
    this.#clients.write(writer)
    this.#servers.write(writer)
    this.#identities.write(writer)
    this.#operations.write(writer)
    this.#forms.write(writer)
    this.#calls.write(writer)
    writer.varint(rows)
    writer.times(this.#starts.values, rows)
    writer.keys(this.#keys.values, rows)
    for (const column of this.#columns) writer.column(column.values, rows)
    writer.column(this.#anomalyCounts.values, rows)
    writer.flat(this.#anomalies.values, this.#anomalies.length)
    writer.column(this.#objectCounts.values, rows)
    writer.flatKeys(this.#objects.values, this.#objects.length)
    this.#requestClasses.write(writer)
    this.#responseClasses.write(writer)
    for (const column of this.#callColumns) {
      writer.column(column.values, column.length)
      column.length = 0
    }
    this.#values.write(writer)
    this.#elsewhere.write(writer)
    this.length = 0
    this.#anomalies.length = 0
    this.#objects.length = 0
  }

  #addNumbers(event: ApiEvent, row: number): void {
    const { objects } = event
    const anomalies = event.anomalies.length > 1 ? ascending(event.anomalies) : event.anomalies
    const anomalyCount = Math.min(anomalies.length, CODEC_LIMITS.anomalies)
    const objectCount = Math.min(objects.length, CODEC_LIMITS.objects)
    this.elementsCut += anomalies.length - anomalyCount + objects.length - objectCount
    this.#anomalyCounts.values[row] = anomalyCount
    this.#objectCounts.values[row] = objectCount
    for (let i = 0; i < anomalyCount; i++) this.#anomalies.push(Math.max(1, whole(anomalies[i]!, ANOMALY_MAX)))
    for (let i = 0; i < objectCount; i++) this.#objects.push(wholeKey(objects[i]!))
  }

  /** Only events with classes have lists of them; the column says which. */
  #addClasses(event: ApiEvent): number {
    this.#requestClasses.push(event.requestClasses, this.#dictionary)
    this.#responseClasses.push(event.responseClasses, this.#dictionary)
    return Extra.classes
  }

  #addCall(event: ApiEvent): number {
    const columns = this.#callColumns
    columns[0]!.push(this.#calls.indexOf(event.call))
    columns[1]!.push(whole(event.requestMessages + 1, TIME_MAX_US))
    columns[2]!.push(whole(event.responseMessages + 1, TIME_MAX_US))
    columns[3]!.push(whole(event.outcome + 1, OUTCOME_MAX))
    columns[4]!.push(whole(event.unknown, UNKNOWN_MAX))
    columns[5]!.push(whole(event.tenantMatch + 1, 2))
    return Extra.call
  }

  #addValues(event: ApiEvent): number {
    this.#values.push(event.queryValues)
    return Extra.values
  }

  #reserve(rows: number): void {
    this.#rows = rows
    this.#starts.reserve(rows)
    this.#keys.reserve(rows)
    for (const column of this.#columns) column.reserve(rows)
    this.#anomalyCounts.reserve(rows)
    this.#objectCounts.reserve(rows)
  }
}

/** The four that are -1 when there is nothing to say are never less. */
function hasCall(event: ApiEvent): boolean {
  return (
    event.requestMessages + event.responseMessages + event.outcome + event.tenantMatch !== -4 ||
    event.call !== EMPTY_CALL ||
    event.unknown !== 0
  )
}

/** Turned so that the usual answers are small: 200 -> 0, 201 -> 1, 404 -> 204, none (0) -> 800. */
export function foldStatus(status: number): number {
  return (status + 800) % 1000
}

export function unfoldStatus(folded: number): number {
  return (folded + 200) % 1000
}
