// sonde-collector openapi, in process: against a collector that runs, and on a store at rest.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { settle } from "../shared/config/options.ts"
import { UsageError, WorldError } from "../shared/config/program.ts"
import { batch, event, jsonForm, operation } from "./inventory/fake-batches.ts"
import { OK, openapi } from "./inventory/specification/fake-specifications.ts"
import { runOpenapi } from "./openapi.ts"
import { OPENAPI_OPTIONS } from "./openapi-options.ts"
import { Collector } from "./pipeline.ts"
import { openSqliteStore } from "./store/sqlite-store.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-openapi-"))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const SERVERS = { servers: [{ url: "https://api.example.com/v1" }] }
const get = { get: { responses: OK } }
const V1 = file("v1.json", openapi({ "/orders/{id}": get, "/old": get }, SERVERS))
const V2 = file(
  "v2.json",
  openapi({ "/orders/{orderId}": get, "/new": get }, { ...SERVERS, info: { title: "Orders", version: "2.0" } }),
)
const data = join(folder, "data")
let collector: Collector

before(async () => {
  collector = await Collector.start(await openSqliteStore(data), {
    listen: { host: "127.0.0.1", port: 0 },
    assets: "",
    version: "1",
    onError: () => undefined,
  })
  collector.inventory.apply(
    batch([
      event({ operation: operation(), response: jsonForm(0) }),
      event({ operation: operation({ path: "/v1/hidden" }), response: jsonForm(0) }),
    ]),
  )
  await collector.inventory.checkpoint()
})
after(() => rmSync(folder, { recursive: true }))

async function run(...argv: string[]): Promise<{ code: number; out: string }> {
  let out = ""
  const settled = settle(OPENAPI_OPTIONS, { argv })
  assert.deepEqual(settled.mistakes, [])
  const code = await runOpenapi(settled, (text) => {
    out += text
  })
  return { code, out }
}
const fails = async (kind: typeof UsageError, sentence: RegExp, ...argv: string[]): Promise<void> => {
  const error = await run(...argv).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof kind, String(error))
  assert.match(error.message, sentence)
}

test("diff of two documents: text, json, exit codes", async () => {
  const breaking = await run("diff", V1, V2)
  assert.equal(breaking.code, 3)
  assert.match(breaking.out, /breaking \(1\)\n {2}GET \/v1\/old: It is gone\.\ncompatible \(1\)/)
  const json = JSON.parse((await run("diff", V1, V2, "--format", "json")).out) as {
    breaking: number
    differences: { kind: string }[]
  }
  assert.deepEqual(
    [json.breaking, json.differences.map(({ kind }) => kind)],
    [1, ["operation.removed", "operation.added"]],
  )
  assert.deepEqual(await run("diff", V1, V1), { code: 0, out: "No differences.\n" })
  const more = file("more.json", openapi({ "/orders/{id}": get, "/old": get, "/more": get }, SERVERS))
  assert.equal((await run("diff", V1, more)).code, 0)
})

test("import, diff and export over a collector that runs", async () => {
  const url = collector.url
  assert.match((await run("import", V2, "--url", url)).out, /"orders-2\.0" of api\.example\.com was imported/)
  assert.match(
    (await run("import", V1, "--url", url, "--service", "api.example.com", "--name", "old", "--deprecated")).out,
    /"old" of api\.example\.com/,
  )
  const observed = await run("diff", V2, "--url", url, "--service", "api.example.com")
  assert.equal(observed.code, 3)
  assert.match(
    observed.out,
    /undocumented \(1\)\n {2}GET \/v1\/hidden: .*\ncompatible \(1\)\n {2}GET \/v1\/new: It was never seen\./,
  )
  const output = join(folder, "out.yaml")
  assert.equal((await run("export", "--url", url, "--service", "api.example.com", "--output", output)).code, 0)
  assert.match(readFileSync(output, "utf8"), /^openapi: 3\.1\.0\n/)
  assert.equal((await run("diff", output, "--url", url, "--service", "api.example.com")).code, 0)
})

test("mistakes are one sentence each", async () => {
  const url = collector.url
  await fails(UsageError, /needs import, export or diff/)
  await fails(UsageError, /does not know "improt"/, "improt")
  await fails(UsageError, /needs FILE/, "import")
  await fails(UsageError, /exclude each other/, "export", "--url", url, "--data", data)
  await fails(UsageError, /exclude each other/, "import", V1, "--deprecated", "--in-force")
  await fails(UsageError, /needs --service/, "export", "--url", url)
  await fails(
    UsageError,
    /no service is called x; there are api\.example\.com/,
    "export",
    "--url",
    url,
    "--service",
    "x",
  )
  await fails(
    UsageError,
    /bad\.json: The document is no valid JSON at line 1, column 2/,
    "diff",
    V1,
    file("bad.json", "{,"),
  )
  await fails(WorldError, /cannot be read \(ENOENT\)/, "import", join(folder, "none"))
  await fails(
    WorldError,
    /No collector answers at http:\/\/127\.0\.0\.1:9/,
    "export",
    "--url",
    "http://127.0.0.1:9",
    "--service",
    "x",
  )
  await fails(UsageError, /there is no .*nowhere/, "export", "--data", join(folder, "nowhere"), "--service", "x")
})

test("a store is used by one at a time; at rest it takes the same commands", async () => {
  await fails(WorldError, /a collector is using .*ask it with --url/, "export", "--data", data, "--service", "x")
  await collector.close()
  assert.match((await run("import", V2, "--data", data, "--service", "api.example.com")).out, /nothing changed/)
  const { code, out } = await run("export", "--data", data, "--service", "api.example.com")
  assert.equal(code, 0)
  assert.deepEqual(Object.keys((JSON.parse(out) as { paths: object }).paths), ["/v1/hidden", "/v1/orders/{orderId}"])
})
