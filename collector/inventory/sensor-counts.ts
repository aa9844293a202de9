// The few counters of a sensor's ledger of which lists, charts and metrics are made, and how counters add up over runs.
//
// Three kinds of names. Most are counts: a sensor's is the sum over all its boots, and what a boot has in hand (tcp.active,
// tcp.held_bytes) falls again before it ends. Levels say how something stands: of those the greatest of the present run's
// workers counts. Peaks end in "_max" and never fall.
import type { SensorCounts, SensorLevels } from "../store/records.ts"

export type Counters = Readonly<Record<string, number>>

export const NO_COUNTERS: Counters = Object.freeze({})

/** Interfaces whose loss cannot be counted. */
const UNKNOWN_LOSS = "capture.unknown_loss"
const OVERLOAD_STEP = "overload.step"

export function isLevel(name: string): boolean {
  return name === UNKNOWN_LOSS || name === OVERLOAD_STEP
}

export function isPeak(name: string): boolean {
  return name.endsWith("_max")
}

export function levelsOf(ledger: Counters): SensorLevels {
  return { unknownLoss: ledger[UNKNOWN_LOSS] ?? 0, overloadStep: ledger[OVERLOAD_STEP] ?? 0 }
}

/** The names of levels back in a ledger; zeros are left out, as sensors leave them out. */
export function namedLevels({ unknownLoss, overloadStep }: SensorLevels): Record<string, number> {
  const named: Record<string, number> = {}
  if (unknownLoss > 0) named[UNKNOWN_LOSS] = unknownLoss
  if (overloadStep > 0) named[OVERLOAD_STEP] = overloadStep
  return named
}

export function greatestLevels(levels: Iterable<SensorLevels>): SensorLevels {
  const greatest = { unknownLoss: 0, overloadStep: 0 }
  for (const { unknownLoss, overloadStep } of levels) {
    if (unknownLoss > greatest.unknownLoss) greatest.unknownLoss = unknownLoss
    if (overloadStep > greatest.overloadStep) greatest.overloadStep = overloadStep
  }
  return greatest
}

/** Stages that count exchanges (those of WebSocket are among http's), and what each stage calls a boundary that it lost. */
const STAGES = ["http", "http2"] as const
const RESYNCS = ["http.resync", "http2.resync", "websocket.boundary_lost"] as const

export function countsOf(ledger: Counters): SensorCounts {
  const sum = (names: readonly string[]): number => names.reduce((total, name) => total + (ledger[name] ?? 0), 0)
  const exchanges = sum(STAGES.map((stage) => `${stage}.exchanges`))
  const complete = sum(STAGES.map((stage) => `${stage}.complete`))
  return {
    packets: ledger["capture.packets"] ?? 0,
    kernelDrops: ledger["capture.kernel_drops"] ?? 0,
    duplicates: ledger["duplicates.packets"] ?? 0,
    payloadBytes: ledger["tcp.payload_bytes"] ?? 0,
    gapBytes: ledger["tcp.gap_bytes"] ?? 0,
    exchanges,
    incomplete: Math.max(0, exchanges - complete),
    resyncs: sum(RESYNCS),
    evictions: ledger["tcp.closed.evicted"] ?? 0,
  }
}

export const NO_COUNTS: Readonly<SensorCounts> = countsOf(NO_COUNTERS)
const COUNT_NAMES = Object.keys(NO_COUNTS) as (keyof SensorCounts)[]

/** Adds to `sum` what `now` counts beyond `before`; counts do not fall. */
export function addGrowth(sum: SensorCounts, now: Readonly<SensorCounts>, before: Readonly<SensorCounts>): void {
  for (const name of COUNT_NAMES) sum[name] += Math.max(0, now[name] - before[name])
}
