// Quality flags that weaken what can be concluded from an exchange.
import { FLAG_NAMES } from "../../shared/event/api-event.ts"

const LOSSY: readonly string[] = ["gap", "truncated", "oneWay", "midstream", "resynchronised"]
export const LOSSY_FLAGS = maskOf(LOSSY)

/**
 * Those of them that say that bytes of this very exchange are missing. A connection that was joined in the middle, or found again after a
 * loss, carries whole exchanges afterwards, and some live for weeks: what they say is sound.
 */
export const INCOMPLETE_FLAGS = maskOf(["gap", "truncated", "oneWay"])

function maskOf(names: readonly string[]): number {
  return FLAG_NAMES.reduce((mask, name, bit) => (names.includes(name) ? mask | (1 << bit) : mask), 0)
}
