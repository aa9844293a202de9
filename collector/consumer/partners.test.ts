// Partners: taken in by hand and by rules, changed, removed, kept in a file; what makes no sense is refused with a sentence.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { PartnerFields } from "../inventory/edits.ts"
import { consumer } from "../store/fake-records.ts"
import { ACTOR, type Caller, days, eventsOf, type Heard, hearing, key, ORDERS, SDK } from "./fake-traffic.ts"
import { suggestGroups } from "./grouping.ts"
import { parseRule } from "./partner-rules.ts"

const named = (name: string, scheme = "basic"): Caller => ({
  identity: key(`${scheme}-${name}`, { scheme, name }),
  client: SDK,
  calls: ORDERS,
  days: days(0, 0),
})

async function partnersOf({ store }: Heard): Promise<Record<string, string | null>> {
  const names = new Map((await store.documents("partner")).map(({ id, record }) => [id, record.name]))
  const { items } = await store.consumers({ limit: 100, sort: "name" })
  return Object.fromEntries(items.map((item) => [item.name, item.partner === null ? null : names.get(item.partner)!]))
}

const put = (heard: Heard, partner: PartnerFields, id?: string) =>
  heard.inventory.edit({ kind: "partner.put", partner, ...(id === undefined ? {} : { id }) }, ACTOR)

test("rules take in consumers that are there and those that come; the one that says most decides", async () => {
  const heard = await hearing()
  await heard.hear(eventsOf([named("acme-orders"), named("globex")]))
  await put(heard, { name: "Acme", rules: ["name:acme-*"] })
  await put(heard, { name: "Acme billing", rules: ["basic:acme-billing*"] })
  await heard.hear(eventsOf([named("acme-billing-1"), named("acme-new"), named("acme-key", "api-key")]))
  await heard.restart()
  await heard.hear(eventsOf([named("acme-after-restart")]))
  assert.deepEqual(await partnersOf(heard), {
    "acme-after-restart": "Acme",
    "acme-billing-1": "Acme billing",
    "acme-key": "Acme",
    "acme-new": "Acme",
    "acme-orders": "Acme",
    globex: null,
  })
  await heard.close()
})

test("by hand beats rules, also when rules change; removed, rules decide again", async () => {
  const heard = await hearing()
  await heard.hear(eventsOf([named("acme-1"), named("acme-2"), named("globex")]))
  const acme = await put(heard, { name: "Acme", rules: ["name:acme-*"] })
  const other = await put(heard, { name: "Other" })
  const byName = new Map((await heard.store.consumers({ limit: 10 })).items.map(({ name, id }) => [name, id]))
  const assign = (who: string, partner: string | null) =>
    heard.inventory.edit({ kind: "consumer.assign", consumer: byName.get(who)!, partner }, ACTOR)
  await assign("acme-1", other.id)
  await assign("acme-2", null)
  await put(heard, { name: "Acme", rules: ["name:acme-*", "name:globex"] }, acme.id)
  assert.deepEqual(await partnersOf(heard), { "acme-1": "Other", "acme-2": null, globex: "Acme" })
  await heard.inventory.edit({ kind: "partner.remove", id: other.id }, ACTOR)
  assert.deepEqual(await partnersOf(heard), { "acme-1": "Acme", "acme-2": null, globex: "Acme" })
  await assign("acme-2", "")
  assert.deepEqual(await partnersOf(heard), { "acme-1": "Acme", "acme-2": "Acme", globex: "Acme" })
  await assert.rejects(assign("acme-1", "nobody"), { code: "unknown" })
  await heard.close()
})

test("what is not said stays as it was", async () => {
  const heard = await hearing()
  const { id } = await put(heard, {
    name: "Acme",
    owner: "Ann",
    labels: ["gold"],
    contract: { requestsPerDay: 10, hours: ["06:00-20:00"] },
  })
  await put(heard, { name: "Acme Ltd", contract: { requestsPerDay: 20 } }, id)
  const { record } = (await heard.store.document("partner", id))!
  assert.deepEqual(
    [record.name, record.owner, record.labels, record.contract.requestsPerDay, record.contract.hours],
    ["Acme Ltd", "Ann", ["gold"], 20, ["06:00-20:00"]],
  )
  const [newest] = await heard.store.audit(0, 1)
  assert.deepEqual([newest?.action, newest?.subject], ["partner.put", id])
  assert.match(JSON.stringify(newest?.before), /"requestsPerDay":10/)
  await heard.close()
})

