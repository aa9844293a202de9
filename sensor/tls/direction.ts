// One direction of a session that is being decrypted: the stage at hand, the number of the next record, what was lost.
//
// In:  whole records. Out: their plaintext. A record whose number is known is opened under it. Behind a loss the number is
// searched for: around what the length of the records before makes likely, then from 0 under the keys that come next, in case
// their change was lost. Only a number under which the record proves authentic is believed, and it says how many records were lost.
// Bounded: TRIES_MAX a record, and FAILURES_MAX failed tries that no success has made good; an attacker who sends garbage pays
// with his session, not the sensor with its time.

import { forgetStage, type Stage } from "./key-path.ts"
import { CONTENT_BYTES_MAX, HEADER_BYTES } from "./record-header.ts"

export const TRIES_MAX = 64
export const FAILURES_MAX = 256
/** Failed tries that a success makes good. */
const GOOD_FOR = 4
/** Numbers tried under the keys that come next. */
const NEXT_TRIES_MAX = 8
/** Share of the last record in the average of their lengths. */
const LENGTH_WEIGHT = 1 / 8

export class Direction {
  stage: Stage | null = null
  /** Number of the next record, if none was lost. */
  sequence = 0
  /** Records lost before the next one, and bytes of the stream: of records that are known one by one, and of stretches that are not. */
  lostRecords = 0
  lostBytes = 0
  stretchBytes = 0
  /** Offset just past the last record in the encrypted stream, -1 before the first. */
  wireEnd = -1
  /** Average length of records in the stream. */
  #recordBytes = 0
  /** Failed tries that no success has made good. */
  failures = 0
  /** All of them. */
  authFailures = 0
  /** Plaintext missing before the last record that opened: never less than was lost, and just that where no padding hides it. */
  gapBytes = 0
  /** Records missing before it. */
  gapRecords = 0

  get hasLoss(): boolean {
    return this.lostBytes > 0 || this.stretchBytes > 0
  }

  get isExhausted(): boolean {
    return this.failures >= FAILURES_MAX
  }

  /**
   * `records` with `length` bytes of content were lost; -1: `length` bytes of the stream from `wireStart` on, with nobody knows
   * how many.
   */
  lose(records: number, length: number, wireStart: number): void {
    this.stage?.cipher.lose()
    if (records < 0) {
      this.stretchBytes += Math.max(1, length)
      if (this.wireEnd < 0) this.wireEnd = wireStart
    } else {
      this.lostRecords += records
      this.lostBytes += length + records * HEADER_BYTES
    }
  }

  /** A record with `length` bytes of content did not open: it counts as lost. */
  miss(length: number): void {
    this.stretchBytes += length + HEADER_BYTES
  }

  /** From now on records are those of `stage`, from its first on. */
  enter(stage: Stage | null): void {
    forgetStage(this.stage)
    this.stage = stage
    this.sequence = 0
    this.lostRecords = 0
    this.lostBytes = 0
    this.stretchBytes = 0
  }

  /**
   * Plaintext of the record that ends at `wireEnd` of the stream, null when it does not open. `gapBytes` then says how many
   * bytes of plaintext are missing before it. `next`: the stage that may have begun in what was lost, made when it is needed.
   */
  open(
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireEnd: number,
    next: () => Stage | null,
  ): Buffer | null {
    const stage = this.stage!
    if (this.stretchBytes > 0 && this.wireEnd >= 0)
      this.stretchBytes = Math.max(1, wireEnd - (end - start) - HEADER_BYTES - this.wireEnd - this.lostBytes)
    const plain = this.#openNext(stage, type, version, bytes, start, end, next)
    if (plain !== null) {
      this.wireEnd = wireEnd
      const length = end - start + HEADER_BYTES
      this.#recordBytes += (length - this.#recordBytes) * (this.#recordBytes === 0 ? 1 : LENGTH_WEIGHT)
    }
    this.stage!.cipher.pass(bytes, start, end)
    return plain
  }

  #openNext(
    stage: Stage,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    next: () => Stage | null,
  ): Buffer | null {
    const known = this.sequence + this.lostRecords
    const least = known + Math.floor(this.stretchBytes / (CONTENT_BYTES_MAX + HEADER_BYTES))
    const most = known + this.#recordsMax(stage)
    const likely = known + (this.#recordBytes === 0 ? 0 : Math.round(this.stretchBytes / this.#recordBytes))
    const hadLoss = this.hasLoss
    const tries = this.stretchBytes === 0 ? 1 : TRIES_MAX
    let plain = this.#search(stage, least, most, likely, tries, type, version, bytes, start, end)
    if (plain !== null || !hadLoss) return plain
    const following = next()
    if (following === null) return null
    plain = this.#search(following, 0, most - this.sequence, 0, NEXT_TRIES_MAX, type, version, bytes, start, end)
    forgetStage(plain === null ? following : stage)
    if (plain !== null) this.stage = following
    return plain
  }

  forget(): void {
    forgetStage(this.stage)
    this.stage = null
  }

  /** As many records as can lie in the stretches that were lost. */
  #recordsMax(stage: Stage): number {
    return Math.floor(this.stretchBytes / (HEADER_BYTES + stage.cipher.overheadBytes)) + (this.stretchBytes > 0 ? 1 : 0)
  }

  /** Tries numbers from `least` to `most`, from `likely` outwards. */
  #search(
    stage: Stage,
    least: number,
    most: number,
    likely: number,
    tries: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Buffer | null {
    let below = Math.min(most, Math.max(least, likely))
    let above = below + 1
    for (let i = 0; i < tries && !this.isExhausted && (below >= least || above <= most); i++) {
      const isBelow = below >= least && (above > most || i % 2 === 0)
      const sequence = isBelow ? below-- : above++
      const plain = stage.cipher.open(sequence, type, version, bytes, start, end)
      if (plain !== null) {
        this.#settle(stage, sequence)
        return plain
      }
      this.failures++
      this.authFailures++
    }
    return null
  }

  /** The record of this number has opened: what was lost before it is known. */
  #settle(stage: Stage, sequence: number): void {
    const overheadBytes = HEADER_BYTES + stage.cipher.overheadBytes
    const lost = stage === this.stage ? sequence - this.sequence : sequence
    const bytes = this.lostBytes + this.stretchBytes
    this.gapRecords = lost
    this.gapBytes = bytes === 0 ? 0 : Math.max(1, bytes - lost * overheadBytes)
    this.lostRecords = 0
    this.lostBytes = 0
    this.stretchBytes = 0
    this.sequence = sequence + 1
    this.failures = Math.max(0, this.failures - GOOD_FOR)
  }
}
