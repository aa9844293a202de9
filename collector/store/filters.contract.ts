// The part of the store contract about what lists are filtered and sorted by, beside what is seen: labels, owners, posture, partners.
import assert from "node:assert/strict"
import type { With } from "./contract-contents.ts"
import { checkpoint, consumer, count, DAY_START_US, endpoint, parameter, partner, service } from "./fake-records.ts"
import type { ChangeFilter, ConsumerFilter, EndpointFilter, ServiceFilter } from "./store.ts"

const LATER_US = DAY_START_US + 1000

const JUDGED = checkpoint(1, {
  services: [
    service("s1", { owner: "Payments Team", labels: ["pci", "public api"] }),
    service("s2", { owner: "Ops", labels: ["internal"], firstSeenUs: LATER_US, lastSeenUs: LATER_US + 9 }),
  ],
  endpoints: [
    endpoint("e1", {
      posture: "missing",
      drift: 2,
      labels: ["pci"],
      dataClasses: { "request:email": 1, "response:card": 2 },
    }),
    endpoint("e2", { posture: "partial", drift: 0, labels: ["pci-old", "beta"], dataClasses: { "request:card": 1 } }),
    endpoint("e3", {
      service: "s2",
      firstSeenUs: LATER_US,
      lastSeenUs: LATER_US + 5,
      dataClasses: {},
      parameters: [parameter("customer_id"), parameter("X-Trace", { in: "header" })],
    }),
  ],
  consumers: [
    consumer("c1", { partner: "p1" }),
    consumer("c2", { partner: "p2", scheme: "none" }),
    consumer("c3", { firstSeenUs: LATER_US, lastSeenUs: LATER_US + 7 }),
  ],
  documents: [
    { kind: "partner", id: "p1", record: partner("p1", { name: "Acme Logistics" }) },
    { kind: "partner", id: "p2", record: partner("p2", { name: "Zeta" }) },
  ],
  hours: [count("e3", "c3", DAY_START_US)],
  days: [count("e3", "c3", DAY_START_US), count("e1", "c1", DAY_START_US)],
})

