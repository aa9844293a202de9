// Validators on values that are almost valid: each looks at its own bytes only, whatever stands before and behind them, and none
// throws. A validator that looks further would find classes where there are none, and read what it was not given.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BUILT_IN } from "./built-in.ts"
import { Lot, VALID } from "./fake-values.ts"

/** Bytes that mean something to some validator. */
const MARKS = [...Buffer.from(":.-+@%/ <=_0aAZ9")]
const around = fc.uint8Array({ maxLength: 4 }).chain((bytes) => fc.tuple(fc.constant(bytes), fc.constantFrom(...MARKS)))
const checks = BUILT_IN.flatMap((one) => [
  { name: one.name, check: one.hinted },
  ...(one.check === null ? [] : [{ name: one.name, check: one.check }]),
])

test("a validator sees its own bytes only", () => {
  let valid = 0
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(VALID)),
      fc.integer(),
      around,
      around,
      fc.nat(),
      fc.constantFrom(...MARKS),
      (kind, seed, [before, last], [after, first], at, mark) => {
        const value = Buffer.from(VALID[kind]!.make(new Lot(seed)))
        if (at % 3 !== 0) value[at % value.length] = mark
        const start = before.length + 1
        const framed = Buffer.concat([before, Buffer.of(last), value, Buffer.of(first), after])
        for (const { name, check } of checks) {
          const isValid = check(value, 0, value.length)
          if (isValid) valid++
          assert.equal(check(framed, start, start + value.length), isValid, `${name}: ${value.toString("latin1")}`)
        }
      },
    ),
    { numRuns: 1500 },
  )
  assert.ok(valid > 300)
})
