// Who goes on under another credential, and who only looks like it: callers over weeks of event time, through the inventory.
import assert from "node:assert/strict"
import { test } from "node:test"
import { anonymous, client } from "../inventory/fake-batches.ts"
import type { RotationRecord } from "../store/documents.ts"
import { ACTOR, type Caller, days, eventsOf, hearing, INVOICES, key, ORDERS, SDK } from "./fake-traffic.ts"

async function rotationsOf(callers: readonly Caller[], size = 5_000): Promise<readonly RotationRecord[]> {
  const heard = await hearing()
  await heard.hear(eventsOf(callers), size)
  const rotations = (await heard.store.documents("rotation")).map(({ record }) => record)
  await heard.close()
  return rotations
}

/** Somebody else, so that days go on. */
const OTHER: Caller = {
  identity: key("other"),
  client: client({ prefix: "elsewhere", userAgentFamily: "curl" }),
  calls: INVOICES,
  days: days(0, 30),
}
const FORMER: Caller = { identity: key("old"), client: SDK, calls: ORDERS, days: days(0, 13) }
const SUCCESSOR: Caller = { identity: key("new"), client: SDK, calls: ORDERS, days: days(14, 30) }

test("a key that takes the place of one that falls silent is proposed once, with its grounds", async () => {
  const rotations = await rotationsOf([OTHER, FORMER, SUCCESSOR])
  assert.equal(rotations.length, 1)
  const { state, score, grounds, former, successor } = rotations[0]!
  assert.equal(state, "proposed")
  assert.ok(score > 0.95, String(score))
  assert.notEqual(former, successor)
  assert.deepEqual(grounds, [
    "Both call 3 of 3 endpoints, which carry 100 % of the requests of either; their mixes are alike by 1.00 (cosine).",
    "100 % of the new one's requests come from networks of the former.",
    "Same JA4 (100 %), order of fields (100 %), user agent (100 %).",
    "The new one came 24.0 hours after the last request of the former.",
    "The former is silent for 2.7 days; seen on 14 of 14 days before, that is 0.4 % likely by chance.",
  ])
})

test("table: near misses are not proposed", async () => {
  const production = { host: "api.example.com" }
  const partnerB: Caller = { ...FORMER, identity: key("b"), days: days(0, 30) }
  const rows: readonly [sentence: string, callers: readonly Caller[]][] = [
    ["another network", [FORMER, { ...SUCCESSOR, client: client({ ...SDK, prefix: "other-net" }) }]],
    [
      "other software",
      [FORMER, { ...SUCCESSOR, client: client({ prefix: SDK.prefix, ja4: "t13d_c", fieldOrder: 5 }) }],
    ],
    ["other endpoints", [FORMER, { ...SUCCESSOR, calls: INVOICES }]],
    [
      "the same endpoints in another mix",
      [FORMER, { ...SUCCESSOR, calls: { "/v1/orders": 1, "/v1/customers/{int}": 20 } }],
    ],
    [
      "two partners behind one NAT with one SDK: the new one calls what a third one calls",
      [FORMER, partnerB, SUCCESSOR],
    ],
    [
      "two rotate at once behind one NAT",
      [FORMER, SUCCESSOR, { ...FORMER, identity: key("b") }, { ...SUCCESSOR, identity: key("b2") }],
    ],
    [
      "a shared integrator: many keys, one place, one software, one mix",
      [FORMER, ...["i1", "i2", "i3"].map((who) => ({ ...FORMER, identity: key(who), days: days(0, 30) })), SUCCESSOR],
    ],
    [
      "parallel keys (blue and green)",
      [
        { ...FORMER, days: days(0, 20) },
        { ...SUCCESSOR, days: days(5, 30) },
      ],
    ],
    [
      "keys that take turns",
      [
        { ...FORMER, days: days(0, 30).filter((day) => day % 2 === 0) },
        { ...SUCCESSOR, days: days(0, 30).filter((day) => day % 2 === 1) },
      ],
    ],
    [
      "staging ends and production begins",
      [
        { ...FORMER, host: "staging.example.com" },
        { ...SUCCESSOR, ...production },
      ],
    ],
    ["the former calls on", [{ ...FORMER, days: days(0, 30) }, SUCCESSOR]],
    [
      "a weekend of silence",
      [
        { ...FORMER, days: [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15] },
        { ...SUCCESSOR, days: [12, 13] },
      ],
    ],
    [
      "a month between the two",
      [
        { ...FORMER, days: days(0, 3) },
        { ...SUCCESSOR, days: days(12, 30) },
      ],
    ],
    ["another scheme", [FORMER, { ...SUCCESSOR, identity: key("new", { scheme: "basic" }) }]],
    [
      "another issuer",
      [
        { ...FORMER, identity: key("old", { scheme: "bearer-jwt", issuer: "https://a" }) },
        { ...SUCCESSOR, identity: key("new", { scheme: "bearer-jwt", issuer: "https://b" }) },
      ],
    ],
    [
      "names of different parties",
      [
        { ...FORMER, identity: key("old", { scheme: "basic", name: "acme" }) },
        { ...SUCCESSOR, identity: key("new", { scheme: "basic", name: "globex" }) },
      ],
    ],
    [
      "requests without a credential",
      [
        { ...FORMER, identity: anonymous("a1") },
        { ...SUCCESSOR, identity: anonymous("a2") },
      ],
    ],
    [
      "sessions",
      [
        { ...FORMER, identity: key("s1", { scheme: "cookie" }) },
        { ...SUCCESSOR, identity: key("s2", { scheme: "cookie" }) },
      ],
    ],
    ["a former that was there for a moment", [{ ...FORMER, days: [13] }, SUCCESSOR]],
  ]
  for (const [sentence, callers] of rows) {
    const rotations = (await rotationsOf([OTHER, ...callers])).filter(({ state }) => state === "proposed")
    assert.deepEqual(rotations, [], sentence)
  }
})

