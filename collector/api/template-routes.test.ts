// Corrections of path templates through the real server, on a real inventory and store.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { batch, countingIds, event, operation } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { startApi } from "./server.ts"

type Json = Record<string, unknown>
interface Answer {
  readonly status: number
  readonly body: Json & { items: Json[]; detail: string; errors?: { parameter: string }[] }
}

interface Scene {
  get(path: string): Promise<Answer>
  send(method: string, path: string, body?: unknown): Promise<Answer>
  apply(...events: ApiEvent[]): Promise<void>
  /** The collector is killed and started again. */
  restart(): Promise<void>
  /** "METHOD template requests" of every endpoint. */
  endpoints(): Promise<string[]>
  audit(): Promise<unknown>
}

const at = (path: string, method = "GET") => event({ operation: operation({ path, method }) })

async function scene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const store = await openSqliteStore(":memory:")
  const mint = countingIds()
  let inventory = await Inventory.open(store, { mint })
  let sequence = 0
  const start = () =>
    startApi({
      store,
      edits: inventory,
      templates: inventory.templates,
      listen: { host: "127.0.0.1", port: 0 },
      health: () => ({ ready: true, reasons: [] }),
      metrics: () => "",
      assets: "/nonexistent",
      version: "1.2.3",
    })
  let api = await start()
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const json =
      body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    const response = await fetch(`${api.address.url}/api/v1${path}`, { method, ...json })
    return { status: response.status, body: (await response.json()) as Answer["body"] }
  }
  const get = (path: string) => send("GET", path)
  try {
    await run({
      get,
      send,
      apply: async (...events) => {
        inventory.apply(batch(events, { sequence: ++sequence }))
        await inventory.checkpoint()
      },
      restart: async () => {
        await api.close()
        inventory = await Inventory.open(store, { mint })
        api = await start()
      },
      endpoints: async () => {
        const { items } = (await get("/endpoints?sort=template")).body
        return items.map(({ method, template, requests }) => `${method} ${template} ${requests}`)
      },
      audit: () => store.audit(0, 100),
    })
  } finally {
    await api.close()
    await store.close()
  }
}

const SERVICE = "/services/service-1"
const PINS = `${SERVICE}/templates/pins`

test("a pin makes one endpoint of what was there, survives a restart, and is taken back", () =>
  scene(async ({ get, send, apply, restart, endpoints, audit }) => {
    await apply(at("/reports/daily"), at("/reports/weekly"), at("/reports/weekly"), at("/health"))
    const pinned = await send("POST", PINS, { path: "/reports/{period}", reason: "they are periods" })
    assert.equal(pinned.status, 201)
    assert.equal(
      pinned.body.sentence,
      "/reports/{period} is pinned at api.example.com: 3 endpoints before, 2 endpoints now. Taken: GET /reports/daily, GET /reports/weekly.",
    )
    assert.deepEqual(await endpoints(), ["GET /health 1", "GET /reports/{period} 3"])
    await restart()
    await apply(at("/reports/monthly"))
    assert.deepEqual(await endpoints(), ["GET /health 1", "GET /reports/{period} 4"])
    const former = (await get("/endpoints/endpoint-1")).body
    assert.deepEqual([former.id, (former.aliases as string[]).includes("endpoint-1")], ["endpoint-2", true])
    assert.deepEqual(
      (former.routes as Json[]).map(({ path, requests }) => `${path} ${requests}`),
      ["/reports/weekly 2", "/reports/daily 1", "/reports/monthly 1"],
    )
    const [evidence] = former.templateEvidence as Json[]
    assert.deepEqual([evidence?.rule, evidence?.name], ["pin", "period"])
    assert.match(String(evidence?.sentence), /pinned/)
    const { items } = (await get(PINS)).body
    assert.deepEqual(
      [items[0]?.path, items[0]?.reason, items[0]?.by],
      ["/reports/{period}", "they are periods", "local"],
    )
    const removed = await send("DELETE", `${PINS}/${items[0]?.id}`)
    assert.equal(removed.status, 200)
    assert.deepEqual((await get(PINS)).body.items, [])
    const before = (await audit()) as { action: string; before: Json }[]
    assert.deepEqual(
      before.map(({ action }) => action),
      ["pin.remove", "pin.add"],
    )
    assert.equal(before[0]?.before.path, "/reports/{period}")
    assert.deepEqual(before[1]?.before.endpoints, ["endpoint-1 GET /reports/daily", "endpoint-2 GET /reports/weekly"])
    assert.equal((await get("/endpoints/endpoint-1")).status, 200)
  }))

