import assert from "node:assert/strict"
import { test } from "node:test"
import { ObjectPseudonyms } from "./object-pseudonyms.ts"
import { Domain, KEY_BYTES, PseudonymKey } from "./pseudonym.ts"

const pseudonyms = new PseudonymKey(new Uint8Array(KEY_BYTES).fill(7)).of(Domain.object)

/** Straight from the key, without remembering. */
function reference(text: string): number {
  const bytes = Buffer.from(text, "latin1")
  return pseudonyms.number(bytes, 0, bytes.length)
}

test("short and long ids of every length have the key's pseudonym, the first time and again", () => {
  const objects = new ObjectPseudonyms(pseudonyms)
  for (let round = 0; round < 2; round++)
    for (let length = 1; length <= 40; length++)
      for (const char of ["1", "\u00ff", "\u0000"]) {
        const text = char.repeat(length)
        const bytes = Buffer.from(`xx${text}yy`, "latin1")
        assert.equal(objects.of(bytes, 2, 2 + length), reference(text), `${length} of ${char.charCodeAt(0)}`)
      }
})

test("more ids than there is room for push each other out and never take each other's pseudonym", () => {
  const objects = new ObjectPseudonyms(pseudonyms)
  const bytes = Buffer.alloc(8)
  for (let round = 0; round < 2; round++)
    for (let id = 0; id < 300_000; id += 1 + round * 9) {
      const end = bytes.write(String(id), "latin1")
      const got = objects.of(bytes, 0, end)
      if (id % 1009 === 0) assert.equal(got, reference(String(id)))
    }
})
