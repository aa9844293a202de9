import assert from "node:assert/strict"
import { test } from "node:test"
import type { Sensor } from "./api/sensor-models.ts"
import { type CollectorStatus, troublesOf } from "./status.ts"

const SENSOR = { id: "tap", state: "running", loss: { packetLoss: 0.0005 }, overload: { step: 0 } } as unknown as Sensor
const WELL = {
  readiness: { ready: true, reasons: [], lag: 0 },
  ledger: { missingBatches: 0, refused: {}, limits: {}, store: { bytes: 9, freeBytes: 0, bytesMax: 0, gone: 0 } },
  sensors: [SENSOR],
  openIncidents: { high: 3, review: 0 },
} as unknown as CollectorStatus

test("table: what is not well", () => {
  const sensor = (change: object): CollectorStatus => ({ ...WELL, sensors: [{ ...SENSOR, ...change } as Sensor] })
  const ledger = (change: object): CollectorStatus => ({ ...WELL, ledger: { ...WELL.ledger, ...change } })
  const rows: readonly (readonly [status: CollectorStatus, want: RegExp | null])[] = [
    [WELL, null],
    [{ ...WELL, readiness: { ready: false, reasons: ["No room."], lag: 0 } }, /^No room\.$/],
    [{ ...WELL, readiness: { ready: false, reasons: [], lag: 0 } }, /does not say why/],
    [ledger({ missingBatches: 2000 }), /^2,000 batches/],
    [ledger({ refused: { damaged: 3 } }), /^3 messages were refused: damaged\.$/],
    [ledger({ limits: { endpoints: 7 } }), /endpoints, 7 given up/],
    [
      ledger({ store: { bytes: 5000, freeBytes: 900, bytesMax: 4000 } }),
      /^The store holds 4,100 bytes, more than --store-bytes 4,000\.$/,
    ],
    [ledger({ store: { bytes: 5000, freeBytes: 1000, bytesMax: 4000 } }), null],
    [ledger({ store: { bytes: 5000, freeBytes: 0, bytesMax: 0, gone: 3 } }), /^3 batches were no longer in the stream/],
    [sensor({ state: "silent" }), /^Sensor tap is not heard\.$/],
    [sensor({ state: "finished" }), null],
    [sensor({ loss: { packetLoss: 0.02 } }), /lost 2\.00 % of packets/],
    [sensor({ loss: { packetLoss: null } }), null],
    [sensor({ overload: { step: 2 } }), /step 2/],
  ]
  for (const [status, want] of rows) {
    const troubles = troublesOf(status)
    if (want === null) assert.deepEqual(troubles, [])
    else assert.match(troubles.join("\n"), want)
  }
})
