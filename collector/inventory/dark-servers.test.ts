// The ledger of dark APIs: what TLS notes make of it, its limits, and that every session is counted once.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { EventBatch, TlsNote } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { batch, countingIds, event, START_US, server, tlsNote } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import type { InventoryLimits } from "./limits.ts"
import { HOUR_US } from "./pair-counts.ts"

async function stateAfter(notes: readonly TlsNote[], limits: Partial<InventoryLimits> = {}) {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { limits, mint: countingIds() })
  inventory.apply(batch([], {}, [], notes))
  await inventory.checkpoint()
  const state = await store.load()
  await store.close()
  return state
}

test("a session makes an entry with everything that it says", async () => {
  const { dark, ledger } = await stateAfter([
    tlsNote(),
    tlsNote({
      startUs: START_US - 5_000_000,
      client: "a00000000002",
      version: "1.2",
      certificateNames: ["api.example.com", "*.example.com"],
      certificateIssuer: "Example CA",
      clientName: "partner-7",
      clientCertificate: "f00000000001",
      state: "read",
      reason: "",
      isResumed: true,
    }),
    tlsNote({ client: "a00000000002", clientCertificate: "f00000000002", hasEarlyData: true, reason: "gap" }),
  ])
  assert.deepEqual(dark, [
    {
      id: "dark-1",
      name: "api.example.com",
      address: "b00000000001",
      addressClass: "private",
      port: 443,
      zone: "",
      firstSeenUs: START_US - 5_000_000,
      lastSeenUs: START_US + 2_000_000,
      sessions: 3,
      requestBytes: 2700,
      responseBytes: 24_000,
      states: { unread: 2, read: 1 },
      reasons: { "no-keys": 1, gap: 1 },
      versions: { "1.3": 2, "1.2": 1 },
      ciphers: { TLS_AES_128_GCM_SHA256: 3 },
      alpns: { h2: 3 },
      ja4s: { t13d1516h2_8daaf6152771_b186095e22b6: 3 },
      issuers: { "Example CA": 1 },
      certificateNames: ["api.example.com", "*.example.com"],
      clientNames: ["partner-7", "f00000000002"],
      clients: ["a00000000001", "a00000000002"],
      isCrowded: false,
      resumed: 1,
      earlyData: 1,
    },
  ])
  assert.deepEqual([ledger.tlsSessions, ledger.exchanges], [3, 0])
})

test("a long session has a note an hour and counts once, where it began", async () => {
  const later = { isContinued: true, startUs: START_US + HOUR_US, state: "read", reason: "" }
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  inventory.apply(batch([], {}, [], [tlsNote(), tlsNote(later)]))
  await inventory.checkpoint()
  const [entry] = (await store.load()).dark
  assert.deepEqual([entry?.sessions, entry?.requestBytes, entry?.versions], [1, 1800, { "1.3": 1 }])
  assert.deepEqual(entry?.states, { unread: 1, read: 1 })
  assert.deepEqual(
    (await store.darkHours(entry!.id, 0, Number.MAX_SAFE_INTEGER, 9)).map(({ sessions }) => sessions),
    [1, 0],
  )
  assert.equal((await store.ledger()).tlsSessions, 1)
  await store.close()
})

test("table: what makes two sessions the same entry", async () => {
  const rows: readonly [name: string, other: Parameters<typeof server>[0], entries: number][] = [
    ["the same", {}, 1],
    ["read this time", { tls: "1.3" }, 1],
    ["another name", { authority: "b.example.com" }, 2],
    ["no name", { authority: "" }, 2],
    ["another address", { address: "b00000000002" }, 2],
    ["another port", { port: 8443 }, 2],
    ["another zone", { zone: "vlan 7" }, 2],
  ]
  for (const [name, other, entries] of rows) {
    const { dark } = await stateAfter([tlsNote(), tlsNote({ server: server(other) })])
    assert.equal(dark.length, entries, name)
  }
})