test("table: what makes no sense is refused, names its place, and changes nothing", async () => {
  const heard = await hearing({ partners: 2, partnerRules: 3 })
  const { id } = await put(heard, { name: "Acme", rules: ["name:acme-*"] })
  const rows: readonly [fields: unknown, code: string, place: string][] = [
    [{ name: " " }, "invalid", "name"],
    [{ name: "x".repeat(201) }, "invalid", "name"],
    [{ name: "acme" }, "conflict", "name"],
    [{ name: "B", rules: ["acme-*"] }, "invalid", "rules[0]"],
    [{ name: "B", rules: ["name:*"] }, "invalid", "rules[0]"],
    [{ name: "B", rules: ["colour:red"] }, "invalid", "rules[0]"],
    [{ name: "B", contract: { hours: ["whenever"] } }, "invalid", "contract.hours[0]"],
    [{ name: "B", contract: { colour: "red" } }, "invalid", "contract.colour"],
    [{ name: "B", labels: "gold" }, "invalid", "labels"],
    [{ name: "B", labels: [7] }, "invalid", "labels[0]"],
    [{ name: "B", contract: { requestsPerDay: "many" } }, "invalid", "contract.requestsPerDay"],
    [{ name: "B", rules: ["name:b1", "name:b2", "name:b3"] }, "limit", "rules"],
  ]
  for (const [fields, code, place] of rows)
    await assert.rejects(put(heard, fields as PartnerFields), { code, place }, JSON.stringify(fields))
  await put(heard, { name: "B" })
  await assert.rejects(put(heard, { name: "C" }), { code: "limit" })
  await assert.rejects(put(heard, { name: "D" }, "nobody"), { code: "unknown" })
  await assert.rejects(put(heard, { name: "B" }, id), { code: "conflict" })
  assert.equal((await heard.store.documents("partner")).length, 2)
  const { partners, partnerRules } = heard.inventory.counters.limits
  assert.deepEqual([partners, partnerRules], [1, 1])
  await heard.close()
})

test("the file's partners take the place of those it had, keep their ids, and are changed nowhere else", async () => {
  const heard = await hearing()
  await heard.hear(eventsOf([named("acme-1"), named("globex")]))
  const all = (partners: readonly PartnerFields[]) =>
    heard.inventory.edit({ kind: "partners.put", source: "file", partners }, ACTOR)
  const own = await put(heard, { name: "Ours" })
  await all([
    { name: "Acme", rules: ["name:acme-*"] },
    { name: "Globex", rules: ["name:globex"] },
  ])
  const acme = (await heard.store.documents("partner")).find(({ record }) => record.name === "Acme")!.id
  assert.deepEqual(await partnersOf(heard), { "acme-1": "Acme", globex: "Globex" })
  await assert.rejects(put(heard, { name: "Acme Ltd" }, acme), { code: "conflict" })
  await assert.rejects(heard.inventory.edit({ kind: "partner.remove", id: acme }, ACTOR), { code: "conflict" })
  await assert.rejects(all([{ name: "Ours" }]), { code: "conflict" })
  await all([{ name: "Acme", owner: "Ann", rules: ["name:acme-*"] }])
  await heard.restart()
  const partners = await heard.store.documents("partner")
  assert.deepEqual(new Set(partners.map(({ id }) => id)), new Set([own.id, acme]))
  assert.deepEqual(await partnersOf(heard), { "acme-1": "Acme", globex: null })
  await heard.close()
})

test("table: rules", () => {
  for (const text of ["name:acme-*", "issuer:https://id.acme.example/*", "api-key:acme", "mtls:*.acme.example"])
    assert.notEqual(typeof parseRule(text), "string", text)
  for (const text of ["acme", "", ":", "name:", "name:***", "bearer:x"]) {
    const refused = parseRule(text)
    assert.ok(typeof refused === "string" && refused.endsWith("."), text)
  }
})

test("suggestions: names of one issuer, certificates of one domain, one network behind a proxy", () => {
  const jwt = (id: string, name: string, issuer = "https://id") =>
    consumer(id, { name, seenName: name, scheme: "bearer-jwt", issuer })
  const certificate = (id: string, name: string) => consumer(id, { name, seenName: name, scheme: "mtls" })
  const behind = (id: string, partner: string | null = null) =>
    consumer(id, { partner, sights: { forwardedPrefix: { f1: [1, 1, 1] } } })
  const groups = suggestGroups([
    jwt("1", "acme-orders"),
    jwt("2", "acme-billing"),
    jwt("3", "globex-orders"),
    jwt("4", "acme-other", "https://another"),
    certificate("5", "a.acme.example"),
    certificate("6", "b.acme.example"),
    certificate("7", "localhost"),
    behind("8"),
    behind("9"),
    behind("10", "p1"),
  ])
  assert.deepEqual(groups.map(({ kind, rule, consumers }) => [kind, rule, consumers.map(({ id }) => id)]).sort(), [
    ["certificate", "mtls:*.acme.example", ["5", "6"]],
    ["forwardedPrefix", "", ["8", "9"]],
    ["issuer", "bearer-jwt:acme*", ["1", "2"]],
  ])
})
