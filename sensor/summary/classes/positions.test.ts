// Data classes of whole exchanges: every place in which a value can stand, what the event says, and that no value leaves.
import assert from "node:assert/strict"
import { test } from "node:test"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"
import { ClassSet } from "./class-set.ts"
import { parseCustomClasses } from "./custom-classes.ts"

const HOST = "Host: api.example.com"
const EMAIL = "jane.roe@example.com"
const CARD = "4111111111111111"
const conversation = () => ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)
const answer = (body: string, type = "application/json") => ({
  head: lines("HTTP/1.1 200 OK", `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`),
  body,
})
const posted = (body: string | Buffer, type: string) => ({
  head: lines("POST /x HTTP/1.1", HOST, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`),
  body,
})
const plain = { head: lines("GET /x HTTP/1.1", HOST) }

test("requests: wherever a value stands", () => {
  const form = `email=${encodeURIComponent(EMAIL)}&card_number=4111+1111+1111+1111&card%5Bnumber%5D=${CARD}`
  const parts = `--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n${EMAIL}\r\n--b--\r\n`
  const xml = `<a><customer email="${EMAIL}"><cardNumber>${CARD}</cardNumber></customer></a>`
  const graphql = JSON.stringify({
    query: "query Q($e: String) { a(email: $e) { id } }",
    variables: { e: { email: EMAIL } },
  })
  const protobuf = Buffer.concat([Buffer.of(0x0a, EMAIL.length), Buffer.from(EMAIL)])
  const table: readonly (readonly [
    what: string,
    request: { head: string; body?: string | Buffer },
    classes: readonly string[],
  ])[] = [
    ["query", { head: lines(`GET /x?email=${encodeURIComponent(EMAIL)}&n=1 HTTP/1.1`, HOST) }, ["email=0"]],
    ["query, two", { head: lines(`GET /x?pan=${CARD}&to=${EMAIL} HTTP/1.1`, HOST) }, ["card=0", "email=0"]],
    ["matrix", { head: lines(`GET /x;mail=${EMAIL}/y HTTP/1.1`, HOST) }, ["email=0"]],
    ["path", { head: lines(`GET /users/${EMAIL}/orders HTTP/1.1`, HOST) }, ["email=0"]],
    ["path, escaped", { head: lines(`GET /users/${encodeURIComponent(EMAIL)} HTTP/1.1`, HOST) }, ["email=0"]],
    ["path, named", { head: lines(`GET /cards/${CARD} HTTP/1.1`, HOST) }, ["card=0"]],
    ["path, absolute form", { head: lines(`GET http://api.example.com/cards/${CARD}?q=1 HTTP/1.1`, HOST) }, ["card=0"]],
    ["field", { head: lines("GET /x HTTP/1.1", HOST, `X-User-Email: ${EMAIL}`) }, ["email=0"]],
    ["cookie", { head: lines("GET /x HTTP/1.1", HOST, `Cookie: theme=dark; login_email=${EMAIL}`) }, ["email=0"]],
    ["form", posted(form, "application/x-www-form-urlencoded"), ["card=1", "email=0"]],
    ["multipart", posted(parts, "multipart/form-data; boundary=b"), ["email=0"]],
    ["json", posted(JSON.stringify({ a: [{ email: EMAIL }, { email: EMAIL }] }), "application/json"), ["email=1"]],
    ["json, parent", posted(JSON.stringify({ card: { number: CARD } }), "application/json"), ["card=0"]],
    ["ndjson", posted(`{"email":"${EMAIL}"}\n{"email":"b${EMAIL}"}\n`, "application/x-ndjson"), ["email=1"]],
    ["graphql variable", posted(graphql, "application/json"), ["email=0"]],
    ["xml", posted(xml, "application/xml"), ["card=0", "email=0"]],
    ["protobuf", posted(protobuf, "application/x-protobuf"), ["email=0"]],
    [
      "json in a string",
      posted(JSON.stringify({ message: JSON.stringify({ email: EMAIL }) }), "application/json"),
      ["email=0"],
    ],
    [
      "json in a form",
      posted(`payload=${encodeURIComponent(JSON.stringify({ email: EMAIL }))}`, "application/x-www-form-urlencoded"),
      ["email=0"],
    ],
    ["nothing", plain, []],
    ["words of the path", { head: lines("GET /login/password/reset HTTP/1.1", HOST) }, []],
    [
      "ids",
      {
        head: lines(
          "GET /orders/4111111111111111?page=2&id=123456789 HTTP/1.1",
          HOST,
          "X-Request-Id: 4111111111111111",
        ),
      },
      [],
    ],
    [
      "the credential itself",
      { head: lines("GET /x HTTP/1.1", HOST, "Authorization: Bearer sk_live_4eC39HqLyjWDarjtT1zdp7dc") },
      [],
    ],
  ]
  for (const [what, request, classes] of table) {
    const recorder = new Recorder()
    const event = recorder.exchange(conversation(), request, answer("{}"))
    assert.deepEqual(event.requestClasses, classes, what)
    assert.deepEqual(event.responseClasses, [], what)
    const left = JSON.stringify([recorder.events, recorder.notes])
    for (const secret of [EMAIL, encodeURIComponent(EMAIL), CARD]) assert.ok(!left.includes(secret), what)
  }
})

