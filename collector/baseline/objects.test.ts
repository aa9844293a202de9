import assert from "node:assert/strict"
import { test } from "node:test"
import { FLAG_NAMES } from "../../shared/event/api-event.ts"
import { Lab, type Sent } from "../analysis/fake-lab.ts"
import { operation } from "../inventory/fake-batches.ts"
import type { Baselines } from "./baselines.ts"
import { slotsOf } from "./object-slots.ts"
import type { Sight } from "./sight.ts"

const DAY_US = 86_400_000_000
const LIST = "GET /v1/orders"
const ONE = "GET /v1/orders/{int}"

/** A lab that keeps what the baselines found in each exchange. */
function watched(): { lab: Lab; send: (sent: Sent) => Pick<Sight, "asked" | "fresh" | "unprovenanced" | "foreign"> } {
  let last = { asked: 0, fresh: 0, unprovenanced: 0, foreign: 0 }
  const lab = new Lab([
    {
      spec: { name: "spy", settings: {} } as never,
      create: () => ({
        spec: { name: "spy", settings: {} } as never,
        onSight: ({ asked, fresh, unprovenanced, foreign }) => {
          last = { asked, fresh, unprovenanced, foreign }
        },
      }),
    },
  ])
  return {
    lab,
    send: (sent) => {
      lab.send(sent)
      return last
    },
  }
}

const baselinesOf = (lab: Lab): Baselines => lab.analysis.baselines

/** `days` on which acme lists ten orders and reads them. */
function work(lab: Lab, days: number, from = 0, consumer = "acme"): void {
  for (let day = 0; day < days; day++) {
    const atUs = (Math.floor(lab.nowUs / DAY_US) + 1) * DAY_US + 36_000_000_000
    const ids = Array.from({ length: 10 }, (_, i) => from + day * 10 + i)
    lab.send({ consumer, operation: LIST, returned: ids, returnedTotal: 10, atUs })
    for (const id of ids) lab.send({ consumer, operation: ONE, objects: [id], returned: [id], returnedTotal: 1 })
  }
}

test("an id that a list gave has provenance, one that none gave has none; each counts once, at whatever path of its kind", () => {
  const { lab, send } = watched()
  work(lab, 5)
  assert.deepEqual(send({ operation: ONE, objects: [49] }), { asked: 1, fresh: 0, unprovenanced: 0, foreign: 0 })
  assert.deepEqual(send({ operation: ONE, objects: [777] }), { asked: 1, fresh: 1, unprovenanced: 1, foreign: 0 })
  assert.deepEqual(send({ operation: ONE, objects: [777] }), { asked: 1, fresh: 0, unprovenanced: 0, foreign: 0 })
  assert.equal(send({ operation: "GET /v1/orders/{int}/lines", objects: [777] }).fresh, 0)
  send({ operation: LIST, returned: [778], returnedTotal: 1 })
  assert.deepEqual(send({ operation: ONE, objects: [778] }), { asked: 1, fresh: 1, unprovenanced: 0, foreign: 0 })
})

test("before anything is known of a consumer nothing is missing", () => {
  const { lab, send } = watched()
  work(lab, 2)
  assert.equal(send({ operation: ONE, objects: [777] }).unprovenanced, 0)
})

test("what an answer gave before the request began counts, although it came later", () => {
  const { lab, send } = watched()
  work(lab, 5)
  const atUs = lab.nowUs + 10_000_000
  assert.equal(send({ operation: ONE, objects: [900], atUs }).unprovenanced, 1)
  const pair = lab.analysis.subjects.pair(lab.consumer(), lab.endpoint(ONE))!
  const day = Math.floor(atUs / DAY_US)
  assert.equal(baselinesOf(lab).objects.provenance.today(pair, 0, day).hits, 1)
  send({ operation: LIST, returned: [900], returnedTotal: 1, atUs: atUs - 500_000 })
  assert.equal(baselinesOf(lab).objects.provenance.today(pair, 0, day).hits, 0)
})

