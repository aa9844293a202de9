// What each sensor says about itself, summed over its runs: batches, exchanges by quality flag, and its loss ledger.
//
// In:  each applied batch's envelope, in any order; the ledger of a run is cumulative, so the one with the greatest
//      sequence counts, and the sensor's ledger grows by the difference to what that run had said before.
// Out: sensor records. A run that was never met before becomes the present one: event time cannot tell which run is newer,
//      because a sensor may read an older capture today.
// Given up: past `sensors` limit, a sensor's exchanges are applied without a record of the sensor.
import { type ApiEvent, type Envelope, FLAG_NAMES } from "../../shared/event/api-event.ts"
import type { Position, SensorRecord } from "../store/records.ts"
import { BoundedCounts } from "./bounded-counts.ts"
import { namedCounts } from "./endpoint.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

/** Runs of one sensor whose last ledger is remembered; an older one that speaks again would be counted anew. */
const RUNS_MAX = 64

/** Counters of what a sensor has in hand. */
const WORKING = ["tcp.active", "tcp.held_bytes"] as const

interface Run {
  sequence: number
  ledger: Readonly<Record<string, number>>
}

export class Sensor {
  isDirty = false
  readonly #record: SensorRecord
  readonly #flags: number[]
  /** By boot, least recently met first. */
  readonly #runs = new Map<string, Run>()
  readonly #ledger: BoundedCounts<string>
  readonly #reached: LimitCounters

  constructor(record: SensorRecord, limits: InventoryLimits, reached: LimitCounters) {
    this.#record = { ...record }
    this.#ledger = BoundedCounts.ofTexts(limits.ledgerCounters, record.ledger)
    this.#reached = reached
    this.#flags = FLAG_NAMES.map((name) => record.flags[name] ?? 0)
  }

  countFlags(flags: number): void {
    for (let bit = 0; bit < FLAG_NAMES.length; bit++) if ((flags & (1 << bit)) !== 0) this.#flags[bit]!++
  }

  /** Takes the run's ledger as said before this process began. */
  resume(position: Position): void {
    this.#runs.set(position.boot, { sequence: position.sequence, ledger: position.ledger })
    this.#forgetRuns()
  }

  noteBatch(envelope: Envelope, events: readonly ApiEvent[]): void {
    const record = this.#record
    let run = this.#runs.get(envelope.boot)
    if (run === undefined) {
      run = { sequence: 0, ledger: {} }
      this.#runs.set(envelope.boot, run)
      this.#forgetRuns()
      record.boot = envelope.boot
      record.sequence = 0
      record.finished = false
    }
    if (envelope.sequence > run.sequence) {
      this.#addDifference(envelope.ledger, run.ledger)
      run.sequence = envelope.sequence
      run.ledger = envelope.ledger
    }
    if (envelope.boot === record.boot) {
      record.sequence = Math.max(record.sequence, envelope.sequence)
      record.keyEpoch = envelope.keyEpoch
      if (envelope.last) record.finished = true
    }
    record.watermarkUs = Math.max(record.watermarkUs, envelope.watermarkUs)
    record.exchanges += events.length
    record.batches++
    let firstUs = envelope.watermarkUs
    for (const event of events) if (event.startUs < firstUs) firstUs = event.startUs
    if (record.firstBatchUs === 0 || firstUs < record.firstBatchUs) record.firstBatchUs = firstUs
  }

  record(): SensorRecord {
    return { ...this.#record, ledger: this.#ledger.record(), flags: namedCounts(FLAG_NAMES, this.#flags) }
  }

  /**
   * Adds what `now` says beyond `before`. Counters never shrink (one that does comes from a sensor that lies), but for what is
   * there only while the sensor works.
   */
  #addDifference(now: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>): void {
    for (const name of WORKING) {
      const change = (now[name] ?? 0) - (before[name] ?? 0)
      if (change < 0) this.#ledger.add(name, change)
    }
    for (const [name, value] of Object.entries(now)) {
      const grown = value - (Object.hasOwn(before, name) ? before[name]! : 0)
      if (grown > 0 && !this.#ledger.add(name, grown)) this.#reached.ledgerCounters++
    }
  }

  #forgetRuns(): void {
    if (this.#runs.size <= RUNS_MAX) return
    for (const boot of this.#runs.keys()) {
      this.#runs.delete(boot)
      return
    }
  }
}

export class Sensors {
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #sensors = new Map<string, Sensor>()

  constructor(
    records: readonly SensorRecord[],
    positions: readonly Position[],
    limits: InventoryLimits,
    reached: LimitCounters,
  ) {
    this.#limits = limits
    this.#reached = reached
    for (const record of records) this.#sensors.set(record.sensor, new Sensor(record, limits, reached))
    for (const position of positions) this.#sensors.get(position.sensor)?.resume(position)
  }

  get size(): number {
    return this.#sensors.size
  }

  /** The sensor that sent the batch, or null when there is no place for another one. */
  of(envelope: Envelope): Sensor | null {
    const known = this.#sensors.get(envelope.sensor)
    if (known !== undefined) return known
    if (this.#sensors.size >= this.#limits.sensors) {
      this.#reached.sensors++
      return null
    }
    const sensor = new Sensor(newRecord(envelope), this.#limits, this.#reached)
    this.#sensors.set(envelope.sensor, sensor)
    return sensor
  }

  *dirty(): Iterable<Sensor> {
    for (const sensor of this.#sensors.values()) if (sensor.isDirty) yield sensor
  }
}

function newRecord(envelope: Envelope): SensorRecord {
  return {
    sensor: envelope.sensor,
    tenant: envelope.tenant,
    boot: "",
    sequence: 0,
    keyEpoch: envelope.keyEpoch,
    watermarkUs: envelope.watermarkUs,
    firstBatchUs: 0,
    exchanges: 0,
    batches: 0,
    ledger: {},
    flags: {},
    finished: false,
  }
}
