// From events through the store to the API: parameters with conclusions, schemas as trees and as JSON Schema, history.
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { Ajv2020 } from "ajv/dist/2020.js"
import { batch, event, jsonForm, operation, START_US } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { type RunningApi, startApi } from "./server.ts"

describe("schemas over HTTP", () => {
  let api: RunningApi
  let endpoint = ""

  before(async () => {
    const store = await openSqliteStore(":memory:")
    const inventory = await Inventory.open(store)
    const query = operation({ path: "/v1/orders", query: ["page:int", "state:word"] })
    const events = Array.from({ length: 80 }, (_, i) =>
      event({
        startUs: START_US + i,
        operation: query,
        queryValues: [i + 1, 7 + (i % 3)],
        response: jsonForm(i === 70 ? 78 : 77),
      }),
    )
    const refused = event({ operation: operation({ path: "/v1/orders" }), status: 400, response: jsonForm(79) })
    inventory.apply(
      batch([...events, refused], {}, [
        { shape: 77, paths: ["items[].id:int", "total:int"] },
        { shape: 78, paths: ["items[].id:int", "note:string#email", "total:int"] },
      ]),
    )
    await inventory.checkpoint()
    endpoint = (await store.endpoints({}, { limit: 1, sort: "template" })).items[0]!.id
    api = await startApi({
      store,
      listen: { host: "127.0.0.1", port: 0 },
      health: () => ({ ready: true, reasons: [] }),
      metrics: () => "",
      assets: "/nonexistent",
      version: "1.2.3",
    })
  })
  after(() => api.close())

  const get = async (path: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${api.address.url}/api/v1/endpoints/${endpoint}${path}`)
    assert.equal(response.status, 200)
    return (await response.json()) as Record<string, unknown>
  }

  test("parameters: types, required, few values", async () => {
    const { parameters } = (await get("")) as unknown as {
      parameters: { name: string; types: string[]; required: boolean; values: { verdict: string; distinct: number } }[]
    }
    assert.deepEqual(
      parameters.map(({ name, types, required, values }) => [
        name,
        ...types,
        required,
        values.verdict,
        values.distinct,
      ]),
      [
        ["page", "integer", true, "open", 0],
        ["state", "string", true, "enum", 3],
      ],
    )
  })

  test("trees by status and content type, and what is new in them", async () => {
    const { schemas, history } = (await get("")) as unknown as {
      schemas: {
        response: { bodies: { status: number; root: { fields: { name: string; required: boolean }[] } | null }[] }
      }
      history: { kind: string; sentence: string }[]
    }
    const [answer, error] = schemas.response.bodies
    assert.deepEqual(
      answer?.root?.fields.map(({ name, required }) => [name, required]),
      [
        ["items", true],
        ["note", false],
        ["total", true],
      ],
    )
    assert.deepEqual([error?.status, error?.root], [400, null])
    const news = history.filter(({ kind }) => kind.startsWith("schema")).map(({ sentence }) => sentence)
    assert.deepEqual(news, ['"note" (string) is new in bodies of status 200.'])
  })

  test("JSON Schema: valid, and of the status that was asked for", async () => {
    const schema = await get("/schemas/response")
    const ajv = new Ajv2020({ strict: false })
    assert.equal(ajv.validate(schema, { items: [{ id: 1 }], total: 1 }), true)
    assert.equal(ajv.validate(schema, { items: [{ id: "x" }], total: 1 }), false)
    assert.deepEqual(await get("/schemas/response?status=404"), { $schema: schema.$schema })
    assert.deepEqual(await get("/schemas/request"), { $schema: schema.$schema })
  })
})