test("merge, split and rename of an endpoint become pins", () =>
  scene(async ({ get, send, apply, endpoints }) => {
    await apply(
      at("/reports/daily"),
      at("/reports/weekly"),
      at("/reports/weekly"),
      at("/orders/{int}"),
      at("/users/me"),
    )
    const merged = await send("POST", "/endpoints/endpoint-1/merge", { with: ["endpoint-2"] })
    assert.deepEqual([merged.status, merged.body.endpoint], [201, "endpoint-2"], JSON.stringify(merged.body))
    const renamed = await send("POST", "/endpoints/endpoint-3/rename", { template: "/orders/{orderRef}" })
    assert.equal(renamed.status, 201)
    assert.deepEqual(await endpoints(), ["GET /orders/{orderRef} 1", "GET /reports/{report} 3", "GET /users/me 1"])
    const parameters = (await get("/endpoints/endpoint-3")).body.parameters as Json[]
    assert.deepEqual([parameters[0]?.name, parameters[0]?.in], ["orderRef", "path"])
    const split = await send("POST", "/endpoints/endpoint-1/split", { value: "daily" })
    assert.deepEqual([split.status, split.body.endpoint], [201, "endpoint-1"])
    assert.deepEqual(await endpoints(), [
      "GET /orders/{orderRef} 1",
      "GET /reports/daily 1",
      "GET /reports/{report} 2",
      "GET /users/me 1",
    ])
    assert.equal((await get("/endpoints/endpoint-1")).body.derivedFrom, "endpoint-2")
    assert.equal((await get(PINS)).body.items.length, 3)
    const kinds = (await get("/changes?since=0")).body.items.map(({ kind }) => kind)
    assert.deepEqual(
      ["endpoint.merged", "endpoint.split", "template.renamed"].filter((kind) => !kinds.includes(kind)),
      [],
    )
  }))

