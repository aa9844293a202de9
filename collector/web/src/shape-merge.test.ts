import assert from "node:assert/strict"
import { test } from "node:test"
import { mergeShapes } from "./shape-merge.ts"

test("fields of all shapes, with their types and how many of the bodies have them", () => {
  const merged = mergeShapes([
    { id: "a", exchanges: 3, paths: ["id:int", "next:string|null"], classes: {} },
    { id: "b", exchanges: 1, paths: ["id:string", "error.code:string"], classes: {} },
  ])
  assert.deepEqual(merged, [
    { path: "error.code", types: ["string"], classes: [], presence: 0.25 },
    { path: "id", types: ["int", "string"], classes: [], presence: 1 },
    { path: "next", types: ["null", "string"], classes: [], presence: 0.75 },
  ])
})

test("a field with two types in one shape counts its bodies once", () => {
  assert.deepEqual(mergeShapes([{ id: "a", exchanges: 4, paths: ["x:int", "x:null"], classes: {} }]), [
    { path: "x", types: ["int", "null"], classes: [], presence: 1 },
  ])
})

test("shapes whose text is not known yet say nothing about presence", () => {
  const merged = mergeShapes([
    { id: "a", exchanges: 1, paths: ["x:int"], classes: {} },
    { id: "b", exchanges: 99, paths: [], classes: {} },
  ])
  assert.equal(merged[0]?.presence, 1)
})

test("a colon in a name belongs to the name", () => {
  assert.equal(
    mergeShapes([{ id: "a", exchanges: 1, paths: ["soap:Body.id:int"], classes: {} }])[0]?.path,
    "soap:Body.id",
  )
})

test("the data class of a field is shown, whatever shape it was decided in", () => {
  const merged = mergeShapes([
    { id: "a", exchanges: 1, paths: ["to.email:string", "id:int"], classes: { "to.email": "email" } },
    { id: "b", exchanges: 1, paths: ["to.email:string"], classes: {} },
  ])
  assert.deepEqual(
    merged.map(({ path, classes }) => [path, classes]),
    [
      ["id", []],
      ["to.email", ["email"]],
    ],
  )
})
