// Traffic of the bench: events of a scene as batches, the way sensors publish them, in a file.
//
// In:  a scene. Out: a file of messages, a length (4 bytes) before each. Made apart from the process that is measured, whose memory
// is then the collector's alone.
import { closeSync, openSync, writeSync } from "node:fs"
import { type ApiEvent, EMPTY_FORM, EVENT_VERSION, NO_NUMBERS, State } from "../../shared/event/api-event.ts"
import { BatchEncoder } from "../../shared/event/event-codec.ts"
import { trafficEvents } from "../../shared/testing/event-traffic.ts"
import { responseOnly } from "../inventory/fake-batches.ts"

export interface Scene {
  readonly name: string
  readonly clients: number
  readonly operations: number
  /** Endpoints that each client uses. */
  readonly endpointsOfClient: number
  /** Seen by two one-way sensors: each exchange arrives as two halves, a batch apart. */
  readonly isSplit?: boolean
}

export const SCENES: readonly Scene[] = [
  { name: "small", clients: 40, operations: 12, endpointsOfClient: 12 },
  { name: "split", clients: 40, operations: 12, endpointsOfClient: 12, isSplit: true },
  { name: "large", clients: 1000, operations: 2000, endpointsOfClient: 40 },
  { name: "wide", clients: 200, operations: 10_000, endpointsOfClient: 60 },
]
/** Events of a batch. */
export const BATCH = 1000
/** Events that differ; they come again and again, each time later, so that few of them are held in memory. */
const DISTINCT_EVENTS = 100_000
const SMOKE_EVENTS = 2_000
/** Four checkpoints are written to a store that has nothing yet, four to one that has all of it. */
const ROUNDS = 4
const ROUND_US = 60_000_000

function sceneEvents(scene: Scene, count: number): ApiEvent[] {
  const { clients, operations, endpointsOfClient } = scene
  const events = trafficEvents({ events: count, clients, operations, objects: 50_000 })
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
  readonly #write: (message: Uint8Array) => void
  #sequence = 0

  constructor(sensor: string, write: (message: Uint8Array) => void) {
    this.#sensor = sensor
    this.#write = write
  }

  add(event: ApiEvent, watermarkUs: number): void {
    this.#encoder.add(event)
    if (this.#encoder.events < BATCH) return
    const ledger = { "capture.packets": this.#sequence }
    const names = { version: EVENT_VERSION, tenant: "default", sensor: this.#sensor, boot: "b" }
    const envelope = { ...names, sequence: ++this.#sequence, keyEpoch: 1, watermarkUs, last: false, ledger }
    this.#write(this.#encoder.encode(envelope))
  }
}

/** What a sensor that sees answers only knows of the request. */
const { operation: UNSEEN, identity: NOBODY } = responseOnly()

/** Writes the scene's messages to `path`. */
export function writeScene(scene: Scene, path: string, isSmoke: boolean): void {
  const file = openSync(path, "w")
  const length = Buffer.alloc(4)
  const write = (message: Uint8Array): void => {
    length.writeUInt32BE(message.length)
    writeSync(file, length)
    writeSync(file, message)
  }
  const [first, second] = [new Sender("bench", write), new Sender("bench-responses", write)]
  const events = sceneEvents(scene, isSmoke ? SMOKE_EVENTS : DISTINCT_EVENTS)
  for (let i = 0; i < events.length * (isSmoke ? 1 : ROUNDS); i++) {
    const event = events[i % events.length]!
    event.startUs += ROUND_US
    if (scene.isSplit !== true) {
      first.add(event, event.startUs)
      continue
    }
    first.add({ ...event, state: State.requestOnly, status: 0, response: EMPTY_FORM, items: -1 }, event.startUs)
    const unseen = { operation: UNSEEN, identity: NOBODY, request: EMPTY_FORM, requestBytes: 0, objects: NO_NUMBERS }
    second.add({ ...event, ...unseen, state: State.responseOnly }, event.startUs)
  }
  closeSync(file)
}
