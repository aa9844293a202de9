// Detections about objects (7, 8, 9): what they find, what comes near, what is known to look alike, and that a restart changes nothing.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { DetectorKind } from "./detectors.ts"
import { ENUMERATION } from "./enumeration.ts"
import { type Habit, LIST, ONE, OrdersLab } from "./fake-orders.ts"
import { FOREIGN_OBJECT } from "./foreign-object.ts"
import { UNPROVENANCED_IDS } from "./unprovenanced-ids.ts"

const ALL: readonly DetectorKind[] = [ENUMERATION, UNPROVENANCED_IDS, FOREIGN_OBJECT]
const PARTNERS: Readonly<Record<string, Habit>> = {
  acme: { perDay: 12 },
  bolt: { perDay: 20 },
  corp: { perDay: 15, mailed: 10 },
  dime: { perDay: 8 },
}

function known(days = 16, habits = PARTNERS): OrdersLab {
  const lab = new OrdersLab(ALL)
  lab.work(days, habits)
  assert.deepEqual(
    lab.findings.map(({ detector, sentence }) => `${detector}: ${sentence}`),
    [],
  )
  return lab
}

test("loud enumeration is found within 200 requests, in well under that", () => {
  const lab = known()
  lab.nextDay(10)
  for (let order = 10_000; order < 10_200 && lab.found("enumeration").length === 0; order++)
    lab.read("acme", order, lab.own.get("acme")!.includes(order) ? 200 : 403)
  const [finding] = lab.found("enumeration")
  assert.ok(finding !== undefined && finding.p < 1e-6)
  assert.ok(Number(finding.facts["steps"]) <= 40, finding.sentence)
  assert.match(finding.sentence, /^asked for \d+ orders, each another one than before, in \d+ min: /)
  assert.ok(finding.samples.length > 0 && finding.samples[0]!.status === 403)
  assert.match(finding.key, /^enumeration e\d+$/)
})

test("a back-fill of its own neighbours, and a client that repeats one missing id, are no enumeration", () => {
  const lab = known()
  lab.nextDay(10)
  const backfill = Array.from({ length: 100 }, (_, k) => 90_000 + k)
  lab.send({ operation: LIST, returned: backfill, returnedTotal: 100 })
  for (const order of backfill) lab.read("acme", order)
  for (let k = 0; k < 300; k++) lab.read("bolt", 77_777, 404)
  assert.deepEqual(lab.found("enumeration"), [])
})

test("a back-fill from a list of which nothing was seen is no finding, where exchanges are lost; ids of others are", () => {
  const lab = known()
  lab.nextDay(9)
  // Three of a hundred requests stay without response.
  for (let k = 0; k < 1_500; k++)
    lab.send({ consumer: "bolt", operation: LIST, returnedTotal: 0, state: k % 33 === 0 ? 2 : 0 })
  for (let k = 0; k < 100; k++) lab.read("acme", 70_000 + k)
  assert.deepEqual(lab.findings, [])
  // What others were given, no list of its own explains.
  for (let k = 1; k <= 12; k++) for (const name of ["bolt", "dime"]) lab.read("acme", lab.own.get(name)!.at(-5 * k)!)
  assert.ok(lab.found("unprovenanced-ids").length > 0)
})

test("ten ids a day that nobody gave it are found on that day; two are not", () => {
  const lab = known()
  lab.nextDay(9)
  for (let k = 0; k < 2; k++) lab.read("acme", 500 + 13 * k)
  assert.deepEqual(lab.findings, [])
  lab.work(1, PARTNERS)
  lab.nextDay(9)
  for (let k = 0; k < 10; k++) lab.read("acme", 1_000 + 17 * k)
  const [finding] = lab.found("unprovenanced-ids")
  assert.ok(finding !== undefined && finding.p < 1e-4)
  assert.match(
    finding.sentence,
    /^asked for \d+ orders today that were never given to it, of \d+ that were new to it; usually [\d.]+ % of them, its peers [\d.]+ %$/,
  )
  assert.ok(lab.found("unprovenanced-ids").at(-1)!.p < 1e-7)
})

test("four a day are found when they go on", () => {
  const lab = known()
  for (let day = 0; day < 5; day++) {
    lab.nextDay(7)
    for (let k = 0; k < 4; k++) lab.read("acme", 1_000 + day * 100 + 17 * k)
    lab.nowUs -= 86_400_000_000
    lab.work(1, PARTNERS)
  }
  assert.ok(lab.found("unprovenanced-ids").some(({ p }) => p < 1e-5))
})

test("what goes on for days is said with all of it", () => {
  const lab = known()
  for (let day = 0; day < 3; day++) {
    lab.nextDay(7)
    for (let k = 0; k < 15; k++) lab.read("acme", 1_000 + day * 300 + 17 * k)
  }
  const last = lab.found("unprovenanced-ids").at(-1)!
  assert.match(last.sentence, /; \d+ in all in 2 days$/)
  assert.ok(Number(last.facts["idsNeverGivenInAll"]) > 2 * Number(last.facts["idsNeverGiven"]), last.sentence)
})

