import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { IntLists } from "./int-lists.ts"

test("int-lists behave like arrays", () => {
  const step = fc.record({ list: fc.nat(2), item: fc.nat(9), grow: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const lists = new IntLists(3, 10)
      const model: number[][] = [[], [], []]
      let size = 10
      for (const { list, item, grow } of steps) {
        const holder = model.find((each) => each.includes(item))
        assert.equal(lists.has(item), holder !== undefined)
        if (holder === undefined) {
          lists.push(list, item)
          model[list]!.push(item)
        } else {
          lists.remove(item)
          holder.splice(holder.indexOf(item), 1)
        }
        if (grow) lists.grow(++size)
        model.forEach((items, i) => {
          const seen: number[] = []
          lists.each(i, (each) => seen.push(each))
          assert.deepEqual(seen, items)
          assert.equal(lists.first(i), items[0] ?? -1)
        })
      }
    }),
  )
})
