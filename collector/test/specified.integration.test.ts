// Recorded traffic of an API with two documents (specified/): what agrees with them is documented, what was seeded is found, and
// nothing is invented.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { RunningCollector } from "./running-collector.ts"

const FOLDER = join(import.meta.dirname, "specified")
const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8")

interface Endpoint {
  readonly id: string
  readonly method: string
  readonly template: string
  readonly status: string
  readonly requests: number
}
interface Drift {
  readonly endpoints: readonly {
    readonly method: string
    readonly specified: string
    readonly drift: readonly {
      readonly kind: string
      readonly name: string
      readonly count: number
      readonly samples: readonly object[]
    }[]
  }[]
  readonly unseen: readonly { readonly method: string; readonly template: string }[]
}

let collector: RunningCollector
let service = ""
before(async () => {
  collector = await RunningCollector.start([join(FOLDER, "specified.pcap")])
  const [first] = await collector.list<{ id: string; name: string }>("/services")
  assert.equal(first?.name, "parcels.example")
  service = first.id
})
after(() => collector?.remove())

const nameless = (template: string): string => template.replace(/\{[^{}]*\}/g, "{}")
const put = async (name: string, file: string): Promise<void> => {
  const type = file.endsWith(".json") ? "application/json" : "application/yaml"
  const { status, body } = await collector.ask("PUT", `/services/${service}/specifications/${name}`, read(file), type)
  assert.equal(status, 200, JSON.stringify(body))
}
const endpoints = (): Promise<Endpoint[]> => collector.list<Endpoint>(`/endpoints?service=${service}`)
const statuses = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await endpoints()).map(({ method, template, status }) => [`${method} ${nameless(template)}`, status]),
  )

/** Every operation that was used, with what it is. */
const STATUSES = {
  "GET /v2/parcels": "documented",
  "POST /v2/parcels": "documented",
  "GET /v2/parcels/{}": "documented",
  "PATCH /v2/parcels/{}": "documented",
  "DELETE /v2/parcels/{}": "documented",
  "GET /v2/parcels/{}/label": "documented",
  "GET /v2/depots": "documented",
  "GET /v2/depots/{}": "documented",
  "GET /v2/depots/{}/load/{}": "documented",
  "GET /v2/health": "documented",
  "GET /v2/internal/queues": "shadow",
  "GET /v1/parcels/{}": "zombie",
}

test("before a document is imported nothing is said of any endpoint", async () => {
  const found = await endpoints()
  assert.ok(found.length > 0 && found.every(({ status }) => status === "unknown"))
})

test("imported: documented, shadow, zombie, orphan as seeded, and no endpoint more", async () => {
  await put("parcels-v1", "parcels-v1.json")
  await put("parcels-v2", "parcels-v2.yaml")
  const found = await statuses()
  const orphans = Object.fromEntries(Object.entries(found).filter(([, status]) => status === "orphan"))
  const seen = Object.fromEntries(Object.entries(found).filter(([, status]) => status !== "orphan"))
  assert.deepEqual(seen, STATUSES)
  const { unseen } = await collector.get<Drift>(`/services/${service}/drift`)
  const never = [...unseen.map(({ method, template }) => `${method} ${nameless(template)}`), ...Object.keys(orphans)]
  assert.deepEqual([...new Set(never)], ["POST /v2/claims"])
})

test("drift: each that was seeded, with its samples, and none that was not", async () => {
  const { endpoints: drifting } = await collector.get<Drift>(`/services/${service}/drift`)
  const found = drifting.flatMap(({ method, specified, drift }) =>
    drift.map(({ kind, name, count }) => `${method} ${specified}: ${kind} ${name} (${count})`),
  )
  assert.deepEqual(found.sort(), [
    "GET /v2/depots: auth.missing none (6)",
    "GET /v2/parcels/{parcelId}/label: contentType.undocumented application/pdf (24)",
    "GET /v2/parcels: parameter.type page (3)",
    "GET /v2/parcels: parameter.undocumented debug (4)",
    "POST /v2/parcels: status.undocumented 409 (4)",
  ])
  assert.ok(drifting.every(({ drift }) => drift.every(({ samples }) => samples.length > 0)))
})

test("every exchange of the log is counted at its endpoint", async () => {
  const log = read("specified.log").trim().split("\n")
  const logged = log.reduce((sum, line) => sum + Number(line.split(" ")[0]), 0)
  const { exchanges } = await collector.get<{ exchanges: number }>("/ledger")
  assert.equal(exchanges, logged)
  const missing = log.filter((line) => /\/v2\/backup-/.test(line)).length
  const listed = (await endpoints()).reduce((sum, { requests }) => sum + requests, 0)
  assert.equal(listed, logged - missing)
})

test("the same after a restart that reads the same capture again", async () => {
  const before = await statuses()
  const drift = await collector.get<Drift>(`/services/${service}/drift`)
  await collector.stop()
  collector = await RunningCollector.start([join(FOLDER, "specified.pcap")], collector.folder)
  assert.deepEqual(await statuses(), before)
  assert.deepEqual(await collector.get<Drift>(`/services/${service}/drift`), drift)
})

test("what is exported comes back as an import without drift", async () => {
  const { status, body } = await collector.ask("GET", `/services/${service}/openapi.json`)
  assert.equal(status, 200)
  for (const name of ["parcels-v1", "parcels-v2"])
    assert.equal((await collector.ask("DELETE", `/services/${service}/specifications/${name}`)).status, 200)
  const again = await collector.ask("PUT", `/services/${service}/specifications/exported`, JSON.stringify(body))
  assert.equal(again.status, 200, JSON.stringify(again.body))
  assert.ok(Object.values(await statuses()).every((one) => one === "documented"))
  const { endpoints: drifting, unseen } = await collector.get<Drift>(`/services/${service}/drift`)
  assert.deepEqual([drifting, unseen], [[], []])
})
