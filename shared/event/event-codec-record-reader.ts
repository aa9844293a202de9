// The record tables of a batch: the reading side. Every value is checked against its greatest; after a violation
// (`reader.failed`) the tables come out empty. Columns that a batch of an older version does not have are read as 0, which
// in every one of them means: not said.
import type { Call, Client, Form, Identity, Operation, Server, ShapeNote } from "./api-event.ts"
import { PROTOCOL_NAMES } from "./api-event.ts"
import type { ColumnReader } from "./event-codec-columns.ts"
import { readNameLists, type Texts } from "./event-codec-dictionary.ts"
import { CALL_COUNT_MAX, CODEC_LIMITS, HASH_MAX, HOPS_MAX, LIFETIME_MAX, PATH_FLAGS_MAX } from "./event-codec-limits.ts"

/** The records of a batch, which its events and notes refer to by row. */
export interface Records {
  readonly clients: readonly Client[]
  readonly servers: readonly Server[]
  readonly identities: readonly Identity[]
  readonly operations: readonly Operation[]
  readonly forms: readonly Form[]
  readonly calls: readonly Call[]
}

export function readRecords(reader: ColumnReader, texts: Texts, version: number): Records {
  return {
    clients: readClients(reader, texts, version),
    servers: readServers(reader, texts, version),
    identities: readIdentities(reader, texts, version),
    operations: readOperations(reader, texts),
    forms: readForms(reader, texts),
    calls: version === 1 ? [] : readCalls(reader, texts),
  }
}

/** Columns of a table, read with one greatest value each. */
export function readColumns(reader: ColumnReader, rows: number, maxima: readonly number[]): readonly Float64Array[] {
  return maxima.map((max) => {
    const column = new Float64Array(rows)
    if (!reader.failed) reader.column(column, rows, max)
    return column
  })
}

/** Columns that came with a later version: all 0 where the batch `has` them not. */
function readLater(
  reader: ColumnReader,
  rows: number,
  maxima: readonly number[],
  has: boolean,
): readonly Float64Array[] {
  return has ? readColumns(reader, rows, maxima) : maxima.map(() => new Float64Array(rows))
}

export function rowsOf<Row>(reader: ColumnReader, rows: number, make: (row: number) => Row): Row[] {
  const records: Row[] = []
  if (reader.failed) return records
  for (let row = 0; row < rows; row++) records.push(make(row))
  return records
}

function readClients(reader: ColumnReader, texts: Texts, version: number): Client[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [text, text, text, HASH_MAX, text, HASH_MAX])
  const [address, prefix, addressClass, order, family, hash] = columns as Six
  const [ja4, alpn, hops, forwardedPrefix] = readLater(reader, rows, [text, text, HOPS_MAX, text], version >= 2) as Six
  return rowsOf(reader, rows, (row) => ({
    address: texts[address[row]!]!,
    prefix: texts[prefix[row]!]!,
    addressClass: texts[addressClass[row]!]!,
    fieldOrder: order[row]!,
    userAgentFamily: texts[family[row]!]!,
    userAgentHash: hash[row]!,
    ja4: texts[ja4[row]!]!,
    alpn: texts[alpn[row]!]!,
    hops: hops[row]!,
    forwardedPrefix: texts[forwardedPrefix[row]!]!,
  }))
}

function readServers(reader: ColumnReader, texts: Texts, version: number): Server[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [text, text, 0xffff, text, text])
  const [address, addressClass, port, authority, zone] = columns as Six
  const [tls] = readLater(reader, rows, [text], version >= 2) as Six
  return rowsOf(reader, rows, (row) => ({
    address: texts[address[row]!]!,
    addressClass: texts[addressClass[row]!]!,
    port: port[row]!,
    authority: texts[authority[row]!]!,
    zone: texts[zone[row]!]!,
    tls: texts[tls[row]!]!,
  }))
}

