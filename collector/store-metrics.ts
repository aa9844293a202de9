// What the store says of itself to Prometheus: sizes, and what retention removed.
import type { Metric } from "../shared/telemetry/prometheus.ts"
import type { StoreFacts } from "./store/records.ts"

const REMOVABLE = ["evidence", "hours", "days", "incidents"] as const

export function storeMetrics({ bytes, freeBytes, walBytes, bytesMax, removed }: StoreFacts): Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name: `sonde_collector_store_${name}`,
    help,
    type: "gauge",
    samples: [{ value }],
  })
  const counts = new Map(removed.map(({ kind, reason, removed: count }) => [`${kind} ${reason}`, count]))
  return [
    gauge("bytes", "Size of the store's file.", bytes),
    gauge("free_bytes", "Of it: free for what comes next.", freeBytes),
    gauge("wal_bytes", "Size of the write-ahead log beside it.", walBytes),
    gauge("limit_bytes", "Size beyond which the oldest is removed; 0 for none.", bytesMax),
    {
      name: "sonde_collector_store_removed_total",
      help: "What retention removed: exchanges of evidence, rows of hours and days, incidents.",
      type: "counter",
      samples: REMOVABLE.flatMap((kind) =>
        (["age", "size"] as const).map((reason) => ({
          labels: { kind, reason },
          value: counts.get(`${kind} ${reason}`) ?? 0,
        })),
      ),
    },
  ]
}
