// Specifications over HTTP: a collector on a real store, with a little traffic in it.
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { batch, event, jsonForm, operation, server } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { OK, openapi } from "../inventory/specification/fake-specifications.ts"
import { parseSpecification } from "../inventory/specification/parse-specification.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { type RunningApi, startApi } from "./server.ts"

const store = await openSqliteStore(":memory:")
let api: RunningApi
let service = ""

const SERVERS = { servers: [{ url: "https://api.example.com/v1" }] }
const DOCUMENT = openapi(
  { "/orders/{orderId}": { get: { responses: OK } }, "/claims": { post: { responses: OK } } },
  SERVERS,
)
const YAML =
  "openapi: 3.0.3\ninfo: { title: Orders, version: '2.0' }\nservers: [{ url: /v1 }]\npaths:\n  /orders/{id}:\n    get: { responses: { 200: { description: ok } } }\n"

before(async () => {
  const inventory = await Inventory.open(store)
  const shape = { shape: 5, paths: ["id:int", "note:string"] }
  inventory.apply(
    batch(
      [
        ...Array.from({ length: 30 }, (_, i) =>
          event({ startUs: event().startUs + i, operation: operation({ query: ["page:int"] }), response: jsonForm(5) }),
        ),
        event({ operation: operation({ path: "/internal/queues" }), response: jsonForm(0) }),
        event({ server: server({ authority: "other.example.com" }), response: jsonForm(0) }),
      ],
      {},
      [shape],
    ),
  )
  await inventory.checkpoint()
  api = await startApi({
    store,
    edits: inventory,
    specifications: inventory.specifications,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "1.2.3",
  })
  const { items } = (await ask("GET", "/services")).body as { items: { id: string; name: string }[] }
  service = items.find(({ name }) => name === "api.example.com")!.id
})
after(async () => {
  await api.close()
  await store.close()
})

