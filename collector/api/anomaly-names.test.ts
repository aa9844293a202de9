import assert from "node:assert/strict"
import { test } from "node:test"
import { namedAnomalies } from "./anomaly-names.ts"

test("a code from a newer sensor is shown by its number", () => {
  assert.deepEqual(namedAnomalies({ 16: 2, 999: 1 }), { "http.missing_host": 2, "code 999": 1 })
})
