import assert from "node:assert/strict"
import { test } from "node:test"
import { ANOMALIES } from "../../sensor/anomalies.ts"
import { ANOMALY_NAMES, namedAnomalies } from "./anomaly-names.ts"

test("every code of the sensor has the sensor's name", () => {
  const names = Object.entries(ANOMALIES).map(([code, { name }]) => [Number(code), name] as const)
  assert.deepEqual(
    names.map(([code]) => ANOMALY_NAMES[code]),
    names.map(([, name]) => name),
  )
  assert.equal(ANOMALY_NAMES.length, names.length + 1)
})

test("a code from a newer sensor is shown by its number", () => {
  assert.deepEqual(namedAnomalies({ 16: 2, 999: 1 }), { "http.missing_host": 2, "code 999": 1 })
})
