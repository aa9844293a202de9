import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent, EventBatch } from "../../shared/event/api-event.ts"
import { BatchEncoder, decodeBatch } from "../../shared/event/event-codec.ts"
import { batch, countingIds, event, identity, operation, START_US } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { WatchKind } from "./watch.ts"

const HOUR_US = 3_600_000_000

/** `batches` of ten exchanges each, some hours apart, of three consumers at four paths. */
function traffic(batches: number): EventBatch[] {
  return Array.from({ length: batches }, (_, sequence) => {
    const events = Array.from({ length: 10 }, (_, i): ApiEvent => {
      const n = sequence * 10 + i
      return event({
        startUs: START_US + sequence * 5 * HOUR_US + i * 1_000_000,
        identity: identity({ principal: `e0000000000${n % 3}`, name: `partner-${n % 3}` }),
        operation: operation({ path: `/v1/things/${["orders", "items", "{int}", "users"][n % 4]}` }),
        objects: n % 4 === 2 ? [n] : [],
        status: n % 17 === 0 ? 404 : 200,
      })
    })
    return batch(events, { sequence: sequence + 1 })
  })
}

/** As the bus would bring it, or as it is. */
function apply(inventory: Inventory, batch: EventBatch, asMessage: boolean): void {
  if (!asMessage) {
    inventory.apply(batch)
    return
  }
  const encoder = new BatchEncoder()
  for (const each of batch.events) encoder.add(each)
  const bytes = encoder.encode(batch.envelope)
  const decoded = decodeBatch(bytes)
  assert.ok(decoded.ok)
  inventory.apply(decoded.batch, 0, bytes)
}

async function opened(
  store: Store,
  snapshotExchanges: number,
  pieceBytes = 2 ** 21,
): Promise<{ inventory: Inventory; kind: WatchKind }> {
  const kind = new WatchKind({ snapshotExchanges, pieceBytes })
  return { inventory: await Inventory.open(store, { watcher: kind, mint: countingIds() }), kind }
}

/** All that is saved, the order of maps included. */
function state(kind: WatchKind): unknown {
  return JSON.parse(
    JSON.stringify(kind.watch!.analysis.save(), (_key, value: unknown) =>
      value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)
        ? [...(value as Iterable<unknown>)]
        : value,
    ),
  )
}

test("after kills at any place, snapshots and redelivery the analysis is the same, to the number", async () => {
  const batches = traffic(24)
  const whole = await opened(await openSqliteStore(":memory:"), Number.POSITIVE_INFINITY)
  for (const each of batches) whole.inventory.apply(each)
  await whole.inventory.checkpoint()
  const expected = state(whole.kind)
  assert.equal(whole.kind.watch!.analysis.subjects.consumers.length, 3)
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 23 }), { maxLength: 4 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 23 }), { maxLength: 6 }),
      fc.integer({ min: 10, max: 400 }),
      fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
      fc.constantFrom(1, 2_000, 2 ** 21),
      async (kills, checkpoints, snapshotExchanges, isMessage, pieceBytes) => {
        const store = await openSqliteStore(":memory:")
        let { inventory, kind } = await opened(store, snapshotExchanges, pieceBytes)
        let durable = 0
        for (let i = 0; i < batches.length; i++) {
          if (kills.includes(i)) {
            ;({ inventory, kind } = await opened(store, snapshotExchanges, pieceBytes))
            for (let again = Math.max(0, durable - 1); again < i; again++)
              apply(inventory, batches[again]!, isMessage[again]!)
          }
          apply(inventory, batches[i]!, isMessage[i]!)
          if (!checkpoints.includes(i)) continue
          await inventory.checkpoint()
          durable = i + 1
        }
        await inventory.checkpoint()
        assert.deepEqual(state(kind), expected)
        const { kind: reopened } = await opened(store, snapshotExchanges)
        assert.deepEqual(state(reopened), expected)
        assert.equal(
          (await store.journalRange()).exchanges,
          239,
          "all but the first: a 404 of a service that nobody knows yet",
        )
      },
    ),
    { numRuns: 15 },
  )
})

test("pieces of the journal that the snapshot holds are forgotten when they are old or too many bytes; others never", async () => {
  const store = await openSqliteStore(":memory:", { limits: { changes: 1000, positions: 1000, journalBytes: 6_000 } })
  const { inventory, kind } = await opened(store, 100)
  for (const each of traffic(40)) {
    inventory.apply(each)
    await inventory.checkpoint()
  }
  const { bytes, exchanges } = await store.journalRange()
  assert.ok(bytes <= 6_000 + 12_000, `${bytes} bytes: those of the limit and those that the snapshot does not hold`)
  assert.ok(exchanges < 400)
  assert.deepEqual(state((await opened(store, 100)).kind), state(kind))
})
