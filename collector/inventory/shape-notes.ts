// The texts of full shapes under their hash: what the store keeps, and what schemas are merged from.
//
// In:  notes of batches, what the store gave back.   Out: records for the next checkpoint; the lines of a shape, at once.
// A later note takes the place of the former: data classes of fields are decided and revoked after the shape was first met. Shapes
// of one API have most of their lines in common: each line is one string, however many shapes have it.
// Given up, and counted: shapes past `shapeNotes`, and texts for which there is no memory left (`shapeTextBytes`). They are not
// stored either, so that what is in memory is what is in the store.
import type { EventBatch } from "../../shared/event/api-event.ts"
import type { ShapeRecord } from "../store/records.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

/** Bytes that a distinct line takes beside its text, and a shape for each of its lines; estimated. */
const LINE_BYTES = 80
const REFERENCE_BYTES = 8

/** Lines of shapes by hash; null when the text is not known. */
export interface ShapeTexts {
  linesOf(shape: number): readonly string[] | null
}

export const NO_SHAPE_TEXTS: ShapeTexts = { linesOf: () => null }

interface Line {
  readonly text: string
  shapes: number
}

export class ShapeNotes implements ShapeTexts {
  readonly #max: number
  readonly #bytesMax: number
  readonly #reached: LimitCounters
  readonly #known = new Map<number, ShapeRecord>()
  readonly #lines = new Map<string, Line>()
  /** Bytes that the texts take, estimated: the same whatever the order in which they came. */
  #bytes = 0
  readonly #pending = new Map<number, ShapeRecord>()

  constructor(known: readonly ShapeRecord[], limits: InventoryLimits, reached: LimitCounters) {
    this.#max = limits.shapeNotes
    this.#bytesMax = limits.shapeTextBytes
    this.#reached = reached
    for (const record of known) this.#known.set(record.shape, { ...record, paths: this.#take(record.paths) })
  }

  get size(): number {
    return this.#known.size
  }

  linesOf(shape: number): readonly string[] | null {
    return this.#known.get(shape)?.paths ?? null
  }

  note(batch: EventBatch): void {
    for (const { shape, paths } of batch.shapes) {
      const before = this.#known.get(shape)
      if (before === undefined && this.#known.size >= this.#max) {
        this.#reached.shapeNotes++
        continue
      }
      const more = this.#cost(paths)
      if (more > 0 && this.#bytes + more > this.#bytesMax) {
        this.#reached.shapeTextBytes++
        continue
      }
      const lines = this.#take(paths)
      if (before !== undefined) this.#giveBack(before.paths)
      const record = { shape, paths: lines, firstSeenUs: before?.firstSeenUs ?? firstSeen(batch, shape) }
      this.#known.set(shape, record)
      this.#pending.set(shape, record)
    }
  }

  /** What was noted since the last call. */
  take(): ShapeRecord[] {
    const taken = [...this.#pending.values()]
    this.#pending.clear()
    return taken
  }

  /** Bytes that a text would take in addition. */
  #cost(paths: readonly string[]): number {
    let bytes = paths.length * REFERENCE_BYTES
    for (const path of paths) if (!this.#lines.has(path)) bytes += LINE_BYTES + path.length
    return bytes
  }

  #take(paths: readonly string[]): readonly string[] {
    this.#bytes += paths.length * REFERENCE_BYTES
    return paths.map((path) => {
      let line = this.#lines.get(path)
      if (line === undefined) {
        line = { text: path, shapes: 0 }
        this.#lines.set(path, line)
        this.#bytes += LINE_BYTES + path.length
      }
      line.shapes++
      return line.text
    })
  }

  #giveBack(paths: readonly string[]): void {
    this.#bytes -= paths.length * REFERENCE_BYTES
    for (const path of paths) {
      const line = this.#lines.get(path)
      if (line === undefined || --line.shapes > 0) continue
      this.#lines.delete(path)
      this.#bytes -= LINE_BYTES + path.length
    }
  }
}

/** A note travels with the first event that refers to it; alone, it has the batch's time. */
function firstSeen(batch: EventBatch, shape: number): number {
  let firstUs = batch.envelope.watermarkUs
  for (const event of batch.events) {
    const isHere = event.response.fullShape === shape || event.request.fullShape === shape
    if (isHere && event.startUs < firstUs) firstUs = event.startUs
  }
  return firstUs
}
