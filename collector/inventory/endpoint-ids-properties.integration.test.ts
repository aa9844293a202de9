// Property: whatever is merged, split, folded and restarted, every id that ever was an endpoint's leads to one, the same in memory and in the
// store, and the requests of all endpoints are those that were sent.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { batch, countingIds, event, operation } from "./fake-batches.ts"
import { fakeLearners } from "./fake-learner.ts"
import { Inventory } from "./inventory.ts"

const PATHS = ["/a", "/b", "/c", "/d", "/e"]
const TEMPLATES = ["/{x}", "/{y}", "/{x}/{y}"]

const path = fc.nat({ max: PATHS.length - 1 })
const step = fc.oneof(
  fc.record({ kind: fc.constant("send" as const), path }),
  fc.record({ kind: fc.constant("split" as const), path }),
  fc.record({
    kind: fc.constant("merge" as const),
    paths: fc.uniqueArray(path, { minLength: 1 }),
    into: fc.nat({ max: TEMPLATES.length - 1 }),
  }),
  fc.record({ kind: fc.constant("fold" as const), path }),
  fc.record({ kind: fc.constant("restart" as const) }),
)

test("property: ids lead somewhere, the same after restarts, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const store = await openSqliteStore(":memory:")
      const { kind, made } = fakeLearners()
      const mint = countingIds()
      let inventory = await Inventory.open(store, { mint, learners: kind })
      const seen = new Set<string>()
      let sent = 0
      let sequence = 0
      const send = async (...paths: string[]): Promise<void> => {
        sent += paths.length
        const events = paths.map((each) => event({ operation: operation({ path: each }) }))
        inventory.apply(batch(events, { sequence: ++sequence }))
        await inventory.checkpoint()
      }
      await send(...PATHS)
      for (const each of steps) {
        const learner = made.at(-1)!
        if (each.kind === "split") learner.split(PATHS[each.path]!)
        else if (each.kind === "merge")
          learner.merge(
            each.paths.map((at) => PATHS[at]!),
            TEMPLATES[each.into]!,
          )
        else if (each.kind === "fold") {
          const one = PATHS[each.path]!
          learner.merge([one], TEMPLATES[0]!)
          learner.add("/{x}").template = learner.find(one)!.template
          learner.fold([one], "/{x}")
        } else if (each.kind === "restart") inventory = await Inventory.open(store, { mint, learners: kind })
        await send(each.kind === "send" ? PATHS[each.path]! : PATHS[0]!)
        const { endpoints } = await store.load()
        for (const { id } of endpoints) seen.add(id)
        let requests = 0
        for (const { id, requests: of } of endpoints) {
          const hours = await store.series({ endpoint: id }, "hour", 0, Number.MAX_SAFE_INTEGER, 9)
          assert.equal(hours[0]?.requests ?? 0, of, id)
          requests += of
        }
        assert.equal(requests, sent)
        for (const id of seen) {
          const now = (await store.endpoint(id))?.id
          assert.ok(now !== undefined, `${id} leads nowhere`)
          assert.equal(inventory.templates.endpoint(id)?.id, now, id)
        }
        const present = new Set(endpoints.map(({ id }) => id))
        for (const { derivedFrom } of endpoints)
          if (derivedFrom !== "") assert.ok(present.has((await store.endpoint(derivedFrom))?.id ?? ""), derivedFrom)
      }
      await store.close()
    }),
    { numRuns: 40, seed: Number(process.env.SEED ?? 7) },
  )
})
