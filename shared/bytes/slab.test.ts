import assert from "node:assert/strict"
import { test } from "node:test"
import { BLOCK_BYTES, Slab } from "./slab.ts"

test("a slab gives out every block once, up to its limit, and again when released", () => {
  const slab = new Slab(300 * BLOCK_BYTES + 1)
  const blocks = new Set<number>()
  for (let i = 0; i < 300; i++) {
    const block = slab.allocate()
    blocks.add(block)
    slab.page(block).fill(i, slab.offset(block), slab.offset(block) + BLOCK_BYTES)
  }
  assert.equal(blocks.size, 300)
  assert.equal(slab.allocate(), -1)
  assert.equal(slab.used, 300)
  let i = 0
  for (const block of blocks) {
    const bytes = slab.page(block).subarray(slab.offset(block), slab.offset(block) + BLOCK_BYTES)
    assert.ok(
      bytes.every((byte) => byte === (i & 0xff)),
      "blocks do not overlap",
    )
    i++
  }
  slab.release(7)
  assert.equal(slab.allocate(), 7)
  assert.equal(slab.allocate(), -1)
})

test("a slab without room gives nothing", () => {
  assert.equal(new Slab(BLOCK_BYTES - 1).allocate(), -1)
})
