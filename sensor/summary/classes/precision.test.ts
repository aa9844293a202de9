// The tables of precision.bench.ts, small: no field of other values is called by a class, and every class is found.
import assert from "node:assert/strict"
import { test } from "node:test"
import { measureOther, measureValid } from "./fake-precision.ts"
import { OTHER, VALID } from "./fake-values.ts"

/**
 * Known: a number with a country's prefix and length is an IBAN once in 97, and counts until eight values were seen; of numbers
 * written as US social security numbers are, eight in nine could be some.
 */
const KNOWN = new Set(["order numbers, DE + 20 digits", "order numbers, 123-45-6789"])

test("fields of numbers, hashes, times and words are of no class", () => {
  for (const kind of Object.keys(OTHER)) {
    const { said, fields } = measureOther(kind, 1000, 7)
    if (!KNOWN.has(kind)) assert.deepEqual([...said], [], kind)
    else for (const n of said.values()) assert.ok(n * 10 <= fields, kind)
  }
})

test("valid values of each class are found, one of them under a name that says so, a hundred under any", () => {
  const byNameOnly = new Set(["bic", "birth-date", "imei", "geo", "password"])
  for (const kind of Object.keys(VALID)) {
    const { named, field } = measureValid(kind, 100, 7)
    assert.ok(named >= 0.99, `${kind}: ${named}`)
    assert.equal(field, byNameOnly.has(kind) ? 0 : 1, kind)
  }
})

test("canary: the measuring finds what is there", () => {
  const { valid, said } = measureOther("digits, 16", 2000, 7)
  assert.ok(valid.get("card")! > 20)
  assert.equal(said.size, 0)
})
