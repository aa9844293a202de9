// A mirror that loses packets and an hour of which only requests are seen open no incident that the same weeks without them do not open.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Inventory } from "../inventory/inventory.ts"
import { batchesOf } from "../simulate/batches.ts"
import { World, type WorldOptions } from "../simulate/world.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { WatchKind } from "./watch.ts"

const CLEAN: Partial<WorldOptions> = { seed: Number(process.env.SEED ?? 10), days: 60, consumers: 10, attacks: [] }

/** Whose, by name; what detections say of the same days may differ, as counts do. */
async function opened(options: Partial<WorldOptions>): Promise<string[]> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { watcher: new WatchKind() })
  for (const { batch } of batchesOf(new World(options))) inventory.apply(batch)
  inventory.settle()
  await inventory.checkpoint()
  const names = new Map((await store.load()).consumers.map(({ id, name }) => [id, name]))
  const { items } = await store.incidents({}, { limit: 1000 })
  return [...new Set(items.map(({ consumer, kind }) => names.get(consumer) ?? kind))]
}

test("two months with 2 % loss and a one-way hour", async () => {
  const whole = await opened(CLEAN)
  const lossy = await opened({ ...CLEAN, loss: 0.02, oneWayHours: 1 })
  assert.deepEqual(
    lossy.filter((each) => !whole.includes(each)),
    [],
  )
})