test("names beyond the limit of an address are counted without their name; no session is lost", async () => {
  const named = (i: number) => tlsNote({ server: server({ authority: `h${i}` }) })
  const { dark, ledger } = await stateAfter([0, 1, 2, 3, 4, 3].map(named), { darkNamesPerAddress: 2 })
  assert.deepEqual(
    dark.map(({ name, sessions }) => [name, sessions]),
    [
      ["h0", 1],
      ["h1", 1],
      ["", 4],
    ],
  )
  assert.deepEqual(ledger.limits, { darkNamesPerAddress: 4 })
})

test("table: each limit of an entry is reached, counted, and every session is still accounted for", async () => {
  const notes = Array.from({ length: 5 }, (_, i) =>
    tlsNote({
      client: `a${i}`,
      cipher: `c${i}`,
      server: server({ address: `b${i % 3}`, authority: "" }),
    }),
  )
  const rows: readonly [limit: keyof InventoryLimits, max: number, reached: number, sessions: number][] = [
    ["darkServers", 2, 1, 4],
    ["darkClients", 1, 2, 5],
    ["darkFacts", 1, 2, 5],
  ]
  for (const [limit, max, reached, sessions] of rows) {
    const { dark, ledger } = await stateAfter(notes, { [limit]: max })
    assert.deepEqual(ledger.limits, { [limit]: reached }, limit)
    assert.equal(ledger.tlsSessions, notes.length)
    const counted = dark.reduce((sum, entry) => sum + entry.sessions, 0)
    assert.equal(counted, sessions, limit)
    assert.equal(counted + (ledger.limits.darkServers ?? 0), notes.length)
    if (limit === "darkClients") assert.equal(dark[0]?.isCrowded, true)
  }
})

async function contentsOf(store: Store): Promise<unknown> {
  const { dark, ledger } = await store.load()
  const entries = []
  for (const record of dark) {
    const hours = await store.darkHours(record.id, 0, Number.MAX_SAFE_INTEGER, 100)
    entries.push({ ...record, id: "", hours: hours.map((hour) => ({ ...hour, dark: "" })) })
  }
  return { entries: entries.map(inOrder).sort(), sessions: ledger.tlsSessions }
}

/** Keys and lists in an order of their own: theirs is that of first appearance. */
function inOrder(entry: unknown): string {
  return JSON.stringify(entry, (_key, value: unknown) => {
    if (Array.isArray(value)) return value.map((item) => JSON.stringify(item)).sort()
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

const note = fc.record({
  startUs: fc.nat({ max: 5 }).map((hours) => START_US + hours * HOUR_US),
  server: fc.record({ authority: fc.constantFrom("", "a", "b"), port: fc.constantFrom(443, 8443) }).map(server),
  client: fc.constantFrom("a1", "a2"),
  requestBytes: fc.nat({ max: 1000 }),
  state: fc.constantFrom("read", "unread"),
  isContinued: fc.constant(false),
})

test("property: killed at any time and everything delivered again, each session counts once", async () => {
  const scene = fc.tuple(
    fc.array(note, { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.constantFrom("checkpoint", "kill", "go on"), { minLength: 3, maxLength: 9 }),
  )
  await fc.assert(
    fc.asyncProperty(scene, async ([changes, size, plan]) => {
      const notes = changes.map((change) => tlsNote(change))
      const batches: EventBatch[] = []
      for (let i = 0; i < notes.length; i += size) {
        batches.push(batch([event()], { sequence: batches.length + 1 }, [], notes.slice(i, i + size)))
      }
      const store = await openSqliteStore(":memory:")
      let inventory = await Inventory.open(store)
      for (const [i, each] of batches.entries()) {
        inventory.apply(each)
        const step = plan[i % plan.length]
        if (step === "checkpoint") await inventory.checkpoint()
        if (step === "kill") inventory = await Inventory.open(store)
      }
      for (const each of batches) inventory.apply(each)
      await inventory.checkpoint()
      const quiet = await openSqliteStore(":memory:")
      const once = await Inventory.open(quiet)
      for (const each of batches) once.apply(each)
      await once.checkpoint()
      assert.deepEqual(await contentsOf(store), await contentsOf(quiet))
      assert.equal((await store.ledger()).tlsSessions, notes.length)
      await store.close()
      await quiet.close()
    }),
    { numRuns: 20 },
  )
})
