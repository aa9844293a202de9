import assert from "node:assert/strict"
import { test } from "node:test"
import { JsonType, NODES_MAX, NONE, ROOT } from "../json-shape-tree.ts"
import { FakeFieldReceiver } from "./fake-field-receiver.ts"
import { FieldTree, NAMES_BYTES } from "./field-tree.ts"

const TYPES = Object.keys(JsonType)
const letters = (i: number, length: number): Buffer => {
  const text = `${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + (Math.floor(i / 26) % 26))}`
  return Buffer.from(text.padEnd(length, "x"))
}
const child = (tree: FieldTree, parent: number, name: string | Buffer): number => {
  const bytes = Buffer.from(name)
  return tree.child(parent, bytes, 0, bytes.length)
}

test("a container is one when a value was seen in it", () => {
  const tree = new FieldTree(7)
  tree.clear()
  const list = tree.element(child(tree, ROOT, "a"))
  child(tree, list, "b")
  assert.equal(tree.hasValues(), false)
  tree.type(child(tree, list, "b"), JsonType.int)
  assert.deepEqual(tree.lines(TYPES).lines, ["a[].b:int"])
  tree.clear()
  assert.equal(tree.hasValues(), false)
})

test("results depend on neither the seed nor the document before", () => {
  const fill = (tree: FieldTree): number[] => {
    tree.clear()
    for (let i = 0; i < 40; i++) tree.type(child(tree, child(tree, ROOT, letters(i, 4)), "b"), JsonType.int)
    return [tree.full(), tree.coarse()]
  }
  const one = new FieldTree(1)
  const other = new FieldTree(2)
  assert.deepEqual(fill(one), fill(other))
  assert.deepEqual(fill(one), fill(other))
})

test("limits: nodes, and bytes of names together; each is said, and NONE is taken everywhere", () => {
  const tree = new FieldTree(7)
  tree.clear()
  let nodes = 1
  for (let i = 0; i < 60; i++) {
    const parent = child(tree, ROOT, letters(i, 2))
    for (let k = 0; k < 60; k++) if (child(tree, parent, letters(k, 2)) !== NONE) nodes++
  }
  assert.ok(tree.atLimit && nodes <= NODES_MAX && nodes > NODES_MAX - 100, `${nodes}`)
  tree.type(NONE, JsonType.int)
  assert.deepEqual([child(tree, NONE, "a"), tree.element(NONE), tree.numbered(NONE, 1)], [NONE, NONE, NONE])

  tree.clear()
  assert.equal(tree.atLimit, false)
  let bytes = 0
  for (let i = 0; i < 20; i++) {
    const parent = child(tree, ROOT, letters(i, 60))
    for (let k = 0; k < 60; k++) if (child(tree, parent, letters(k, 60)) !== NONE) bytes += 60
  }
  assert.ok(tree.atLimit && bytes <= NAMES_BYTES && bytes > NAMES_BYTES - 2000, `${bytes}`)
})

test("keys that are values are told, under a path of their own", () => {
  const tree = new FieldTree(7)
  const receiver = new FakeFieldReceiver()
  tree.receiver = receiver
  tree.clear()
  const name = Buffer.from("ada@example.com")
  const node = tree.child(ROOT, name, 0, name.length)
  tree.value(node, JsonType.int, name, 0, 0, Buffer.from("7"), 0, 1, false)
  assert.deepEqual(receiver.fields, ["=ada@example.com", "#7"])
  assert.equal(receiver.paths.size, 2)
  assert.deepEqual(tree.lines(TYPES).lines, ["{}:int"])
})

test("numbered fields: their text says that they repeat, their hash does not", () => {
  const tree = new FieldTree(7)
  tree.clear()
  const node = tree.numbered(ROOT, 3)
  assert.equal(tree.numbered(ROOT, 3), node)
  tree.type(node, JsonType.int)
  const full = tree.full()
  assert.deepEqual(tree.lines(TYPES).lines, ["3:int"])
  tree.repeat(node)
  assert.deepEqual([tree.lines(TYPES).lines, tree.full()], [["3\\[]:int"], full])
})
