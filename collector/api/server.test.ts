// The API from outside, over a real socket: every route, paging, refusals, headers, the document about itself.
import assert from "node:assert/strict"
import { request } from "node:http"
import { after, before, describe, test } from "node:test"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { type Store, StoreError } from "../store/store.ts"
import { makeSeed } from "./fake-seed.ts"
import { type Health, type RunningApi, startApi } from "./server.ts"

const sqlite = await openSqliteStore(":memory:")
let isBroken = false
/** The real store, which fails as one with a broken disk does while `isBroken` is set. */
const store = new Proxy(sqlite, {
  get(target, name) {
    const method = target[name as keyof Store] as (...given: unknown[]) => unknown
    return async (...given: unknown[]) => {
      if (isBroken) throw new StoreError("io", "SQLITE_IOERR: /secret/path")
      return method.apply(target, given)
    }
  },
})
let api: RunningApi
let health: Health = { ready: true, reasons: [] }
const errors: unknown[] = []

before(async () => {
  await store.commit(makeSeed())
  api = await startApi({
    store,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => health,
    metrics: () => "sonde_up 1\n",
    assets: "/nonexistent",
    version: "1.2.3",
    onError: (error) => errors.push(error),
  })
})
after(async () => {
  await api.close()
  await sqlite.close()
})

