import assert from "node:assert/strict"
import { test } from "node:test"
import { isoTime, parseTime } from "./event-time.ts"
import { assertMayListen, hostName, isLoopback } from "./listen.ts"

for (const host of ["127.0.0.1", "127.9.8.7", "::1", "[::1]", "localhost", "LOCALHOST"])
  test(`${host} is this machine`, () => assert.ok(isLoopback(host)))

for (const host of ["0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example", "1270.0.0.1", ""])
  test(`"${host}" is not this machine`, () => assert.ok(!isLoopback(host)))

test("beyond loopback is refused with a sentence that names the option", () => {
  assert.throws(
    () => assertMayListen({ host: "0.0.0.0", port: 8470 }),
    (error: Error & { code?: string }) =>
      error.code === "not-loopback" && error.message.includes("sonde-collector token create NAME"),
  )
})

test("the name in a Host field", () => {
  assert.deepEqual(["a.example:80", "A.example", "[::1]:8470", "[::1", ""].map(hostName), [
    "a.example",
    "a.example",
    "::1",
    "::1",
    "",
  ])
})

test("event time: milliseconds out, never an exception for a time that no date can hold", () => {
  assert.equal(isoTime(1_763_894_400_123_456), "2025-11-23T10:40:00.123Z")
  assert.deepEqual([0, -1, 9e18, Number.NaN].map(isoTime), [null, null, null, null])
})

test("event time in: with a zone, or a date", () => {
  assert.equal(parseTime("2025-11-23T10:40:00.123Z"), 1_763_894_400_123_000)
  assert.equal(parseTime("2025-11-23T12:40:00+02:00"), 1_763_894_400_000_000)
  assert.equal(parseTime("2025-11-23"), 1_763_856_000_000_000)
  for (const text of ["", "monday", "2025-11-23T10:40:00", "2025-13-40", "1763894400"])
    assert.equal(parseTime(text), null)
})
