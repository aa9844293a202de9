// Anomaly codes of events as their names.
import { ANOMALIES, type Anomaly } from "../../shared/event/anomalies.ts"

/** Counts by code as counts by name; a code newer than this list keeps its number. */
export function namedAnomalies(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([code, count]) => [ANOMALIES[Number(code) as Anomaly]?.name ?? `code ${code}`, count]),
  )
}
