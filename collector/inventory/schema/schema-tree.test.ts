// Shapes laid over each other: presence, types, what is required, and what absorbed shapes still tell.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { BodiesRecord } from "../../store/endpoint-records.ts"
import { mergedSchema, REQUIRED_MIN, type SchemaNode } from "./schema-tree.ts"

const TEXTS: Readonly<Record<number, readonly string[]>> = {
  1: ["id:int", "items[].sku:string", "tags:array"],
  2: ["id:int", "items:array", "note:null"],
  3: ["id:string", "items[].sku:string", "note:string#email"],
  4: ["prices.{}.amount:number", "status:string%4"],
}
const texts = new Map(Object.entries(TEXTS).map(([shape, paths]) => [Number(shape), { paths }]))

function bodies(counts: Readonly<Record<number, number>>, change: Partial<BodiesRecord> = {}): BodiesRecord {
  const shapes = Object.fromEntries(
    Object.entries(counts).map(([shape, count]) => [shape, [count, 100 + Number(shape), 200 + Number(shape)] as const]),
  )
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return {
    direction: "response",
    status: 200,
    contentType: "application/json",
    bodies: all,
    firstSeenUs: 100,
    lastSeenUs: 300,
    shapes,
    fields: {},
    unread: 0,
    ...change,
  }
}

/** A line a node: path, types with bodies, presence, "!" when required. */
function lines(node: SchemaNode | null): string[] {
  if (node === null) return []
  const types = Object.entries(node.types).map(([type, count]) => `${type} ${count}`)
  const facts = [...node.dataClasses.map((name) => `#${name}`), ...(node.values === null ? [] : [`%${node.values}`])]
  const own = `${node.path || "."}: ${[...types, ...facts].join(", ")} ${node.presence.toFixed(2)}${node.isRequired ? "!" : ""}`
  return [own, ...[...node.fields, node.items, node.anyKey].flatMap((below) => lines(below))]
}

test("fields of all shapes, with types, presence and what is required", () => {
  const { root, bodies: all, known } = mergedSchema([bodies({ 1: 60, 2: 30, 3: 10 })], texts)
  assert.deepEqual([all, known], [100, 100])
  assert.deepEqual(lines(root), [
    ".: object 100 1.00!",
    "id: int 90, string 10 1.00!",
    "items: array 100 1.00!",
    "items[]: object 70 0.70",
    "items[].sku: string 70 1.00",
    "note: null 30, string 10, #email 0.40",
    "tags: array 60 0.60",
  ])
})

test("keys that are values, and few distinct values", () => {
  const { root } = mergedSchema([bodies({ 4: 5 })], texts)
  assert.deepEqual(lines(root), [
    ".: object 5 1.00",
    "prices: object 5 1.00",
    "prices.{}: object 5 1.00",
    "prices.{}.amount: number 5 1.00",
    "status: string 5, %4 1.00",
  ])
})

test("few bodies prove nothing", () => {
  const isRequired = (count: number): boolean | undefined =>
    mergedSchema([bodies({ 1: count })], texts).root?.fields.find(({ name }) => name === "id")?.isRequired
  assert.equal(isRequired(REQUIRED_MIN - 1), false)
  assert.equal(isRequired(REQUIRED_MIN), true)
})

test("bodies without a shape, and shapes without a text, are not among those known", () => {
  const merged = mergedSchema([bodies({ 0: 7, 1: 20, 99: 3 })], texts)
  assert.deepEqual([merged.bodies, merged.known], [30, 20])
  assert.equal(merged.root?.bodies, 20)
  assert.equal(mergedSchema([bodies({ 0: 7 })], texts).root, null)
  assert.equal(mergedSchema([], texts).root, null)
})

test("absorbed shapes are counted by line", () => {
  const fields = {
    "id:int": [40, 1, 2],
    "items[].sku:string": [25, 5, 9],
    "items:array": [15, 1, 8],
    "note:null": [4, 3, 4],
  } as const
  const { root, known } = mergedSchema([bodies({ 1: 60 }, { bodies: 105, unread: 5, fields })], texts)
  assert.equal(known, 100)
  assert.deepEqual(lines(root), [
    ".: object 100 1.00!",
    "id: int 100 1.00!",
    "items: array 100 1.00!",
    "items[]: object 85 0.85",
    "items[].sku: string 85 1.00",
    "note: null 4 0.04",
    "tags: array 60 0.60",
  ])
  const items = root?.fields.find(({ name }) => name === "items")
  assert.deepEqual([items?.firstSeenUs, items?.lastSeenUs], [1, 201])
})

test("several kinds of body are one schema; the order of shapes makes no difference", () => {
  const two = [bodies({ 1: 3, 2: 4 }), bodies({ 3: 5 }, { status: 201 })]
  const turned = [bodies({ 3: 5 }, { status: 201 }), bodies({ 2: 4, 1: 3 })]
  assert.deepEqual(mergedSchema(two, texts), mergedSchema(turned, texts))
  assert.equal(mergedSchema(two, texts).root?.bodies, 12)
})

test("names with dots and brackets are names; lines that do not read are passed over", () => {
  const odd = new Map([[1, { paths: ["a\\.b.\\[]:int", '"".__proto__:bool', "no line", ":", "x[y:int", "[].z:int"] }]])
  const { root } = mergedSchema([bodies({ 1: 2 })], odd)
  assert.deepEqual(
    root?.fields.map(({ name }) => name),
    ["", "a.b", "x"],
  )
  assert.deepEqual(root?.fields[1]?.fields[0]?.name, "[]")
  assert.equal(root?.fields[1]?.items, null)
  assert.equal(root?.fields[0]?.fields[0]?.name, "__proto__")
  assert.deepEqual(root?.types, { array: 2, object: 2 })
  assert.equal(root?.items?.fields[0]?.name, "z")
})
