// Ids of endpoints with the learner and the store that are in use: specifications that come, change and go, restarts in between, links of before.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Actor } from "./edits.ts"
import { batch, countingIds, event, jsonForm, operation, START_US } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { OK, openapi } from "./specification/fake-specifications.ts"

const ACTOR: Actor = { name: "somebody", atUs: START_US }
const FILES = 40

const download = (extension: string, change: Partial<ApiEvent> = {}): ApiEvent[] =>
  Array.from({ length: FILES }, (_, i) =>
    event({ operation: operation({ path: `/v1/files/draft${i}`, extension }), response: jsonForm(1), ...change }),
  )

test("files with and without an ending are one endpoint as soon as a specification says so, and keep their ids through others", async () => {
  const store = await openSqliteStore(":memory:")
  const mint = countingIds()
  let inventory = await Inventory.open(store, { mint })
  const endpoints = async (): Promise<string[]> => {
    const { items } = await store.endpoints({}, { limit: 100, sort: "template" })
    return items.map(({ id, template, requests }) => `${id} ${template} ${requests}`)
  }
  const put = async (paths: object): Promise<string[]> => {
    const edit = { kind: "specification.put", service: "service-1", name: "files", text: openapi(paths) } as const
    await inventory.edit(edit, ACTOR)
    inventory = await Inventory.open(store, { mint })
    return endpoints()
  }
  let sequence = 0
  const apply = async (events: ApiEvent[], last = false): Promise<void> => {
    inventory.apply(batch(events, { sequence: ++sequence, last }))
    await inventory.checkpoint()
  }
  await apply([...download("pdf"), ...download(""), ...download("pdf")], true)
  const before = await endpoints()
  const ids = before.map((line) => line.split(" ")[0]!)
  assert.deepEqual(
    before.map((line) => line.replace(/^\S+ /, "").replace(/\{\w+\}/, "{}")),
    ["/v1/files/{} 40", "/v1/files/{}.pdf 80"],
  )
  const [plain] = ids as [string, string]
  const one = { "/v1/files/{name}": { get: { responses: OK } } }
  assert.deepEqual(await put(one), [`${plain} /v1/files/{name} 120`])
  assert.deepEqual(await put({ ...one, "/v1/claims": { post: { responses: OK } } }), [
    (await endpoints())[0]!,
    `${plain} /v1/files/{name} 120`,
  ])
  await apply([...download("pdf"), ...download("")])
  for (const id of ids) {
    assert.equal((await store.endpoint(id))?.id, plain)
    assert.equal(inventory.templates.endpoint(id)?.id, plain)
    const days = await store.series({ endpoint: id }, "day", 0, Number.MAX_SAFE_INTEGER, 9)
    assert.deepEqual([days[0]?.requests, (await store.endpoint(id))?.status], [200, "documented"])
  }
  const both = { ...one, "/v1/files/{name}.pdf": { get: { responses: OK } } }
  const split = await put(both)
  assert.deepEqual(
    split.map((line) => line.replace(/^\S+ /, "")),
    ["/v1/files/{name} 80", "/v1/files/{name}.pdf 120"],
  )
  assert.ok(split[0]?.startsWith(`${plain} `), "the part that is called as before keeps the id")
  for (const id of ids) assert.ok((await store.endpoint(id)) !== null)
  assert.deepEqual(await put(one), [`${plain} /v1/files/{name} 200`])
  const { id } = (await store.endpoint(split[1]!.split(" ")[0]!))!
  assert.equal(id, plain)
  await store.close()
})
