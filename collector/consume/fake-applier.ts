// An applier for tests that keeps books: what was applied, and what of it a checkpoint made durable.
import type { EventBatch } from "../../shared/event/api-event.ts"
import type { BatchApplier } from "../inventory/batch-applier.ts"
import type { Position } from "../store/records.ts"
import { Positions } from "./positions.ts"
import { StreamPlaces } from "./stream-place.ts"

export class FakeApplier implements BatchApplier {
  /** How often each position was applied: more than once is the mistake that the tests look for. */
  readonly applied = new Map<string, number>()
  exchanges = 0
  checkpoints = 0
  readonly refused: string[] = []
  /** Rejects checkpoints while set. */
  failure: Error | null = null
  /** Delay of a checkpoint, ms. */
  delayMs = 0
  positions = new Positions()
  readonly places = new StreamPlaces([])
  #durable: Position[] = []
  #durableExchanges = 0

  /** Of the last batch. */
  heardUs = 0

  apply(batch: EventBatch, heardUs = 0): "applied" | "duplicate" {
    this.heardUs = heardUs
    const { sensor, boot, sequence, ledger } = batch.envelope
    if (this.positions.isApplied(sensor, boot, sequence)) return "duplicate"
    this.positions.mark(sensor, boot, sequence, ledger)
    const key = `${sensor} ${boot} ${sequence}`
    this.applied.set(key, (this.applied.get(key) ?? 0) + 1)
    this.exchanges += batch.events.length
    return "applied"
  }

  greatest(sensor: string, boot: string): number {
    return this.positions.greatest(sensor, boot)
  }

  /** Applied by `settle`, at once. */
  waiting = 0
  settlings = 0

  settle(): number {
    const { waiting } = this
    this.settlings++
    this.waiting = 0
    return waiting
  }

  refuse(reason: string): void {
    this.refused.push(reason)
  }

  async checkpoint(): Promise<void> {
    const dirty = this.positions.dirty()
    const { exchanges } = this
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs))
    if (this.failure !== null) throw this.failure
    this.positions.committed(dirty)
    this.#durable = [...this.#durable.filter((p) => !dirty.some((d) => d.boot === p.boot)), ...dirty]
    this.#durableExchanges = exchanges
    this.checkpoints++
  }

  /** What a crashed collector finds when it starts again. */
  crash(): void {
    this.positions = Positions.from(this.#durable)
    this.exchanges = this.#durableExchanges
    for (const key of this.applied.keys()) {
      const [sensor, boot, sequence] = key.split(" ")
      if (!this.positions.isApplied(sensor!, boot!, Number(sequence))) this.applied.delete(key)
    }
  }

  get appliedTwice(): string[] {
    return [...this.applied].filter(([, times]) => times > 1).map(([key]) => key)
  }
}
