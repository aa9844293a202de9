// What the rest of the collector says of itself when it is asked whether it is ready.
export interface Health {
  /** True once every input was read and applied (or the stream is being consumed) and the store answers. */
  readonly ready: boolean
  /** Why not, a sentence each. Empty when ready. */
  readonly reasons: readonly string[]
  /** Messages waiting in the stream, null without one. */
  readonly lag?: number | null | undefined
}