function readIdentities(reader: ColumnReader, texts: Texts, version: number): Identity[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const first = readColumns(reader, rows, [text, text, text, text, text, text])
  const [scheme, location, credential, principal, name, issuer] = first as Six
  const second = readColumns(reader, rows, [HASH_MAX, HASH_MAX, text, LIFETIME_MAX, 1, text])
  const [scopeHash, keyIdHash, algorithm, lifetime, expired, rule] = second as Six
  const [age, formerCredential, formerPrincipal] = readLater(
    reader,
    rows,
    [LIFETIME_MAX, text, text],
    version >= 2,
  ) as Six
  return rowsOf(reader, rows, (row) => ({
    scheme: texts[scheme[row]!]!,
    location: texts[location[row]!]!,
    credential: texts[credential[row]!]!,
    principal: texts[principal[row]!]!,
    name: texts[name[row]!]!,
    issuer: texts[issuer[row]!]!,
    scopeHash: scopeHash[row]!,
    keyIdHash: keyIdHash[row]!,
    algorithm: texts[algorithm[row]!]!,
    lifetimeLog2: lifetime[row]! - 1,
    expired: expired[row] === 1,
    ageLog2: age[row]! - 1,
    formerCredential: texts[formerCredential[row]!]!,
    formerPrincipal: texts[formerPrincipal[row]!]!,
    rule: texts[rule[row]!]!,
  }))
}

function readOperations(reader: ColumnReader, texts: Texts): Operation[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [PROTOCOL_NAMES.length - 1, text, text, text, PATH_FLAGS_MAX, text])
  const [protocol, method, path, extension, pathFlags, operationKey] = columns as Six
  const query = readNameLists(reader, rows, CODEC_LIMITS.names, texts)
  const headers = readNameLists(reader, rows, CODEC_LIMITS.names, texts)
  const cookies = readNameLists(reader, rows, CODEC_LIMITS.names, texts)
  return rowsOf(reader, rows, (row) => ({
    protocol: protocol[row]!,
    method: texts[method[row]!]!,
    path: texts[path[row]!]!,
    extension: texts[extension[row]!]!,
    pathFlags: pathFlags[row]!,
    operationKey: texts[operationKey[row]!]!,
    query: query[row]!,
    headers: headers[row]!,
    cookies: cookies[row]!,
  }))
}

function readForms(reader: ColumnReader, texts: Texts): Form[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [text, text, text, HASH_MAX, HASH_MAX])
  const [contentType, contentEncoding, kind, coarseShape, fullShape] = columns as Six
  return rowsOf(reader, rows, (row) => ({
    contentType: texts[contentType[row]!]!,
    contentEncoding: texts[contentEncoding[row]!]!,
    kind: texts[kind[row]!]!,
    coarseShape: coarseShape[row]!,
    fullShape: fullShape[row]!,
  }))
}

function readCalls(reader: ColumnReader, texts: Texts): Call[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [text, text, CALL_COUNT_MAX, CALL_COUNT_MAX, CALL_COUNT_MAX])
  const [kind, key, depth, aliases, batch] = columns as Six
  const fields = readNameLists(reader, rows, CODEC_LIMITS.callFields, texts)
  return rowsOf(reader, rows, (row) => ({
    kind: texts[kind[row]!]!,
    key: texts[key[row]!]!,
    fields: fields[row]!,
    depth: depth[row]! - 1,
    aliases: aliases[row]! - 1,
    batch: batch[row]!,
  }))
}

export function readShapes(reader: ColumnReader, texts: Texts): ShapeNote[] {
  const rows = reader.varint(CODEC_LIMITS.shapes)
  const [shape] = readColumns(reader, rows, [HASH_MAX]) as Six
  const paths = readNameLists(reader, rows, CODEC_LIMITS.shapePaths, texts)
  return rowsOf(reader, rows, (row) => ({ shape: shape[row]!, paths: paths[row]! }))
}

/** Columns by name: that they are there follows from the list of their maxima. */
export type Six = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
