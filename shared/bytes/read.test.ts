import assert from "node:assert/strict"
import { test } from "node:test"
import { be16, be32, beU32, le16, le32, leU32 } from "./read.ts"

test("each width, order and sign", () => {
  const bytes = Uint8Array.of(0, 0x81, 0x02, 0xf3, 0x84, 0)
  assert.deepEqual(
    [be16, le16, be32, beU32, le32, leU32].map((read) => read(bytes, 1)),
    [0x8102, 0x0281, 0x8102f384 | 0, 0x8102f384, 0x84f30281 | 0, 0x84f30281],
  )
})

test("past the end there is a number, not an exception", () => {
  assert.equal(be32(Uint8Array.of(1), 0), 0x01000000)
  assert.equal(le32(Uint8Array.of(1), 4), 0)
})
