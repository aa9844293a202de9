// Conclusions from what was counted of a parameter.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ParameterRecord } from "../store/endpoint-records.ts"
import { acceptedRequests, isRequired, parameterType, valueVerdict } from "./parameter-types.ts"

const parameter = (change: Partial<ParameterRecord> = {}): ParameterRecord => ({
  in: "query",
  name: "state",
  requests: 100,
  accepted: 90,
  kinds: { word: 100 },
  values: {},
  isOpen: false,
  firstSeenUs: 1,
  lastSeenUs: 2,
  ...change,
})

test("table: types and formats of kinds", () => {
  const table: readonly (readonly [Record<string, number>, readonly string[], string])[] = [
    [{ int: 3 }, ["integer"], ""],
    [{ int: 3, float: 1 }, ["number"], ""],
    [{ uuid: 9 }, ["string"], "uuid"],
    [{ timestamp: 9 }, ["string"], "date-time"],
    [{ date: 9, timestamp: 9 }, ["string"], ""],
    [{ bool: 9, empty: 4 }, ["boolean"], ""],
    [{ int: 500, text: 2 }, ["integer"], ""],
    [{ int: 50, text: 2 }, ["string", "integer"], ""],
    [{ empty: 4 }, [], ""],
  ]
  for (const [kinds, types, format] of table) assert.deepEqual(parameterType({ kinds }), { types, format })
})

test("required: in all requests that were accepted; those that were refused do not count", () => {
  const accepted = acceptedRequests({ statuses: { 200: 90, 400: 25, 500: 5 }, errors: 30 })
  assert.equal(accepted, 90)
  assert.equal(isRequired(parameter({ accepted: 90 }), accepted), true)
  assert.equal(isRequired(parameter({ accepted: 89 }), accepted), false)
  assert.equal(isRequired(parameter({ accepted: 19 }), 19), false)
  assert.equal(isRequired(parameter({ in: "path", accepted: 1 }), 1), true)
})

test("table: few values", () => {
  const values = (...counts: number[]) => Object.fromEntries(counts.map((count, i) => [`0000000${i}`, count]))
  const table: readonly (readonly [Partial<ParameterRecord>, string])[] = [
    [{ values: values(50, 30, 10) }, "enum"],
    [{ values: values(90) }, "constant"],
    [{ values: {}, isOpen: true }, "open"],
    [{ values: values(20, 5) }, "unsure"],
    [{ values: values(30, 10) }, "unsure"],
    [{ accepted: 30, values: values(...Array<number>(15).fill(2)) }, "unsure"],
  ]
  for (const [change, verdict] of table) assert.equal(valueVerdict(parameter(change)).verdict, verdict)
})
