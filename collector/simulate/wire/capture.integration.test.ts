// A capture read by the real sensor says the same as the events that were made without bytes.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { EMBEDDED_OPTIONS, embedSensor, PseudonymKey } from "../../../sensor/index.ts"
import { settle } from "../../../shared/config/options.ts"
import { type ApiEvent, FLAG_NAMES } from "../../../shared/event/api-event.ts"
import { decodeBatch } from "../../../shared/event/event-codec.ts"
import { batchesOf } from "../batches.ts"
import { DETECTOR_NAMES } from "../labels.ts"
import { World, type WorldOptions } from "../world.ts"
import { writeCapture } from "./capture.ts"

const SAMPLED = 1 << FLAG_NAMES.indexOf("sampled")
const OPTIONS: Partial<WorldOptions> = {
  seed: 11,
  days: 3,
  consumers: 12,
  intensity: 3,
  attacks: DETECTOR_NAMES.filter((kind) => kind !== "sensor-blind"),
}

interface Read {
  readonly events: ApiEvent[]
  readonly shapes: Map<number, readonly string[]>
}

async function read(options: Partial<WorldOptions>): Promise<Read> {
  const folder = mkdtempSync(join(tmpdir(), "sonde-simulate-"))
  const out: Read = { events: [], shapes: new Map() }
  try {
    const path = join(folder, "world.pcap")
    writeCapture(new World(options), path)
    await embedSensor({
      read: [path],
      settings: settle(EMBEDDED_OPTIONS, { argv: [], environment: {} }).values,
      key: new PseudonymKey(new Uint8Array(32)),
      tenant: "default",
      sensor: "simulated",
      receive: (bytes) => {
        const decoded = decodeBatch(bytes)
        assert.ok(decoded.ok)
        out.events.push(...decoded.batch.events)
        for (const { shape, paths } of decoded.batch.shapes) out.shapes.set(shape, paths)
        return null
      },
    }).run()
  } finally {
    rmSync(folder, { recursive: true })
  }
  out.events.sort((a, b) => a.startUs - b.startUs)
  return out
}

function made(options: Partial<WorldOptions>): Read {
  const out: Read = { events: [], shapes: new Map() }
  for (const { batch } of batchesOf(new World(options))) {
    out.events.push(...batch.events)
    for (const { shape, paths } of batch.shapes) out.shapes.set(shape, paths)
  }
  return out
}

/** What must be equal as it is. */
const plainFacts = ({ identity, operation, client, server, ...event }: ApiEvent): object => ({
  startUs: event.startUs,
  firstByteUs: event.firstByteUs,
  state: event.state,
  status: event.status,
  sizes: [event.requestBytes, event.responseBytes],
  kinds: [event.request.kind, event.response.kind, event.response.contentType],
  method: operation.method,
  path: operation.path,
  query: operation.query,
  headers: operation.headers,
  scheme: identity.scheme,
  location: identity.location,
  name: identity.name,
  issuer: identity.issuer,
  token: [identity.algorithm, identity.lifetimeLog2, identity.ageLog2, identity.expired],
  rule: identity.rule,
  client: [client.addressClass, client.userAgentFamily],
  server: [server.authority, server.port, server.addressClass],
  objects: event.objects.length,
  weakObjects: event.weakObjects.length,
  bodyObjects: event.bodyObjects.length,
  step: event.step,
  page: [event.pageLimit, event.pageOffset],
  isCounted: event.returnedTotal >= 0,
  classes: event.responseClasses.map((text) => text.split("=")[0]),
})

/** Names of things that only have to be told apart in the same way. */
const names = ({
  identity,
  client,
  objects,
  weakObjects,
  bodyObjects,
  request,
  response,
}: ApiEvent): Readonly<Record<string, string | number>> => ({
  address: client.address,
  prefix: client.prefix,
  fieldOrder: client.fieldOrder,
  agent: client.userAgentHash,
  credential: identity.credential,
  principal: identity.principal,
  keyId: identity.keyIdHash,
  object: objects[0] ?? weakObjects[0] ?? 0,
  sent: bodyObjects[0] ?? 0,
  requestShape: request.fullShape,
  responseShape: response.fullShape,
  coarse: response.coarseShape,
})

test("a capture through the sensor and the events made without bytes say the same", async () => {
  const [wire, quick] = [await read(OPTIONS), made(OPTIONS)]
  assert.equal(wire.events.length, quick.events.length)
  const [there, back] = [new Map<string, unknown>(), new Map<string, unknown>()]
  let same = 0
  const sampled: [number, number] = [0, 0]
  quick.events.forEach((event, k) => {
    const seen = wire.events[k]!
    assert.deepEqual(plainFacts(seen), plainFacts(event), `event ${k}`)
    // Which bodies are walked is chance on both ways.
    if (seen.items >= 0 && event.items >= 0) assert.equal(seen.items, event.items, `items of event ${k}`)
    sampled[0] += seen.flags & SAMPLED
    sampled[1] += event.flags & SAMPLED
    // Objects of two collections can have the same number: to a sensor they are one.
    assert.ok(seen.returnedTotal <= event.returnedTotal, `ids of event ${k}`)
    if (seen.returned.length === event.returned.length) same += 1 / quick.events.length
    const [a, b] = [names(event), names(seen)]
    for (const key of Object.keys(a)) {
      const [from, to] = [`${key} ${a[key]}`, `${key} ${b[key]}`]
      assert.equal(there.get(from) ?? to, to, `event ${k}: ${from}`)
      assert.equal(back.get(to) ?? from, from, `event ${k}: ${to}`)
      there.set(from, to)
      back.set(to, from)
    }
  })
  assert.ok(same > 0.995, `${same} give the same number of new ids`)
  assert.ok(Math.abs(sampled[0] / sampled[1] - 1) < 0.15, `sampled: ${sampled}`)
})
