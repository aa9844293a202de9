// Who may say what over the bus: the subject that the server allowed against what the batch says of itself.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { EventBatch } from "../../shared/event/api-event.ts"
import { EVENT_VERSION } from "../../shared/event/api-event.ts"
import { BatchEncoder } from "../../shared/event/event-codec.ts"
import { TIME_MAX_US } from "../../shared/event/event-codec-limits.ts"
import { eventSubject, speakerOf } from "../../shared/event/subjects.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { AHEAD_US, refusalOf, SEQUENCE_JUMP_MAX } from "./admission.ts"
import { FakeApplier } from "./fake-applier.ts"
import { applyMessage, ConsumeCounters } from "./in-process-consumer.ts"
import { Positions } from "./positions.ts"

const NOW_US = 1_900_000_000_000_000
const ENVELOPE = { version: EVENT_VERSION, tenant: "t", sensor: "a", boot: "b", sequence: 1, keyEpoch: 1 }

function batch(changes: Partial<EventBatch["envelope"]>, startUs = NOW_US): EventBatch {
  const [event] = trafficEvents({ ...B2B_TRAFFIC, events: 1 })
  const envelope = { ...ENVELOPE, watermarkUs: NOW_US, last: false, ledger: {}, ...changes }
  return { envelope, events: [{ ...event!, startUs }], shapes: [], tls: [] }
}

test("table: a subject and a batch, and what comes of them", () => {
  const rows: readonly (readonly [subject: string, batch: EventBatch, code: string | undefined, greatest?: number])[] =
    [
      [eventSubject("t", 0, "a"), batch({}), undefined],
      [eventSubject("t", 7, "a"), batch({}), undefined],
      ["sonde.ev.t.0", batch({}), undefined],
      [eventSubject("t", 0, "b"), batch({}), "wrong-sensor"],
      [eventSubject("u", 0, "a"), batch({}), "wrong-tenant"],
      ["sonde.ev.u.0", batch({}), "wrong-tenant"],
      ["sonde.ev.t.x.a", batch({ sensor: "b" }), "wrong-subject"],
      ["sonde.ev.t.123456.a", batch({}), "wrong-subject"],
      [eventSubject("t", 0, "a"), batch({}, NOW_US + AHEAD_US), undefined],
      [eventSubject("t", 0, "a"), batch({}, NOW_US + AHEAD_US + 1), "clock-ahead"],
      [eventSubject("t", 0, "a"), batch({ watermarkUs: TIME_MAX_US }), "clock-ahead"],
      [eventSubject("t", 0, "a"), batch({}, 0), undefined],
      [eventSubject("t", 0, "a"), batch({ sequence: SEQUENCE_JUMP_MAX }), undefined],
      [eventSubject("t", 0, "a"), batch({ sequence: SEQUENCE_JUMP_MAX + 1 }), "sequence-ahead"],
      [eventSubject("t", 0, "a"), batch({ sequence: SEQUENCE_JUMP_MAX + 1 }), undefined, 1],
      [eventSubject("t", 0, "a"), batch({ sequence: Number.MAX_SAFE_INTEGER }), "sequence-ahead", 1_000_000],
    ]
  for (const [subject, one, code, greatest = 0] of rows)
    assert.equal(refusalOf(one, { subject, heardUs: NOW_US }, greatest, AHEAD_US)?.code, code, subject)
})

test("a server that was never told the time judges nobody's", () => {
  const arrival = { subject: eventSubject("t", 0, "a"), heardUs: 86_400_000_000 }
  assert.equal(refusalOf(batch({}), arrival, 0, AHEAD_US), null)
})

test("the speaker of a subject; a batch's tokens hold no dot, so none can be read into another one's", () => {
  assert.deepEqual(speakerOf("sonde.ev.t.0.a"), { tenant: "t", sensor: "a" })
  assert.deepEqual(speakerOf("sonde.ev.t.0"), { tenant: "t", sensor: "" })
  for (const subject of ["sonde.ev.t.0.a.b", "sonde.ev.t.x.a", "sonde.ev.t", "sonde.ev.t.0.", "sonde.health.a"])
    assert.equal(speakerOf(subject), null, subject)
})

test("what is refused is counted, said, and applied to nothing", () => {
  const applier = new FakeApplier()
  const counters = new ConsumeCounters()
  const said: string[] = []
  const encoder = new BatchEncoder()
  encoder.add(batch({}).events[0]!)
  const bytes = encoder.encode(batch({}).envelope)
  const gate = { heardUs: NOW_US, aheadUs: AHEAD_US, onRefusal: (sentence: string) => said.push(sentence) }
  const send = (subject: string, message = bytes): string =>
    applyMessage(applier, message, counters, NOW_US, { ...gate, subject })
  assert.equal(send(eventSubject("t", 0, "b")), "refused")
  assert.equal(send(eventSubject("t", 0, "b"), Buffer.from("x")), "refused")
  assert.equal(send(eventSubject("t", 0, "a")), "applied")
  assert.equal(send(eventSubject("t", 0, "a")), "duplicate")
  assert.deepEqual(counters.refused, { "wrong-sensor": 1, "not-a-batch": 1 })
  assert.deepEqual(applier.refused, ["wrong-sensor", "not-a-batch"])
  assert.equal(applier.exchanges, 1)
  assert.match(
    said.join("\n"),
    /^The credential of sensor b \(tenant t\) sent a batch for another sensor: refused\.\nThe credential of sensor b .* sent what is refused: /,
  )
})

test("limit: a sensor that invents runs makes its own forgotten, not those of others", () => {
  const positions = new Positions({ holesMax: 10, runsMax: 20 })
  positions.mark("quiet", "b", 1, {})
  positions.mark("other", "b", 1, {})
  for (let i = 0; i < 200; i++) positions.mark("rogue", `boot${i}`, 1, {})
  assert.equal(positions.isApplied("quiet", "b", 1) && positions.isApplied("other", "b", 1), true)
  assert.equal(positions.isApplied("rogue", "boot199", 1), true)
  assert.equal(positions.isApplied("rogue", "boot181", 1), false)
  assert.equal(positions.runsForgotten, 182)
})
