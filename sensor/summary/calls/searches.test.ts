// Where calls are looked for, and whose shape a body takes over that is not looked into.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { ipv4Flow, lines, type Message, Recorder } from "../fake-conversation.ts"
import { SEARCHES_MAX, TEMPLATES_MAX } from "./call-records.ts"

const FLOW = ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)

function post(body: string, type = "application/json"): Message {
  const fields = ["Host: api", `Content-Type: ${type}`, `Content-Length: ${body.length}`]
  return { head: lines("POST /api HTTP/1.1", ...fields), body }
}
const answer = (body: string): Message => ({
  head: lines("HTTP/1.1 200 OK", "Content-Type: application/json", `Content-Length: ${body.length}`),
  body,
})
const json = (value: unknown): Message => post(JSON.stringify(value))
const rpc = (method: string, params: unknown): Message => json({ jsonrpc: "2.0", id: 1, method, params })
const send = (recorder: Recorder, message: Message): ApiEvent => recorder.exchange(FLOW, message, answer("{}"))

test("malformed requests first: the calls behind them are read each, and have the shape of their own", () => {
  const malformed = [
    post(`{"query":"${"{a".repeat(12)}"}`),
    post('{"jsonrpc":"2.0","id":1,'),
    post("<s:Envelope", "text/xml"),
  ]
  const calls: readonly (readonly [Message, string])[] = [
    [json({ query: "query Good($e: Int) {a}" }), "query Good"],
    [rpc("user.get", { iban: "DE89370400440532013000" }), "user.get"],
    [post("<methodCall><methodName>a.b</methodName></methodCall>", "text/xml"), "a.b"],
  ]
  for (const bad of malformed)
    for (const [good, key] of calls) {
      const recorder = new Recorder()
      for (let i = 0; i < 60; i++) assert.equal(send(recorder, bad).call.key, "")
      const badShape = recorder.events[0]!.request
      const events = Array.from({ length: 100 }, () => send(recorder, good))
      for (const { call, request } of events) {
        assert.equal(call.key, key)
        assert.equal(request, events[0]!.request)
      }
      assert.equal(send(recorder, bad).request, badShape)
    }
})

test("every second body is none: calls have their shape, the others theirs", () => {
  const recorder = new Recorder()
  for (let i = 0; i < 200; i++) {
    const isCall = i % 2 === 1
    const event = send(
      recorder,
      isCall ? rpc("user.get", { a: "123456789" }) : json({ note: "x".repeat(40), ping: 12 }),
    )
    assert.equal(event.call.key, isCall ? "user.get" : "")
    assert.equal(event.request, recorder.events[i % 2]!.request)
  }
  assert.notEqual(recorder.events[0]!.request, recorder.events[1]!.request)
})

test("a place that has named none for long is read for its shape only; a call is found then, and each one after it", () => {
  const recorder = new Recorder()
  const plain = json({ note: "x".repeat(30) })
  for (let i = 0; i < SEARCHES_MAX; i++) send(recorder, plain)
  const { only } = recorder.counters.calls
  assert.ok(only > 200)
  for (let i = 0; i < 200; i++) send(recorder, plain)
  assert.equal(recorder.counters.calls.only, only)
  // Another length is looked into at once; the same length by chance.
  const good = rpc("user.get", [])
  const events = Array.from({ length: 50 }, () => send(recorder, good))
  assert.ok(events.every(({ call }) => call.key === "user.get"))
})

test("calls beyond those told apart take over nothing of each other", () => {
  const recorder = new Recorder()
  for (let i = 0; i < TEMPLATES_MAX; i++) send(recorder, rpc(`early.m${i}`, []))
  let unread = 0
  const shapes = new Map<string, Set<number>>()
  for (let i = 0; i < 400; i++) {
    const n = i % 2
    const params = n === 0 ? { email: "a@example.com" } : { place: "Springfield" }
    const { call, request, requestClasses, response } = send(recorder, rpc(`late.m${n}`, params))
    assert.equal(call.key, `late.m${n}`)
    if (request.fullShape === 0) {
      unread++
      assert.deepEqual([request.kind, requestClasses], ["unread", []])
    } else shapes.set(call.key, (shapes.get(call.key) ?? new Set()).add(request.fullShape))
    assert.ok(response.kind === "json" || response.kind === "unread")
  }
  assert.ok(unread > 300)
  assert.deepEqual(
    [...shapes.values()].map((set) => set.size),
    [1, 1],
  )
  assert.notDeepEqual([...shapes.get("late.m0")!], [...shapes.get("late.m1")!])
})
