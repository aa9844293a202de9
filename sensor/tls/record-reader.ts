// The records of one direction of a TLS session, RFC 8446 section 5.1.
//
// In:  the bytes of one side, any split; gaps.
// Out: for each record its header, then its content: whole where that is wanted (where it lies, if one call brought all of it), else
// in pieces as they come. Every byte comes out exactly once: in onRecord,
// onPiece or onOutside.
// Given up: content whose buffer the pool refuses, and what lies between a loss, or bytes that are no record, and the next chain
// of two records.
import type { BufferPool } from "../../shared/bytes/buffer-pool.ts"
import { be16 } from "../../shared/bytes/read.ts"
import type { Side } from "../flow/flow.ts"
import { HeldBytes } from "./held-bytes.ts"
import { HEADER_BYTES, isHeader, isHello } from "./record-header.ts"
import { RecordSearch } from "./record-search.ts"

/** What bytes are that are not the content of a whole record. */
export const Outside = {
  /** The header of a record. */
  header: 0,
  /** No record, where one should begin. */
  malformed: 1,
  /** After a loss, before the next record that could be found. */
  lost: 2,
  /** Of a record whose rest was lost or never sent. */
  cut: 3,
  /** Of a record for which the pool had no buffer. */
  memory: 4,
} as const
export type Outside = (typeof Outside)[keyof typeof Outside]

/** What becomes of the content of the record at hand. */
export const Use = {
  /** It is wanted as it comes, in pieces. */
  stream: 0,
  /** It is wanted whole. */
  hold: 1,
} as const
export type Use = (typeof Use)[keyof typeof Use]

export interface RecordReceiver {
  /** A header was read. */
  onHeader(side: Side, type: number, version: number, length: number, timeUs: number): Use
  /** Content of a record that is held: bytes [start, end), valid during the call only. */
  onRecord(
    side: Side,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    timeUs: number,
    ackOffset: number,
  ): void
  /** The next bytes [start, end) of the content of a record that streams. */
  onPiece(side: Side, type: number, bytes: Uint8Array, start: number, end: number, timeUs: number): void
  /** `count` more bytes of the stream that are no content of a whole record. */
  onOutside(side: Side, what: Outside, count: number): void
  /**
   * Records were lost, in part or wholly: how many, -1 when that is unknown. `length`: bytes of their content as far as headers
   * told, and bytes lost for good where they did not.
   */
  onLoss(side: Side, why: Outside, records: number, length: number, timeUs: number): void
  /**
   * Bytes [start, end) should begin a record and do not. `isFirst`: nothing came before them. Returns what they are, with all that
   * follow until a chain of records is found.
   */
  onMalformed(side: Side, bytes: Uint8Array, start: number, end: number, isFirst: boolean): Outside
}

const At = { header: 0, content: 1, search: 2 } as const
type At = (typeof At)[keyof typeof At]

export class RecordReader {
  readonly #side: Side
  readonly #receiver: RecordReceiver
  /** Null before something was lost for the first time. */
  #search: RecordSearch | null = null
  readonly #header = new Uint8Array(HEADER_BYTES)
  #at: At = At.header
  /** Bytes of the header at hand that came in earlier calls. */
  #have = 0
  #type = 0
  #version = 0
  #length = 0
  /** Bytes of the content to come. */
  #left = 0
  #use: Use = Use.stream
  /** The record at hand is not whole: its bytes count as cut. */
  #isBroken = false
  /** Content so far of a held record that comes in pieces. */
  readonly #held: HeldBytes
  /** Of the bytes that are passed while a record is looked for, and of those of a broken record. */
  #why: Outside = Outside.lost
  #isFirst = true
  /** Bytes delivered or lost since the stream began, and of them those up to the end of the last held record. */
  offset = 0
  recordEnd = 0
  /** Offset of index 0 of the bytes at hand. */
  #base = 0

  constructor(side: Side, receiver: RecordReceiver, pool: BufferPool) {
    this.#side = side
    this.#receiver = receiver
    this.#held = new HeldBytes(pool)
  }

  /** A new stream. `isJoined`: its first bytes need not begin a record. */
  begin(isJoined: boolean): void {
    this.#have = 0
    this.#left = 0
    this.#isFirst = true
    this.offset = 0
    this.#at = At.header
    if (isJoined) this.#lose(Outside.lost, true)
  }