test("what is no object does not count: dates, pages, words where the template has none; what it made itself has provenance", () => {
  const { lab, send } = watched()
  work(lab, 5)
  assert.equal(send({ operation: "GET /v1/reports/{date}", objects: [5] }).asked, 0)
  assert.equal(send({ operation: LIST, query: ["page:int"], queryObjects: [3] }).asked, 0)
  assert.equal(send({ operation: LIST, query: ["customer:int"], queryObjects: [3] }).asked, 1)
  assert.equal(send({ operation: "GET /oauth2/token", weakObjects: [99] }).asked, 0)
  send({ operation: "PUT /v1/orders/{int}", objects: [4_000] })
  assert.equal(send({ operation: "GET /v1/orders/{int}/lines", objects: [4_000] }).unprovenanced, 0)
  send({ operation: "POST /v1/orders", status: 201, bodyObjects: [4_001], returned: [4_002], returnedTotal: 1 })
  assert.equal(send({ operation: ONE, objects: [4_001] }).unprovenanced, 0)
  assert.equal(send({ operation: ONE, objects: [4_002] }).unprovenanced, 0)
})

test("a list that was not seen clears as many ids as such lists have, for a day", () => {
  const { lab, send } = watched()
  work(lab, 8)
  send({ operation: LIST, returnedTotal: -1, status: 0, state: 2, responseBytes: 0 })
  for (let k = 0; k < 10; k++) assert.equal(send({ operation: ONE, objects: [770 + k] }).unprovenanced, 0)
  assert.equal(send({ operation: ONE, objects: [790] }).unprovenanced, 1)
  send({ operation: LIST, returnedTotal: 522 })
  for (let k = 0; k < 10; k++) assert.equal(send({ operation: ONE, objects: [800 + k] }).unprovenanced, 0)
  assert.equal(send({ operation: ONE, objects: [820] }).unprovenanced, 1)
  send({ operation: LIST, returnedTotal: 522 })
  lab.nowUs += 25 * 3_600_000_000
  assert.equal(send({ operation: ONE, objects: [830] }).unprovenanced, 1)
})

test("what is whole on a connection joined in the middle is evidence like any other", () => {
  const { lab, send } = watched()
  const midstream = 1 << FLAG_NAMES.indexOf("midstream")
  const resynchronised = 1 << FLAG_NAMES.indexOf("resynchronised")
  work(lab, 8)
  for (let k = 0; k < 300; k++) send({ operation: ONE, objects: [k % 80], flags: midstream | resynchronised })
  assert.equal(baselinesOf(lab).objects.blindness.isPatchy(lab.nowUs), false)
  assert.equal(send({ operation: ONE, objects: [777], flags: midstream }).unprovenanced, 1)
  const pair = lab.analysis.subjects.pair(lab.consumer(), lab.endpoint(ONE))!
  assert.equal(baselinesOf(lab).objects.provenance.today(pair, 0, Math.floor(lab.nowUs / DAY_US)).hits, 1)
})

test("a lost list clears what its consumer usually asks for of one, and never what only another was given", () => {
  const { lab, send } = watched()
  for (let day = 0; day < 8; day++) {
    work(lab, 1, 1_000 + day * 10, "other")
    lab.nowUs -= DAY_US
    // Once a list had three hundred; of each usual one it reads two of ten.
    const size = day === 0 ? 300 : 10
    const ids = Array.from({ length: size }, (_, k) => day * 400 + k)
    lab.send({
      operation: LIST,
      returned: ids,
      returnedTotal: size,
      atUs: (Math.floor(lab.nowUs / DAY_US) + 1) * DAY_US + 40_000_000_000,
    })
    for (const id of ids.slice(0, size / 5)) lab.send({ operation: ONE, objects: [id] })
  }
  send({ operation: LIST, returnedTotal: -1, status: 0, state: 2, responseBytes: 0 })
  for (let k = 0; k < 5; k++) assert.equal(send({ operation: ONE, objects: [1_003 + k] }).unprovenanced, 1, "another's")
  let cleared = 0
  for (let k = 0; k < 40; k++) cleared += 1 - send({ operation: ONE, objects: [70_000 + k] }).unprovenanced
  assert.ok(cleared >= 2 && cleared <= 12, `${cleared}`)
})

