// A server that others wrote, with the document it publishes of itself, in traffic recorded while it is used: what is discovered is
// what is specified, as far as it was used. Root, Linux; Debian: jupyter-server tcpdump.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { RunningCollector } from "./running-collector.ts"
import { type Recording, recordJupyter } from "./specified/jupyter.ts"

let recording: Recording
let collector: RunningCollector
let service = ""
before(async () => {
  recording = await recordJupyter()
  collector = await RunningCollector.start([recording.capture])
  const services = await collector.list<{ id: string }>("/services")
  assert.equal(services.length, 1)
  service = services[0]!.id
})
after(async () => {
  await collector?.remove()
  recording?.remove()
})

const nameless = (text: string): string => text.replace(/\{[^{}]*\}/g, "{}")
/** Operations that the document has and the recording used; the server answers one more, GET /api. */
const SHADOW = "GET /api"
const specified = (): string[] =>
  [...recording.exercised]
    .filter((operation) => operation !== SHADOW)
    .map(nameless)
    .sort()

test("every request is an exchange of the one service", async () => {
  const { exchanges } = await collector.get<{ exchanges: number }>("/ledger")
  assert.equal(exchanges, recording.requests)
})

test("with its document: what was used is documented, what is in no document is a shadow, nothing else is there", async () => {
  const path = `/services/${service}/specifications/jupyter`
  const { status, body } = await collector.ask("PUT", path, recording.document, "application/yaml")
  assert.equal(status, 200, JSON.stringify(body))
  const found = await collector.list<{ method: string; template: string; status: string }>(
    `/endpoints?service=${service}`,
  )
  const of = (wanted: string): string[] =>
    found
      .filter(({ status }) => status === wanted)
      .map(({ method, template }) => nameless(`${method} ${template}`))
      .sort()
  assert.deepEqual(of("documented"), specified())
  assert.deepEqual(of("shadow"), [SHADOW])
  assert.deepEqual([of("zombie"), of("rogue"), of("unknown")], [[], [], []])
})

interface Drift {
  readonly unseen: readonly { readonly method: string; readonly template: string }[]
  readonly endpoints: readonly {
    readonly method: string
    readonly specified: string
    readonly drift: readonly { readonly kind: string; readonly name: string }[]
  }[]
}

test("what the document has and nobody used is unseen; where the server does otherwise than it says is told", async () => {
  const { unseen, endpoints } = await collector.get<Drift>(`/services/${service}/drift`)
  const never = unseen.map(({ method, template }) => nameless(`${method} ${template}`))
  assert.ok(never.includes("POST /api/kernels") && never.includes("GET /api/sessions/{}"))
  assert.deepEqual(
    never.filter((operation) => specified().includes(operation)),
    [],
  )
  // A file that was written or renamed comes back without its contents: null, where the document has text.
  assert.deepEqual(
    endpoints
      .flatMap(({ method, specified, drift }) =>
        drift.map(({ kind, name }) => `${method} ${specified}: ${kind} ${name}`),
      )
      .sort(),
    ["PATCH", "PUT"].flatMap((method) =>
      ["content", "format"].map((name) => `${method} /api/contents/{path}: field.type ${name}`),
    ),
  )
})