  onData(bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): void {
    let pos = start
    this.#base = this.offset - start
    this.offset += end - start
    // The first bytes of a joined stream may be a hello all the same, and then need no second record to prove it.
    if (this.#isFirst && this.#at === At.search && isHello(bytes, start, end)) this.#at = At.header
    while (pos < end) {
      if (this.#at === At.content) pos = this.#readContent(bytes, pos, end, timeUs, ackOffset)
      else if (this.#at === At.header) pos = this.#readHeader(bytes, pos, end, timeUs, ackOffset)
      else pos = this.#find(bytes, pos, end, timeUs, ackOffset)
    }
  }

  onGap(length: number, timeUs: number): void {
    this.#isFirst = false
    this.offset += length
    const isInside = this.#at === At.content && length <= this.#left
    if (isInside) {
      const isNew = !this.#isBroken
      if (isNew) this.#breakRecord(Outside.cut)
      this.#left -= length
      if (this.#left === 0) this.#at = At.header
      if (isNew) this.#receiver.onLoss(this.#side, Outside.cut, 1, this.#length, timeUs)
      return
    }
    this.#breakRecord(Outside.cut)
    this.#lose(Outside.lost, false)
    this.#receiver.onLoss(this.#side, Outside.lost, -1, length, timeUs)
  }

  /** Nothing more comes: what is at hand of a record is accounted for. */
  end(): void {
    this.#breakRecord(Outside.cut)
    this.#at = At.header
  }

  #readHeader(bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): number {
    let pos = start
    if (this.#have === 0 && end - pos >= HEADER_BYTES) {
      if (isHeader(bytes, pos)) {
        this.#receiver.onOutside(this.#side, Outside.header, HEADER_BYTES)
        this.#beginRecord(bytes, pos, bytes, timeUs, ackOffset)
        return pos + HEADER_BYTES
      }
      this.#lose(this.#receiver.onMalformed(this.#side, bytes, pos, end, this.#isFirst), false)
      return pos
    }
    while (pos < end && this.#have < HEADER_BYTES) this.#header[this.#have++] = bytes[pos++]!
    if (this.#have < HEADER_BYTES) return pos
    this.#have = 0
    if (isHeader(this.#header, 0)) {
      this.#receiver.onOutside(this.#side, Outside.header, HEADER_BYTES)
      this.#beginRecord(this.#header, 0, bytes, timeUs, ackOffset)
    } else {
      this.#lose(this.#receiver.onMalformed(this.#side, this.#header, 0, HEADER_BYTES, this.#isFirst), false)
      this.#search!.run(this.#header, 0, HEADER_BYTES)
      this.#receiver.onOutside(this.#side, this.#why, HEADER_BYTES)
    }
    return pos
  }

  /** The header stands at `at` of `header`. A record without content ends with it. */
  #beginRecord(header: Uint8Array, at: number, bytes: Uint8Array, timeUs: number, ackOffset: number): void {
    this.#isFirst = false
    this.#type = header[at]!
    this.#version = be16(header, at + 1)
    this.#length = be16(header, at + 3)
    this.#left = this.#length
    this.#isBroken = false
    this.#use = this.#receiver.onHeader(this.#side, this.#type, this.#version, this.#length, timeUs)
    this.#at = At.content
    if (this.#length > 0) return
    this.#at = At.header
    if (this.#use === Use.hold)
      this.#receiver.onRecord(this.#side, this.#type, this.#version, bytes, 0, 0, timeUs, ackOffset)
  }

  #readContent(bytes: Uint8Array, pos: number, end: number, timeUs: number, ackOffset: number): number {
    const count = Math.min(this.#left, end - pos)
    const stop = pos + count
    this.#left -= count
    this.recordEnd = this.#base + stop
    if (this.#left === 0) this.#at = At.header
    if (this.#isBroken) this.#receiver.onOutside(this.#side, this.#why, count)
    else if (this.#use === Use.stream) this.#receiver.onPiece(this.#side, this.#type, bytes, pos, stop, timeUs)
    else if (count === this.#length)
      this.#receiver.onRecord(this.#side, this.#type, this.#version, bytes, pos, stop, timeUs, ackOffset)
    else this.#hold(bytes, pos, stop, timeUs, ackOffset)
    return stop
  }

  #hold(bytes: Uint8Array, pos: number, stop: number, timeUs: number, ackOffset: number): void {
    const held = this.#held
    if (!held.append(bytes, pos, stop)) {
      this.#breakRecord(Outside.memory)
      this.#receiver.onOutside(this.#side, Outside.memory, stop - pos)
      this.#receiver.onLoss(this.#side, Outside.memory, 1, this.#length, timeUs)
    } else if (this.#left === 0) {
      this.#receiver.onRecord(this.#side, this.#type, this.#version, held.bytes, 0, held.length, timeUs, ackOffset)
      held.clear()
    }
  }

  /** The record or header at hand will not be whole. */
  #breakRecord(why: Outside): void {
    if (this.#have > 0) this.#receiver.onOutside(this.#side, why, this.#have)
    this.#have = 0
    const held = this.#held.length
    if (held > 0) this.#receiver.onOutside(this.#side, why, held)
    this.#held.clear()
    this.#isBroken = true
    this.#why = why
  }

  /** Where the next record begins is unknown. */
  #lose(why: Outside, isStart: boolean): void {
    this.#at = At.search
    this.#why = why
    this.#search ??= new RecordSearch()
    this.#search.begin(isStart)
  }

  #find(bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): number {
    const search = this.#search!
    const found = search.run(bytes, start, end)
    const stop = found < 0 ? end : found
    this.#receiver.onOutside(this.#side, this.#why, stop - start)
    if (found >= 0) this.#beginRecord(search.header, 0, bytes, timeUs, ackOffset)
    return stop
  }
}
