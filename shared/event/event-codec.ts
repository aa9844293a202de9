// A batch of events as bytes, and back.
//
// In:  ApiEvents one by one (their records interned by the sensor), shape notes, an envelope. Out: one message.
//
//   0        'S'
//   1        version: outside everything else, so that one that we do not know is refused as such; older ones are read
//   2        coding of the rest: 0 as it is, 1 deflate-raw
//   3        0
//   4..7     bytes of the body before compression, little endian
//   8..      body: MessagePack [envelope, strings, columns]
//              envelope  [tenant, sensor, boot, sequence, keyEpoch, watermarkUs, last, counter names, counter values]
//              strings   the dictionary: each string of the batch once, all others are indices into it
//              columns   bytes: record tables, events, shape notes, TLS notes (event-codec-columns.ts)
//
// Given up: whatever exceeds CODEC_LIMITS. The encoder cuts long strings and lists and counts that in `cut`; the decoder
// refuses. Decoding never throws, whatever the bytes, and never takes memory out of proportion to their number.
import { deflateRawSync, inflateRawSync } from "node:zlib"
import { Packr } from "msgpackr/pack"
import {
  type ApiEvent,
  type Envelope,
  EVENT_VERSION,
  type EventBatch,
  type ShapeNote,
  type TlsNote,
} from "./api-event.ts"
import { ColumnReader, ColumnWriter, whole } from "./event-codec-columns.ts"
import { Dictionary, type Texts } from "./event-codec-dictionary.ts"
import { readEvents } from "./event-codec-event-reader.ts"
import { EventColumns } from "./event-codec-events.ts"
import { CODEC_LIMITS, TIME_MAX_US } from "./event-codec-limits.ts"
import { readRecords, readShapes } from "./event-codec-record-reader.ts"
import { ShapeTable } from "./event-codec-records.ts"
import { isPlainMessagePack } from "./event-codec-scan.ts"
import { readTlsNotes, TlsTable } from "./event-codec-tls.ts"
import { isSubjectToken } from "./subjects.ts"

const MARK = 0x53
const HEADER_BYTES = 8
const Coding = { plain: 0, deflate: 1 } as const
/** Level 1 gives most of the gain at a fifth of the price of the default. */
const DEFLATE_LEVEL = 1

const COUNTER_NAME_UNITS = 128
const COUNTER_NAME = /^[\x21-\x7e]{1,128}$/

// The build of msgpackr that is all JavaScript, without records: no native code and no generated code ever meets bytes
// that came over the network.
const packr = new Packr({ useRecords: false, mapsAsObjects: true, moreTypes: false })

export interface BatchEncoderOptions {
  /** Deflate the body: for a network link. Costs about as much CPU as the encoding itself. */
  readonly compress: boolean
}

export class BatchEncoder {
  readonly #compress: boolean
  readonly #dictionary = new Dictionary()
  readonly #columns = new EventColumns(this.#dictionary)
  readonly #shapes = new ShapeTable()
  readonly #tls = new TlsTable()
  readonly #writer = new ColumnWriter()

  constructor(options: BatchEncoderOptions = { compress: false }) {
    this.#compress = options.compress
  }

  /** Events since the last `encode`. */
  get events(): number {
    return this.#columns.length
  }

  /** Shape notes since the last `encode`. */
  get shapes(): number {
    return this.#shapes.size
  }

  /** TLS notes since the last `encode`. */
  get tlsNotes(): number {
    return this.#tls.size
  }

  /** Bytes that the batch will take before compression, estimated within a factor of two. */
  get estimatedBytes(): number {
    return this.#dictionary.estimatedBytes + this.#columns.estimatedBytes
  }

  /** Strings, list elements and notes that were cut to the limits, ever. */
  get cut(): number {
    return this.#dictionary.cut + this.#columns.cut + this.#shapes.cut + this.#tls.cut
  }

  /** True when the next event or note has no room: the caller encodes first. */
  get isFull(): boolean {
    return (
      this.#columns.length >= CODEC_LIMITS.events ||
      this.#columns.isFull ||
      this.#shapes.size >= CODEC_LIMITS.shapes ||
      this.#tls.size >= CODEC_LIMITS.tlsNotes ||
      this.#dictionary.texts.length >= CODEC_LIMITS.strings / 2 ||
      this.estimatedBytes >= CODEC_LIMITS.messageBytes / 4
    )
  }

  /** Takes the event's values; the object itself may be used again. The records that it refers to must not change. */
  add(event: ApiEvent): void {
    this.#columns.add(event)
  }

  note(shape: ShapeNote): void {
    this.#shapes.push(shape, this.#dictionary)
  }

  tls(note: TlsNote): void {
    this.#tls.push(note, this.#columns.serverIndexOf(note.server), this.#dictionary)
  }

