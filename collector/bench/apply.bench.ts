// What the collector's own work costs: messages -> decode -> inventory -> SQLite, printed as events a second and ms a
// checkpoint, for traffic of two sizes; then how long lists take on the larger store.
//
// Usage: node collector/bench/apply.bench.ts [--smoke]
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type ApiEvent,
  EMPTY_FORM,
  EVENT_VERSION,
  type Identity,
  NO_NUMBERS,
  NO_STRINGS,
  type Operation,
  State,
} from "../../shared/event/api-event.ts"
import { BatchEncoder, decodeBatch } from "../../shared/event/event-codec.ts"
import { trafficEvents } from "../../shared/testing/event-traffic.ts"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"

interface Scene {
  readonly name: string
  readonly clients: number
  readonly operations: number
  /** Endpoints that each client uses. */
  readonly endpointsOfClient: number
  /** Seen by two one-way sensors: each exchange arrives as two halves, a batch apart. */
  readonly isSplit?: boolean
}

const SCENES: readonly Scene[] = [
  { name: "small", clients: 40, operations: 12, endpointsOfClient: 12 },
  { name: "split", clients: 40, operations: 12, endpointsOfClient: 12, isSplit: true },
  { name: "large", clients: 1000, operations: 2000, endpointsOfClient: 40 },
]
const BATCH = 1000
const isSmoke = process.argv.includes("--smoke")
/** Events that differ; they come again and again, each time later, so that the bench holds few of them in memory. */
const DISTINCT_EVENTS = isSmoke ? 2_000 : 100_000
const ROUNDS = isSmoke ? 1 : 2
const ROUND_US = 60_000_000
/** About what arrives in a second at the budget of 50,000 events/s. */
const BATCHES_PER_CHECKPOINT = 50

function sceneEvents(scene: Scene): ApiEvent[] {
  const { clients, operations, endpointsOfClient } = scene
  const events = trafficEvents({ events: DISTINCT_EVENTS, clients, operations, objects: 50_000 })
  const place = new Map([...new Set(events.map((event) => event.client))].map((client, i) => [client, i]))
  const kinds = [...new Map(events.map((event) => [event.operation, event])).values()].map((event, i) => ({
    ...event,
    operation: { ...event.operation, path: pathOf(i) },
  }))
  return events.map((event, i) => {
    const what = (place.get(event.client)! * 53 + (i % endpointsOfClient) * 47) % kinds.length
    const { operation, server, request, response } = kinds[what]!
    return { ...event, operation, server, request, response }
  })
}

const NOUNS = (
  "orders customers invoices payments products shipments carts users accounts tickets messages events reports files teams " +
  "projects tasks comments reviews prices offers coupons refunds returns suppliers warehouses stocks batches labels routes " +
  "drivers vehicles stops zones tariffs contracts partners leads campaigns segments"
).split(" ")

/** Operations that answer each with a shape of its own, at paths that say what they are about. */
function pathOf(i: number): string {
  const [first, second] = [NOUNS[i % NOUNS.length]!, NOUNS[Math.floor(i / NOUNS.length) % NOUNS.length]!]
  return i < NOUNS.length ? `/v1/${first}/{int}` : `/v${1 + Math.floor(i / 1600)}/${first}/{int}/${second}`
}

/** Writes events into batches of one sensor. */
class Sender {
  readonly #encoder = new BatchEncoder()
  readonly #sensor: string
  readonly #messages: Uint8Array[]
  #sequence = 0

  constructor(sensor: string, messages: Uint8Array[]) {
    this.#sensor = sensor
    this.#messages = messages
  }