test("head and body of a request are said together", () => {
  const head = lines(`POST /x?email=${EMAIL} HTTP/1.1`, HOST, "Content-Type: application/json", "Content-Length: 999")
  const body = JSON.stringify([
    { email: EMAIL },
    { email: `a${EMAIL}` },
    { email: `b${EMAIL}`, iban: "DE89370400440532013000" },
  ])
  const event = new Recorder().exchange(conversation(), { head, body }, answer("{}"))
  assert.deepEqual(event.requestClasses, ["email=2", "iban=0"])
})

test("bodies that are not walked have the classes of the last one, and say that they are sampled", () => {
  const recorder = new Recorder()
  const body = answer(JSON.stringify({ email: EMAIL }))
  const events = Array.from({ length: 6 }, () => recorder.exchange(conversation(), plain, body))
  assert.deepEqual(
    events.map((event) => event.responseClasses),
    Array(6).fill(["email=0"]),
  )
  assert.deepEqual(
    events.map((event) => (event.flags & 16) !== 0),
    [false, false, false, true, true, true],
  )
  assert.equal(events[5]!.responseClasses, events[0]!.responseClasses)
})

test("the text of a shape says the classes, and again when they change", () => {
  const recorder = new Recorder()
  recorder.exchange(conversation(), plain, answer(JSON.stringify({ to: "somebody", email: EMAIL })))
  recorder.exchange(conversation(), plain, answer(JSON.stringify({ to: "-", email: EMAIL })))
  assert.deepEqual(
    recorder.notes.map((note) => note.paths),
    [["email:string#email", "to:string"]],
  )
  const { shape } = recorder.notes[0]!
  for (let i = 0; i < 200; i++)
    recorder.exchange(conversation(), plain, answer(JSON.stringify({ to: `+4915112345${100 + i}`, email: EMAIL })))
  assert.equal(recorder.notes.length, 2, "once for the new class")
  assert.deepEqual(recorder.notes[1], { shape, paths: ["email:string#email", "to:string#phone"] })
  const other = { head: lines("GET /other HTTP/1.1", HOST) }
  recorder.exchange(conversation(), other, answer(JSON.stringify({ to: "-", email: "-" })))
  assert.equal(recorder.notes.length, 2, "another place with the shape has nothing to add")
})

test("a field that is nearly decided is looked at out of turn: one value a body, twenty bodies", () => {
  const recorder = new Recorder()
  const ip = (i: number) => answer(JSON.stringify({ from: `192.0.2.${i}` }))
  const events = Array.from({ length: 40 }, (_, i) => recorder.exchange(conversation(), plain, ip(i)))
  assert.deepEqual(
    events.map((event) => event.responseClasses.join()),
    [...Array(19).fill(""), ...Array(21).fill("ip=0")],
  )
  const isSampled = events.map((event) => (event.flags & 16) !== 0)
  assert.equal(isSampled.indexOf(true), 20, "then it is known, and sampled as any other")
  const never = new Recorder()
  const mixed = Array.from({ length: 200 }, (_, i) =>
    never.exchange(conversation(), plain, answer(JSON.stringify({ from: i % 2 === 0 ? `192.0.2.${i}` : `host ${i}` }))),
  )
  assert.ok(mixed.filter((event) => (event.flags & 16) === 0).length < 45, "and what is not decided, for a while only")
})

test("a class of one's own, and one that is off", () => {
  const { classes } = parseCustomClasses([{ name: "patient", pattern: "P[0-9]{8}", names: ["patient no"] }])
  const recorder = new Recorder({ classes: new ClassSet(new Set(["email"]), classes) })
  const body = JSON.stringify({ patientNo: "P12345678", email: EMAIL, other: "P12345678" })
  assert.deepEqual(recorder.exchange(conversation(), plain, answer(body)).responseClasses, ["patient=0"])
  const off = new Recorder({ classes: new ClassSet(new Set(new ClassSet().names)) })
  const request = { head: lines(`GET /x?email=${EMAIL} HTTP/1.1`, HOST) }
  const event = off.exchange(conversation(), request, answer(body))
  assert.deepEqual([event.requestClasses, event.responseClasses], [[], []])
})
