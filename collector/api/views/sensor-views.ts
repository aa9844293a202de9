// Records of the store as the API shows sensors and the end-to-end totals.
import type { ChangeRecord, LedgerRecord, SensorRecord } from "../../store/records.ts"
import { isoTime } from "../event-time.ts"
import { ledgerView, sumCounters } from "../ledger.ts"
import type { Change, Ledger, Sensor, Totals } from "../models.ts"

export function sensorView(record: SensorRecord): Sensor {
  return {
    id: record.sensor,
    tenant: record.tenant,
    boot: record.boot,
    sequence: record.sequence,
    keyEpoch: record.keyEpoch,
    watermark: isoTime(record.watermarkUs),
    firstBatch: isoTime(record.firstBatchUs),
    exchanges: record.exchanges,
    batches: record.batches,
    finished: record.finished,
    flags: record.flags,
    ledger: ledgerView(record.ledger, record.finished),
  }
}

/** The ledgers of all sensors in one. */
export function sumView(sensors: readonly SensorRecord[]): Ledger {
  return ledgerView(
    sumCounters(sensors.map((sensor) => sensor.ledger)),
    sensors.every((sensor) => sensor.finished),
  )
}

export function totalsView(ledger: LedgerRecord, sensors: readonly SensorRecord[]): Totals {
  return { ...ledger, sensors: sumView(sensors) }
}

export function changeView(record: ChangeRecord): Change {
  const { sequence, atUs, kind, subject, sentence } = record
  return { sequence, at: isoTime(atUs), kind, subject, sentence }
}
