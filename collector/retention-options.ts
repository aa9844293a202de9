// How long and how much the collector keeps, declared once: options to limits of the store.
import type { Options, ValuesOf } from "../shared/config/options.ts"
import { ENDPOINT_HOUR_LIMITS } from "./store/sqlite-endpoint-hours.ts"
import { RETENTION_LIMITS } from "./store/sqlite-retention.ts"
import { SENSOR_HISTORY_LIMITS } from "./store/sqlite-sensor-history.ts"
import { CHANGES_MAX, POSITIONS_MAX, type WriterLimits } from "./store/sqlite-writer.ts"

const DAY_US = 86_400_000_000
const YEARS = 20 * 365 * DAY_US

export const RETENTION_OPTIONS = {
  "keep.evidence": {
    kind: "duration",
    sentence: "How long exchanges are kept for back-tests, in event time; at most 1 GiB of them.",
    default: RETENTION_LIMITS.evidenceUs,
    min: DAY_US,
    max: YEARS,
  },
  "keep.hours": {
    kind: "duration",
    sentence: "How long counts by hour are kept; those with sketches at most 35 days, then by day.",
    default: RETENTION_LIMITS.hoursUs,
    min: 2 * DAY_US,
    max: YEARS,
  },
  "keep.days": {
    kind: "duration",
    sentence: "How long counts by day are kept, and hours of sensors. Inventory and totals stay.",
    default: RETENTION_LIMITS.daysUs,
    min: 31 * DAY_US,
    max: YEARS,
  },
  "keep.incidents": {
    kind: "duration",
    sentence: "How long incidents are kept that are closed.",
    default: RETENTION_LIMITS.incidentsUs,
    min: 31 * DAY_US,
    max: YEARS,
  },
  "store.bytes": {
    kind: "bytes",
    sentence: "Size of the store beyond which the oldest evidence and hours are removed early; 0 for none.",
    default: RETENTION_LIMITS.bytesMax,
    min: 0,
    max: 1024 ** 5,
  },
} as const satisfies Options

export function storeLimits(values: ValuesOf<typeof RETENTION_OPTIONS>): WriterLimits {
  const hoursUs = values["keep.hours"]
  const daysUs = values["keep.days"]
  return {
    changes: CHANGES_MAX,
    positions: POSITIONS_MAX,
    retention: {
      evidenceUs: values["keep.evidence"],
      hoursUs,
      daysUs,
      incidentsUs: values["keep.incidents"],
      bytesMax: values["store.bytes"],
    },
    endpointHours: { ...ENDPOINT_HOUR_LIMITS, hoursUs: Math.min(hoursUs, ENDPOINT_HOUR_LIMITS.hoursUs), daysUs },
    history: { ...SENSOR_HISTORY_LIMITS, hoursUs: daysUs },
  }
}