async function ask(method: string, path: string, body?: string, type = "application/json") {
  const response = await fetch(`${api.address.url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { "content-type": type } }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get("content-type") ?? "")
  return {
    status: response.status,
    text,
    type: response.headers.get("content-type"),
    body: isJson ? (JSON.parse(text) as unknown) : text,
  }
}
interface Problem {
  readonly detail: string
  readonly errors?: readonly { readonly parameter: string }[]
}
const refusal = async (method: string, path: string, body: string, status: number, type?: string): Promise<Problem> => {
  const answer = await ask(method, path, body, type)
  assert.equal(answer.status, status, answer.text)
  return answer.body as Problem
}

describe("import, text, list, removal", () => {
  test("PUT as JSON and as YAML; the text goes out as it came in", async () => {
    const put = await ask("PUT", `/services/${service}/specifications/orders`, DOCUMENT)
    assert.equal(put.status, 200, put.text)
    const { sentence, specifications } = put.body as {
      sentence: string
      specifications: { name: string; current: boolean }[]
    }
    assert.match(sentence, /"orders" of api\.example\.com was imported/)
    assert.deepEqual(
      specifications.map(({ name, current }) => [name, current]),
      [["orders", true]],
    )
    assert.equal((await ask("GET", `/services/${service}/specifications/orders`)).text, DOCUMENT)
    for (const type of [
      "application/yaml",
      "text/yaml",
      "application/x-yaml",
      "application/openapi+yaml; charset=utf-8",
    ]) {
      const again = await ask("PUT", `/services/${service}/specifications/yaml`, YAML, type)
      assert.equal(again.status, 200, `${type}: ${again.text}`)
    }
    const given = await ask("GET", `/services/${service}/specifications/yaml`)
    assert.deepEqual([given.text, given.type], [YAML, "application/yaml; charset=utf-8"])
    const { items } = (await ask("GET", `/services/${service}/specifications`)).body as {
      items: { name: string; current: boolean }[]
    }
    // The one with the greater version is in force.
    assert.deepEqual(
      items.map(({ name, current }) => [name, current]),
      [
        ["orders", false],
        ["yaml", true],
      ],
    )
    assert.equal((await ask("DELETE", `/services/${service}/specifications/yaml`)).status, 200)
    assert.equal((await ask("GET", `/services/${service}/specifications/yaml`)).status, 404)
  })

  test("a document that takes the place of its former version keeps that one as outdated", async () => {
    const next = DOCUMENT.replace('"version":"1.0"', '"version":"1.1"')
    await ask("PUT", `/services/${service}/specifications/orders?supersedes=orders`, next)
    const { items } = (await ask("GET", `/services/${service}/specifications`)).body as {
      items: { name: string; version: string; current: boolean }[]
    }
    assert.deepEqual(
      items.map(({ name, version, current }) => [name, version, current]),
      [
        ["orders", "1.1", true],
        ["orders@1.0", "1.0", false],
      ],
    )
    await ask("DELETE", `/services/${service}/specifications/orders@1.0`)
  })

  test("several documents of one import are judged once; the feed tells when it was made; DELETE may say JSON", async () => {
    const rest = openapi({ "/internal/queues": { get: { responses: OK } } })
    const claims = openapi({ "/claims": { post: { responses: OK } } }, SERVERS)
    const changes = async (since: string) =>
      (await ask("GET", `/changes?since=${since}&limit=1000`)).body as {
        total: number
        items: { kind: string; madeAt: string | null }[]
      }
    const before = (await changes("0")).total
    const from = new Date().toISOString()
    const at = `/services/${service}/specifications`
    await ask("PUT", `${at}/claims?followed=true`, claims)
    assert.equal((await changes("0")).total, before)
    await ask("PUT", `${at}/rest`, rest)
    const made = (await changes(from)).items
    assert.ok(made.length > 0 && made.every(({ madeAt }) => madeAt !== null && madeAt >= from))
    for (const name of ["claims", "rest"]) {
      const response = await fetch(`${api.address.url}/api/v1${at}/${name}`, {
        method: "DELETE",
        headers: { "content-type": "application/json" },
      })
      assert.equal(response.status, 200)
    }
  })

  test("POST finds services by the hosts that the document names", async () => {
    const { body } = await ask("POST", "/specifications", DOCUMENT)
    assert.match((body as { sentence: string }).sentence, /^"orders-1\.0" of api\.example\.com was imported/)
    await ask("DELETE", `/services/${service}/specifications/orders-1.0`)
    const wide = openapi(
      {},
      { servers: [{ url: "https://{tenant}.example.com", variables: { tenant: { default: "api" } } }] },
    )
    const both = (await ask("POST", "/specifications?name=wide", wide)).body as {
      specifications: { service: string }[]
    }
    assert.equal(both.specifications.length, 2)
    for (const one of both.specifications) await ask("DELETE", `/services/${one.service}/specifications/wide`)
    assert.match((await refusal("POST", "/specifications", openapi({}), 422)).detail, /names no host/)
    const unknown = openapi({}, { servers: [{ url: "https://nobody.example" }] })
    assert.match(
      (await refusal("POST", "/specifications", unknown, 404)).detail,
      /No service is known at nobody\.example/,
    )
  })

  test("what is refused, with status and place", async () => {
    const at = `/services/${service}/specifications/bad`
    assert.equal((await refusal("PUT", at, openapi({ "/a": 7 }), 422)).errors?.[0]?.parameter, "/paths/~1a")
    assert.match((await refusal("PUT", at, '{"openapi":', 422)).detail, /no valid JSON at line 1/)
    await refusal("PUT", at, DOCUMENT, 415, "text/plain")
    await refusal("PUT", at, DOCUMENT, 415, "application/xml")
    await refusal("PUT", at, "x".repeat(9 * 1024 * 1024), 413)
    await refusal("PUT", `${at}?deprecated=perhaps`, DOCUMENT, 400)
    await refusal("PUT", `/services/${service}/specifications/a%20b`, DOCUMENT, 422)
    await refusal("PUT", "/services/none/specifications/a", DOCUMENT, 404)
    assert.equal((await ask("DELETE", at)).status, 404)
  })
})

describe("what it says of endpoints", () => {
  interface Endpoint {
    readonly id: string
    readonly template: string
    readonly status: string
    readonly statusWhy: string
    readonly differences: number | null
    readonly drift: readonly { readonly kind: string; readonly name: string }[]
  }

  test("status and differences in lists, drift at the endpoint and at the service", async () => {
    const { items } = (await ask("GET", `/endpoints?service=${service}`)).body as { items: Endpoint[] }
    const status = (part: string) => items.find(({ template }) => template.includes(part))
    assert.deepEqual(
      [status("/orders")?.status, status("/queues")?.status, status("/claims")?.status],
      ["documented", "shadow", "orphan"],
    )
    const orders = (await ask("GET", `/endpoints/${status("/orders")!.id}`)).body as Endpoint
    assert.deepEqual(
      orders.drift.map(({ kind, name }) => `${kind} ${name}`),
      ["parameter.undocumented page"],
    )
    assert.equal(orders.differences, 1)
    const drift = (await ask("GET", `/services/${service}/drift`)).body as {
      endpoints: { specified: string; drift: unknown[] }[]
      unseen: { template: string }[]
      undocumented: { template: string; status: string }[]
    }
    assert.deepEqual(
      drift.endpoints.map((one) => [one.specified, one.drift.length]),
      [["/v1/orders/{orderId}", 1]],
    )
    assert.deepEqual(
      drift.unseen.map(({ template }) => template),
      ["/v1/claims"],
    )
    assert.deepEqual(
      drift.undocumented.map(({ template }) => template),
      ["/internal/queues"],
    )
  })

  test("a check is as if the document were the only one, and keeps nothing", async () => {
    const { body } = await ask(
      "POST",
      `/services/${service}/specifications/check`,
      openapi({ "/internal/queues": { get: { responses: OK } } }),
    )
    const { undocumented, unseen } = body as { undocumented: { template: string }[]; unseen: unknown[] }
    assert.deepEqual([undocumented.length, unseen.length], [1, 0])
    const { total } = (await ask("GET", `/services/${service}/specifications`)).body as { total: number }
    assert.equal(total, 1)
  })

  test("the export is valid, as JSON and as YAML, and imported again everything is documented", async () => {
    const json = await ask("GET", `/services/${service}/openapi.json`)
    const yaml = await ask("GET", `/services/${service}/openapi.yaml`)
    assert.equal(yaml.type, "application/yaml; charset=utf-8")
    const [one, other] = [parseSpecification(json.text), parseSpecification(yaml.text)]
    assert.deepEqual(one.operations, other.operations)
    assert.deepEqual(one.operations.map(({ method, path }) => `${method} ${path}`).sort(), [
      "GET /internal/queues",
      "GET /v1/orders/{orderId}",
    ])
    const { body } = await ask("POST", `/services/${service}/specifications/check`, json.text)
    assert.deepEqual(body, { endpoints: [], unseen: [], undocumented: [] })
    await refusal("GET", "/services/none/openapi.json", undefined as never, 404)
  })
})

test("the API's own document is valid", async () => {
  const { text } = await ask("GET", "/openapi.json")
  assert.ok(parseSpecification(text).operations.length > 30)
})
