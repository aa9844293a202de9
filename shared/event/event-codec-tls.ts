// The TLS notes of a batch, both sides: columns after the shape notes, since version 2.
//
// A note's server is a row of the table of servers, as an event's is. A batch holds few notes (one a TLS session), so
// what counts here are bytes, not time.
import type { Server, TlsNote } from "./api-event.ts"
import { type ColumnReader, type ColumnWriter, NumberColumn, whole } from "./event-codec-columns.ts"
import { type Dictionary, NameLists, readNameLists, type Texts } from "./event-codec-dictionary.ts"
import { CODEC_LIMITS, TIME_MAX_US } from "./event-codec-limits.ts"
import { readColumns, rowsOf, type Six } from "./event-codec-record-reader.ts"

/** Estimate of what a note takes beside its texts. */
const NOTE_BYTES = 48
/** Columns beside the start time and the certificate names. */
const WIDTH = 17
const TlsBit = { isResumed: 1, hasEarlyData: 2, isContinued: 4 } as const
const TLS_BITS = 7

export class TlsTable {
  readonly #starts = new NumberColumn()
  readonly #columns = Array.from({ length: WIDTH }, () => new NumberColumn())
  readonly #names = new NameLists(CODEC_LIMITS.certificateNames)

  /** Certificate names left out because of the limit, ever. */
  get cut(): number {
    return this.#names.cut
  }

  get size(): number {
    return this.#starts.length
  }

  /** `server`: row of the note's server. */
  push(note: TlsNote, server: number, dictionary: Dictionary): void {
    dictionary.estimatedBytes += NOTE_BYTES
    this.#starts.push(whole(note.startUs, TIME_MAX_US))
    const values = [
      whole(note.totalUs, TIME_MAX_US),
      dictionary.indexOf(note.client),
      dictionary.indexOf(note.clientPrefix),
      dictionary.indexOf(note.clientClass),
      server,
      dictionary.indexOf(note.version),
      dictionary.indexOf(note.alpn),
      dictionary.indexOf(note.ja4),
      dictionary.indexOf(note.cipher),
      dictionary.indexOf(note.certificateIssuer),
      dictionary.indexOf(note.clientName),
      dictionary.indexOf(note.clientCertificate),
      whole(note.requestBytes),
      whole(note.responseBytes),
      dictionary.indexOf(note.state),
      dictionary.indexOf(note.reason),
      (note.isResumed ? TlsBit.isResumed : 0) |
        (note.hasEarlyData ? TlsBit.hasEarlyData : 0) |
        (note.isContinued ? TlsBit.isContinued : 0),
    ]
    for (let i = 0; i < WIDTH; i++) this.#columns[i]!.push(values[i]!)
    this.#names.push(note.certificateNames, dictionary)
  }

  write(writer: ColumnWriter): void {
    const rows = this.#starts.length
    writer.varint(rows)
    writer.times(this.#starts.values, rows)
    this.#starts.length = 0
    for (const column of this.#columns) {
      writer.column(column.values, rows)
      column.length = 0
    }
    this.#names.write(writer)
  }
}

export function readTlsNotes(reader: ColumnReader, texts: Texts, servers: readonly Server[]): TlsNote[] {
  const rows = reader.varint(CODEC_LIMITS.tlsNotes)
  if (rows > 0 && servers.length === 0) reader.failed = true
  if (reader.failed) return []
  const starts = new Float64Array(rows)
  reader.times(starts, rows)
  const text = texts.length - 1
  const first = readColumns(reader, rows, [TIME_MAX_US, text, text, text, Math.max(0, servers.length - 1), text])
  const [totalUs, client, clientPrefix, clientClass, server, version] = first as Six
  const second = readColumns(reader, rows, [text, text, text, text, text, text])
  const [alpn, ja4, cipher, certificateIssuer, clientName, clientCertificate] = second as Six
  const third = readColumns(reader, rows, [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, text, text, TLS_BITS])
  const [requestBytes, responseBytes, state, reason, bits] = third as Six
  const certificateNames = readNameLists(reader, rows, CODEC_LIMITS.certificateNames, texts)
  return rowsOf(reader, rows, (row) => ({
    startUs: starts[row]!,
    totalUs: totalUs[row]!,
    client: texts[client[row]!]!,
    clientPrefix: texts[clientPrefix[row]!]!,
    clientClass: texts[clientClass[row]!]!,
    server: servers[server[row]!]!,
    version: texts[version[row]!]!,
    alpn: texts[alpn[row]!]!,
    ja4: texts[ja4[row]!]!,
    cipher: texts[cipher[row]!]!,
    certificateNames: certificateNames[row]!,
    certificateIssuer: texts[certificateIssuer[row]!]!,
    clientName: texts[clientName[row]!]!,
    clientCertificate: texts[clientCertificate[row]!]!,
    requestBytes: requestBytes[row]!,
    responseBytes: responseBytes[row]!,
    state: texts[state[row]!]!,
    reason: texts[reason[row]!]!,
    isResumed: (bits[row]! & TlsBit.isResumed) !== 0,
    hasEarlyData: (bits[row]! & TlsBit.hasEarlyData) !== 0,
    isContinued: (bits[row]! & TlsBit.isContinued) !== 0,
  }))
}