  /** The message, in bytes of its own; the encoder is empty after it. `envelope.version` is what this code writes. */
  encode(envelope: Envelope): Uint8Array {
    const writer = this.#writer
    writer.reset()
    this.#columns.write(writer)
    this.#shapes.write(writer)
    this.#tls.write(writer)
    const body = packr.pack([packEnvelope(envelope), this.#dictionary.texts, writer.written()])
    this.#dictionary.reset()
    return frame(body, this.#compress)
  }
}

/** Counter names as they may travel: nearly every batch has those of the one before. Bounded; beyond it they are made anew. */
const COUNTER_NAMES_MAX = 4096
const counterNames = new Map<string, string>()

function counterName(name: string): string {
  const known = counterNames.get(name)
  if (known !== undefined) return known
  const written = name.replace(/[^\x21-\x7e]/g, "_").slice(0, COUNTER_NAME_UNITS)
  if (counterNames.size < COUNTER_NAMES_MAX) counterNames.set(name, written)
  return written
}

function packEnvelope(envelope: Envelope): readonly unknown[] {
  const { ledger } = envelope
  const names = Object.keys(ledger)
  if (names.length > CODEC_LIMITS.ledger) names.length = CODEC_LIMITS.ledger
  return [
    envelope.tenant,
    envelope.sensor,
    envelope.boot,
    envelope.sequence,
    envelope.keyEpoch,
    envelope.watermarkUs,
    envelope.last,
    names.map(counterName),
    names.map((name) => whole(ledger[name]!)),
  ]
}

function frame(body: Uint8Array, compress: boolean): Uint8Array {
  const coded = compress ? deflateRawSync(body, { level: DEFLATE_LEVEL }) : body
  const message = Buffer.allocUnsafe(HEADER_BYTES + coded.length)
  message[0] = MARK
  message[1] = EVENT_VERSION
  message[2] = compress ? Coding.deflate : Coding.plain
  message[3] = 0
  message.writeUInt32LE(body.length, 4)
  message.set(coded, HEADER_BYTES)
  return message
}

export type RefusalCode = "not-a-batch" | "unknown-version" | "too-large" | "malformed"
export type DecodeResult =
  | { readonly ok: true; readonly batch: EventBatch }
  | { readonly ok: false; readonly code: RefusalCode; readonly sentence: string }

function refusal(code: RefusalCode, sentence: string): DecodeResult {
  return { ok: false, code, sentence }
}

/** Reads a message from anywhere. The batch holds nothing of `bytes`. */
export function decodeBatch(bytes: Uint8Array): DecodeResult {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MARK) {
    return refusal("not-a-batch", "The message does not start like a batch of events.")
  }
  const version = bytes[1]!
  if (version === 0 || version > EVENT_VERSION) {
    const known = `this program reads versions 1 to ${EVENT_VERSION}`
    return refusal("unknown-version", `The batch has version ${version}; ${known}.`)
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.readUInt32LE(4)
  if (bytes.length > CODEC_LIMITS.messageBytes || length > CODEC_LIMITS.messageBytes) {
    return refusal("too-large", `The batch is larger than ${CODEC_LIMITS.messageBytes} bytes.`)
  }
  const body = bodyOf(view, length)
  if (body === null || !isPlainMessagePack(body)) return refusal("malformed", "The body of the batch is damaged.")
  const batch = readBody(packr.unpack(body), version)
  return batch === null ? refusal("malformed", "The batch holds values that no sensor sends.") : { ok: true, batch }
}

function bodyOf(message: Buffer, length: number): Buffer | null {
  const coded = message.subarray(HEADER_BYTES)
  if (message[3] !== 0) return null
  if (message[2] === Coding.plain) return coded.length === length ? coded : null
  if (message[2] !== Coding.deflate) return null
  try {
    const body = inflateRawSync(coded, { maxOutputLength: Math.max(1, length) })
    return body.length === length ? body : null
  } catch {
    // zlib offers no other way to say that bytes do not inflate, or to more than they promised.
    return null
  }
}

function readBody(value: unknown, version: number): EventBatch | null {
  if (!Array.isArray(value) || value.length !== 3) return null
  const [envelopeValue, strings, columns] = value
  const envelope = readEnvelope(envelopeValue, version)
  const texts = readTexts(strings)
  if (envelope === null || texts === null || !(columns instanceof Uint8Array)) return null
  const reader = new ColumnReader(columns)
  const records = readRecords(reader, texts, version)
  const events = readEvents(reader, texts, records, version)
  const shapes = readShapes(reader, texts)
  const tls = version === 1 ? [] : readTlsNotes(reader, texts, records.servers)
  return reader.failed || !reader.isAtEnd ? null : { envelope, events, shapes, tls }
}

function readTexts(value: unknown): Texts | null {
  if (!Array.isArray(value) || value.length > CODEC_LIMITS.strings) return null
  for (const text of value) {
    if (typeof text !== "string" || text.length > CODEC_LIMITS.stringUnits) return null
  }
  return ["", ...(value as string[])]
}

function readEnvelope(value: unknown, version: number): Envelope | null {
  if (!Array.isArray(value) || value.length !== 9) return null
  const [tenant, sensor, boot, sequence, keyEpoch, watermarkUs, last, names, values] = value
  const ledger = readLedger(names, values)
  if (
    !isToken(tenant) ||
    !isToken(sensor) ||
    !isToken(boot) ||
    !isCount(sequence) ||
    sequence === 0 ||
    !isCount(keyEpoch) ||
    !isCount(watermarkUs) ||
    watermarkUs > TIME_MAX_US ||
    typeof last !== "boolean" ||
    ledger === null
  ) {
    return null
  }
  return { version, tenant, sensor, boot, sequence, keyEpoch, watermarkUs, last, ledger }
}

function readLedger(names: unknown, values: unknown): Record<string, number> | null {
  if (!Array.isArray(names) || !Array.isArray(values)) return null
  if (names.length !== values.length || names.length > CODEC_LIMITS.ledger) return null
  const ledger: Record<string, number> = {}
  for (let i = 0; i < names.length; i++) {
    const name: unknown = names[i]
    const count: unknown = values[i]
    if (typeof name !== "string" || !COUNTER_NAME.test(name) || !isCount(count)) return null
    ledger[name] = count
  }
  return ledger
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && isSubjectToken(value)
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}
