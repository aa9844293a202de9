import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { BodyFacts } from "../facts.ts"
import { ObjectPseudonyms } from "../privacy/object-pseudonyms.ts"
import { Pseudonyms } from "../privacy/pseudonym.ts"
import { IdCollector } from "./id-collector.ts"
import { pagingOf, Says, saysOf } from "./id-names.ts"
import { scanForm, scanJson } from "./id-scan.ts"
import { PlaceIds } from "./place-ids.ts"
import { BODIES_A_SECOND, RateBudget } from "./rate-budget.ts"
import { numberAtEnd, Steps } from "./steps.ts"
import { markByBytes, ToldBodies, UNTOLD } from "./told-bodies.ts"
import { ToldIds } from "./told-ids.ts"

const counters = { idsCut: 0, toldForgotten: 0, stepsForgotten: 0 }
const COLLECTOR = new IdCollector(
  new ObjectPseudonyms(new Pseudonyms(new Uint8Array(32))),
  new ToldIds(64, counters),
  counters,
)

test("names of ids, of codes, of links, and names that promise nothing", () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    id: [
      "id",
      "ID",
      "_id",
      "order_id",
      "orderId",
      "orderID",
      "orderid",
      "ids",
      "uuids",
      "number",
      "sku",
      "po-ref",
      "customer no",
    ],
    text: ["code", "slug", "issueKey"],
    link: ["href", "self", "next", "avatar_url", "location"],
    never: [
      "session_id",
      "card_number",
      "token",
      "request_id",
      "page_no",
      "phone_number",
      "zip_code",
      "client_secret_id",
    ],
    nothing: ["amount", "paid", "valid", "grid", "note", ""],
  }
  for (const [says, names] of Object.entries(table))
    for (const name of names) assert.equal(saysOf(name), Says[says as keyof typeof Says], name)
  assert.deepEqual(["per_page", "$top", "page[offset]", "q"].map(pagingOf), [1, 1, 2, 0])
})

test("limits: ids of the day make room for others, and are told again", () => {
  const told = new ToldIds(16, counters)
  for (let i = 0; i < 100; i++) told.note(1, i, i, 5)
  assert.ok(counters.toldForgotten >= 84)
  assert.equal(told.note(1, 99, 99, 5), true)
  assert.equal(told.note(2, 99, 99, 5), false)
  const before = counters.toldForgotten
  const next = new ToldIds(16, counters)
  for (let day = 0; day < 50; day++) assert.equal(next.note(1, 7, 7, day), false)
  assert.equal(counters.toldForgotten, before)
})

test("limits: bodies of the day make room for others", () => {
  const bodies = new ToldBodies(16)
  const place = new PlaceIds(1)
  const facts = new BodyFacts()
  facts.principalHash = 7
  const find = (text: string, day = 5): number => {
    markByBytes(facts, Buffer.from(text), 0, text.length)
    return bodies.find(facts, place, day)
  }
  for (let i = 0; i < 100; i++) {
    assert.equal(find(`body ${i}`), UNTOLD)
    bodies.note(facts, place, 5, i)
    assert.equal(find(`body ${i}`), i)
  }
  assert.equal(find("body 99", 4), 99)
  assert.equal(find("body 99", 6), UNTOLD)
  const known = Array.from({ length: 100 }, (_, i) => find(`body ${i}`)).filter((total) => total !== UNTOLD)
  assert.ok(known.length > 4 && known.length <= 16, String(known.length))
  facts.principalHash = 8
  assert.equal(find("body 99"), UNTOLD)
  facts.principalHash = 7
  place.add(Buffer.from("id"), 0, 2, Says.id)
  assert.equal(find("body 99"), UNTOLD)
})

test("limits: bodies of a principal in a second", () => {
  const budget = new RateBudget()
  const taken = (who: number, second: number): number =>
    Array.from({ length: 100 }, () => budget.take(who, second)).filter((is) => is).length
  assert.deepEqual([taken(1, 9), taken(1, 9), taken(2, 9), taken(1, 10)], [BODIES_A_SECOND, 0, 32, 32])
})

test("limits: pairs of principal and operation make room for others", () => {
  const steps = new Steps(16, counters)
  for (let i = 0; i < 100; i++) steps.to(i, 1, 10)
  assert.ok(counters.stepsForgotten >= 84)
  assert.equal(steps.to(99, 1, 11), 1)
  assert.equal(steps.to(99, 1, 2 ** 49), 49)
})

test("the number at the end of a token", () => {
  const number = (text: string): number => numberAtEnd(Buffer.from(text), 0, text.length)
  assert.deepEqual(
    ["17", "INV-000123", "x", "0", "1234567890123456", "0000000000000000017"].map(number),
    [17, 123, -1, 0, -1, 17],
  )
})

/** Ids that a scan finds, by their number. */
function found(bytes: Uint8Array, scan: typeof scanJson): number {
  const place = new PlaceIds()
  place.add(Buffer.from("id"), 0, 2, Says.id)
  COLLECTOR.beginRequest()
  scan(bytes, 0, bytes.length, place, COLLECTOR)
  return COLLECTOR.total
}

test("property: a scan finds what stands under a name, at any depth and in any spacing", () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.nat({ max: 40 }),
      fc.constantFrom('a "quoted" \\ text', "id", '"id":7', "", null, true),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("id", "name", "x", 'a"b'), tie("any"), { maxKeys: 3 }),
    ),
  })).any
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2, "\t"), (document, space) => {
      const text = JSON.stringify(document, null, space)
      assert.equal(found(Buffer.from(text), scanJson), idsOf(document, false).size, text)
    }),
    { numRuns: 300 },
  )
})

/** The numbers under "id", or in a list there up to the first container. */
function idsOf(value: unknown, isNamed: boolean, ids = new Set<number>()): Set<number> {
  if (typeof value === "number" && isNamed) ids.add(value)
  if (Array.isArray(value)) {
    const flat = value.findIndex((item) => typeof item === "boolean" || typeof item === "object")
    value.forEach((item, i) => void idsOf(item, isNamed && (flat < 0 || i < flat), ids))
  } else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) idsOf(item, key === "id", ids)
  return ids
}

test("property: any bytes are scanned to their end", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .array(fc.constantFrom('"id"', ":", "[", "{", "17", "1.5", ",", '"', "\\", " ", "id=", "&", "]"), {
        maxLength: 30,
      })
      .map((parts) => Buffer.from(parts.join(""))),
  )
  fc.assert(
    fc.property(bytes, (some) => {
      assert.ok(found(some, scanJson) >= 0)
      assert.ok(found(some, (b, start, end, place, ids) => scanForm(b, start, end, false, place, ids)) >= 0)
    }),
    { numRuns: 300 },
  )
})