test("the busiest value, whose id the endpoint has, is split off: the endpoint keeps it, links and history stay", () =>
  scene(async ({ get, send, apply, restart, endpoints }) => {
    await apply(at("/teams/core"), at("/teams/core"), at("/teams/core"), at("/teams/sales"), at("/teams/legal"))
    await send("POST", PINS, { path: "/teams/{team}", reason: "they are teams" })
    await send("PUT", "/endpoints/endpoint-1/note", { labels: ["people"], note: "Asked for by HR." })
    assert.deepEqual(await endpoints(), ["GET /teams/{team} 5"])
    const split = await send("POST", "/endpoints/endpoint-1/split", { value: "core" })
    assert.deepEqual([split.status, split.body.endpoint], [201, "endpoint-1"], JSON.stringify(split.body))
    for (const step of ["split", "restarted", "used again"]) {
      if (step !== "split") await restart()
      if (step === "used again") await apply(at("/teams/core"), at("/teams/sales"))
      const { items } = (await get("/endpoints?sort=template")).body
      const [core, team] = items as { id: string; template: string }[]
      assert.deepEqual([core?.template, team?.template], ["/teams/core", "/teams/{team}"])
      assert.equal(team?.id, "endpoint-1")
      const labels = async (id: string) => (await get(`/endpoints/${id}/note`)).body.labels
      assert.deepEqual([await labels("endpoint-1"), await labels(core!.id)], [["people"], []])
      const own = (await get(`/endpoints/${core!.id}`)).body
      assert.equal(own.derivedFrom, "endpoint-1")
      // The route of the value has the endpoint's id; it is no name of either.
      assert.deepEqual(
        [own.aliases, (await get("/endpoints/endpoint-1")).body.aliases],
        [[], ["endpoint-2", "endpoint-3"]],
      )
      const day = (await get("/endpoints/endpoint-1/series?size=day")).body.items as { requests: number }[]
      assert.equal(day[0]?.requests, step === "used again" ? 3 : 2)
    }
    const history = async (path: string) => (await get(path)).body.items.map(({ kind, action }) => kind ?? action)
    assert.deepEqual(
      await history("/changes?since=0&subject=endpoint-2"),
      await history("/changes?since=0&subject=endpoint-1"),
    )
    assert.ok((await history("/changes?since=0&subject=endpoint-2")).includes("endpoint.merged"))
    assert.deepEqual(await history("/audit?subject=endpoint-3"), ["endpoint.note"])
    // Taken back: the id of what was split off leads to the endpoint again.
    const { items } = (await get("/endpoints?sort=template")).body
    const { items: pins } = (await get(PINS)).body
    await send("DELETE", `${PINS}/${pins.find(({ path }) => path === "/teams/core")?.id}`)
    await restart()
    assert.deepEqual(await endpoints(), ["GET /teams/{team} 7"])
    assert.equal((await get(`/endpoints/${items[0]?.id}`)).body.id, "endpoint-1")
    assert.ok((await history(`/changes?since=0&subject=${items[0]?.id}`)).includes("endpoint.split"))
  }))

test("table: what makes no sense is refused with a sentence that names the place", () =>
  scene(async ({ send, apply, endpoints }) => {
    await apply(at("/reports/daily"), at("/reports/weekly/pdf"), at("/users/{int}"), at("/users/{int}/orders/{int}"))
    await send("POST", PINS, { path: "/a/{x}" })
    await send("POST", PINS, { kind: "apart", path: "/fixed" })
    const rows: readonly [path: string, body: unknown, status: number, detail: RegExp, parameter?: string][] = [
      [PINS, { reason: "none" }, 400, /One of "path", "template" and "apart"/, "path"],
      [PINS, { template: "/a//b" }, 422, /Segment 2 is empty/, "path"],
      [PINS, { path: "reports" }, 422, /begins with/, "path"],
      [PINS, { path: "/a//b" }, 422, /Segment 2 is empty/, "path"],
      [PINS, { path: "/a/{b" }, 422, /Segment 2, "\{b", has a brace/, "path"],
      [PINS, { path: "/a/{}" }, 422, /Segment 2, "\{\}", needs a name/, "path"],
      [PINS, { path: "/{x}/{x}" }, 422, /Segment 2, "\{x\}", has a name/, "path"],
      [PINS, { path: "/{x}{y}" }, 422, /more than one parameter/, "path"],
      [PINS, { path: "/a?b=c" }, 422, /ends before/, "path"],
      [PINS, { path: `/${"a/".repeat(70)}b` }, 422, /at most 64 segments/, "path"],
      [PINS, { path: "/a/{x}" }, 409, /pinned already/, "path"],
      [PINS, { path: "/a/{y}" }, 409, /pinned as \/a\/\{x\} already/, "path"],
      [PINS, { path: "/fixed/{x}" }, 409, /says the contrary/, "path"],
      [PINS, { kind: "apart", path: "/a" }, 409, /says the contrary/, "path"],
      [PINS, { path: "/a", color: "red" }, 400, /color/],
      [PINS, { kind: "glue", path: "/a" }, 400, /kind/],
      ["/services/none/templates/pins", { path: "/a" }, 404, /no service/, "service"],
      ["/endpoints/none/split", { value: "x" }, 404, /no endpoint/],
      ["/endpoints/endpoint-1/split", {}, 400, /either/, "value"],
      ["/endpoints/endpoint-1/split", { value: "x" }, 422, /no parameter/, "value"],
      ["/endpoints/endpoint-4/split", { value: "x" }, 422, /2 parameters/, "value"],
      ["/endpoints/endpoint-3/split", { value: "17" }, 422, /leave the sensor as their kind/, "path"],
      ["/endpoints/endpoint-3/split", { path: "/orders/me" }, 422, /does not lie within/, "path"],
      ["/endpoints/endpoint-3/split", { path: "/users/{userId}" }, 422, /splits nothing off/, "path"],
      ["/endpoints/endpoint-1/merge", { with: ["endpoint-2"] }, 422, /another number of segments/, "with"],
      ["/endpoints/endpoint-1/merge", { with: ["none"] }, 422, /no endpoint none/, "with"],
      ["/endpoints/endpoint-1/merge", {}, 400, /either/, "template"],
      ["/endpoints/endpoint-3/rename", { template: "/users/{id}/x" }, 422, /only names between braces/, "template"],
    ]
    for (const [path, body, status, detail, parameter] of rows) {
      const answer = await send("POST", path, body)
      assert.equal(answer.status, status, `${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`)
      assert.match(answer.body.detail, detail)
      if (parameter !== undefined) assert.equal(answer.body.errors?.[0]?.parameter, parameter, answer.body.detail)
    }
    assert.equal((await send("DELETE", `${PINS}/none`)).status, 404)
    assert.equal((await endpoints()).length, 4)
  }))

