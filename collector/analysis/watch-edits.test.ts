import assert from "node:assert/strict"
import { test } from "node:test"
import type { Finding } from "../detect/finding.ts"
import type { Edit } from "../inventory/edits.ts"
import { batch, countingIds, event, START_US } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { WatchKind } from "./watch.ts"

const ANN = { name: "ann", atUs: 1_000_000 }

function findingOf(change: Partial<Finding> = {}): Finding {
  return {
    detector: "scraping",
    family: "volume",
    atUs: START_US,
    sinceUs: START_US,
    consumer: 0,
    endpoint: 0,
    p: 1e-8,
    isRule: false,
    weight: 1,
    key: "scraping",
    sentence: "read much",
    facts: {},
    doubts: [],
    samples: [],
    lossyShare: 0,
    ...change,
  }
}

async function opened(limits = {}) {
  const store = await openSqliteStore(":memory:")
  const kind = new WatchKind()
  const inventory = await Inventory.open(store, { watcher: kind, mint: countingIds(), limits })
  inventory.apply(batch([event()]))
  const raise = (change: Partial<Finding> = {}): void => {
    kind.watch!.analysis.incidents.raise(findingOf(change))
  }
  raise()
  await inventory.checkpoint()
  const [incident] = (await store.incidents({}, { limit: 10 })).items
  const edit = (change: Edit) => inventory.edit(change, ANN)
  return { store, inventory, edit, raise, incident: incident! }
}

test("expected: the incident is closed, an exception holds it back, and the audit log says who", async () => {
  const { store, edit, inventory, raise, incident } = await opened()
  const result = await edit({
    kind: "incident.state",
    id: incident.id,
    state: "closed",
    verdict: "expected",
    reason: "move",
  })
  assert.match(result.sentence, /closed as expected\. Its level is adopted, and an exception holds for 90 days/)
  const [exception] = await store.documents("exception")
  const { consumer, detector, owner, reason, incident: of } = exception!.record
  assert.deepEqual([consumer, detector, owner, reason, of], ["consumer-1", "scraping", "ann", "move", incident.id])
  assert.equal((await store.incident(incident.id))?.state, "closed")
  raise({ p: 1e-30, atUs: START_US + 1_000_000 })
  await inventory.checkpoint()
  assert.equal((await store.incidents({ state: "open" }, { limit: 10 })).total, 0)
  assert.equal((await store.audit(0, 10))[0]?.action, "incident.state")
  const again = new WatchKind()
  await Inventory.open(store, { watcher: again, mint: countingIds() })
  const { incidents } = again.watch!.analysis
  const seen = { ...findingOf(), atUs: START_US + 2_000_000, p: 1e-30 }
  incidents.raise(seen)
  assert.deepEqual([incidents.exceptions.useOf(exception!.id).count, incidents.take().length], [1, 0], "restarted")
  await edit({ kind: "exception.remove", id: exception!.id })
  assert.equal((await store.documents("exception")).length, 0)
})

test("what makes no sense is refused with a sentence and changes nothing", async () => {
  const { edit, store, incident } = await opened({ decoys: 0, exceptions: 0 })
  const id = incident.id
  const until = { owner: "ann", untilUs: START_US + 1e12 }
  const rows: [Edit, RegExp][] = [
    [{ kind: "incident.state", id: "i_none", state: "acknowledged" }, /no such incident/],
    [{ kind: "incident.state", id, state: "closed" }, /malicious, benign or expected/],
    [{ kind: "incident.state", id, state: "open", verdict: "benign" }, /Only a closed incident/],
    [{ kind: "exception.put", exception: until, reason: "x" }, /whom or what/],
    [{ kind: "exception.put", exception: { ...until, consumer: "consumer-1" } }, /Say why/],
    [
      { kind: "exception.put", exception: { ...until, consumer: "consumer-1", detector: "nosy" }, reason: "x" },
      /called nosy/,
    ],
    [
      { kind: "exception.put", exception: { owner: "a", consumer: "consumer-1", untilUs: 5 }, reason: "x" },
      /before the newest/,
    ],
    [
      { kind: "exception.put", id: "no", exception: { ...until, consumer: "consumer-1" }, reason: "x" },
      /no such exception/,
    ],
    [{ kind: "exception.put", exception: { ...until, consumer: "consumer-1" }, reason: "x" }, /0 exceptions already/],
    [{ kind: "exception.put", exception: { ...until, consumer: "__proto__" }, reason: "x" }, /no such consumer/],
    [{ kind: "exception.put", exception: { ...until, partner: "p" }, reason: "x" }, /no such partner/],
    [{ kind: "exception.put", exception: { ...until, endpoint: "e" }, reason: "x" }, /no such endpoint/],
    [{ kind: "exception.remove", id: "no" }, /no such exception/],
    [{ kind: "detector.set", name: "nosy" }, /called nosy/],
    [{ kind: "decoy.put", pattern: "/admin" }, /SERVICE METHOD/],
    [{ kind: "decoy.put", pattern: "* GET /admin/*" }, /0 decoys already/],
    [{ kind: "decoy.remove", id: "no" }, /no such decoy/],
  ]
  for (const [change, sentence] of rows) await assert.rejects(edit(change), sentence)
  assert.equal((await store.incident(id))?.state, "open")
  const { limits } = await store.ledger()
  assert.deepEqual(
    [limits.exceptions, limits.decoys],
    [undefined, undefined],
    "nothing was written: no checkpoint followed",
  )
})