type Body = Record<string, unknown> & { items: Record<string, unknown>[]; next: string | null; total: number }
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${api.address.url}${path}`, { headers })
const read = async (path: string): Promise<Body> => {
  const response = await get(path)
  assert.equal(response.status, 200, `${path}: ${response.status}`)
  return (await response.json()) as Body
}
const refusal = async (path: string, status: number) => {
  const response = await get(path)
  assert.equal(response.status, status, path)
  assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/)
  const body = (await response.json()) as {
    status: number
    title: string
    detail: string
    errors?: { parameter: string }[]
  }
  assert.equal(body.status, status)
  assert.ok(body.title.length > 0 && body.detail.endsWith("."), JSON.stringify(body))
  return body
}

describe("lists", () => {
  for (const [path, count] of [
    ["/api/v1/services", 4],
    ["/api/v1/endpoints", 22],
    ["/api/v1/consumers", 10],
    ["/api/v1/sensors", 2],
    ["/api/v1/dark", 4],
  ] as const) {
    test(`${path}: all pages together hold each row once`, async () => {
      const seen: unknown[] = []
      let cursor: string | null = ""
      do {
        const page: Body = await read(`${path}?limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`)
        assert.equal(page.total, count)
        assert.ok(page.items.length <= 1)
        seen.push(...page.items.map((item) => item.id))
        cursor = page.next
      } while (cursor !== null)
      assert.equal(seen.length, count)
      assert.equal(new Set(seen).size, count)
    })
    test(`${path}: what is not a limit, cursor, order or parameter is refused by name`, async () => {
      for (const [query, parameter] of [
        ["limit=0", "limit"],
        ["limit=1001", "limit"],
        ["limit=ten", "limit"],
        ["cursor=nonsense", "cursor"],
        ["cursor=", "cursor"],
        ["sort=colour", "sort"],
        ["sort=--name", "sort"],
        ["servcie=x", "servcie"],
      ] as const) {
        const body = await refusal(`${path}?${query}`, 400)
        assert.equal(body.errors?.[0]?.parameter, parameter, query)
      }
    })
    test(`${path}/{id}: each row is found under its id, others are not`, async () => {
      const { items } = await read(`${path}?limit=2`)
      for (const item of items) {
        const one = await read(`${path}/${item.id}`)
        for (const [key, value] of Object.entries(item)) assert.deepEqual(one[key], value, key)
      }
      await refusal(`${path}/none-such`, 404)
      assert.ok((await get(`${path}/${"x".repeat(200)}`)).status >= 400)
    })
  }

  test("endpoints: every filter narrows, sort orders", async () => {
    const total = async (query: string) => (await read(`/api/v1/endpoints?${query}`)).total
    assert.equal(await total("service=sv_3"), 3)
    assert.equal(await total("method=DELETE"), 1)
    assert.equal(await total("search=INVOICES"), 1)
    assert.equal(await total("search=getquote"), 1)
    assert.equal(await total("status=shadow"), 0)
    assert.ok((await total("consumer=co_10")) < 22)
    const { items } = await read("/api/v1/endpoints?sort=-requests")
    const requests = items.map((item) => item.requests as number)
    assert.deepEqual(
      requests,
      requests.toSorted((a, b) => b - a),
    )
  })

  test("endpoints: the shape that the interface promises", async () => {
    const { items } = await read("/api/v1/endpoints?search=/v1/orders/{int}/lines")
    const { requests, errors: failed, auth, ...rest } = items[0]!
    assert.deepEqual(rest, {
      id: rest.id,
      service: "sv_1",
      serviceName: "api.meridian.example",
      method: "GET",
      template: "/v1/orders/{int}/lines",
      operation: null,
      firstSeen: "2026-11-16T04:00:00.000Z",
      lastSeen: "2026-11-22T19:43:00.000Z",
      status: "unknown",
      statusWhy: "",
      differences: null,
      dataClasses: { request: {}, response: {} },
      consumers: rest.consumers,
    })
    assert.ok((requests as number) > (failed as number))
    assert.equal((auth as { posture: string }).posture, "consistent")
  })
})

describe("one endpoint", () => {
  test("parameters, schemas, quantiles, evidence, history and series", async () => {
    const body = (await read("/api/v1/endpoints/ep_3")) as unknown as {
      requests: number
      parameters: { in: string; name: string; presence: number; kinds: Record<string, number> }[]
      schemas: { response: { shapes: { id: string; paths: string[] }[] } }
      quantiles: Record<string, { count: number; p50: number; p90: number; p99: number; max: number }>
      evidence: { withheld: boolean; lossyShare: number }
      anomalies: Record<string, number>
      usedBy: { consumer: { name: string }; requests: number }[]
      history: { kind: string }[]
      hourly: { at: string; requests: number }[]
      daily: { at: string; requests: number }[]
    }
    assert.deepEqual(
      body.parameters.map((parameter) => [parameter.in, parameter.name, parameter.presence]),
      [
        ["path", "int1", 1],
        ["header", "x-request-id", 1],
      ],
    )
    assert.ok(body.schemas.response.shapes[0]!.paths.includes("items[].id:int"))
    const latency = body.quantiles.latencyMs!
    assert.ok(latency.count > 0 && latency.p50 < latency.p90 && latency.p90 < latency.p99 && latency.p99 <= latency.max)
    assert.ok(latency.p50 > 5 && latency.p50 < 60, "milliseconds")
    assert.equal(body.evidence.withheld, false)
    assert.deepEqual(body.anomalies, { "http.missing_host": 3 })
    const sum = (rows: { requests: number }[]) => rows.reduce((total, row) => total + row.requests, 0)
    assert.equal(sum(body.usedBy), body.requests)
    assert.equal(sum(body.daily), body.requests)
    assert.equal(body.daily.length, 7)
    assert.equal(body.history[0]?.kind, "endpoint.new")
  })

  test("its series by day, bounded by times", async () => {
    const all = await read("/api/v1/endpoints/ep_1/series?size=day")
    assert.equal(all.total, 7)
    const two = await read("/api/v1/endpoints/ep_1/series?size=day&since=2026-11-18&until=2026-11-20T00:00:00Z")
    assert.deepEqual(
      two.items.map((item) => item.at),
      ["2026-11-18T00:00:00.000Z", "2026-11-19T00:00:00.000Z"],
    )
    await refusal("/api/v1/endpoints/none-such/series", 404)
    assert.equal((await refusal("/api/v1/endpoints/ep_1/series?since=monday", 400)).errors?.[0]?.parameter, "since")
    await refusal("/api/v1/endpoints/ep_1/series?size=minute", 400)
  })

  test("an endpoint with much lossy evidence has no posture", async () => {
    const { items } = await read("/api/v1/endpoints?search=/v1/search")
    assert.equal((items[0]!.auth as { posture: string }).posture, "unknown")
  })
})

describe("consumers, map, evidence, changes, overview", () => {
  test("a consumer is learning while it is young or rare", async () => {
    const learning = Object.fromEntries(
      (await read("/api/v1/consumers")).items.map((item) => [item.name, item.learning] as const),
    )
    assert.equal(learning["northwind-erp"], false)
    assert.equal(learning["pilot-partner"], true)
  })

  test("a consumer lists what it uses and when", async () => {
    const body = (await read("/api/v1/consumers/co_1")) as unknown as {
      requests: number
      uses: { endpoint: { template: string }; requests: number }[]
      hourly: unknown[]
    }
    assert.equal(
      body.uses.reduce((sum, use) => sum + use.requests, 0),
      body.requests,
    )
    assert.ok(body.uses.every((use) => use.endpoint.template.startsWith("/")))
    assert.ok(body.hourly.length > 100)
  })

  test("the map names both ends", async () => {
    const { items } = await read("/api/v1/map?limit=5")
    assert.equal(items.length, 5)
    assert.ok(items.every((item) => "name" in (item.consumer as object) && "name" in (item.service as object)))
  })

  test("sensors show ledger, balances and losses", async () => {
    const { items } = await read("/api/v1/sensors")
    const ledger = items[0]!.ledger as {
      stages: { capture: { kernelDrops: number } }
      balances: { stage: string; holds: boolean }[]
      losses: { counter: string }[]
    }
    assert.equal(ledger.stages.capture.kernelDrops, 1204)
    assert.deepEqual(
      ledger.balances.map((balance) => [balance.stage, balance.holds]),
      [
        ["decoder", true],
        ["duplicates", true],
        ["tcp", true],
        ["http", true],
        ["pairing", true],
        ["published", true],
      ],
    )
    assert.ok(ledger.losses.some((loss) => loss.counter === "tcp.gap_bytes"))
    assert.equal((await read("/api/v1/sensors/tap-south")).id, "tap-south")
    await refusal("/api/v1/sensors/none-such", 404)
  })

  test("the ledger's exchanges are the events of the store", async () => {
    const seed = makeSeed()
    const body = (await read("/api/v1/ledger")) as unknown as Record<string, number>
    assert.equal(body.exchanges, seed.ledger.exchanges)
    assert.equal(body.received, body.exchanges! + body.joined! + body.copies! + body.waiting!)
  })

  test("the change feed, followed by its cursor, misses nothing", async () => {
    const seen: unknown[] = []
    let since: string | null = "0"
    while (since !== null) {
      const page: Body = await read(`/api/v1/changes?limit=7&since=${since}`)
      seen.push(...page.items.map((item) => item.sequence))
      since = page.next
    }
    assert.deepEqual(
      seen,
      makeSeed().changes.map((change) => change.sequence),
    )
    assert.equal((await read("/api/v1/changes?limit=1")).items[0]?.sequence, seen.length)
    assert.equal((await read("/api/v1/changes?since=2026-11-22")).total, 1)
    await refusal("/api/v1/changes?since=monday", 400)
  })

  test("the overview agrees with the lists", async () => {
    const body = (await read("/api/v1/overview")) as unknown as Record<string, number> & {
      postures: Record<string, number>
    }
    assert.equal(body.silentSensors, 1)
    assert.deepEqual([body.services, body.endpoints, body.consumers, body.sensors], [4, 22, 10, 2])
    assert.equal(
      Object.values(body.postures).reduce((a, b) => a + b),
      22,
    )
  })
})

describe("around the routes", () => {
  test("an ETag that is sent back is answered with 304 and no body, until the answer changes", async () => {
    const first = await get("/api/v1/services")
    const tag = first.headers.get("etag") ?? ""
    assert.match(tag, /^W\/"/)
    for (const field of [tag, `"other", ${tag}`, tag.slice(2), "*"]) {
      const again = await get("/api/v1/services", { "if-none-match": field })
      assert.equal(again.status, 304, field)
      assert.equal(await again.text(), "")
    }
    assert.equal((await get("/api/v1/services?limit=1", { "if-none-match": tag })).status, 200)
    assert.equal(first.headers.get("cache-control"), "no-store")
  })

  test("a strict policy on every answer, refusals too", async () => {
    for (const path of ["/api/v1/services", "/healthz", "/nowhere"]) {
      const { headers } = await get(path)
      const policy = headers.get("content-security-policy") ?? ""
      assert.match(policy, /default-src 'none'/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.doesNotMatch(policy, /unsafe/)
      assert.equal(headers.get("x-content-type-options"), "nosniff")
      assert.equal(headers.get("referrer-policy"), "no-referrer")
    }
  })

  test("only GET and HEAD where nothing can be changed", async () => {
    const url = `${api.address.url}/api/v1/services`
    const json = { "content-type": "application/json" }
    const post = await fetch(url, { method: "POST", body: "{}", headers: json })
    assert.equal(post.status, 405)
    assert.equal((await fetch(url, { method: "POST", body: "{}" })).status, 415, "what a form of another site may send")
    const foreign = await fetch(url, {
      method: "POST",
      body: "{}",
      headers: { ...json, origin: "http://evil.example" },
    })
    assert.equal(foreign.status, 403)
    const port = new URL(api.address.url).port
    const encoded = await fetch(`http://127.0.0.1:${port}/%61pi/v1/services`, {
      method: "POST",
      body: "{}",
      headers: { ...json, origin: "http://evil.example" },
    })
    assert.equal(encoded.status, 403)
    assert.equal((await fetch(`http://127.0.0.1:${port}/%61pi/v1/services`)).headers.get("cache-control"), "no-store")
    assert.equal(post.headers.get("allow"), "GET, HEAD")
    const head = await fetch(`${api.address.url}/api/v1/services`, { method: "HEAD" })
    assert.equal(head.status, 200)
    assert.equal(await head.text(), "")
  })

  test("a Host that is not this machine is refused: DNS rebinding", async () => {
    const status = (host: string) =>
      new Promise<number>((resolve, reject) => {
        const { port } = api.address
        request({ host: "127.0.0.1", port, path: "/api/v1/services", headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
          .on("error", reject)
          .end()
      })
    assert.equal(await status("attacker.example"), 421)
    assert.equal(await status("attacker.example:8470"), 421)
    assert.equal(await status(`localhost:${api.address.port}`), 200)
    assert.equal(await status("[::1]:8470"), 200)
  })

  test("unknown and malformed addresses are problems, not stack traces", async () => {
    await refusal("/api/v1/nothing", 404)
    await refusal("/nothing", 404)
    await refusal("/api/v1/%zz", 400)
  })

  test("a broken store is a 503 problem that tells nothing of our insides, and is reported", async () => {
    isBroken = true
    try {
      const body = await refusal("/api/v1/services", 503)
      assert.doesNotMatch(JSON.stringify(body), /secret|SQLITE/)
      assert.equal(errors.length, 1)
      const ready = await get("/readyz")
      assert.equal(ready.status, 503)
    } finally {
      isBroken = false
    }
  })

  test("alive, ready, metrics", async () => {
    assert.deepEqual(await read("/healthz"), { status: "alive" })
    assert.equal((await get("/readyz")).status, 200)
    health = { ready: false, reasons: ["Reading captures."], lag: 7 }
    const waiting = await get("/readyz")
    assert.equal(waiting.status, 503)
    assert.deepEqual(await waiting.json(), { ready: false, reasons: ["Reading captures."], lag: 7 })
    health = { ready: true, reasons: [] }
    const metrics = await get("/metrics")
    assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/)
    assert.equal(await metrics.text(), "sonde_up 1\n")
  })
})

