import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Fifo } from "./fifo.ts"

test("property: it is an array from which members are spliced", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(-1), fc.nat(3000)), { maxLength: 200 }),
      fc.nat(3000),
      (steps, filled) => {
        const fifo = new Fifo<number>()
        const array: number[] = []
        let next = 0
        const push = (): void => {
          fifo.push(next)
          array.push(next++)
        }
        for (let i = 0; i < filled; i++) push()
        for (const step of steps) {
          if (step < 0 || array.length === 0) push()
          else {
            const [member] = array.splice(step % array.length, 1)
            assert.ok(fifo.remove(member!))
            assert.ok(!fifo.remove(member!))
          }
        }
        assert.deepEqual([...fifo], array)
        assert.deepEqual([fifo.length, fifo.oldest(5)], [array.length, array.slice(0, 5)])
        assert.equal(
          fifo.find((one) => one % 7 === 3),
          array.find((one) => one % 7 === 3),
        )
      },
    ),
    { numRuns: 50 },
  )
})

test("emptied from its front: in order, across each time that its slots are begun anew", () => {
  const fifo = new Fifo<number>()
  for (let i = 0; i < 100_000; i++) fifo.push(i)
  for (let i = 0; i < 100_000; i++) {
    assert.equal(fifo.oldest(1)[0], i)
    assert.ok(fifo.remove(i))
  }
  assert.deepEqual([fifo.length, [...fifo]], [0, []])
})
