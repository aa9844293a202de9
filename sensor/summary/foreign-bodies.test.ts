// What an event tells of a body stands in that body: at places that are known, found out late, not known, or shared.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type ApiEvent, HeadPart, State } from "../../shared/event/api-event.ts"
import { ipv4Flow, lines, type Message, Recorder } from "./fake-conversation.ts"

const FLOW = ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)
const LENGTH = 200

interface Sort {
  readonly path: string
  readonly classes: readonly string[]
  readonly body: (n: number) => object
}

const PEOPLE: Sort = {
  path: "/v1/people",
  classes: ["email=0"],
  body: (n) => ({ id: 7000 + n, email: `jane${n}@example.com` }),
}
const ACCOUNTS: Sort = { path: "/v1/accounts", classes: ["iban=0"], body: () => ({ iban: "DE89370400440532013000" }) }
const EVENTS: Sort = { path: "/v1/events", classes: [], body: (n) => ({ events: [{ step: "scan", at: [n, "hub"] }] }) }
/** Has the field of PEOPLE with what is no email. */
const NOTES: Sort = { path: "/v1/notes", classes: [], body: (n) => ({ email: `see page ${n}`, old: true }) }
const SORTS: readonly Sort[] = [PEOPLE, ACCOUNTS, EVENTS, NOTES]

/** How the exchange came: `late`, its request was found out when it was whole; `pathless` and `statusless`, HTTP/2 after a loss. */
const WAYS = ["known", "known", "late", "alone", "pathless", "statusless", "cut"] as const
type Way = (typeof WAYS)[number]

function textOf({ body }: Sort, n: number): string {
  return JSON.stringify(body(n)).padEnd(LENGTH)
}

function send(recorder: Recorder, sort: Sort, way: Way, n: number): ApiEvent {
  const isPathless = way === "pathless"
  const request: Message = {
    head: lines(`GET ${isPathless ? "" : sort.path} HTTP/1.1`, "Host: api"),
    unknown: isPathless ? HeadPart.path | HeadPart.fields : 0,
  }
  const text = textOf(sort, n)
  const status = way === "statusless" ? 0 : 200
  const response: Message = {
    head: lines(`HTTP/1.1 ${status} OK`, "Content-Type: application/json", `Content-Length: ${LENGTH}`),
    body: way === "cut" ? text.slice(0, 9) : text,
    isCut: way === "cut",
    isLate: way === "late",
  }
  return recorder.exchange(FLOW, way === "alone" ? null : request, response)
}

/** Shape of each sort, as it is where nothing else was before. */
const SHAPES = new Map(SORTS.map((sort) => [sort, send(new Recorder(), sort, "known", 1).response.fullShape]))

test("property: classes, shape and ids of an event are those of its own body, or left out", () => {
  const step = fc.tuple(fc.constantFrom(...SORTS), fc.constantFrom(...WAYS))
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 120 }), (steps) => {
      const recorder = new Recorder()
      const ids = new Set<number>()
      steps.forEach(([sort, way], n) => {
        const event = send(recorder, sort, way, n)
        const where = `${sort.path} ${way} ${n}`
        const { response, responseClasses, returned } = event
        if (responseClasses.length > 0) assert.deepEqual(responseClasses, sort.classes, where)
        if (response.fullShape !== 0) assert.equal(response.fullShape, SHAPES.get(sort), where)
        // Each body of PEOPLE has an id of its own, and others have none.
        assert.ok(returned.length <= (sort === PEOPLE ? 1 : 0) && returned.every((id) => !ids.has(id)), where)
        for (const id of returned) ids.add(id)
        if (way !== "known") return
        assert.deepEqual([response.fullShape, responseClasses], [SHAPES.get(sort), sort.classes], where)
      })
    }),
    { numRuns: 10 },
  )
})

test("a response whose request is found out late is its own or unread, never another", () => {
  const recorder = new Recorder()
  const people = Array.from({ length: 40 }, (_, n) => ({ ...send(recorder, PEOPLE, "late", n) }))
  const first = send(recorder, EVENTS, "late", 1)
  assert.deepEqual([first.state, first.responseClasses], [State.complete, []])
  assert.ok([0, SHAPES.get(EVENTS)].includes(first.response.fullShape))
  for (let n = 41; n < 46; n++) people.push({ ...send(recorder, PEOPLE, "late", n) })
  // Which of them are walked is drawn; one that is not may be unread, and none is another's.
  const own = people.filter(({ response }) => response.fullShape !== 0)
  for (const { response, responseClasses } of own)
    assert.deepEqual([response.fullShape, responseClasses], [SHAPES.get(PEOPLE), PEOPLE.classes])
})

test("a body that a loss cut does not stand for the next", () => {
  const recorder = new Recorder()
  assert.equal(send(recorder, PEOPLE, "cut", 1).response.fullShape, 0)
  for (let n = 2; n < 30; n++) {
    const { response, responseClasses } = send(recorder, PEOPLE, n % 3 === 0 ? "cut" : "known", n)
    if (n % 3 !== 0) assert.deepEqual([response.fullShape, responseClasses], [SHAPES.get(PEOPLE), PEOPLE.classes])
  }
})

test("a place that a Location names is told again for each client that is not known", () => {
  const recorder = new Recorder()
  const head = lines("HTTP/1.1 201 Created", "Location: /v1/orders/4711", "Content-Length: 0")
  for (let n = 0; n < 2; n++) assert.equal(recorder.exchange(FLOW, null, { head }).returned.length, 1)
})
