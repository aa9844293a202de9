// The journal of the analysis: what it takes in, in order, as bytes that the store keeps.
//
//   piece   messages   as they came from the sensors, those of which an exchange was taken in
//           others     exchanges that are in no message of the piece (joined halves, and what was kept back), encoded anew
//           from, at   of each exchange in order: number of its message and its place there; -1 and its place among the others
//           consumers, endpoints   ordinal of its subjects, -1 for none
//           notes      each with the number of exchanges of the piece that came before it
//
// In:  messages, exchanges and notes as they are taken in. Out: pieces of some `pieceBytes` at each checkpoint; and back: a piece into an
// analysis. A checkpoint's 32 MB in one piece were there three times while they were written, and once more until the next checkpoint.
// Messages are kept as they came because encoding anew costs as much as all baselines together (5 µs an exchange in batches of many
// endpoints). Pieces are written by this program into its own store, so one that cannot be read is a damaged store, and an error.

import { deserialize, serialize } from "node:v8"
import { grown } from "../../shared/bytes/grown.ts"
import { type ApiEvent, EVENT_VERSION } from "../../shared/event/api-event.ts"
import { BatchEncoder, decodeBatch } from "../../shared/event/event-codec.ts"
import type { AnalysisNote } from "../incident/notes.ts"
import type { JournalRecord } from "../store/incident-records.ts"
import { StoreError } from "../store/store.ts"
import type { Analysis } from "./analysis.ts"

const FORMAT = 1
/** Exchanges between two rests of a replay: some 10 ms. */
const REST_EVERY = 1000

interface Piece {
  readonly format: number
  readonly messages: readonly Uint8Array[]
  readonly others: readonly Uint8Array[]
  readonly from: Int32Array
  readonly at: Int32Array
  readonly consumers: Int32Array
  readonly endpoints: Int32Array
  readonly notes: readonly (readonly [before: number, note: AnalysisNote])[]
}

/** Events of the present message that are looked at for the one that is taken in: some of it may wait, or be copies. */
const LOOK_AHEAD = 64

/** A column that grows by doubling. */
class Column {
  #values = new Int32Array(1024)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#values.length) this.#values = grown(this.#values, new Int32Array(this.#length * 2))
    this.#values[this.#length++] = value
  }

  take(): Int32Array {
    const taken = this.#values.slice(0, this.#length)
    this.#length = 0
    return taken
  }
}

export class JournalWriter {
  #sequence: number
  readonly #pieceBytes: number
  /** Closed since the last `take`. */
  #pieces: JournalRecord[] = []
  /** Of the messages of the open piece. */
  #held = 0
  readonly #encoder = new BatchEncoder()
  #messages: Uint8Array[] = []
  #others: Uint8Array[] = []
  #othersCount = 0
  readonly #from = new Column()
  readonly #at = new Column()
  readonly #consumers = new Column()
  readonly #endpoints = new Column()
  #exchanges = 0
  #notes: [number, AnalysisNote][] = []
  #fromUs = Number.POSITIVE_INFINITY
  #toUs = 0
  /** The present message: its events, the place after the last one found, whether it is among the messages. */
  #bytes: Uint8Array | null = null
  #events: readonly ApiEvent[] = []
  #next = 0
  #isKept = false

  /** `sequence`: of the last piece there is, 0 for none. `pieceBytes`: messages of a piece; it is closed with the one that reaches them. */
  constructor(sequence: number, pieceBytes: number) {
    this.#sequence = sequence
    this.#pieceBytes = pieceBytes
  }

  /** Exchanges that follow are of this message; `bytes` must not change. */
  begin(bytes: Uint8Array, events: readonly ApiEvent[]): void {
    this.#bytes = bytes
    this.#events = events
    this.#next = 0
    this.#isKept = false
  }

