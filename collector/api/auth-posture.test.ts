import assert from "node:assert/strict"
import { test } from "node:test"
import { authPosture } from "./auth-posture.ts"

const CASES: readonly (readonly [string, Record<string, number>, number, number, string])[] = [
  ["every success has a credential", { basic: 30, "bearer-jwt": 70 }, 100, 0, "consistent"],
  ["95 % exactly", { basic: 95, none: 5 }, 100, 0, "consistent"],
  ["a little less", { basic: 94, none: 6 }, 100, 0, "partial"],
  ["one credential among many without", { basic: 1, none: 99 }, 100, 0, "partial"],
  ["none has", { none: 100 }, 100, 0, "missing"],
  ["19 successes say nothing", { none: 19 }, 100, 0, "unknown"],
  ["20 do", { none: 20 }, 100, 0, "missing"],
  ["no success at all", {}, 100, 0, "unknown"],
  ["20 % lossy evidence is borne", { none: 100 }, 100, 20, "missing"],
  ["more is not", { none: 100 }, 100, 21, "unknown"],
]

for (const [name, schemes, requests, lossy, expected] of CASES) {
  test(`posture: ${name}: ${expected}`, () => {
    assert.equal(authPosture({ schemes, requests, lossy }), expected)
  })
}
