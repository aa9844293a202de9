// Notes of shapes: one when a shape is new, further ones when classes change, and an end to it.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ShapeNote } from "../../shared/event/api-event.ts"
import { ClassSet } from "./classes/class-set.ts"
import { DataClasses } from "./classes/data-classes.ts"
import { PlaceFields } from "./classes/place-fields.ts"
import { JsonShape } from "./json-shape.ts"
import { NOTES_MAX, ShapeTexts } from "./shape-texts.ts"

test("places that disagree about a shape cannot make it be sent for ever", () => {
  const notes: ShapeNote[] = []
  const counters = { shapes: 0 }
  const texts = new ShapeTexts(counters, (note) => void notes.push(note))
  const classes = new DataClasses(new ClassSet(), { decided: 0, revoked: 0, fieldsCut: 0, placesForgotten: 0 })
  const shape = new JsonShape({ shapeTruncated: 0, shapeLimits: 0 })
  shape.receiver = classes
  const show = (place: PlaceFields, value: string): void => {
    const bytes = Buffer.from(JSON.stringify({ a: value }))
    classes.begin(place)
    shape.walk(bytes, 0, bytes.length)
    texts.describe(shape, classes)
    classes.end()
  }
  const silent = new PlaceFields()
  for (let i = 0; i < 5; i++) show(silent, `word ${i}`)
  assert.deepEqual(
    notes.map((note) => note.paths),
    [["a:string"]],
  )
  for (let i = 0; i < 40; i++) {
    const place = new PlaceFields()
    show(place, `x${i}@example.com`)
    show(place, `x${i}@example.com`)
    for (let k = 0; k < 9; k++) show(place, `word ${k}`)
  }
  assert.equal(notes.length, NOTES_MAX)
  assert.equal(counters.shapes, 1)
  assert.deepEqual(notes[1]!.paths, ["a:string#email"])
  assert.deepEqual(notes[2]!.paths, ["a:string"], "revoked")
})
