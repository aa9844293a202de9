// Which bodies are looked into, and what the others take over: shares of periodic traffic, what is rare, what is new, the limits.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Form } from "../../shared/event/api-event.ts"
import { ipv4Flow, KEY, lines, type Message, Recorder } from "./fake-conversation.ts"
import { FormState, LOOKS_MAX, lookOf, SAMPLE_EVERY, Template } from "./form-state.ts"
import { Domain, PseudonymKey } from "./privacy/pseudonym.ts"
import { Sampler } from "./sampler.ts"

const sampler = (every = SAMPLE_EVERY, key = KEY): Sampler => new Sampler(key.derive(Domain.sampling), every)
const form = (fullShape: number): Form => ({
  contentType: "",
  contentEncoding: "",
  kind: "json",
  coarseShape: 1,
  fullShape,
})
const FLOW = ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)
const GET: Message = { head: lines("GET /v1/people HTTP/1.1", "Host: api") }

function answer(value: unknown, isChunked = false): Message {
  const body = JSON.stringify(value)
  const length = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`
  return { head: lines("HTTP/1.1 200 OK", "Content-Type: application/json", length), body }
}

/** Share of `messages` answers that are told to have an email, where each `period`-th has one. */
function emailShare(period: number, isChunked: boolean, messages = 4000): number {
  const recorder = new Recorder()
  let told = 0
  for (let i = 0; i < messages; i++) {
    const value = i % period === period >> 1 ? { email: "jane@example.com" } : { name: "Jane Roe of no.5" }
    told += recorder.exchange(FLOW, GET, answer(value, isChunked)).responseClasses.length > 0 ? 1 : 0
    recorder.events.length = 0
  }
  return told / messages
}

test("periodic traffic has the shares it has, whatever the period; the lengths look the same or are not declared", () => {
  for (const period of [2, 10, 16, 32]) {
    for (const isChunked of period === 10 ? [false, true] : [false]) {
      const share = emailShare(period, isChunked)
      assert.ok(Math.abs(share - 1 / period) < 0.08 && share > 0, `one in ${period}: ${share}`)
    }
  }
})

test("and the more exactly the longer it goes on", () => {
  const chance = sampler()
  for (const period of [2, 10, 16, 32]) {
    const state = new FormState()
    const look = state.look(0)
    let told = 0
    for (let i = 0; i < 100_000; i++) {
      if (state.next(look, chance)) state.learn(look, form(i % period === 1 ? 2 : 1), [])
      if (look.form!.fullShape === 2) told++
    }
    assert.ok(Math.abs(told / 100_000 - 1 / period) < 0.03, `one in ${period}: ${told}`)
  }
})

test("where lengths differ, each body has the shape of its own kind", () => {
  const recorder = new Recorder()
  const kinds = [{ id: 1 }, { id: 1, email: "jane@example.com" }, { id: 1, rows: Array(40).fill({ a: 1 }) }]
  const shapes = Array.from(
    { length: 300 },
    (_, i) => recorder.exchange(FLOW, GET, answer(kinds[i % 3])).response.fullShape,
  )
  assert.equal(new Set(shapes.slice(0, 3)).size, 3)
  for (let i = 3; i < shapes.length; i++) assert.equal(shapes[i], shapes[i % 3])
  assert.deepEqual(recorder.events[1]!.responseClasses, ["email=0"])
  for (let i = 1; i < shapes.length; i += 3)
    assert.equal(recorder.events[i]!.responseClasses, recorder.events[1]!.responseClasses)
  assert.ok(recorder.counters.bodies.walked < 45)
})

test("a kind of body that comes once is looked into and told, however long the others went on", () => {
  const recorder = new Recorder()
  for (let i = 0; i < 1000; i++) recorder.exchange(FLOW, GET, answer({ id: i }))
  const once = recorder.exchange(FLOW, GET, answer({ id: 1, iban: "DE89370400440532013000" }))
  assert.equal(once.flags, 0)
  assert.deepEqual(once.responseClasses, ["iban=0"])
  assert.equal(recorder.notes.length, 2)
  for (let i = 0; i < 100; i++) assert.deepEqual(recorder.exchange(FLOW, GET, answer({ id: i })).responseClasses, [])
})

test("looks: four to each doubling, one for lengths that are not declared", () => {
  assert.equal(new Set([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8].map(lookOf)).size, 10)
  let last = -1
  for (let length = -1; length < 70_000; length++) {
    const look = lookOf(length)
    assert.ok(look === last || look === last + 1 || (length === 4 && look === 8), `${length}: ${look} after ${last}`)
    last = look
  }
  assert.equal(lookOf(1e15), lookOf(2 ** 31 - 1))
})

test("looks beyond those of a place are one, counted, and looked into by chance", () => {
  const state = new FormState()
  for (let number = 0; number < LOOKS_MAX; number++) assert.equal(state.look(number).number, number)
  const rest = state.look(900)
  assert.ok(rest.isRest)
  assert.equal(state.look(901), rest)
  assert.equal(state.look(3).number, 3)
  const recorder = new Recorder()
  for (let i = 0; i < 60; i++) recorder.exchange(FLOW, GET, answer("x".repeat(Math.ceil(10 * 1.19 ** i))))
  assert.ok(recorder.counters.looksCut > 20)
  assert.ok(recorder.counters.bodies.walked < 45)
})

test("a place whose shapes never settle is sampled too; places of a template are bounded", () => {
  const state = new FormState()
  const chance = sampler()
  let walked = 0
  for (let i = 1; i <= 2000; i++)
    if (state.next(state.look(1), chance)) {
      walked++
      state.learn(state.look(1), form(i), [])
    }
  assert.ok(walked > 100 && walked < 300, `${walked}`)
  const template = new Template()
  const media = {}
  const first = template.state(media, 200)
  assert.equal(template.state(media, 200), first)
  for (let status = 300; status < 400; status++) template.state(media, status)
  assert.notEqual(template.state(media, 200), first)
})

test("the choice: one in sixteen, each message with the same chance, the same again under the same key only", () => {
  const chosen = (chance: Sampler): number[] => {
    const state = new FormState()
    state.learn(state.look(1), form(1), [])
    return Array.from({ length: 40_000 }, (_, i) => i).filter(() => state.next(state.look(1), chance))
  }
  const all = chosen(sampler())
  assert.ok(Math.abs(all.length - 2500) < 200, `${all.length}`)
  for (const period of [2, 10, 16, 32]) {
    const first = all.filter((i) => i % period === 0).length
    const fair = all.length / period
    assert.ok(Math.abs(first - fair) < 4 * Math.sqrt(fair), `${period}: ${first} of ${all.length}`)
  }
  assert.deepEqual(chosen(sampler()), all)
  assert.notDeepEqual(chosen(sampler(SAMPLE_EVERY, new PseudonymKey(new Uint8Array(32).fill(9)))), all)
  assert.equal(chosen(sampler(1)).length, 40_000)
  const chance = sampler()
  assert.notEqual(chance.seed(), chance.seed())
})