describe("start", () => {
  const options = {
    store,
    health: () => health,
    metrics: () => "",
    assets: "/nonexistent",
    version: "1",
  }
  test("a port that is taken is one sentence with a code", async () => {
    const { port } = api.address
    await assert.rejects(startApi({ ...options, listen: { host: "127.0.0.1", port } }), {
      code: "address-in-use",
      message: `Another program already listens on 127.0.0.1:${port}: choose a port with --listen.`,
    })
  })

  test("beyond loopback it does not start", async () => {
    await assert.rejects(startApi({ ...options, listen: { host: "0.0.0.0", port: 0 } }), { code: "not-loopback" })
  })

  test("the limit of requests is reached, says so, and spares the probes", async () => {
    const limited = await startApi({ ...options, listen: { host: "127.0.0.1", port: 0 }, requestsPerMinute: 3 })
    try {
      const statuses: number[] = []
      for (let i = 0; i < 5; i++) statuses.push((await fetch(`${limited.address.url}/api/v1/ledger`)).status)
      assert.deepEqual(statuses, [200, 200, 200, 429, 429])
      const refused = await fetch(`${limited.address.url}/api/v1/ledger`)
      assert.match(refused.headers.get("content-type") ?? "", /problem\+json/)
      assert.ok(refused.headers.has("retry-after"))
      assert.equal((await fetch(`${limited.address.url}/healthz`)).status, 200)
    } finally {
      await limited.close()
    }
  })
})

