// Increments of pairs that are logged and folded later: what is read is what was committed, whenever they are folded.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import fc from "fast-check"
import { checkpoint, count, DAY_START_US } from "./fake-records.ts"
import { DATABASE_FILE } from "./sqlite-open.ts"
import { openSqliteStore } from "./sqlite-store.ts"
import type { Store } from "./store.ts"

const HOUR_US = 3_600_000_000
const limits = (increments: number, checkpoints: number) => ({
  changes: 9,
  positions: 9,
  pairLog: { increments, checkpoints },
})

async function contents(store: Store) {
  const [hours, days] = await Promise.all(
    (["hour", "day"] as const).map((size) => store.windows({}, size, 0, Number.MAX_SAFE_INTEGER, 999)),
  )
  return { hours, days, pairs: await store.pairs({}, 999) }
}

test("property: folded at once, now and then, or when read: the same rows", async () => {
  const increment = fc.record({
    endpoint: fc.constantFrom("e1", "e2", "e3"),
    consumer: fc.constantFrom("c1", "c2", ""),
    hour: fc.integer({ min: 0, max: 30 }),
    requests: fc.integer({ min: 1, max: 9 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(increment, { maxLength: 6 }), fc.boolean()), { maxLength: 8 }),
      fc.integer({ min: 1, max: 12 }),
      async (checkpoints, most) => {
        const stores = await Promise.all(
          [limits(1, 1), limits(most, 99), limits(999, 99)].map((each) =>
            openSqliteStore(":memory:", { limits: each }),
          ),
        )
        for (const [i, [increments, isRead]] of checkpoints.entries()) {
          const hours = increments.map((one) =>
            count(one.endpoint, one.consumer, DAY_START_US + one.hour * HOUR_US, one.requests),
          )
          const days = hours.map((one) => ({
            ...one,
            windowUs: Math.floor(one.windowUs / (24 * HOUR_US)) * 24 * HOUR_US,
          }))
          for (const store of stores) await store.commit(checkpoint(i + 1, { hours, days }))
          if (isRead) await stores[2]!.pairs({}, 1)
        }
        const [atOnce, ...others] = await Promise.all(stores.map(contents))
        for (const other of others) assert.deepEqual(other, atOnce)
        for (const store of stores) await store.close()
      },
    ),
    { numRuns: 25 },
  )
})

test("limits: the log is folded when it holds so many increments, or comes from so many checkpoints; a process that ends leaves it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sonde-pairs-"))
  const hours = ["c1", "c2"].map((consumer) => count("e1", consumer, DAY_START_US))
  const logged = (): number => {
    const database = new DatabaseSync(join(directory, DATABASE_FILE), { readOnly: true })
    const row = database.prepare("SELECT count(DISTINCT checkpoint) AS logged FROM pair_log").get()
    database.close()
    return Number(row?.logged)
  }
  const commits = async (each: ReturnType<typeof limits>, numbers: readonly number[]): Promise<number[]> => {
    const store = await openSqliteStore(directory, { limits: each })
    const held: number[] = []
    for (const number of numbers) {
      await store.commit(checkpoint(number, { hours, days: hours }))
      held.push(logged())
    }
    await store.close()
    return held
  }
  try {
    assert.deepEqual(await commits(limits(5, 99), [1, 2, 3, 4]), [1, 2, 0, 1])
    // What the last run left counts, too.
    assert.deepEqual(await commits(limits(99, 3), [5, 6, 7]), [2, 0, 1])
    const store = await openSqliteStore(directory)
    assert.deepEqual(
      (await store.load()).pairs.map(([, , requests]) => requests),
      [7, 7],
    )
    assert.equal(logged(), 0)
    await store.close()
  } finally {
    rmSync(directory, { recursive: true })
  }
})
