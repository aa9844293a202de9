import assert from "node:assert/strict"
import { test } from "node:test"
import { EMPTY_FORM } from "../../shared/event/api-event.ts"
import { Lab } from "../analysis/fake-lab.ts"
import { operation } from "../inventory/fake-batches.ts"
import { NoveltyRate } from "./novelty-rate.ts"
import { isPrivilegeName, isSecretName, isSensitivePath } from "./novelty-words.ts"
import { fieldsOf, formOf, leafOf, Place, partsOf, resourceOf, URL_BIT } from "./shapes-names.ts"

const LIST = "GET /v1/orders"

test("names of a request and of a shape", () => {
  const asked = operation({ query: ["a:int", "next:url"], headers: ["x-a:b:word"] })
  const { parts } = partsOf(asked)
  const request = formOf(asked)
  assert.deepEqual(
    parts.map(({ place, name, kind }) => [place, name, kind]),
    [
      [Place.query, "a", "int"],
      [Place.query, "next", "url"],
      [Place.header, "x-a:b", "word"],
    ],
  )
  assert.equal(parts[1]!.kinds, URL_BIT)
  assert.notEqual(request, formOf(operation({ query: ["b:int"] })))
  assert.equal(request, formOf(operation({ query: ["a:word", "next:int"] })))
  const lines = ["card:int|string#card", "items[].id:int", "odd"]
  assert.deepEqual(
    fieldsOf(lines, Place.answer).map(({ place, name, kind }) => [place, name, kind]),
    [
      [Place.answer, "card", "int|string"],
      [Place.answer, "items[].id", "int"],
      [Place.answer, "odd", ""],
    ],
  )
  assert.deepEqual(["items[].id", "a", "tags[]"].map(leafOf), ["id", "a", "tags"])
  assert.deepEqual(["/v1/users/{int}", "/v1/users", "/{a}/{b}"].map(resourceOf), ["/v1/users", "/v1/users", ""])
})

test("words", () => {
  for (const path of ["/v1/admin/users", "/internal/debug/dump", "/v1/users/{int}/bank-details", "/v1/export"])
    assert.ok(isSensitivePath(path), path)
  for (const path of ["/v1/orders/{int}", "/v1/administrators-of-fun", "/v1/search"])
    assert.ok(!isSensitivePath(path), path)
  for (const name of ["isAdmin", "is_admin", "role", "userRole", "price"]) assert.ok(isPrivilegeName(name), name)
  for (const name of ["name", "status", "amount"]) assert.ok(!isPrivilegeName(name), name)
  for (const name of ["bank_iban", "apiKey", "password"]) assert.ok(isSecretName(name), name)
  for (const name of ["channel", "shipping"]) assert.ok(!isSecretName(name), name)
})

test("a rate shrinks towards that of the others, leaves the day itself out, and is restored", () => {
  const rate = new NoveltyRate(0.01)
  const before = rate.chance(0, 0)
  for (let day = 1; day <= 40; day++) for (let one = 0; one < 5; one++) rate.meet(one, day)
  assert.ok(rate.chance(0, 40) < before)
  const quiet = rate.chance(0, 41)
  rate.note(0, 41)
  rate.note(0, 41)
  assert.equal(rate.chance(0, 41), quiet)
  assert.ok(rate.chance(0, 42) > quiet)
  assert.ok(rate.chance(1, 42) > quiet)
  const again = new NoveltyRate(0.01, structuredClone(rate.save()))
  assert.equal(again.chance(0, 42), rate.chance(0, 42))
})

test("an endpoint keeps 1,000 parts and all of them what the limit says; more are counted and never news", () => {
  const lab = new Lab([])
  lab.send({ operation: LIST, query: Array.from({ length: 1_100 }, (_, i) => `p${i}:int`) })
  assert.ok(lab.reached.baselineFields >= 100)
  const small = new Lab([], { baselineFields: 3 })
  small.learn({ days: 4, perDay: 20, operation: LIST, query: ["a:int", "b:int", "c:int"] })
  assert.ok(small.reached.baselineFields > 0)
  const { baselineFields } = small.reached
  small.send({ operation: LIST, query: ["new:int"] })
  assert.deepEqual(small.analysis.baselines.shapes.news, [])
  assert.ok(small.reached.baselineFields > baselineFields)
})

test("an endpoint that is merged into another, or split from it, hands on what it has shown", () => {
  const lab = new Lab([])
  const other = "GET /v1/orders/{int}"
  lab.learn({ days: 5, perDay: 50, of: (i) => ({ operation: i % 2 === 0 ? LIST : other, query: [`k${i % 2}:int`] }) })
  lab.send({ operation: other, query: ["k0:int"] })
  assert.equal(lab.analysis.baselines.shapes.news.length, 1)
  lab.send({ operation: LIST, query: ["k0:int"] })
  lab.note({ kind: "endpoints.merged", from: lab.endpoint(LIST).id, into: lab.endpoint(other).id })
  lab.send({ operation: other, query: ["k0:int", "k1:int"] })
  assert.deepEqual(lab.analysis.baselines.shapes.news, [])
})

test("a shape whose text comes late is met then, with and without a restart", () => {
  for (const restarts of [false, true]) {
    const lab = new Lab([])
    lab.learn({ days: 5, perDay: 50, operation: LIST })
    const request = { ...EMPTY_FORM, kind: "json", fullShape: 78 }
    lab.send({ operation: LIST, request })
    assert.equal(lab.analysis.baselines.shapes.news.length, 0)
    lab.shapes.set(78, ["late:int"])
    if (restarts) lab.restart()
    lab.send({ operation: LIST, request })
    assert.deepEqual(
      lab.analysis.baselines.shapes.news.map(({ part }) => part.name),
      ["late"],
    )
  }
})
