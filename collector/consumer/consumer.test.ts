import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { anonymous, client, event, identity, START_US } from "../inventory/fake-batches.ts"
import { DEFAULT_LIMITS, limitCounters } from "../inventory/limits.ts"
import { DAY_US, HOUR_US } from "../inventory/pair-counts.ts"
import { Consumer, consumerKey, consumerName } from "./consumer.ts"
import { Showing } from "./showing.ts"
import { Sights } from "./sights.ts"

const SERVICES = new Map(["s1", "s2", "s3"].map((id) => [id, { id }]))

test("table: what people call a consumer", () => {
  const rows: readonly [name: string, of: ReturnType<typeof identity>, userAgentFamily: string][] = [
    ["partner-42", identity(), "curl"],
    ["api-key:0123ab", identity({ scheme: "api-key", name: "", principal: "0123abcdef99" }), "curl"],
    ["anonymous curl 0123ab", anonymous("0123abcdef99"), "curl"],
    ["anonymous 0123ab", anonymous("0123abcdef99"), ""],
  ]
  for (const [name, of, userAgentFamily] of rows) assert.equal(consumerName(of, client({ userAgentFamily })), name)
})

test("scheme, issuer and principal tell consumers apart", () => {
  const keys = [
    ["a", "b", "c"],
    ["a", "c", "b"],
    ["ab", "", "c"],
    ["a", "b", "d"],
  ].map(([scheme, issuer, principal]) => consumerKey(scheme!, issuer!, principal!))
  assert.equal(new Set(keys).size, keys.length)
})

/** What an exchange does to its consumer, a batch of one. */
function apply(consumer: Consumer, each: ApiEvent): void {
  const showing = new Showing(each.identity, each.client)
  showing.count(each, { id: "s1" }, 1)
  consumer.count(each)
  consumer.note(showing)
}

const SEED = { ...identity(), id: "c1", seenName: "partner-42" }

test("a record and the consumer made from it go on as one", () => {
  const before = new Consumer(SEED, 1, DEFAULT_LIMITS, limitCounters())
  apply(before, event({ status: 401 }))
  assert.equal(before.isProven, false)
  const after = new Consumer(SEED, 1, DEFAULT_LIMITS, limitCounters(), before.record())
  apply(after, event({ startUs: START_US - 2 * DAY_US, responseClasses: ["email=3"] }))
  assert.equal(after.isProven, true)
  const { requests, errors, firstSeenUs, lastSeenUs, recentDays, sights } = after.record()
  assert.deepEqual(
    { requests, errors, firstSeenUs, lastSeenUs, recentDays },
    { requests: 2, errors: 1, firstSeenUs: START_US - 2 * DAY_US, lastSeenUs: START_US, recentDays: 0b101 },
  )
  const both = [2, START_US - 2 * DAY_US, START_US]
  assert.deepEqual(sights, {
    credential: { d00000000001: both },
    credentialKind: { "authorization RS256": both },
    userAgent: { curl: both },
    prefix: { p00000000001: both },
    network: { "private p00000000001": both },
    fieldOrder: { "00000007": both },
    service: { s1: both },
    dataClass: { "s1 response:email": [1, START_US - 2 * DAY_US, START_US - 2 * DAY_US] },
  })
})

test("a name by hand stays, and the one that exchanges say comes back when it is taken away", () => {
  const consumer = new Consumer(SEED, 1, DEFAULT_LIMITS, limitCounters())
  consumer.givenName = "Acme, orders"
  const again = new Consumer(SEED, 1, DEFAULT_LIMITS, limitCounters(), consumer.record())
  assert.equal(again.name, "Acme, orders")
  again.givenName = ""
  assert.equal(again.record().name, "partner-42")
})

test("property: what a consumer shows does not depend on how exchanges are told, nor on their order", () => {
  const exchange = fc.record({
    hour: fc.nat({ max: 60 * 24 }),
    service: fc.constantFrom("s1", "s2", "s3"),
    who: fc.nat({ max: 3 }),
    isGiven: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(exchange, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (all, size) => {
      const identities = [0, 1, 2, 3].map((i) => identity({ credential: `d${i}` }))
      const tell = (order: typeof all, cut: number): unknown => {
        const consumer = new Consumer(SEED, 1, DEFAULT_LIMITS, limitCounters())
        for (let at = 0; at < order.length; at += cut) {
          const showings = identities.map((who) => new Showing(who, client()))
          for (const { hour, service, who, isGiven } of order.slice(at, at + cut)) {
            const each = event({ startUs: START_US + hour * HOUR_US, responseClasses: isGiven ? ["iban=1"] : [] })
            showings[who]!.count(each, SERVICES.get(service)!, 1)
            consumer.count(each)
          }
          for (const showing of showings) if (!showing.isEmpty) consumer.note(showing)
        }
        const { sights, ...rest } = consumer.record()
        const sorted = Object.entries(sights).map(([kind, names]) => [kind, Object.entries(names).sort()])
        return { ...rest, sights: sorted }
      }
      assert.deepEqual(tell(all, size), tell(all.toReversed(), 100))
    }),
    { seed: 20261124, numRuns: 60 },
  )
})

test("names that were not seen for longest make place for newer ones", () => {
  const sights = new Sights()
  const note = (name: string, lastUs: number): boolean =>
    sights.note("prefix", name, { requests: 1, firstUs: lastUs, lastUs }, () => 2)
  assert.equal(
    sights.note("ja4", "z", { requests: 1, firstUs: 0, lastUs: 0 }, () => 2),
    true,
  )
  assert.deepEqual([note("a", 10), note("b", 5), note("c", 20), note("d", 1)], [true, true, false, false])
  assert.deepEqual(sights.names("prefix"), ["a", "c"])
  assert.deepEqual(sights.forgottenByKind(), { prefix: 2 })
  assert.deepEqual(sights.records(), { prefix: { a: [1, 10, 10], c: [1, 20, 20] }, ja4: { z: [1, 0, 0] } })
})

test("a name of any text is an ordinary one", () => {
  const sights = new Sights()
  sights.note("prefix", "__proto__", { requests: 1, firstUs: 1, lastUs: 2 }, () => 9)
  const stored = JSON.parse(JSON.stringify(sights.records())) as ReturnType<Sights["records"]>
  assert.deepEqual(new Sights(stored).names("prefix"), ["__proto__"])
})

test("two consumers have in common what both showed under a kind", () => {
  const of = (...names: string[]): Sights => {
    const sights = new Sights()
    for (const name of names) sights.note("ja4", name, { requests: name.length, firstUs: 1, lastUs: 2 }, () => 9)
    return sights
  }
  assert.equal(of("a", "bbb").shareKnownTo(of("bbb", "c"), "ja4"), 0.75)
  assert.equal(of("a").shareKnownTo(of("a"), "prefix"), -1)
  assert.equal(of("a").shareKnownTo(of(), "ja4"), -1)
})
