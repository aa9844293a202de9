// Bodies by direction, status and content type: counted, bounded, merged, restored, and what is new in them.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type ApiEvent, EMPTY_FORM, GAP_FLAG, type ShapeNote } from "../../../shared/event/api-event.ts"
import type { BodiesRecord } from "../../store/endpoint-records.ts"
import { batch, event, jsonForm, START_US } from "../fake-batches.ts"
import { DEFAULT_LIMITS, type InventoryLimits, limitCounters } from "../limits.ts"
import { ShapeNotes } from "../shape-notes.ts"
import { BodySchemas } from "./body-schemas.ts"
import { mergedSchema } from "./schema-tree.ts"
import { GONE_AFTER_US, GONE_BODIES, NEWS_AFTER } from "./schema-watch.ts"

function scene(shapes: readonly ShapeNote[] = [], change: Partial<InventoryLimits> = {}) {
  const limits = { ...DEFAULT_LIMITS, ...change }
  const reached = limitCounters()
  const texts = new ShapeNotes([], limits, reached)
  texts.note(batch([], {}, shapes))
  const schemas = (records: readonly BodiesRecord[] = []) => new BodySchemas(limits, reached, texts, records)
  return { reached, schemas }
}

const answer = (shape: number, change: Partial<ApiEvent> = {}) => event({ response: jsonForm(shape), ...change })
const HTML = { ...jsonForm(0), contentType: "text/html", kind: "text" }

test("by direction, status and content type; refused requests and lost bytes say nothing of a schema", () => {
  const schemas = scene().schemas()
  for (const one of [
    answer(1, { request: jsonForm(5) }),
    answer(1, { request: jsonForm(5), startUs: START_US + 9 }),
    answer(2, { status: 400, request: jsonForm(6) }),
    answer(3, { flags: GAP_FLAG }),
    event({ status: 500, response: HTML }),
    event({ status: 204, response: { ...EMPTY_FORM, contentType: "application/json" } }),
    event({ status: 0, response: EMPTY_FORM, request: jsonForm(5) }),
  ])
    schemas.count(one)
  const records = schemas.records().map(({ direction, status, contentType, bodies, shapes }) => {
    const counts = Object.entries(shapes).map(([shape, [count]]) => `${shape}x${count}`)
    return `${direction} ${status} ${contentType || "-"} ${bodies}: ${counts.join(" ")}`
  })
  assert.deepEqual(records, [
    "request 0 application/json 3: 5x3",
    "response 200 application/json 3: 0x1 1x2",
    "response 204 - 1: 0x1",
    "response 400 application/json 1: 2x1",
    "response 500 text/html 1: 0x1",
  ])
  const [request] = schemas.records()
  assert.deepEqual(request?.shapes[5], [3, START_US, START_US + 9])
})

test("past the limit the rarest shape is absorbed into its lines, the oldest of equals", () => {
  const shapes = [1, 2, 3, 4].map((shape) => ({ shape, paths: ["id:int", `f${shape}:string`] }))
  const { schemas, reached } = scene(shapes, { schemaShapes: 2 })
  const kept = schemas()
  const counts = [1, 1, 2, 1, 1, 3, 9, 4]
  for (const [i, shape] of counts.entries()) kept.count(answer(shape, { startUs: START_US + i }))
  const [record] = kept.records()
  assert.deepEqual(Object.keys(record!.shapes).map(Number), [1, 4])
  assert.deepEqual(record!.fields, {
    "id:int": [2, START_US + 2, START_US + 5],
    "f2:string": [1, START_US + 2, START_US + 2],
    "f3:string": [1, START_US + 5, START_US + 5],
  })
  // The text of 9 never came.
  assert.deepEqual([record!.bodies, record!.unread, reached.schemaShapes], [8, 1, 3])
})

test("limits of kinds of body and of lines are counted", () => {
  const shapes = [1, 2, 3].map((shape) => ({ shape, paths: [`f${shape}:string`] }))
  const { schemas, reached } = scene(shapes, { schemas: 1, schemaShapes: 1, schemaFields: 1 })
  const kept = schemas()
  for (const shape of [1, 2, 3]) kept.count(answer(shape))
  kept.count(answer(1, { status: 201 }))
  assert.deepEqual([reached.schemas, reached.schemaShapes, reached.schemaFields], [1, 2, 1])
  assert.equal(kept.records().length, 1)
})

const arbitraryEvents = fc.array(
  fc.record({
    shape: fc.integer({ min: 0, max: 6 }),
    status: fc.constantFrom(200, 200, 200, 201, 404),
    request: fc.integer({ min: 0, max: 3 }),
    at: fc.integer({ min: 0, max: 1000 }),
  }),
  { maxLength: 80 },
)
const eventsOf = (rows: readonly { shape: number; status: number; request: number; at: number }[]): ApiEvent[] => {
  const forms = Array.from({ length: 7 }, (_, shape) => jsonForm(shape))
  return rows.map(({ shape, status, request, at }) =>
    event({
      response: forms[shape]!,
      status,
      request: request === 0 ? EMPTY_FORM : forms[request]!,
      startUs: START_US + at,
    }),
  )
}
const NOTES = [1, 2, 3, 4, 5, 6].map((shape) => ({ shape, paths: ["id:int", `f${shape % 3}:string`] }))

