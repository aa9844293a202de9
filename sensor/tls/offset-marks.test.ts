import assert from "node:assert/strict"
import { test } from "node:test"
import { OffsetMarks } from "./offset-marks.ts"

/** Records of 100 bytes on the wire with 70 of content, from wire offset 1000 on. */
function marks(count: number, marksMax: number): OffsetMarks {
  const out = new OffsetMarks(marksMax)
  for (let i = 1; i <= count; i++) out.push(1000 + 100 * i, 70, false)
  return out
}

test("an acknowledgment covers the records that end before it", () => {
  const m = marks(5, 8)
  const found = [0, 1000, 1099, 1100, 1199, 1200, 1500, 9999].map((wire) => m.plainBefore(wire))
  assert.deepEqual(found, [0, 0, 0, 70, 70, 140, 350, 350])
})

test("a message ends where the record ends that holds its last byte", () => {
  const m = marks(5, 8)
  const found = [1, 69, 70, 71, 140, 350, 351].map((plain) => m.wireAt(plain))
  assert.deepEqual(found, [1100, 1100, 1100, 1200, 1200, 1500, -1])
})

test("past the limit the oldest marks are unknown, the others right", () => {
  for (const marksMax of [1, 2, 5, 16, 17, 40]) {
    const m = marks(100, marksMax)
    const oldest = 100 - marksMax + 1
    assert.equal(m.plainBefore(1000 + 100 * (oldest - 1)), -1)
    assert.equal(m.plainBefore(1000 + 100 * oldest), 70 * oldest)
    assert.equal(m.wireAt(70 * oldest), -1, "it may end in a record before")
    if (marksMax > 1) assert.equal(m.wireAt(70 * oldest + 1), 1000 + 100 * (oldest + 1))
    assert.equal(m.wireAt(7000), marksMax > 1 ? 11_000 : -1)
  }
})

test("within a loss nothing is known, at its edges everything", () => {
  const m = marks(2, 8)
  m.push(1900, 600, true)
  m.push(2000, 70, false)
  assert.deepEqual(
    [1200, 1201, 1899, 1900, 1999, 2000].map((wire) => m.plainBefore(wire)),
    [140, -1, -1, 740, 740, 810],
  )
  assert.deepEqual(
    [140, 141, 739, 740, 741, 810].map((plain) => m.wireAt(plain)),
    [1200, -1, -1, -1, 2000, 2000],
  )
})

test("where the first that is known was lost, what lies before is unknown", () => {
  const m = new OffsetMarks(8)
  m.push(1900, 600, true)
  assert.deepEqual([m.plainBefore(1000), m.plainBefore(1900)], [-1, 600])
})