describe("the OpenAPI document", () => {
  interface Operation {
    operationId: string
    responses: Record<string, { content?: Record<string, { schema: unknown }> }>
    parameters?: { name: string; in: string; schema: unknown }[]
  }
  interface Document {
    openapi: string
    info: { version: string }
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, unknown> }
  }

  test("is 3.1, lists every route once, and every reference in it leads somewhere", async () => {
    const document = (await read("/api/v1/openapi.json")) as unknown as Document
    assert.match(document.openapi, /^3\.1\.\d+$/)
    assert.equal(document.info.version, "1.2.3")
    assert.deepEqual(Object.keys(document.paths).sort(), [
      "/api/v1/audit",
      "/api/v1/backtests",
      "/api/v1/changes",
      "/api/v1/consumers",
      "/api/v1/consumers/{id}",
      "/api/v1/consumers/{id}/baseline",
      "/api/v1/consumers/{id}/merge",
      "/api/v1/consumers/{id}/name",
      "/api/v1/consumers/{id}/partner",
      "/api/v1/dark",
      "/api/v1/dark/{id}",
      "/api/v1/decoys",
      "/api/v1/decoys/{id}",
      "/api/v1/detections",
      "/api/v1/detections/{id}",
      "/api/v1/endpoints",
      "/api/v1/endpoints/{id}",
      "/api/v1/endpoints/{id}/merge",
      "/api/v1/endpoints/{id}/note",
      "/api/v1/endpoints/{id}/quantiles",
      "/api/v1/endpoints/{id}/rename",
      "/api/v1/endpoints/{id}/schemas/{direction}",
      "/api/v1/endpoints/{id}/series",
      "/api/v1/endpoints/{id}/split",
      "/api/v1/exceptions",
      "/api/v1/exceptions/{id}",
      "/api/v1/findings",
      "/api/v1/findings/{id}",
      "/api/v1/findings/{id}/state",
      "/api/v1/identity-coverage",
      "/api/v1/incident-budget",
      "/api/v1/incidents",
      "/api/v1/incidents/{id}",
      "/api/v1/incidents/{id}/provenance",
      "/api/v1/incidents/{id}/state",
      "/api/v1/labels",
      "/api/v1/ledger",
      "/api/v1/map",
      "/api/v1/notifications",
      "/api/v1/notifications/test",
      "/api/v1/notifications/{channel}/dead-letters",
      "/api/v1/notifications/{channel}/dead-letters/{id}/again",
      "/api/v1/openapi.json",
      "/api/v1/overview",
      "/api/v1/partners",
      "/api/v1/partners/suggestions",
      "/api/v1/partners/{id}",
      "/api/v1/rotations",
      "/api/v1/rotations/{id}/decision",
      "/api/v1/sensors",
      "/api/v1/sensors/{id}",
      "/api/v1/sensors/{id}/history",
      "/api/v1/services",
      "/api/v1/services/{id}",
      "/api/v1/services/{id}/drift",
      "/api/v1/services/{id}/note",
      "/api/v1/services/{id}/openapi.json",
      "/api/v1/services/{id}/openapi.yaml",
      "/api/v1/services/{id}/specifications",
      "/api/v1/services/{id}/specifications/check",
      "/api/v1/services/{id}/specifications/{name}",
      "/api/v1/services/{id}/templates/pins",
      "/api/v1/services/{id}/templates/pins/{pinId}",
      "/api/v1/services/{id}/templates/suggestions",
      "/api/v1/session",
      "/api/v1/specifications",
      "/healthz",
      "/metrics",
      "/readyz",
    ])
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    const ids = operations.map((operation) => operation.operationId)
    assert.equal(new Set(ids).size, ids.length)
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(ref ?? "")?.[1]
      assert.ok(name !== undefined && name in document.components.schemas, `${ref} leads nowhere`)
    }
    for (const [path, methods] of Object.entries(document.paths)) {
      const { parameters = [] } = Object.values(methods)[0]!
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name)
      assert.deepEqual(declared, named, path)
    }
    const list = document.paths["/api/v1/endpoints"]?.get
    assert.ok(list?.responses.default?.content?.["application/problem+json"])
    assert.deepEqual(
      list?.parameters?.map((parameter) => parameter.name),
      [
        ...["service", "method", "status", "consumer", "search", "posture", "dataClass", "drift", "label"],
        ...["newSince", "seenSince", "format", "limit", "cursor", "sort"],
      ],
    )
    assert.doesNotMatch(JSON.stringify(document), /"nullable"/, "3.1 says null as a type")
  })
})