test("suggestions are those of the service's learner; an unknown service is none", () =>
  scene(async ({ get, apply }) => {
    await apply(at("/reports/daily"))
    assert.deepEqual((await get(`${SERVICE}/templates/suggestions`)).body, { items: [], next: null, total: 0 })
    assert.equal((await get("/services/none/templates/suggestions")).status, 404)
    assert.equal((await get("/services/none/templates/pins")).status, 404)
  }))

test("a merge takes what it names, or says what else it would take; a split of what nobody requested is refused", () =>
  scene(async ({ get, send, apply, restart, endpoints }) => {
    const paths = ["/hotels/featured", "/hotels/search", "/hotels/MUC1", "/x/daily", "/x/weekly"]
    await apply(...paths.map((path) => at(path)))
    const refused = await send("POST", "/endpoints/endpoint-1/merge", { with: ["endpoint-2"] })
    assert.equal(refused.status, 409, JSON.stringify(refused.body))
    assert.match(refused.body.detail, /would take GET \/hotels\/MUC1, too.*"template": "\/hotels\/\{hotel\}"/)
    assert.equal((await endpoints()).length, 5)
    const merged = await send("POST", "/endpoints/endpoint-4/merge", { with: ["endpoint-5"] })
    assert.equal(merged.status, 201)
    assert.match(String(merged.body.sentence), /Taken: GET \/x\/daily, GET \/x\/weekly\.$/)
    const unseen = await send("POST", "/endpoints/endpoint-4/split", { value: "QQQ" })
    assert.deepEqual([unseen.status, unseen.body.errors?.[0]?.parameter], [422, "value"])
    const forced = await send("POST", "/endpoints/endpoint-4/split", { value: "QQQ", force: true })
    assert.match(String(forced.body.sentence), /no effect so far/)
    const matches = async () => (await get(PINS)).body.items.map(({ path, matches }) => `${path} ${matches}`)
    assert.deepEqual(await matches(), ["/x/{x} 2", "/x/QQQ 0"])
    await restart()
    await apply(at("/x/QQQ"))
    assert.deepEqual(await matches(), ["/x/{x} 2", "/x/QQQ 1"])
    assert.ok((await endpoints()).includes("GET /x/QQQ 1"))
  }))
