// Every limit of consumers, partners and rotations is reached, counted, and leaves the rest working.
import assert from "node:assert/strict"
import { test } from "node:test"
import { ACTOR, type Caller, days, eventsOf, hearing, key, ORDERS, SDK } from "./fake-traffic.ts"

const caller = (who: string, first: number, last: number, change: Partial<Caller> = {}): Caller => ({
  identity: key(who),
  client: SDK,
  calls: ORDERS,
  days: days(first, last),
  ...change,
})
/** A pair of keys, one after the other, in a network of its own. */
const rotating = (name: string): Caller[] => {
  const client = { ...SDK, prefix: `net-${name}` }
  return [caller(`${name}1`, 0, 13, { client }), caller(`${name}2`, 14, 25, { client })]
}

test("limit of consumerKeys: one merge more is refused, and both stay", async () => {
  const heard = await hearing({ consumerKeys: 1 })
  await heard.hear(eventsOf([caller("a", 0, 0), caller("b", 0, 0), caller("c", 0, 0)]))
  const ids = (await heard.store.consumers({ limit: 10, sort: "name" })).items.map(({ id }) => id)
  const merge = (former: number, successor: number) =>
    heard.inventory.edit({ kind: "consumer.merge", former: ids[former]!, successor: ids[successor]! }, ACTOR)
  await merge(0, 1)
  await assert.rejects(merge(0, 2), { code: "limit" })
  assert.equal(heard.inventory.counters.limits.consumerKeys, 1)
  assert.equal(heard.inventory.counters.consumers, 2)
  await heard.close()
})

test("limits of partners and partnerRules: refused and counted", async () => {
  const heard = await hearing({ partners: 1, partnerRules: 1 })
  const put = (name: string, rules: readonly string[]) =>
    heard.inventory.edit({ kind: "partner.put", partner: { name, rules } }, ACTOR)
  await assert.rejects(put("a", ["name:a", "name:b"]), { code: "limit" })
  await put("a", ["name:a"])
  await assert.rejects(put("b", []), { code: "limit" })
  const { partners, partnerRules } = heard.inventory.counters.limits
  assert.deepEqual([partners, partnerRules], [1, 1])
  await heard.close()
})

test("limit of rotations: nothing is proposed beyond it, until one is rejected and makes place", async () => {
  const heard = await hearing({ rotations: 1 })
  const events = eventsOf([...rotating("a"), ...rotating("b")])
  const first = events.findIndex((each) => each.startUs > events[0]!.startUs + 20 * 86_400_000_000)
  await heard.hear(events.slice(0, first))
  const [rotation, ...others] = await heard.store.documents("rotation")
  assert.equal(others.length, 0)
  const refused = heard.inventory.counters.limits.rotations
  assert.ok(refused > 0)
  await heard.inventory.edit({ kind: "rotation.decide", id: rotation!.id, isConfirmed: false }, ACTOR)
  await heard.hear(events.slice(first))
  const states = (await heard.store.documents("rotation")).map(({ id, record }) => [id === rotation!.id, record.state])
  assert.deepEqual(states, [[false, "proposed"]])
  await heard.close()
})

test("limit of rotationCandidates: others of the network are not looked at", async () => {
  const crowd = ["p", "q", "r"].map((who) => caller(who, 0, 25, { calls: { "/v1/other": 10 } }))
  const heard = await hearing({ rotationCandidates: 2 })
  await heard.hear(eventsOf([...crowd, caller("old", 0, 13), caller("new", 14, 25)]))
  assert.ok(heard.inventory.counters.limits.rotationCandidates > 0)
  await heard.close()
})
