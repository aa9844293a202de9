// Channels over HTTP: a collector with one channel that refuses, and what people see and do.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, test } from "node:test"
import { Ajv } from "ajv"
import { batch, event, START_US } from "../inventory/fake-batches.ts"
import type { IncidentNotice } from "../notify/notice.ts"
import { noticeOf, testNotice } from "../notify/notice.ts"
import { Collector } from "../pipeline.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"

let store: Store
let collector: Collector
const told: IncidentNotice[] = []
let isRefusing = true

before(async () => {
  store = await openSqliteStore(":memory:")
  collector = await Collector.start(store, {
    listen: { host: "127.0.0.1", port: 0 },
    assets: "/nonexistent",
    version: "test",
    channels: [
      {
        name: "hook",
        kind: "webhook",
        lanes: ["high"],
        target: "https://h.example",
        close: async () => {},
        deliver: async ({ notice }) => {
          told.push(notice)
          return { kind: isRefusing ? "refused" : "delivered", sentence: "The receiver answered." }
        },
      },
    ],
    onError: () => {},
  })
  collector.inventory.apply(batch([event()]))
  const base = { atUs: START_US, sinceUs: START_US, consumer: 0, endpoint: 0, lossyShare: 0, weight: 1, p: 1e-9 }
  collector.analysis.incidents.raise({
    ...base,
    ...{ detector: "enumeration", family: "object", isRule: false, key: "k", sentence: "asked for 212 orders" },
    ...{ facts: { objects: 212 }, doubts: [], samples: [] },
  })
  await collector.inventory.checkpoint()
})
after(() => collector.close())

async function call(method: string, path: string, body?: unknown) {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }
  const response = await fetch(`${collector.url}/api/v1/notifications${path}`, { method, ...init })
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route answers
  return { status: response.status, body: (await response.json()) as any }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300 && !(await isSo()); i++) await new Promise((resolve) => setTimeout(resolve, 10))
}

test("state, dead letters, again; mistakes are said", async () => {
  await until(async () => (await call("GET", "")).body.items[0].deadLetters === 1)
  const [channel] = (await call("GET", "")).body.items
  assert.deepEqual([channel.name, channel.target, channel.queued, channel.dead], ["hook", "https://h.example", 0, 1])
  assert.equal(channel.lastFailure.sentence, "The receiver answered.")
  const [letter] = (await call("GET", "/hook/dead-letters")).body.items
  assert.deepEqual([letter.kind, letter.version, letter.lane], ["opened", 1, "high"])
  isRefusing = false
  assert.equal((await call("POST", `/hook/dead-letters/${letter.id}/again`, {})).body.items.length, 0)
  await until(async () => (await call("GET", "")).body.items[0].delivered === 1)
  assert.equal((await call("POST", `/hook/dead-letters/${letter.id}/again`, {})).status, 404)
  assert.equal((await call("GET", "/nobody/dead-letters")).status, 404)
  assert.deepEqual([told[0]!.id, told[0]], [told[1]!.id, told[1]])
  assert.deepEqual(
    [told[0]!.incident.consumer!.name, told[0]!.incident.endpoint!.template],
    ["partner-42", "/v1/orders/{int}"],
  )
})

test("a test of one channel or all", async () => {
  const { body } = await call("POST", "/test", {})
  assert.deepEqual(body.items, [{ channel: "hook", isDelivered: true, sentence: "The receiver answered." }])
  assert.equal((await call("POST", "/test", { channel: "nobody" })).status, 404)
})

test("what is told is as the published schema says", async () => {
  const path = new URL("../../deploy/docs/incident-notice-1.schema.json", import.meta.url)
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(path, "utf8")))
  const [record] = (await store.incidents({}, { limit: 1 })).items
  const delivery = {
    sequence: 1,
    version: 1,
    kind: "opened",
    record: record!,
    sinceUs: 0,
    tries: 0,
    failure: "",
  } as const
  for (const notice of [await noticeOf(store, delivery, "default"), testNotice(Date.now(), "default"), ...told])
    assert.ok(validate(JSON.parse(JSON.stringify(notice))), JSON.stringify(validate.errors))
})