test("any exchanges: a restart at any place, and any split over two routes, changes nothing", () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.nat(80), (rows, cut) => {
      const { schemas } = scene(NOTES)
      const events = eventsOf(rows)
      const straight = schemas()
      for (const one of events) straight.count(one)
      let restarted = schemas()
      for (const one of events.slice(0, cut)) restarted.count(one)
      restarted = schemas(JSON.parse(JSON.stringify(restarted.records())) as BodiesRecord[])
      for (const one of events.slice(cut)) restarted.count(one)
      assert.deepEqual(restarted.records(), straight.records())
      const [a, b] = [schemas(), schemas()]
      for (const [i, one] of events.entries()) (i % 3 === 0 ? a : b).count(one)
      a.merge(b)
      const bare = (records: readonly BodiesRecord[]) => records.map(({ changes: _, ...record }) => record)
      assert.deepEqual(bare(a.records()), bare(straight.records()))
    }),
    { verbose: true },
  )
})

test("any exchanges, few places: every body is held or counted, and fields keep their bodies", () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.nat(80), (rows, cut) => {
      const { schemas } = scene(NOTES, { schemaShapes: 2 })
      const whole = scene(NOTES).schemas()
      const [a, b] = [schemas(), schemas()]
      for (const [i, one] of eventsOf(rows).entries()) {
        ;(i < cut ? a : b).count(one)
        whole.count(one)
      }
      a.merge(b)
      const texts = new Map(NOTES.map((note) => [note.shape, note]))
      const few = mergedSchema(a.records(), texts)
      const all = mergedSchema(whole.records(), texts)
      assert.deepEqual([few.bodies, few.known], [all.bodies, all.known])
      assert.deepEqual(few.root?.fields, all.root?.fields)
    }),
    { verbose: true },
  )
})

const newsOf = (schemas: BodySchemas): string[] =>
  schemas
    .takeNews()
    .map(({ kind, field, before, now }) => [kind, field, before, now].filter((part) => part !== "").join(" "))

test("new fields, changed types, statuses and content types are news once enough was seen", () => {
  const { schemas } = scene([
    { shape: 1, paths: ["id:int", "name:string"] },
    { shape: 2, paths: ["address.city:string", "address.zip:string", "id:int|string", "name:string#email"] },
    { shape: 3, paths: ["error:string"] },
  ])
  const early = schemas()
  for (let i = 0; i < NEWS_AFTER - 1; i++) early.count(answer(1))
  early.count(answer(2))
  assert.deepEqual(newsOf(early), [])
  let kept = schemas()
  for (let i = 0; i < NEWS_AFTER; i++) kept.count(answer(1))
  kept.count(answer(2, { startUs: START_US + 5 }))
  kept = schemas(kept.records())
  kept.count(answer(2))
  kept.count(answer(3, { status: 500 }))
  kept.count(event({ response: HTML }))
  assert.deepEqual(newsOf(kept), ["status.new", "type.new"])
  const history = kept.records().flatMap(({ changes = [] }) => changes)
  assert.deepEqual(
    history.map(({ atUs, kind, field, before, now }) => [atUs - START_US, kind, field, before, now]),
    [
      [5, "schema.field.new", "address", "", "object"],
      [5, "schema.type.changed", "id", "int", "int|string"],
      [0, "type.new", "", "", ""],
      [0, "status.new", "", "", ""],
    ],
  )
})

test("a field that shapes of long ago had, and those since then have not, is gone: told once", () => {
  const { schemas } = scene([
    { shape: 1, paths: ["id:int", "old.a:string", "old.b:string", "rare:int"] },
    { shape: 2, paths: ["id:int", "old.a:string"] },
    { shape: 3, paths: ["id:int"] },
  ])
  const kept = schemas()
  for (let i = 0; i < 100; i++) kept.count(answer(1 + (i % 2), { startUs: START_US + i }))
  const laterUs = START_US + GONE_AFTER_US + 1000
  for (let i = 0; i < GONE_BODIES + 400; i++) kept.count(answer(3, { startUs: laterUs + i }))
  assert.deepEqual(newsOf(kept), ["schema.field.gone old", "schema.field.gone rare"])
  assert.equal(kept.hasNews, false)
})

test("a field that is there now and then is never gone", () => {
  const { schemas } = scene([
    { shape: 1, paths: ["id:int", "note:string"] },
    { shape: 2, paths: ["id:int"] },
  ])
  const kept = schemas()
  for (let i = 0; i < 100; i++) kept.count(answer(1 + (i % 2), { startUs: START_US + i }))
  for (let i = 0; i < 500; i++) kept.count(answer(2, { startUs: START_US + GONE_AFTER_US + 1000 + i }))
  assert.deepEqual(newsOf(kept), [])
})

test("bodies that are ever new tell a few news and no more", () => {
  const shapes = Array.from({ length: 400 }, (_, i) => ({ shape: i + 1, paths: [`k${i}:int`] }))
  const { schemas, reached } = scene(shapes, { schemaChanges: 8 })
  const kept = schemas()
  for (const { shape } of shapes) kept.count(answer(shape, { startUs: START_US + shape }))
  assert.equal(newsOf(kept).length, 8)
  assert.ok(reached.schemaChanges > 0)
})
