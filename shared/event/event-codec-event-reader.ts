// The events of a batch, from columns back to objects. Every value is checked; after a violation the result is empty and
// the reader's `failed` set. Records come out once and are shared by all events that refer to them.
import type { ApiEvent } from "./api-event.ts"
import { EMPTY_CALL, NO_NUMBERS, NO_STRINGS } from "./api-event.ts"
import type { ColumnReader } from "./event-codec-columns.ts"
import { readNameLists, type Texts } from "./event-codec-dictionary.ts"
import { unfoldStatus } from "./event-codec-events.ts"
import { ANOMALY_MAX, CODEC_LIMITS, FLAGS_MAX, STATE_MAX, STATUS_MAX, TIME_MAX_US } from "./event-codec-limits.ts"
import { readClients, readForms, readIdentities, readOperations, readServers } from "./event-codec-record-reader.ts"

type Columns = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]

/** Not in batches of version 1. */
const NOT_SAID = {
  call: EMPTY_CALL,
  requestMessages: -1,
  responseMessages: -1,
  outcome: -1,
  unknown: 0,
  tenantMatch: -1,
}

export function readEvents(reader: ColumnReader, texts: Texts): ApiEvent[] {
  const clients = readClients(reader, texts)
  const servers = readServers(reader, texts)
  const identities = readIdentities(reader, texts)
  const operations = readOperations(reader, texts)
  const forms = readForms(reader, texts)
  const rows = reader.varint(CODEC_LIMITS.events)
  const tables = [clients, servers, identities, operations, forms]
  if (rows > 0 && tables.some((table) => table.length === 0)) reader.failed = true
  if (reader.failed) return []
  const starts = new Float64Array(rows)
  const keys = new Float64Array(rows)
  reader.times(starts, rows)
  reader.keys(keys, rows)
  const [lastClient, lastServer, lastIdentity, lastOperation, lastForm] = tables.map((t) => Math.max(0, t.length - 1))
  const columns = [
    TIME_MAX_US + 1,
    TIME_MAX_US + 1,
    STATE_MAX,
    FLAGS_MAX,
    lastClient!,
    lastServer!,
    lastIdentity!,
    lastOperation!,
    lastForm!,
    lastForm!,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
    STATUS_MAX,
    TIME_MAX_US + 1,
    1,
  ].map((max) => {
    const column = new Float64Array(rows)
    if (!reader.failed) reader.column(column, rows, max)
    return column
  })
  const anomalies = readNumberLists(reader, rows, CODEC_LIMITS.anomalies, false)
  const objects = readNumberLists(reader, rows, CODEC_LIMITS.objects, true)
  const [firstByte, total, state, flags, client, server] = columns as unknown as Columns
  const [identity, operation, request, response, requestBytes, responseBytes] = columns.slice(6) as unknown as Columns
  const [status, items, hasClasses] = columns.slice(12) as unknown as Columns
  const classified = hasClasses.reduce((sum, one) => sum + one, 0)
  const requestClasses = readNameLists(reader, classified, CODEC_LIMITS.classes, texts)
  const responseClasses = readNameLists(reader, classified, CODEC_LIMITS.classes, texts)
  if (reader.failed) return []
  const events: ApiEvent[] = []
  let classRow = 0
  for (let row = 0; row < rows; row++) {
    const classAt = hasClasses[row] === 1 ? classRow++ : -1
    events.push({
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
      ...NOT_SAID,
    })
  }
  return events
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
