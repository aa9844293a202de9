// Records of the store as the API shows sensors and the end-to-end totals.
import { countsOf } from "../../inventory/sensor-counts.ts"
import type {
  ChangeRecord,
  LedgerRecord,
  SensorCounts,
  SensorMinute,
  SensorRecord,
  StoreFacts,
  WorkerRecord,
} from "../../store/records.ts"
import { isoTime } from "../event-time.ts"
import { ledgerView, sumCounters } from "../ledger.ts"
import type { Change, Ledger, Totals } from "../models.ts"
import type { Sensor, SensorPoint, SensorPort, SensorWorker, SensorZone } from "../sensor-models.ts"

type Counters = Readonly<Record<string, number>>

/** Interfaces, or zones, shown of a sensor: the first by name. */
const PARTS_MAX = 256

function stateOf({ finished, silent }: { readonly finished: boolean; readonly silent: boolean }): Sensor["state"] {
  if (finished) return "finished"
  return silent ? "silent" : "running"
}

const share = (part: number, rest: number): number | null => (part + rest > 0 ? part / (part + rest) : null)

/** While some loss cannot be counted, no drops are no number, and a share of what was dropped would be too small. */
function lossView(counts: SensorCounts, unknownLoss: number) {
  const { packets, kernelDrops, payloadBytes, gapBytes } = counts
  const isUnknown = unknownLoss > 0
  return {
    packets,
    kernelDrops: isUnknown && kernelDrops === 0 ? null : kernelDrops,
    duplicates: counts.duplicates,
    payloadBytes,
    gapBytes,
    exchanges: counts.exchanges,
    incomplete: counts.incomplete,
    resyncs: counts.resyncs,
    evictions: counts.evictions,
    packetLoss: isUnknown ? null : share(kernelDrops, packets),
    byteLoss: share(gapBytes, payloadBytes),
  }
}

function workerView(record: WorkerRecord): SensorWorker {
  return {
    worker: record.worker,
    boot: record.boot,
    restarts: record.restart,
    state: stateOf(record),
    lastHeard: isoTime(record.heardUs),
    watermark: isoTime(record.watermarkUs),
    ...lossView(record.counts, record.levels.unknownLoss),
    overloadStep: record.levels.overloadStep,
  }
}

/** Counters named PREFIX.NAME.COUNTER, by name. */
function partsOf(ledger: Counters, prefix: string): (readonly [name: string, counters: Record<string, number>])[] {
  const parts = new Map<string, Record<string, number>>()
  for (const [counter, value] of Object.entries(ledger)) {
    if (!counter.startsWith(prefix)) continue
    const dot = counter.lastIndexOf(".")
    if (dot <= prefix.length) continue
    const name = counter.slice(prefix.length, dot)
    let counters = parts.get(name)
    if (counters === undefined) {
      counters = {}
      parts.set(name, counters)
    }
    counters[counter.slice(dot + 1)] = value
  }
  return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, PARTS_MAX)
}

function portViews(ledger: Counters): SensorPort[] {
  const isUnknown = (ledger["capture.unknown_loss"] ?? 0) > 0
  return partsOf(ledger, "capture.ports.").map(([name, counters]) => {
    const { packets = 0, bytes = 0, kernel_drops: drops = 0, ...other } = counters
    const kernelDrops = isUnknown && drops === 0 ? null : drops
    return { name, packets, bytes, kernelDrops, packetLoss: kernelDrops === null ? null : share(drops, packets), other }
  })
}

function zoneViews(ledger: Counters): SensorZone[] {
  return partsOf(ledger, "zones.").map(([name, counters]) => {
    const { packets = 0, payload_bytes: payloadBytes = 0, gap_bytes: gapBytes = 0, gaps = 0 } = counters
    return { name, packets, payloadBytes, gapBytes, gaps, byteLoss: share(gapBytes, payloadBytes) }
  })
}

export function sensorView(record: SensorRecord): Sensor {
  const { ledger } = record
  const unknownInterfaces = ledger["capture.unknown_loss"] ?? 0
  return {
    id: record.sensor,
    tenant: record.tenant,
    state: stateOf(record),
    lastHeard: isoTime(record.lastHeardUs),
    run: record.run,
    runs: record.runs,
    boot: record.boot,
    sequence: record.sequence,
    workers: record.workers.length,
    keyEpoch: record.keyEpoch,
    watermark: isoTime(record.watermarkUs),
    firstBatch: isoTime(record.firstBatchUs),
    exchanges: record.exchanges,
    copies: record.copies,
    batches: record.batches,
    missingBatches: record.missingBatches,
    finished: record.finished,
    flags: record.flags,
    loss: { ...lossView(countsOf(ledger), unknownInterfaces), unknownInterfaces },
    overload: {
      step: ledger["overload.step"] ?? 0,
      stepMax: ledger["overload.step_max"] ?? 0,
      raised: ledger["overload.raised"] ?? 0,
      lowered: ledger["overload.lowered"] ?? 0,
      shedBytes: ledger["tcp.shed_bytes"] ?? 0,
    },
    perWorker: record.workers.map(workerView),
    perPort: portViews(ledger),
    perZone: zoneViews(ledger),
    ledger: ledgerView(ledger, record.finished),
  }
}

export function pointView(minute: SensorMinute): SensorPoint {
  const { windowUs, unknownLoss, overloadStep } = minute
  return { at: isoTime(windowUs), ...lossView(minute, unknownLoss), unknownInterfaces: unknownLoss, overloadStep }
}

/** The ledgers of all sensors in one. */
export function sumView(sensors: readonly SensorRecord[]): Ledger {
  return ledgerView(
    sumCounters(sensors.map((sensor) => sensor.ledger)),
    sensors.every((sensor) => sensor.finished),
  )
}

export function totalsView(ledger: LedgerRecord, sensors: readonly SensorRecord[], facts: StoreFacts): Totals {
  const removed = facts.removed.map(({ untilUs, ...record }) => ({ ...record, until: isoTime(untilUs) }))
  return { ...ledger, sensors: sumView(sensors), store: { ...facts, removed } }
}

export function changeView(record: ChangeRecord): Change {
  const { sequence, atUs, madeUs = 0, kind, subject, sentence } = record
  return { sequence, at: isoTime(atUs), madeAt: isoTime(madeUs), kind, subject, sentence }
}
