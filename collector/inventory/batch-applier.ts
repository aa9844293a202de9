// What the consuming side (in process or JetStream) hands over, and what it gets back.
import type { EventBatch } from "../../shared/event/api-event.ts"
import type { StreamPlaces } from "../consume/stream-place.ts"

export interface BatchApplier {
  /**
   * Applies a batch to the working set, once: "applied", or "duplicate" when (sensor, boot, sequence) is already in.
   * Nothing is durable until the next checkpoint; acknowledge after that. `heardUs`: when the batch came to the bus, µs of
   * wall clock; 0 unknown. `bytes`: the message that the batch was decoded from, kept until the next checkpoint; null: there is none.
   */
  apply(batch: EventBatch, heardUs?: number, bytes?: Uint8Array | null): "applied" | "duplicate"
  /** Greatest sequence applied of a run; 0 before the first. */
  greatest(sensor: string, boot: string): number
  /** How far streams were taken, as of what is applied: goes into the next checkpoint with it. */
  readonly places: StreamPlaces
  /** Events that wait for another sensor. */
  readonly waiting: number
  /**
   * Applies what waits for another sensor, unless one is still running that may bring it. Returns how many events those were:
   * durable after the next checkpoint.
   */
  settle(): number
  /** Counts a message that could not be applied. */
  refuse(reason: string): void
  /** Writes everything since the last checkpoint in one transaction. Throws StoreError; the state stays dirty then. */
  checkpoint(): Promise<void>
}
