// What of the past is kept: by age, by size, a little at a time.
import assert from "node:assert/strict"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import fc from "fast-check"
import { incident as incidentRecord } from "../notify/fake-incidents.ts"
import { checkpoint, DAY_START_US, dark, endpoint, service } from "./fake-records.ts"
import type { PairCount } from "./records.ts"
import { RETENTION_LIMITS, type RetentionLimits } from "./sqlite-retention.ts"
import { openSqliteStore } from "./sqlite-store.ts"
import { Sweep } from "./sqlite-sweep.ts"
import type { Checkpoint, Store, WatchRows } from "./store.ts"

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
const FOREVER = [0, Number.MAX_SAFE_INTEGER, 20_000] as const

const opened = (folder: string, retention: Partial<RetentionLimits>): Promise<Store> =>
  openSqliteStore(folder, {
    limits: {
      ...{ changes: 100, positions: 100, retention: { ...RETENTION_LIMITS, ...retention } },
      // The log of increments has a size of its own, which the tests are not about.
      pairLog: { increments: 10_000, checkpoints: 8 },
    },
  })

const reached = (reachedUs: number, more: Partial<WatchRows> = {}): WatchRows => ({
  ...{ incidents: [], journal: [], snapshot: null, reachedUs },
  ...more,
})

const counted = (route: string, consumer: string, windowUs: number): PairCount => ({
  ...{ endpoint: route, consumer, windowUs },
  ...{ requests: 1, errors: 0, requestBytes: 1, responseBytes: 1, items: 0 },
})

/** An hour of event time in one checkpoint: `pairs` consumers at one endpoint, and a dark server. */
function hourOf(number: number, hour: number, pairs: number, more: Partial<WatchRows> = {}): Checkpoint {
  const windowUs = DAY_START_US + hour * HOUR_US
  const consumers = Array.from({ length: pairs }, (_, i) => `c${i}`)
  const dayUs = windowUs - ((windowUs - DAY_START_US) % DAY_US)
  const first = number === 1 ? { services: [service("s1")], endpoints: [endpoint("e1")], dark: [dark("d1")] } : {}
  return checkpoint(number, {
    ...first,
    hours: consumers.map((consumer) => counted("e1", consumer, windowUs)),
    days: consumers.map((consumer) => counted("e1", consumer, dayUs)),
    darkHours: [{ dark: "d1", windowUs, sessions: 1, requestBytes: 1, responseBytes: 1 }],
    watch: reached(windowUs, more),
  })
}

test("by age: hours and days before the event time reached go, inventory and totals stay, all is counted", async () => {
  const hours = 30 * 24
  const store = await opened(":memory:", { hoursUs: 5 * DAY_US, daysUs: 20 * DAY_US })
  for (let hour = 0; hour < hours; hour++) await store.commit(hourOf(hour + 1, hour, 2))
  // The last hour's sweep.
  for (let i = 1; i < 4; i++)
    await store.commit(checkpoint(hours + i, { watch: reached(DAY_START_US + (hours - 1) * HOUR_US) }))
  const kept = await store.windows({ consumer: "c1" }, "hour", ...FOREVER)
  assert.deepEqual([kept.length, kept[0]?.windowUs], [121, DAY_START_US + (hours - 121) * HOUR_US])
  assert.equal((await store.series({}, "hour", ...FOREVER)).length, 121)
  assert.equal((await store.darkHours("d1", ...FOREVER)).length, 121)
  assert.equal((await store.windows({ consumer: "c1" }, "day", ...FOREVER)).length, 21)
  assert.equal((await store.series({ service: "s1" }, "day", ...FOREVER)).length, 21)
  assert.equal((await store.pairs({ endpoint: "e1" }, 9))[0]?.requests, hours)
  assert.equal((await store.endpoint("e1"))?.id, "e1")
  // Rows an hour: 2 of pairs, 5 of series (all, service, endpoint, 2 consumers), 1 of the dark server; a day: 2 and 5.
  assert.deepEqual(
    (await store.facts()).removed.map(({ kind, reason, removed }) => [kind, reason, removed]),
    [
      ["days", "age", (30 - 21) * 7],
      ["hours", "age", (hours - 121) * 8],
    ],
  )
  await store.close()
})

test("hours that are gone through without an end keep no day", async () => {
  const store = await opened(":memory:", { hoursUs: 400 * DAY_US, daysUs: 20 * DAY_US })
  // All looks of a checkpoint but one are those at the hours of 246 consumers, which begin anew with every hour.
  await store.commit(hourOf(1, 0, 246))
  await store.pairs({ endpoint: "e1" }, 1)
  for (let i = 2; i < 6; i++)
    await store.commit(checkpoint(i, { watch: reached(DAY_START_US + 25 * DAY_US + i * HOUR_US) }))
  assert.deepEqual(
    (await store.facts()).removed.map(({ kind, removed }) => [kind, removed]),
    [["days", 2 * 246 + 3]],
  )
  await store.close()
})

