// Asymmetric taps, from packets to the store: a capture split by direction between two sensors gives the exchanges of the
// whole capture read by one, but for what no two one-way views can prove.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { before, describe, test } from "node:test"
import { SCENES as PLAIN_SCENES } from "../../sensor/test/scenes.ts"
import { REQUEST_SCENES } from "../../sensor/test/scenes-requests.ts"
import { AMBIGUOUS_FLAG, type ApiEvent, type EventBatch } from "../../shared/event/api-event.ts"
import { Inventory } from "../inventory/inventory.ts"
import { PLAIN_LEARNERS } from "../inventory/templates/plain-paths.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { StoredState } from "../store/store.ts"
import { batchesOf, splitByDirection } from "./split-capture.ts"

const ROOT = join(import.meta.dirname, "../..")
const DEMO = readFileSync(join(ROOT, "deploy/demo/demo.pcap"))
const RECORDED = readFileSync(join(ROOT, "sensor/test/captures/nginx-curl.pcap"))

const eventsOf = (batches: readonly EventBatch[]): ApiEvent[] => batches.flatMap((batch) => batch.events)

/**
 * Applies batches of several sensors in the order of their time, settles, and gives back the store's contents. Nothing is learned of paths:
 * that depends on the order of requests and on bodies, which are looked into less often where only one side is seen.
 */
async function stored(...sensors: readonly (readonly EventBatch[])[]): Promise<StoredState> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS })
  const ordered = sensors.flat().toSorted((a, b) => a.envelope.watermarkUs - b.envelope.watermarkUs)
  for (const batch of ordered) inventory.apply(batch)
  inventory.settle()
  await inventory.checkpoint()
  const state = await store.load()
  await store.close()
  return state
}

/** What people see of an endpoint; that bodies were looked into less often, and that times are unknown, is no difference. */
function summaries({ endpoints }: StoredState, without: RegExp): string[] {
  return endpoints
    .filter(({ template }) => !without.test(template))
    .map(({ method, template, operation, requests, errors, consumers, ...counts }) => {
      const { statuses, schemes, requestTypes, responseTypes } = counts
      const sorted = [statuses, schemes, requestTypes, responseTypes].map((of) => Object.entries(of).sort())
      return JSON.stringify([method, template, operation, requests, errors, consumers, ...sorted])
    })
    .sort()
}

describe("the demo capture", () => {
  let whole: EventBatch[]
  let requests: EventBatch[]
  let responses: EventBatch[]
  before(async () => {
    const [toServer, toClient] = splitByDirection(DEMO)
    whole = await batchesOf(DEMO, "tap-whole")
    requests = await batchesOf(toServer, "tap-requests")
    responses = await batchesOf(toClient, "tap-responses")
  })

  test("split by direction: every exchange is joined, but for those of clients that pipeline", async () => {
    const ambiguous = eventsOf(requests).filter((event) => (event.flags & AMBIGUOUS_FLAG) !== 0)
    const paths = new Set(ambiguous.map((event) => event.operation.path))
    assert.deepEqual([...paths], ["/v2/trackers/{int}/position"])
    const { ledger, ...state } = await stored(requests, responses)
    const total = eventsOf(whole).length
    assert.equal(ledger.joined, total - ambiguous.length)
    assert.equal(ledger.received, 2 * total)
    assert.equal(ledger.exchanges, total + ambiguous.length)
    assert.deepEqual(ledger.states, {
      complete: ledger.joined,
      requestOnly: ambiguous.length,
      responseOnly: ambiguous.length,
    })
    const reference = await stored(whole)
    assert.deepEqual(summaries({ ...state, ledger }, /trackers/), summaries(reference, /trackers/))
    assert.equal(state.consumers.length, reference.consumers.length)
  })

  test("overlapping mirrors: everything twice and half of it a third time counts once", async () => {
    const total = eventsOf(whole).length
    const again = whole.map((batch): EventBatch => ({ ...batch, envelope: { ...batch.envelope, sensor: "tap-other" } }))
    const { ledger, ...state } = await stored(whole, again, requests)
    assert.deepEqual([ledger.exchanges, ledger.copies, ledger.joined, ledger.waiting], [total, 2 * total, 0, 0])
    assert.deepEqual(summaries({ ...state, ledger }, /^$/), summaries(await stored(whole), /^$/))
    const copies = state.sensors.reduce((sum, sensor) => sum + sensor.copies, 0)
    assert.ok(copies > 0 && copies <= ledger.copies)
  })

  test("the same sensor reads the same packets under another boot: another input, counted again", async () => {
    const boots = ["one", "two"].map((boot) =>
      whole.map((batch): EventBatch => ({ ...batch, envelope: { ...batch.envelope, boot } })),
    )
    const { ledger } = await stored(...boots)
    assert.deepEqual([ledger.exchanges, ledger.copies], [2 * eventsOf(whole).length, 0])
  })
})

/** Exchanges of the whole capture, joined ones, and why the others are not. */
const SPLITS: readonly (readonly [scene: string, whole: number, joined: number, why?: string])[] = [
  ["keep-alive", 3, 3],
  ["one-byte-segments", 2, 2],
  ["chunked", 2, 2],
  // HEAD, 204, 304 and 100 Continue.
  ["no-body", 4, 4],
  ["until-close", 1, 1],
  ["upgrade", 2, 1, "the conversation is told by the side that sees the answer, and has no key there"],
  ["out-of-order", 2, 2],
  ["retransmitted", 2, 2],
  ["lost-body", 2, 2],
  ["sequence-wrap", 3, 3],
  ["reused-ports", 2, 2],
  ["ipv6", 1, 1],
  ["odd-requests", 7, 7],
  ["identities", 8, 8],
  ["lost-response-head", 4, 3, "one response was lost"],
  ["lost-request", 4, 2, "one request was lost; it may have been two, so the next one is joined with nothing"],
  ["midstream", 2, 1, "what came before the first request is not known"],
  ["pipelined", 3, 0, "only order tells which response answers which request"],
  ["odd-first-lines", 3, 2, "the answer of HTTP/0.9 has no head"],
]

const SCENES = [...PLAIN_SCENES, ...REQUEST_SCENES]

describe("scenes split by direction", () => {
  for (const [name, total, joined, why] of SPLITS)
    test(why === undefined ? name : `${name}: ${why}`, async () => {
      const capture = SCENES.find((scene) => scene.name === name)!.capture()
      const [toServer, toClient] = splitByDirection(capture)
      const whole = eventsOf(await batchesOf(capture, "whole"))
      const { ledger } = await stored(await batchesOf(toServer, "requests"), await batchesOf(toClient, "responses"))
      assert.deepEqual([whole.length, ledger.joined], [total, joined])
      assert.equal(ledger.received, ledger.exchanges + ledger.joined + ledger.copies)
    })
})

test("recorded traffic of nginx and curl: all but a response that did not wait for its request", async () => {
  const [toServer, toClient] = splitByDirection(RECORDED)
  const early = eventsOf(await batchesOf(RECORDED, "whole")).filter((event) => (event.flags & 128) !== 0)
  const { ledger } = await stored(await batchesOf(toServer, "requests"), await batchesOf(toClient, "responses"))
  assert.deepEqual(
    [early.length, ledger.joined, ledger.states],
    [1, 16, { complete: 16, requestOnly: 1, responseOnly: 1 }],
  )
})
