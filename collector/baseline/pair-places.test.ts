import assert from "node:assert/strict"
import { test } from "node:test"
import { PairPlaces } from "./pair-places.ts"

test("each pair is found at its place, and no other, beyond several doublings", () => {
  const places = new PairPlaces()
  for (let pair = 0; pair < 5_000; pair++) places.add(pair % 71, Math.floor(pair / 71), pair)
  for (let pair = 0; pair < 5_000; pair++) assert.equal(places.find(pair % 71, Math.floor(pair / 71)), pair)
  assert.equal(places.find(71, 0), -1)
  assert.equal(places.find(0, 71), -1)
})