test("a changed network with the same key is no rotation, and one consumer", async () => {
  const heard = await hearing()
  const moved = { ...SUCCESSOR, identity: FORMER.identity, client: client({ ...SDK, prefix: "new-office" }) }
  await heard.hear(eventsOf([OTHER, FORMER, moved]))
  assert.equal((await heard.store.consumers({ limit: 10 })).total, 2)
  assert.deepEqual(await heard.store.documents("rotation"), [])
  await heard.close()
})

test("names that differ by a number may be one party", async () => {
  const named = (principal: string, name: string) => key(principal, { scheme: "basic", name })
  const rotations = await rotationsOf([
    OTHER,
    { ...FORMER, identity: named("old", "acme-2025") },
    { ...SUCCESSOR, identity: named("new", "acme-2026") },
  ])
  assert.equal(rotations.length, 1)
})

test("keys that overlap for a day are a rotation as well", async () => {
  assert.equal((await rotationsOf([OTHER, { ...FORMER, days: days(0, 15) }, SUCCESSOR])).length, 1)
})

test("the former comes back for days: the proposal is withdrawn, and not made again", async () => {
  const back = { ...FORMER, days: [...days(0, 13), ...days(20, 30)] }
  const rotations = await rotationsOf([OTHER, back, SUCCESSOR])
  assert.deepEqual(
    rotations.map(({ state }) => state),
    ["withdrawn"],
  )
})

test("a single late request of the former withdraws nothing", async () => {
  const late = { ...FORMER, days: [...days(0, 13), 20] }
  assert.deepEqual(
    (await rotationsOf([OTHER, late, SUCCESSOR])).map(({ state }) => state),
    ["proposed"],
  )
})

test("the same proposals however events are cut into batches, and after restarts", async () => {
  const events = eventsOf([OTHER, FORMER, SUCCESSOR])
  const whole = await rotationsOf([OTHER, FORMER, SUCCESSOR], events.length)
  assert.deepEqual(await rotationsOf([OTHER, FORMER, SUCCESSOR], 37), whole)
  const heard = await hearing()
  for (let at = 0; at < events.length; at += 101) {
    await heard.hear(events.slice(at, at + 101))
    await heard.restart()
  }
  assert.deepEqual(
    (await heard.store.documents("rotation")).map(({ record }) => record),
    whole,
  )
  await heard.close()
})

test("confirmed, the two are one for the past and the future, and old ids find it", async () => {
  const heard = await hearing()
  await heard.hear(eventsOf([OTHER, FORMER, SUCCESSOR]))
  const [rotation] = await heard.store.documents("rotation")
  const { id, former, successor } = rotation!.record
  const total = (await heard.store.series({ consumer: former }, "day", 0, Number.MAX_SAFE_INTEGER, 100)).length
  await heard.inventory.edit({ kind: "rotation.decide", id, isConfirmed: true, reason: "they told us" }, ACTOR)
  assert.equal((await heard.store.document("rotation", id))?.record.state, "confirmed")
  assert.equal((await heard.store.consumer(successor))?.id, former)
  const series = await heard.store.series({ consumer: successor }, "day", 0, Number.MAX_SAFE_INTEGER, 100)
  assert.deepEqual([total, series.length], [14, 31])
  await assert.rejects(heard.inventory.edit({ kind: "rotation.decide", id, isConfirmed: false }, ACTOR), {
    code: "conflict",
  })
  await heard.close()
})

test("rejected, it is not proposed again, and may still be confirmed", async () => {
  const heard = await hearing()
  const events = eventsOf([OTHER, FORMER, SUCCESSOR])
  await heard.hear(events.slice(0, -100))
  const [rotation] = await heard.store.documents("rotation")
  const { id } = rotation!.record
  await heard.inventory.edit({ kind: "rotation.decide", id, isConfirmed: false }, ACTOR)
  await heard.hear(events.slice(-100))
  const states = async () => (await heard.store.documents("rotation")).map(({ record }) => record.state)
  assert.deepEqual(await states(), ["rejected"])
  await heard.inventory.edit({ kind: "rotation.decide", id, isConfirmed: true }, ACTOR)
  assert.deepEqual(await states(), ["confirmed"])
  await heard.close()
})

test("a chain of keys is found key by key", async () => {
  const third: Caller = { ...SUCCESSOR, identity: key("newest"), days: days(28, 40) }
  const second: Caller = { ...SUCCESSOR, days: days(14, 27) }
  const rotations = await rotationsOf([{ ...OTHER, days: days(0, 40) }, FORMER, second, third])
  assert.equal(rotations.length, 1, "the second is part of a proposal until that is decided")
  const heard = await hearing()
  const events = eventsOf([{ ...OTHER, days: days(0, 40) }, FORMER, second, third])
  const half = events.findIndex(({ identity }) => identity === third.identity)
  await heard.hear(events.slice(0, half))
  const [first] = await heard.store.documents("rotation")
  await heard.inventory.edit({ kind: "rotation.decide", id: first!.id, isConfirmed: true }, ACTOR)
  await heard.hear(events.slice(half))
  const found = (await heard.store.documents("rotation")).map(({ record }) => [record.state, record.former])
  const { former } = first!.record
  assert.deepEqual(found, [
    ["confirmed", former],
    ["proposed", former],
  ])
  await heard.close()
})