test("by size: the oldest hours go a day at a time, two days stay, free pages are used again", async () => {
  const bytesMax = 850_000
  const hours = 6 * 24
  const store = await opened(":memory:", { bytesMax })
  let most = 0
  for (let hour = 0; hour < hours; hour++) {
    await store.commit(hourOf(hour + 1, hour, 60))
    const { bytes, freeBytes } = await store.facts()
    most = Math.max(most, bytes - freeBytes)
  }
  const { bytes, removed } = await store.facts()
  assert.ok(most > bytesMax && most < 1.25 * bytesMax, String(most))
  assert.ok(bytes < 1.3 * bytesMax, `the file grows no further: ${bytes}`)
  assert.deepEqual([...new Set(removed.map(({ kind, reason }) => `${kind} ${reason}`))], ["hours size"])
  const kept = await store.series({}, "hour", ...FOREVER)
  assert.ok(kept.length >= 48 && kept.length < hours - 24, String(kept.length))
  assert.equal(kept.at(-1)?.windowUs, DAY_START_US + (hours - 1) * HOUR_US)
  assert.equal((await store.series({}, "day", ...FOREVER)).length, 6)
  await store.close()
})

test("evidence: pieces that the snapshot holds go by age; over the size the older of evidence and hours goes first", async () => {
  const piece = (sequence: number, day: number, bytes = 10) => ({
    ...{ sequence, fromUs: DAY_START_US + day * DAY_US, toUs: DAY_START_US + day * DAY_US + 1 },
    ...{ exchanges: 100, bytes: new Uint8Array(bytes) },
  })
  const store = await opened(":memory:", { evidenceUs: 5 * DAY_US })
  const journal = [0, 1, 2, 9].map((day, i) => piece(i + 1, day))
  await store.commit(checkpoint(1, { watch: reached(DAY_START_US + 9 * DAY_US, { journal }) }))
  assert.equal((await store.journalRange()).pieces, 4)
  const snapshot = { sequence: 2, bytes: new Uint8Array(1) }
  await store.commit(checkpoint(2, { watch: reached(DAY_START_US + 9 * DAY_US, { snapshot }) }))
  assert.deepEqual(
    [(await store.journalRange()).pieces, (await store.facts()).removed],
    [2, [{ kind: "evidence", reason: "age", removed: 200, untilUs: DAY_START_US + DAY_US + 1 }]],
  )
  await store.close()

  const small = await opened(":memory:", { bytesMax: 100_000 })
  const large = [0, 8].map((day, i) => piece(i + 1, day, 400_000))
  await small.commit(hourOf(1, 1, 1))
  await small.commit(hourOf(2, 9 * 24, 1, { journal: large, snapshot }))
  for (let i = 3; i < 6; i++) await small.commit(hourOf(i, 9 * 24, 1))
  const { removed } = await small.facts()
  assert.deepEqual(
    removed.map(({ kind, reason }) => `${kind} ${reason}`),
    ["evidence size", "hours size"],
  )
  await small.close()
})

test("incidents: closed ones go by age, open ones stay", async () => {
  const store = await opened(":memory:", { incidentsUs: 40 * DAY_US })
  const incidents = ["open", "closed"].map((state) =>
    incidentRecord(`i-${state}`, { state: state as "open", lastEventUs: DAY_START_US }),
  )
  await store.commit(checkpoint(1, { watch: reached(DAY_START_US, { incidents }) }))
  await store.commit(checkpoint(2, { watch: reached(DAY_START_US + 42 * DAY_US) }))
  assert.deepEqual(
    (await store.incidents({}, { limit: 9 })).items.map(({ id }) => id),
    ["i-open"],
  )
  assert.deepEqual(
    (await store.facts()).removed.map(({ kind, removed }) => [kind, removed]),
    [["incidents", 1]],
  )
  await store.close()
})

test("property: a sweep in steps of any budget removes exactly what is too old, and never more than its budget and a look", () => {
  const rows = fc.uniqueArray(fc.tuple(fc.constantFrom("", "a", "b"), fc.constantFrom("", "x"), fc.nat(40)), {
    selector: String,
    maxLength: 60,
  })
  fc.assert(
    fc.property(rows, fc.nat(45), fc.integer({ min: 1, max: 7 }), (all, before, budget) => {
      const database = new DatabaseSync(":memory:")
      database.exec(
        "CREATE TABLE t (a TEXT, b TEXT, window_us INTEGER, PRIMARY KEY (a, b, window_us)) STRICT, WITHOUT ROWID",
      )
      const insert = database.prepare("INSERT INTO t VALUES (?, ?, ?)")
      for (const row of all) insert.run(...row)
      const sweep = new Sweep(database, { table: "t", group: ["a", "b"], lookUs: 5 })
      sweep.begin(before)
      let removed = 0
      for (let steps = 0; !sweep.isDone; steps++) {
        assert.ok(steps < 200)
        const step = sweep.step({ groups: budget, rows: budget })
        assert.ok(step < budget + 6)
        removed += step
      }
      assert.equal(removed, all.filter(([, , at]) => at < before).length)
      const left = Number(database.prepare("SELECT count(*) AS n FROM t WHERE window_us >= ?").get(before)?.n)
      assert.equal(left, all.length - removed)
      database.close()
    }),
    { numRuns: 60 },
  )
})
