import assert from "node:assert/strict"
import { test } from "node:test"
import { ObjectPseudonyms } from "./object-pseudonyms.ts"
import { Domain, PseudonymKey, Pseudonyms } from "./pseudonym.ts"

const KEY = new PseudonymKey(new Uint8Array(32).fill(4))

test("every id has its own pseudonym, remembered or not, of any length", () => {
  const plain = KEY.of(Domain.object)
  const objects = new ObjectPseudonyms(KEY.of(Domain.object))
  const ids = ["1", "2", "17", "71", "abc", "12345678", "123456789", "87654321", "6f9619ff-8b86-d011-b42d-00c04fc964ff"]
  for (const round of [1, 2])
    for (const id of ids) {
      const bytes = Buffer.from(`<${id}>`)
      assert.equal(objects.of(bytes, 1, bytes.length - 1), plain.number(bytes, 1, bytes.length - 1), `${id} ${round}`)
    }
})

test("ids beyond the table are computed again, and stay right", () => {
  const plain = KEY.of(Domain.object)
  let computed = 0
  class Counted extends Pseudonyms {
    override number(bytes: Uint8Array, start: number, end: number): number {
      computed++
      return plain.number(bytes, start, end)
    }
  }
  const objects = new ObjectPseudonyms(new Counted(new Uint8Array(32)))
  const lookUp = (i: number): number => {
    const bytes = Buffer.from(`${i}`)
    return objects.of(bytes, 0, bytes.length)
  }
  for (const i of [5, 40_000, 5, 40_000]) lookUp(i)
  assert.equal(computed, 2)
  for (let i = 0; i < 50_000; i++) lookUp(i)
  computed = 0
  for (let i = 0; i < 50_000; i++) lookUp(i)
  assert.ok(computed < 5000, `${computed} of 50000 were forgotten`)
  for (const i of [0, 9, 10, 99_999]) assert.equal(lookUp(i), plain.number(Buffer.from(`${i}`), 0, `${i}`.length))
})
