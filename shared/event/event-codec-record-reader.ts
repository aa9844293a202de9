// The record tables of a batch: the reading side. Every value is checked against its greatest; after a violation
// (`reader.failed`) the tables come out empty.
import type { Client, Form, Identity, Operation, Server, ShapeNote } from "./api-event.ts"
import { PROTOCOL_NAMES } from "./api-event.ts"
import type { ColumnReader } from "./event-codec-columns.ts"
import { readNameLists, type Texts } from "./event-codec-dictionary.ts"
import { CODEC_LIMITS, HASH_MAX, LIFETIME_MAX, PATH_FLAGS_MAX } from "./event-codec-limits.ts"

/** Columns of a table, read with one greatest value each. */
function readColumns(reader: ColumnReader, rows: number, maxima: readonly number[]): readonly Float64Array[] {
  return maxima.map((max) => {
    const column = new Float64Array(rows)
    if (!reader.failed) reader.column(column, rows, max)
    return column
  })
}

function rowsOf<Row>(reader: ColumnReader, rows: number, make: (row: number) => Row): Row[] {
  const records: Row[] = []
  if (reader.failed) return records
  for (let row = 0; row < rows; row++) records.push(make(row))
  return records
}

export function readClients(reader: ColumnReader, texts: Texts): Client[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [text, text, text, HASH_MAX, text, HASH_MAX])
  const [address, prefix, addressClass, order, family, hash] = columns as Six
  return rowsOf(reader, rows, (row) => ({
    address: texts[address[row]!]!,
    prefix: texts[prefix[row]!]!,
    addressClass: texts[addressClass[row]!]!,
    fieldOrder: order[row]!,
    userAgentFamily: texts[family[row]!]!,
    userAgentHash: hash[row]!,
    ja4: "",
    alpn: "",
    hops: 0,
    forwardedPrefix: "",
  }))
}

export function readServers(reader: ColumnReader, texts: Texts): Server[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const columns = readColumns(reader, rows, [text, text, 0xffff, text, text])
  const [address, addressClass, port, authority, zone] = columns as Six
  return rowsOf(reader, rows, (row) => ({
    address: texts[address[row]!]!,
    addressClass: texts[addressClass[row]!]!,
    port: port[row]!,
    authority: texts[authority[row]!]!,
    zone: texts[zone[row]!]!,
    tls: "",
  }))
}

export function readIdentities(reader: ColumnReader, texts: Texts): Identity[] {
  const rows = reader.varint(CODEC_LIMITS.records)
  const text = texts.length - 1
  const first = readColumns(reader, rows, [text, text, text, text, text, text])
  const [scheme, location, credential, principal, name, issuer] = first as Six
  const second = readColumns(reader, rows, [HASH_MAX, HASH_MAX, text, LIFETIME_MAX, 1, text])
  const [scopeHash, keyIdHash, algorithm, lifetime, expired, rule] = second as Six
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
    ageLog2: -1,
    formerCredential: "",
    formerPrincipal: "",
    rule: texts[rule[row]!]!,
  }))
}

export function readOperations(reader: ColumnReader, texts: Texts): Operation[] {
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

export function readForms(reader: ColumnReader, texts: Texts): Form[] {
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

export function readShapes(reader: ColumnReader, texts: Texts): ShapeNote[] {
  const rows = reader.varint(CODEC_LIMITS.shapes)
  const [shape] = readColumns(reader, rows, [HASH_MAX]) as Six
  const paths = readNameLists(reader, rows, CODEC_LIMITS.shapePaths, texts)
  return rowsOf(reader, rows, (row) => ({ shape: shape[row]!, paths: paths[row]! }))
}

type Six = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