test("whose ids come by mail, and a new key of a known consumer, are not said to have guessed", () => {
  const lab = known(16, { ...PARTNERS, mail: { perDay: 15, mailed: 1 } })
  lab.nextDay(9)
  for (let k = 0; k < 40; k++) lab.read("mail", 50_000 + 3 * k)
  // From now on dime comes with another key: nobody has said yet that it is the same.
  lab.work(3, {
    acme: PARTNERS["acme"]!,
    bolt: PARTNERS["bolt"]!,
    corp: PARTNERS["corp"]!,
    "dime's new key": { perDay: 8 },
  })
  for (const order of lab.own.get("dime")!.slice(-30)) lab.read("dime's new key", order)
  assert.deepEqual(
    lab.findings.map(({ sentence }) => sentence),
    [],
  )
})

test("a webhook partner's new key asks for what nobody was given, and for what the former key was: that is no finding", () => {
  const habits = { ...PARTNERS, hook: { perDay: 12, mailed: 1 } }
  const lab = known(16, habits)
  const { hook: _hook, ...others } = habits
  for (let day = 0; day < 5; day++) {
    lab.work(1, { ...others, "hook's new key": { perDay: 12, mailed: 1 } })
    for (const order of lab.own.get("hook")!.slice(-4 * (day + 1))) lab.read("hook's new key", order)
  }
  assert.deepEqual(
    lab.findings.map(({ sentence }) => sentence),
    [],
  )
})

test("a new consumer that goes through what others were given, and go on with, is found", () => {
  const lab = known()
  lab.work(1, { ...PARTNERS, fresh: { perDay: 5 } })
  lab.nextDay(20)
  // Of one alone it might be the new key.
  for (let k = 1; k <= 12; k++)
    for (const name of ["acme", "bolt", "dime"]) lab.read("fresh", lab.own.get(name)!.at(-k)!)
  assert.ok(lab.found("unprovenanced-ids").length > 0)
})

test("lists that the sensor could not read clear what was asked for afterwards", () => {
  const lab = known()
  lab.nextDay(9)
  lab.send({ operation: LIST, returnedTotal: -1, responseBytes: 90_000, items: -1 })
  for (let k = 0; k < 30; k++) lab.read("acme", 60_000 + 11 * k)
  assert.deepEqual(lab.findings, [])
})

test("three objects that another partner works on are found; a catalogue is everybody's", () => {
  const lab = known()
  const theirs = lab.own.get("bolt")!.slice(-6)
  for (let k = 0; k < 3; k++) for (const order of theirs) lab.read("bolt", order)
  lab.nextDay(9)
  for (const order of theirs) lab.read("acme", order)
  const [finding] = lab.found("foreign-object")
  assert.ok(finding !== undefined && finding.p < 1e-4)
  assert.match(
    finding.sentence,
    /^asked for \d orders today that one other consumer uses alone and that were never given to it/,
  )

  const shared = known()
  const goods = "GET /v1/goods/{int}"
  for (let day = 0; day < 12; day++) {
    shared.nextDay(9)
    for (const [i, consumer] of Object.keys(PARTNERS).entries())
      for (let k = 0; k < 10; k++)
        shared.send({ consumer, operation: goods, objects: [1 + ((k * 7 + day * 5 + i * 11) % 60)], returnedTotal: 0 })
  }
  assert.deepEqual(shared.found("foreign-object"), [])
})

test("a restart at any time changes nothing of what is found", () => {
  const run = (restartAt: number): string => {
    const lab = new OrdersLab(ALL)
    lab.work(12, PARTNERS)
    lab.nextDay(9)
    for (let k = 0; k < 60; k++) {
      if (k === restartAt) lab.restart()
      lab.read("acme", 10_000 + k, k % 3 === 0 ? 404 : 200)
    }
    return JSON.stringify(lab.findings)
  }
  const whole = run(-1)
  assert.ok(whole.length > 2)
  for (const at of [0, 19, 20, 33]) assert.equal(run(at), whole)
})

test("everything that is said has a number in its facts, and none has a name", () => {
  const lab = known()
  lab.nextDay(10)
  for (let order = 10_000; order < 10_100; order++) lab.read("acme", order, order % 2 === 0 ? 200 : 404)
  assert.ok(lab.findings.length >= 3)
  for (const { sentence, facts, consumer, endpoint, p, doubts } of lab.findings) {
    assert.doesNotMatch(sentence, /acme|bolt/)
    assert.ok(consumer >= 0 && endpoint === lab.endpoint(ONE).ordinal && p >= 0 && p <= 1)
    assert.ok(Object.keys(facts).length > 4 && doubts.length > 0)
  }
})
