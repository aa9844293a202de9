// The events of a batch, from columns back to objects. Every value is checked; after a violation the result is empty and
// the reader's `failed` set. Records come out once and are shared by all events that refer to them.
import type { ApiEvent, Call } from "./api-event.ts"
import { EMPTY_CALL, NO_NUMBERS, NO_STRINGS } from "./api-event.ts"
import type { ColumnReader } from "./event-codec-columns.ts"
import { readNameLists, type Texts } from "./event-codec-dictionary.ts"
import { Extra, unfoldStatus } from "./event-codec-events.ts"
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
import { ObjectRows } from "./event-codec-objects.ts"
import { type Records, readColumns } from "./event-codec-record-reader.ts"
import { readValueLists } from "./event-codec-values.ts"

type Columns = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]

export function readEvents(reader: ColumnReader, texts: Texts, records: Records, version: number): ApiEvent[] {
  const { clients, servers, identities, operations, forms, calls } = records
  const rows = reader.varint(CODEC_LIMITS.events)
  const tables = [clients, servers, identities, operations, forms]
  if (rows > 0 && tables.some((table) => table.length === 0)) reader.failed = true
  if (reader.failed) return []
  const starts = new Float64Array(rows)
  const keys = new Float64Array(rows)
  reader.times(starts, rows)
  reader.keys(keys, rows)
  const columns = readColumns(reader, rows, maximaOf(records, version))
  const anomalies = readNumberLists(reader, rows, CODEC_LIMITS.anomalies, false)
  const objects = readNumberLists(reader, rows, CODEC_LIMITS.objects, true)
  const [firstByte, total, state, flags, client, server] = columns as unknown as Columns
  const [identity, operation, request, response, requestBytes, responseBytes] = columns.slice(6) as unknown as Columns
  const [status, items, extras] = columns.slice(12) as unknown as Columns
  const classified = countExtras(extras, Extra.classes)
  const requestClasses = readNameLists(reader, classified, CODEC_LIMITS.classes, texts)
  const responseClasses = readNameLists(reader, classified, CODEC_LIMITS.classes, texts)
  const called = version === 1 ? NOT_CALLED : readCalled(reader, countExtras(extras, Extra.call), calls.length)
  const values = version < 3 ? [] : readValueLists(reader, countExtras(extras, Extra.values))
  const elsewhere = version < 4 ? null : new ObjectRows(reader, extras)
  if (reader.failed) return []
  const events: ApiEvent[] = []
  let classRow = 0
  let callRow = 0
  let valueRow = 0
  for (let row = 0; row < rows; row++) {
    const classAt = (extras[row]! & Extra.classes) !== 0 ? classRow++ : -1
    const event: ApiEvent = {
      startUs: starts[row]!,
      firstByteUs: firstByte[row]! - 1,
      totalUs: total[row]! - 1,
      exchangeKey: keys[row]!,
      state: state[row]!,
      flags: flags[row]!,
      anomalies: anomalies === null ? NO_NUMBERS : anomalies[row]!,
      client: clients[client[row]!]!,
      server: servers[server[row]!]!,
      identity: identities[identity[row]!]!,
      operation: operations[operation[row]!]!,
      request: forms[request[row]!]!,
      response: forms[response[row]!]!,
      requestBytes: requestBytes[row]!,
      responseBytes: responseBytes[row]!,
      status: unfoldStatus(status[row]!),
      items: items[row]! - 1,
      objects: objects === null ? NO_NUMBERS : objects[row]!,
      requestClasses: requestClasses[classAt] ?? NO_STRINGS,
      responseClasses: responseClasses[classAt] ?? NO_STRINGS,
      call: EMPTY_CALL,
      requestMessages: -1,
      responseMessages: -1,
      outcome: -1,
      unknown: 0,
      tenantMatch: -1,
      queryValues: (extras[row]! & Extra.values) !== 0 ? values[valueRow++]! : NO_NUMBERS,
      returned: NO_NUMBERS,
      returnedTotal: -1,
      weakObjects: NO_NUMBERS,
      queryObjects: NO_NUMBERS,
      bodyObjects: NO_NUMBERS,
      step: 0,
      pageLimit: -1,
      pageOffset: -1,
    }
    if ((extras[row]! & Extra.call) !== 0) addCall(event, called, callRow++, calls)
    elsewhere?.next(event, extras[row]!)
    events.push(event)
  }
  return events
}

/** Bits that a version knows. */
const EXTRAS = [
  Extra.classes,
  Extra.classes | Extra.call,
  Extra.classes | Extra.call | Extra.values,
  Extra.classes | Extra.call | Extra.values | Extra.returned | Extra.named | Extra.paced,
] as const satisfies readonly number[]

/** Greatest value of each column of events, in the order of event-codec-events.ts. */
function maximaOf(records: Records, version: number): readonly number[] {
  const last = (table: readonly unknown[]): number => Math.max(0, table.length - 1)
  return [
    TIME_MAX_US + 1,
    TIME_MAX_US + 1,
    STATE_MAX,
    FLAGS_MAX,
    last(records.clients),
    last(records.servers),
    last(records.identities),
    last(records.operations),
    last(records.forms),
    last(records.forms),
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
    STATUS_MAX,
    TIME_MAX_US + 1,
    EXTRAS[version - 1] ?? EXTRAS.at(-1)!,
  ]
}

const NOTHING = new Float64Array(0)
const NOT_CALLED: Columns = [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING]

function countExtras(extras: Float64Array, bit: number): number {
  let count = 0
  for (let row = 0; row < extras.length; row++) if ((extras[row]! & bit) !== 0) count++
  return count
}

function addCall(event: ApiEvent, called: Columns, row: number, calls: readonly Call[]): void {
  event.call = calls[called[0][row]!]!
  event.requestMessages = called[1][row]! - 1
  event.responseMessages = called[2][row]! - 1
  event.outcome = called[3][row]! - 1
  event.unknown = called[4][row]!
  event.tenantMatch = called[5][row]! - 1
}

/** Columns of the `rows` events that have a call, messages or an outcome, in the order of CALL_WIDTH. */
function readCalled(reader: ColumnReader, rows: number, calls: number): Columns {
  if (rows > 0 && calls === 0) reader.failed = true
  const maxima = [Math.max(0, calls - 1), TIME_MAX_US, TIME_MAX_US, OUTCOME_MAX, UNKNOWN_MAX, 2]
  return readColumns(reader, rows, maxima) as unknown as Columns
}

/** A list of numbers for each row; null when all are empty. Anomalies must ascend; objects are 48-bit keys. */
function readNumberLists(
  reader: ColumnReader,
  rows: number,
  most: number,
  areKeys: boolean,
): (readonly number[])[] | null {
  const counts = new Float64Array(rows)
  if (!reader.failed) reader.column(counts, rows, most)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total > CODEC_LIMITS.elements) reader.failed = true
  if (reader.failed || total === 0) return null
  const elements = new Float64Array(total)
  if (areKeys) reader.flatKeys(elements, total)
  else reader.flat(elements, total, ANOMALY_MAX)
  const lists: (readonly number[])[] = []
  let at = 0
  for (let row = 0; row < rows; row++) {
    const count = counts[row]!
    if (count === 0) {
      lists.push(NO_NUMBERS)
      continue
    }
    const list: number[] = []
    for (let i = 0; i < count; i++) {
      const element = elements[at++]!
      if (!areKeys && element <= (i > 0 ? list[i - 1]! : 0)) reader.failed = true
      list.push(element)
    }
    lists.push(list)
  }
  return lists
}
