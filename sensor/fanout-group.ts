// The fanout group that the workers of one run share: a number among those of all programs of this network namespace, and the
// secret constant of the flow hash, which must be the same in every worker.
import { randomBytes } from "node:crypto"

export interface FanoutGroup {
  /** 1 to 65535. */
  readonly group: number
  readonly seed: number
}

/** Random: two sensors of a host must not meet in one group, and nobody outside may choose the worker of a flow. */
export function drawFanout(): FanoutGroup {
  const bytes = randomBytes(6)
  return { group: 1 + (bytes.readUInt16LE(0) % 65_535), seed: bytes.readInt32LE(2) }
}