test("a quarter of an hour's exchanges lossy blinds for a day, except for what is another's", () => {
  const { lab, send } = watched()
  for (let day = 0; day < 8; day++) {
    work(lab, 1, 1_000 + day * 10, "other")
    lab.nowUs -= DAY_US
    work(lab, 1, day * 10)
  }
  for (let k = 0; k < 300; k++)
    send({ operation: ONE, objects: [k % 80], flags: k % 3 === 0 ? 1 : 0, state: k % 3 === 0 ? 1 : 0 })
  assert.equal(baselinesOf(lab).objects.blindness.isBlind(lab.nowUs), true)
  assert.equal(send({ operation: ONE, objects: [777] }).unprovenanced, 0)
  assert.equal(send({ operation: ONE, objects: [1_003] }).unprovenanced, 1)
  lab.nowUs += 26 * 3_600_000_000
  assert.equal(send({ operation: ONE, objects: [778] }).unprovenanced, 1)
})

test("kinds depend on the name of the service, not on its id, which is drawn at random", () => {
  const at = (service: string) => {
    const endpoint = { ...new Lab([]).endpoint(ONE), service }
    return slotsOf(operation({ path: "/v1/orders/{int}" }), endpoint)
  }
  assert.deepEqual(at("s_1"), at("s_2"))
})

test("an object that another one uses five times is foreign; a partner's consumers are one; what both use is nobody's", () => {
  const { lab, send } = watched()
  work(lab, 5)
  work(lab, 5, 1000, "other")
  for (let i = 0; i < 5; i++) send({ consumer: "other", operation: ONE, objects: [1007] })
  assert.equal(send({ operation: ONE, objects: [1007] }).foreign, 1)
  assert.equal(baselinesOf(lab).objects.foreignOwner, lab.consumer("other").ordinal)
  assert.equal(send({ operation: ONE, objects: [1008] }).foreign, 0, "used twice only")
  for (let i = 0; i < 5; i++) send({ consumer: "other", operation: ONE, objects: [1009] })
  for (const id of ["acme", "other"]) {
    lab.note({ kind: "consumer", id, name: id, scheme: "api-key", partner: "one" })
    send({ consumer: id, operation: LIST })
  }
  assert.deepEqual(send({ operation: ONE, objects: [1009] }), { asked: 1, fresh: 1, unprovenanced: 0, foreign: 0 })
})

test("a merged consumer knows what the former one knew, and its objects are its own", () => {
  const { lab, send } = watched()
  work(lab, 5)
  for (let i = 0; i < 5; i++) send({ operation: ONE, objects: [44] })
  lab.consumer("new key")
  lab.note({ kind: "consumers.merged", from: "acme", into: "new key" })
  send({ consumer: "new key", operation: LIST })
  assert.deepEqual(send({ consumer: "new key", operation: ONE, objects: [44] }), {
    asked: 1,
    fresh: 0,
    unprovenanced: 0,
    foreign: 0,
  })
})

test("coverage is the share of the known objects that it asked for; a trace says who was given an id, and where", () => {
  const { lab } = watched()
  work(lab, 20)
  work(lab, 5, 1000, "other")
  const { objects } = baselinesOf(lab)
  const coverage = objects.coverage(lab.consumer("other"), lab.endpoint(ONE))!
  assert.equal(coverage.asked, 50)
  assert.ok(Math.abs(coverage.known - 250) < 25, `${coverage.known}`)
  const trace = objects.trace(lab.consumer(), lab.endpoint(ONE), 1003)
  assert.equal(trace.wasGiven, false)
  assert.equal(trace.owned?.owner, lab.consumer("other").ordinal)
  assert.equal(trace.owned?.giver, lab.endpoint(LIST).ordinal)
  assert.deepEqual(objects.othersGiven(lab.consumer(), 1003), [lab.consumer("other").ordinal])
})

test("after a restart all is known that was", () => {
  const { lab, send } = watched()
  work(lab, 6)
  const before = JSON.stringify(lab.analysis.save())
  lab.restart()
  assert.equal(JSON.stringify(lab.analysis.save()), before)
  assert.equal(send({ operation: ONE, objects: [12] }).fresh, 0)
  assert.equal(send({ operation: ONE, objects: [777] }).unprovenanced, 1)
})