export function filtersContract(withStore: With): void {
  withStore("table: what endpoints are filtered by", async (store) => {
    await store.commit(JUDGED)
    const rows: readonly [filter: EndpointFilter, ids: string][] = [
      [{ posture: "missing" }, "e1"],
      [{ posture: "unknown" }, "e3"],
      [{ hasDrift: true }, "e1"],
      [{ hasDrift: false }, "e2 e3"],
      [{ label: "pci" }, "e1"],
      [{ label: "pci-old" }, "e2"],
      [{ label: "PCI" }, ""],
      [{ label: "" }, ""],
      [{ label: "%" }, ""],
      [{ dataClass: "card" }, "e1 e2"],
      [{ dataClass: "email" }, "e1"],
      [{ dataClass: "ema" }, ""],
      [{ newSinceUs: DAY_START_US + 1 }, "e3"],
      [{ seenSinceUs: LATER_US + 5 }, "e3"],
      [{ seenSinceUs: LATER_US + 6 }, ""],
      [{ search: "OLD" }, "e2"],
      [{ search: "customer" }, "e3"],
      [{ search: "x-trace" }, "e3"],
      [{ search: "payments" }, "e1 e2"],
      [{ search: "customer%" }, ""],
      [{ posture: "partial", label: "beta", dataClass: "card", hasDrift: false, search: "e2" }, "e2"],
    ]
    for (const [filter, ids] of rows) {
      const { items, total } = await store.endpoints(filter, { limit: 10, sort: "id" })
      assert.equal(items.map(({ id }) => id).join(" "), ids, JSON.stringify(filter))
      assert.equal(total, items.length)
    }
  })

  withStore("table: what services and consumers are filtered by", async (store) => {
    await store.commit(JUDGED)
    const services: readonly [filter: ServiceFilter, ids: string][] = [
      [{ owner: "Ops" }, "s2"],
      [{ owner: "" }, ""],
      [{ label: "public api" }, "s1"],
      [{ label: "public" }, ""],
      [{ search: "team" }, "s1"],
      [{ search: "INTERN" }, "s2"],
      [{ newSinceUs: LATER_US }, "s2"],
      [{ seenSinceUs: LATER_US + 10 }, ""],
    ]
    for (const [filter, ids] of services) {
      const { items } = await store.services({ limit: 10, sort: "id" }, filter)
      assert.equal(items.map(({ id }) => id).join(" "), ids, JSON.stringify(filter))
    }
    const consumers: readonly [filter: ConsumerFilter, ids: string][] = [
      [{ partner: "p1" }, "c1"],
      [{ partner: "" }, "c3"],
      [{ scheme: "none" }, "c2"],
      [{ service: "s2" }, "c3"],
      [{ search: "acme" }, "c1"],
      [{ search: "-c3" }, "c3"],
      [{ newSinceUs: LATER_US }, "c3"],
      [{ seenSinceUs: LATER_US + 8 }, ""],
    ]
    for (const [filter, ids] of consumers) {
      const { items } = await store.consumers({ limit: 10, sort: "id" }, filter)
      assert.equal(items.map(({ id }) => id).join(" "), ids, JSON.stringify(filter))
    }
  })

  withStore("what is judged anew is filtered anew", async (store) => {
    await store.commit(JUDGED)
    const changed = endpoint("e1", { posture: "consistent", drift: 0, labels: [], dataClasses: {}, parameters: [] })
    await store.commit(checkpoint(2, { endpoints: [changed], services: [service("s1", { owner: "", labels: [] })] }))
    for (const filter of [{ posture: "missing" }, { hasDrift: true }, { label: "pci" }, { search: "page" }]) {
      assert.deepEqual(
        (await store.endpoints({ ...filter, service: "s1" }, { limit: 9 })).items.filter(({ id }) => id === "e1"),
        [],
      )
    }
    assert.equal((await store.services({ limit: 9 }, { owner: "" })).total, 1)
  })

  withStore("table: what changes are filtered by, in either order", async (store) => {
    const changes = [
      { sequence: 1, atUs: 10, kind: "endpoint.new", subject: "e1", sentence: "" },
      { sequence: 2, atUs: 30, kind: "service.new", subject: "s1", sentence: "" },
      { sequence: 3, atUs: 20, kind: "endpoint.merged", subject: "e1", sentence: "" },
      { sequence: 4, atUs: 40, kind: "endpoints.odd", subject: "e2", sentence: "" },
    ]
    await store.commit(checkpoint(1, { changes }))
    const rows: readonly [filter: ChangeFilter, sequences: string][] = [
      [{}, "1 2 3 4"],
      [{ kind: "endpoint" }, "1 3"],
      [{ kind: "endpoint.new" }, "1"],
      [{ kind: "" }, ""],
      [{ subject: "e1" }, "1 3"],
      [{ sinceUs: 20 }, "2 3 4"],
      [{ sinceUs: 20, kind: "endpoint", subject: "e1" }, "3"],
    ]
    for (const [filter, sequences] of rows) {
      const told = (some: readonly { readonly sequence: number }[]) => some.map(({ sequence }) => sequence).join(" ")
      assert.equal(told(await store.changes(0, 9, filter)), sequences, JSON.stringify(filter))
      assert.equal(told((await store.latestChanges(9, filter)).toReversed()), sequences, JSON.stringify(filter))
      assert.equal(await store.countChanges(0, filter), sequences === "" ? 0 : sequences.split(" ").length)
    }
    assert.deepEqual((await store.latestChanges(1, {}, 3))[0]?.sequence, 2)
    assert.equal(await store.countChanges(3, {}), 1)
  })

  withStore("documents: of a kind, one with its bytes, replaced, removed; the audit log", async (store) => {
    await store.commit(JUDGED)
    const bytes = Uint8Array.of(1, 2)
    const specification = { kind: "templates", id: "s1", record: { service: "s1" }, bytes } as const
    await store.commit(checkpoint(2, { documents: [specification, { kind: "partner", id: "p2", record: null }] }))
    assert.deepEqual(
      (await store.documents("partner")).map(({ record }) => record.name),
      ["Acme Logistics"],
    )
    assert.deepEqual((await store.document("templates", "s1"))?.bytes, bytes)
    assert.deepEqual((await store.load()).documents.find(({ kind }) => kind === "templates")?.bytes, bytes)
    await store.commit(checkpoint(3, { documents: [{ kind: "templates", id: "s1", record: { service: "s2" } }] }))
    const kept = await store.document("templates", "s1")
    assert.deepEqual([kept?.record.service, kept?.bytes], ["s2", bytes])
    const entry = (sequence: number, subject: string) => {
      const what = { action: "pin.add", reason: "", edit: {}, before: null, sentence: `Pinned ${sequence}.` }
      return { sequence, atUs: DAY_START_US, who: "console", subject, ...what }
    }
    await store.commit(checkpoint(4, { audit: [entry(1, "s1"), entry(2, "s2"), entry(3, "s1")] }))
    assert.deepEqual(
      (await store.audit(0, 2)).map(({ sequence }) => sequence),
      [3, 2],
    )
    assert.deepEqual(await store.audit(3, 9, "s1"), [entry(1, "s1")])
    assert.equal((await store.load()).lastAudit, 3)
  })
}
