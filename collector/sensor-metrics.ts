// What the sensors report, as metrics of the collector: one place to scrape for all of them.
//
// In:  records of sensors from memory, the wall clock. Out: metrics named sonde_sensor_*, labelled by sensor.
// Names of sensors are labels: at most `SENSORS_MAX` of them, in the order in which they were met; the others are counted.
import type { Metric } from "../shared/telemetry/prometheus.ts"
import type { SensorRecord } from "./store/records.ts"

export const SENSORS_MAX = 200

interface Counter {
  readonly name: string
  readonly help: string
  /** Of the ledger, added up. */
  readonly counters: readonly string[]
}

const COUNTERS: readonly Counter[] = [
  { name: "packets_total", help: "Packets delivered to the sensor.", counters: ["capture.packets"] },
  { name: "kernel_drops_total", help: "Packets dropped by the kernel.", counters: ["capture.kernel_drops"] },
  { name: "duplicate_packets_total", help: "Packets shown more than once.", counters: ["duplicates.packets"] },
  { name: "payload_bytes_total", help: "TCP payload captured.", counters: ["tcp.payload_bytes"] },
  { name: "gap_bytes_total", help: "TCP payload that never came.", counters: ["tcp.gap_bytes"] },
  { name: "shed_bytes_total", help: "TCP payload of flows kept out under overload.", counters: ["tcp.shed_bytes"] },
  { name: "resyncs_total", help: "Boundaries between messages lost.", counters: ["http.resync"] },
  { name: "evictions_total", help: "Sessions pushed out of a full table.", counters: ["tcp.closed.evicted"] },
  { name: "published_total", help: "Exchanges published.", counters: ["published.exchanges"] },
  { name: "acknowledged_total", help: "Exchanges acknowledged.", counters: ["published.acknowledged"] },
  { name: "worker_restarts_total", help: "Workers that died and were started again.", counters: ["died.restarts"] },
]

const STATES: readonly (readonly [label: string, counter: string])[] = [
  ["complete", "http.complete"],
  ["bodyGap", "http.body_gap"],
  ["requestOnly", "http.request_only"],
  ["responseOnly", "http.response_only"],
  ["unpaired", "http.unpaired"],
]

/** `total`: sensors known, of which `records` are shown. */
export function sensorMetrics(records: readonly SensorRecord[], total: number, wallUs: number): Metric[] {
  const gauge = (name: string, help: string, of: (record: SensorRecord) => number): Metric => ({
    name: `sonde_sensor_${name}`,
    help,
    type: "gauge",
    samples: records.map((record) => ({ labels: { sensor: record.sensor }, value: of(record) })),
  })
  const metrics: Metric[] = COUNTERS.map(({ name, help, counters }) => ({
    ...gauge(name, help, ({ ledger }) => counters.reduce((sum, counter) => sum + (ledger[counter] ?? 0), 0)),
    type: "counter",
  }))
  metrics.push({
    name: "sonde_sensor_exchanges_total",
    help: "Exchanges put together, by how much of them was seen.",
    type: "counter",
    samples: records.flatMap(({ sensor, ledger }) =>
      STATES.map(([state, counter]) => ({ labels: { sensor, state }, value: ledger[counter] ?? 0 })),
    ),
  })
  metrics.push({
    ...gauge("dropped_total", "Exchanges that could not be published.", ({ ledger }) =>
      sumOf(ledger, "published.dropped."),
    ),
    type: "counter",
  })
  metrics.push(
    { ...gauge("received_total", "Events received from the sensor.", (r) => r.exchanges), type: "counter" },
    { ...gauge("copies_total", "Of those: copies of what another had shown.", (r) => r.copies), type: "counter" },
    gauge("missing_batches", "Batches missing between two that arrived.", (r) => r.missingBatches),
    gauge("workers", "Workers of the present run.", (r) => r.workers.length),
    gauge("silent", "1 while nothing is heard of a sensor that has not ended.", (r) => (r.silent ? 1 : 0)),
    gauge("finished", "1 when the present run has ended by itself.", (r) => (r.finished ? 1 : 0)),
    gauge("unknown_loss_interfaces", "Interfaces whose loss cannot be counted.", (r) =>
      level(r, "capture.unknown_loss"),
    ),
    gauge("overload_step", "Step of degradation in force.", (r) => level(r, "overload.step")),
    gauge("watermark_seconds", "Packet time reached, since 1970.", (r) => r.watermarkUs / 1e6),
  )
  const heard = records.filter((record) => record.lastHeardUs > 0)
  metrics.push({
    name: "sonde_sensor_last_heard_age_seconds",
    help: "Time since the latest batch came to the bus.",
    type: "gauge",
    samples: heard.map(({ sensor, lastHeardUs }) => ({
      labels: { sensor },
      value: Math.max(0, Math.round((wallUs - lastHeardUs) / 1000) / 1000),
    })),
  })
  metrics.push({
    name: "sonde_sensors",
    help: "Sensors known.",
    type: "gauge",
    samples: [{ value: total }],
  })
  metrics.push({
    name: "sonde_sensors_not_shown",
    help: "Sensors known and not among these metrics, because there are too many.",
    type: "gauge",
    samples: [{ value: Math.max(0, total - records.length) }],
  })
  return metrics
}

function sumOf(ledger: Readonly<Record<string, number>>, prefix: string): number {
  let sum = 0
  for (const [name, value] of Object.entries(ledger)) if (name.startsWith(prefix)) sum += value
  return sum
}

function level({ ledger }: SensorRecord, name: string): number {
  return ledger[name] ?? 0
}
