// The texts of full shapes under their hash. A later note takes the place of the former: data classes of fields are decided
// and revoked after the shape was first met.
import type { EventBatch } from "../../shared/event/api-event.ts"
import type { ShapeRecord } from "../store/records.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

export class ShapeNotes {
  readonly #max: number
  readonly #reached: LimitCounters
  readonly #known: Set<number>
  readonly #pending = new Map<number, ShapeRecord>()

  constructor(known: readonly number[], limits: InventoryLimits, reached: LimitCounters) {
    this.#max = limits.shapeNotes
    this.#reached = reached
    this.#known = new Set(known)
  }

  get size(): number {
    return this.#known.size
  }

  note(batch: EventBatch): void {
    for (const { shape, paths } of batch.shapes) {
      if (!this.#known.has(shape) && this.#known.size >= this.#max) {
        this.#reached.shapeNotes++
        continue
      }
      this.#known.add(shape)
      const before = this.#pending.get(shape)
      this.#pending.set(shape, { shape, paths, firstSeenUs: before?.firstSeenUs ?? firstSeen(batch, shape) })
    }
  }

  /** What was noted since the last call. */
  take(): ShapeRecord[] {
    const taken = [...this.#pending.values()]
    this.#pending.clear()
    return taken
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
