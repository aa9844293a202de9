// The sensors known: who sends, how far each has come, who is still running.
//
// Given up: past the `sensors` limit, a sensor's exchanges are applied without a record of the sensor.
import type { Envelope } from "../../shared/event/api-event.ts"
import type { Position, SensorRecord, WorkerRecord } from "../store/records.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { Sensor } from "./sensor.ts"

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

  get(name: string): Sensor | undefined {
    return this.#sensors.get(name)
  }

  all(): Iterable<Sensor> {
    return this.#sensors.values()
  }

  *dirty(): Iterable<Sensor> {
    for (const sensor of this.#sensors.values()) if (sensor.isDirty) yield sensor
  }

  /** Workers that have neither ended nor fallen silent, with their sensor. */
  *running(): Iterable<readonly [Sensor, WorkerRecord]> {
    for (const sensor of this.#sensors.values()) for (const worker of sensor.run.running()) yield [sensor, worker]
  }

  /** How far every running sensor has come, µs of packet time; null when none is running. */
  reachedUs(): number | null {
    let reachedUs = Number.POSITIVE_INFINITY
    for (const [, { watermarkUs }] of this.running()) if (watermarkUs < reachedUs) reachedUs = watermarkUs
    return reachedUs === Number.POSITIVE_INFINITY ? null : reachedUs
  }

  /** How far event time has come at the sensor that is furthest, µs. */
  nowUs(): number {
    let nowUs = 0
    for (const sensor of this.all()) nowUs = Math.max(nowUs, sensor.record().watermarkUs)
    return nowUs
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
    run: "",
    workers: [],
    runs: 0,
    lastHeardUs: 0,
    silent: false,
    missingBatches: 0,
    rules: {},
    copies: 0,
  }
}