  add(event: ApiEvent, watermarkUs: number): void {
    this.#encoder.add(event)
    if (this.#encoder.events < BATCH) return
    const ledger = { "capture.packets": this.#sequence }
    const names = { version: EVENT_VERSION, tenant: "default", sensor: this.#sensor, boot: "b" }
    const envelope = { ...names, sequence: ++this.#sequence, keyEpoch: 1, watermarkUs, last: false, ledger }
    this.#messages.push(this.#encoder.encode(envelope))
  }
}

const UNSEEN: Operation = { ...emptyOperation(), protocol: 2 }
const NOBODY: Identity = { ...emptyIdentity(), scheme: "none" }

function encodeAll(events: readonly ApiEvent[], isSplit: boolean): Uint8Array[] {
  const messages: Uint8Array[] = []
  const [first, second] = [new Sender("bench", messages), new Sender("bench-responses", messages)]
  for (let i = 0; i < events.length * ROUNDS; i++) {
    const event = events[i % events.length]!
    event.startUs += ROUND_US
    if (!isSplit) {
      first.add(event, event.startUs)
      continue
    }
    first.add({ ...event, state: State.requestOnly, status: 0, response: EMPTY_FORM, items: -1 }, event.startUs)
    const unseen = { operation: UNSEEN, identity: NOBODY, request: EMPTY_FORM, requestBytes: 0, objects: NO_NUMBERS }
    second.add({ ...event, ...unseen, state: State.responseOnly }, event.startUs)
  }
  return messages
}

function emptyOperation(): Operation {
  return {
    protocol: 0,
    method: "",
    path: "",
    extension: "",
    pathFlags: 0,
    operationKey: "",
    query: NO_STRINGS,
    headers: NO_STRINGS,
    cookies: NO_STRINGS,
  }
}

function emptyIdentity(): Identity {
  return {
    scheme: "",
    location: "",
    credential: "",
    principal: "",
    name: "",
    issuer: "",
    scopeHash: 0,
    keyIdHash: 0,
    algorithm: "",
    lifetimeLog2: -1,
    expired: false,
    ageLog2: -1,
    formerCredential: "",
    formerPrincipal: "",
    rule: "",
  }
}

function decode(message: Uint8Array) {
  const decoded = decodeBatch(message)
  if (!decoded.ok) throw new Error(decoded.sentence)
  return decoded.batch
}

async function applyAll(scene: Scene, store: Store): Promise<void> {
  const messages = encodeAll(sceneEvents(scene), scene.isSplit === true)
  const inventory = await Inventory.open(store)
  let decodeMs = 0
  let applyMs = 0
  const checkpointsMs: number[] = []
  for (let i = 0; i < messages.length; i++) {
    const t0 = performance.now()
    const batch = decode(messages[i]!)
    const t1 = performance.now()
    inventory.apply(batch)
    const t2 = performance.now()
    decodeMs += t1 - t0
    applyMs += t2 - t1
    if ((i + 1) % BATCHES_PER_CHECKPOINT !== 0 && i + 1 < messages.length) continue
    await inventory.checkpoint()
    checkpointsMs.push(performance.now() - t2)
  }
  const events = messages.length * BATCH
  const checkpointMs = checkpointsMs.reduce((sum, ms) => sum + ms, 0)
  const perSecond = (ms: number): string => Math.round((events / ms) * 1000).toLocaleString("en")
  const { services, endpoints, consumers, pairs, joined, waiting } = inventory.counters
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20)
  print(
    `${scene.name}: ${events} events, ${services} services, ${endpoints} endpoints, ${consumers} consumers, ${pairs} pairs`,
  )
  if (scene.isSplit === true) print(`  ${joined} joined, ${waiting} waiting`)
  print(
    `  decode ${perSecond(decodeMs)}/s, apply ${perSecond(applyMs)}/s, with checkpoints ${perSecond(decodeMs + applyMs + checkpointMs)}/s`,
  )
  print(`  checkpoints, ms: ${checkpointsMs.map((ms) => ms.toFixed(0)).join(" ")}; rss ${rss} MB`)
}

async function timeLists(store: Store): Promise<void> {
  const lists: readonly [string, () => Promise<unknown>][] = [
    ["endpoints", () => store.endpoints({}, { limit: 100 })],
    ["endpoints by requests", () => store.endpoints({}, { limit: 100, sort: "-requests" })],
    ["endpoints by service", () => store.endpoints({}, { limit: 100, sort: "service" })],
    ["endpoints, search", () => store.endpoints({ search: "ction-19" }, { limit: 100 })],
    ["consumers", () => store.consumers({ limit: 100, sort: "-lastSeenUs" })],
    ["map", () => store.map(1000)],
    ["pairs", () => store.pairs({}, 100)],
    ["all by hour", () => store.series({}, "hour", 0, Number.MAX_SAFE_INTEGER, 200)],
    ["load", () => store.load()],
  ]
  for (const [name, read] of lists) {
    const times: number[] = []
    for (let i = 0; i < (isSmoke ? 1 : 20); i++) {
      const start = performance.now()
      await read()
      times.push(performance.now() - start)
    }
    times.sort((a, b) => a - b)
    print(`  ${name}: median ${times[times.length >> 1]!.toFixed(1)} ms, worst ${times.at(-1)!.toFixed(1)} ms`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const only = process.argv.find((argument) => argument.startsWith("--scene="))?.slice("--scene=".length)

for (const scene of SCENES) {
  if (only !== undefined && scene.name !== only) continue
  const directory = mkdtempSync(join(tmpdir(), "sonde-bench-"))
  const store = await openSqliteStore(directory)
  try {
    await applyAll(scene, store)
    if (scene.name === "large") await timeLists(store)
  } finally {
    await store.close()
    rmSync(directory, { recursive: true })
  }
}
