// Quality flags that weaken what can be concluded from an exchange.
import { FLAG_NAMES } from "../../shared/event/api-event.ts"

const LOSSY: readonly string[] = ["gap", "truncated", "oneWay", "midstream", "resynchronised"]
export const LOSSY_FLAGS = FLAG_NAMES.reduce((mask, name, bit) => (LOSSY.includes(name) ? mask | (1 << bit) : mask), 0)