  end(): void {
    this.#bytes = null
    this.#events = []
    if (this.#held >= this.#pieceBytes) this.#close()
  }

  add(event: ApiEvent, consumer: number, endpoint: number): void {
    const place = this.#placeOf(event)
    if (place >= 0) {
      if (!this.#isKept) this.#keep(this.#bytes!)
      this.#from.push(this.#messages.length - 1)
      this.#at.push(place)
    } else {
      this.#from.push(-1)
      this.#at.push(this.#othersCount++)
      this.#encoder.add(event)
      if (this.#encoder.isFull) this.#closeOthers()
    }
    this.#consumers.push(consumer)
    this.#endpoints.push(endpoint)
    this.#exchanges++
    if (event.startUs < this.#fromUs) this.#fromUs = event.startUs
    if (event.startUs > this.#toUs) this.#toUs = event.startUs
  }

  note(note: AnalysisNote): void {
    this.#notes.push([this.#exchanges, note])
  }

  /** What was taken in since the last call. Not between `begin` and `end`. */
  take(): JournalRecord[] {
    if (this.#exchanges > 0 || this.#notes.length > 0) this.#close()
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  #keep(message: Uint8Array): void {
    this.#messages.push(message)
    this.#held += message.length
    this.#isKept = true
  }

  #close(): void {
    if (this.#encoder.events > 0) this.#closeOthers()
    const piece: Piece = {
      format: FORMAT,
      messages: this.#messages,
      others: this.#others,
      from: this.#from.take(),
      at: this.#at.take(),
      consumers: this.#consumers.take(),
      endpoints: this.#endpoints.take(),
      notes: this.#notes,
    }
    this.#pieces.push({
      sequence: ++this.#sequence,
      fromUs: this.#exchanges === 0 ? 0 : this.#fromUs,
      toUs: this.#toUs,
      exchanges: this.#exchanges,
      bytes: serialize(piece),
    })
    this.#held = 0
    this.#messages = []
    this.#others = []
    this.#othersCount = 0
    this.#exchanges = 0
    this.#notes = []
    this.#fromUs = Number.POSITIVE_INFINITY
    this.#toUs = 0
  }

  /** Place in the present message; -1 when it is not there. */
  #placeOf(event: ApiEvent): number {
    const events = this.#events
    const end = Math.min(events.length, this.#next + LOOK_AHEAD)
    for (let at = this.#next; at < end; at++) {
      if (events[at] !== event) continue
      this.#next = at + 1
      return at
    }
    return -1
  }

  #closeOthers(): void {
    const names = { version: EVENT_VERSION, tenant: "journal", sensor: "journal", boot: "journal" }
    const others = this.#encoder.encode({
      ...names,
      sequence: 1,
      keyEpoch: 1,
      watermarkUs: 0,
      last: false,
      ledger: {},
    })
    this.#others.push(others)
    this.#held += others.length
  }
}

/** Takes a piece in, as it was taken in when it was written. Throws a StoreError("corrupt") when it cannot be read. */
export function replay(piece: JournalRecord, analysis: Analysis): void {
  for (const _ of replaying(piece, analysis));
}

/** The same with a rest now and then, for others to run. */
export function* replaying({ sequence, bytes }: JournalRecord, analysis: Analysis): Iterable<void> {
  const piece = deserialize(bytes) as Piece
  if (piece.format !== FORMAT) throw corrupt(sequence, `format ${piece.format}`)
  const { consumers, endpoints } = analysis.subjects
  const eventsOf = (message: Uint8Array): readonly ApiEvent[] => {
    const decoded = decodeBatch(message)
    if (!decoded.ok) throw corrupt(sequence, decoded.sentence)
    return decoded.batch.events
  }
  const others = piece.others.flatMap(eventsOf)
  let events: readonly ApiEvent[] = []
  let message = -1
  let next = 0
  for (let i = 0; i <= piece.from.length; i++) {
    if (i % REST_EVERY === REST_EVERY - 1) yield
    while (next < piece.notes.length && piece.notes[next]![0] <= i) analysis.apply(piece.notes[next++]![1])
    if (i === piece.from.length) return
    const from = piece.from[i]!
    if (from >= 0 && from !== message) {
      events = eventsOf(piece.messages[from]!)
      message = from
    }
    const event = (from < 0 ? others : events)[piece.at[i]!]
    const consumer = consumers[piece.consumers[i]!]
    if (event === undefined || consumer === undefined) throw corrupt(sequence, `exchange ${i} is not there`)
    const endpoint = piece.endpoints[i]!
    analysis.note(event, consumer, endpoint < 0 ? null : endpoints[endpoint]!)
  }
}

function corrupt(sequence: number, why: string): StoreError {
  return new StoreError(
    "corrupt",
    `Piece ${sequence} of the analysis journal cannot be read (${why}). Restore a backup.`,
  )
}
