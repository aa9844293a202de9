// Events for tests and benchmarks: arbitrary ones within the contract, and traffic as a B2B API has it.
import fc from "fast-check"
import {
  type ApiEvent,
  type Client,
  EMPTY_FORM,
  type Envelope,
  EVENT_VERSION,
  type EventBatch,
  type Form,
  type Identity,
  NO_NUMBERS,
  NO_STRINGS,
  type Operation,
  type Server,
} from "../event/api-event.ts"
import { TIME_MAX_US } from "../event/event-codec-limits.ts"

const text = fc.string({ unit: "binary", maxLength: 40 }).map((s) => s.toWellFormed())
const hash = fc.integer({ min: 0, max: 0xffff_ffff })
const key = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const size = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: Number.MAX_SAFE_INTEGER }))
const duration = fc.oneof(fc.integer({ min: -1, max: 5_000_000 }), fc.integer({ min: -1, max: TIME_MAX_US }))
const names = fc.array(text, { maxLength: 6 })

const client: fc.Arbitrary<Client> = fc.record({
  address: text,
  prefix: text,
  addressClass: text,
  fieldOrder: hash,
  userAgentFamily: text,
  userAgentHash: hash,
})
const server: fc.Arbitrary<Server> = fc.record({
  address: text,
  addressClass: text,
  port: fc.nat({ max: 65_535 }),
  authority: text,
  zone: text,
})
const identity: fc.Arbitrary<Identity> = fc.record({
  scheme: text,
  location: text,
  credential: text,
  principal: text,
  name: text,
  issuer: text,
  scopeHash: hash,
  keyIdHash: hash,
  algorithm: text,
  lifetimeLog2: fc.integer({ min: -1, max: 63 }),
  expired: fc.boolean(),
  rule: text,
})
const operation: fc.Arbitrary<Operation> = fc.record({
  protocol: fc.nat({ max: 4 }),
  method: text,
  path: text,
  extension: text,
  pathFlags: fc.nat({ max: 31 }),
  operationKey: text,
  query: names,
  headers: names,
  cookies: names,
})
const form: fc.Arbitrary<Form> = fc.record({
  contentType: text,
  contentEncoding: text,
  kind: text,
  coarseShape: hash,
  fullShape: hash,
})

export const arbitraryEvent: fc.Arbitrary<ApiEvent> = fc
  .record({
    startUs: fc.oneof(
      fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_100_000_000 }),
      fc.nat({ max: TIME_MAX_US }),
    ),
    firstByteUs: duration,
    totalUs: duration,
    exchangeKey: key,
    state: fc.nat({ max: 4 }),
    flags: fc.nat({ max: 0x1ff }),
    anomalies: fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { maxLength: 4 }).map((a) => a.sort((x, y) => x - y)),
    client,
    server,
    identity,
    operation,
    request: form,
    response: form,
    requestBytes: size,
    responseBytes: size,
    status: fc.nat({ max: 999 }),
    items: duration,
    objects: fc.array(key, { maxLength: 8 }),
    requestClasses: names,
    responseClasses: names,
  })
  .map(plain)

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)
export const arbitraryEnvelope: fc.Arbitrary<Envelope> = fc.record({
  version: fc.constant(EVENT_VERSION),
  tenant: token,
  sensor: token,
  boot: token,
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  keyEpoch: fc.nat({ max: 1000 }),
  watermarkUs: fc.nat({ max: TIME_MAX_US }),
  last: fc.boolean(),
  ledger: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}\.[a-z_]{1,12}$/), fc.nat({ max: Number.MAX_SAFE_INTEGER })),
})

/** A batch whose events share records here and there, as interned ones do. */
export const arbitraryBatch: fc.Arbitrary<EventBatch> = fc
  .record({
    envelope: arbitraryEnvelope,
    events: fc.array(fc.tuple(arbitraryEvent, fc.nat({ max: 10 })), { maxLength: 12 }),
    shapes: fc.array(fc.record({ shape: hash, paths: names }), { maxLength: 3 }),
  })
  .map(({ envelope, events, shapes }) => ({
    envelope,
    shapes,
    events: events.map(([event, back], i) => {
      const other = events[i - back]?.[0]
      if (other === undefined) return event
      return { ...event, client: other.client, identity: other.identity, operation: other.operation }
    }),
  }))
  .map(plain)

/** fast-check makes objects without a prototype now and then; a strict comparison would trip over that. */
function plain<T>(value: T): T {
  return structuredClone(value)
}

export interface TrafficOptions {
  readonly events: number
  readonly clients: number
  readonly operations: number
  /** Distinct object ids asked for. */
  readonly objects: number
}

export const B2B_TRAFFIC: TrafficOptions = { events: 10_000, clients: 40, operations: 12, objects: 50_000 }

/** Repeatable traffic: as many credentials as clients, JSON over HTTP/1.1, two services, 1 in 50 answers an error. */
export function trafficEvents(options: TrafficOptions): ApiEvent[] {
  const random = lcg(7)
  const pseudonym = (): string => (random() * 2 ** 48).toString(16).split(".")[0]!.padStart(12, "0")
  const clients = Array.from(
    { length: options.clients },
    (_, i): Client => ({
      address: pseudonym(),
      prefix: pseudonym(),
      addressClass: "private",
      fieldOrder: (random() * 2 ** 32) >>> 0,
      userAgentFamily: `partner-sdk-${i % 5}`,
      userAgentHash: (random() * 2 ** 32) >>> 0,
    }),
  )
  const identities = Array.from(
    { length: options.clients },
    (_, i): Identity => ({
      scheme: i % 2 === 0 ? "bearer-jwt" : "api-key",
      location: i % 2 === 0 ? "authorization" : "header:x-api-key",
      credential: pseudonym(),
      principal: pseudonym(),
      name: i % 2 === 0 ? `partner-${i}` : "",
      issuer: i % 2 === 0 ? "https://login.example.com/" : "",
      scopeHash: (random() * 2 ** 32) >>> 0,
      keyIdHash: 0,
      algorithm: i % 2 === 0 ? "RS256" : "",
      lifetimeLog2: i % 2 === 0 ? 12 : -1,
      expired: false,
      rule: "default",
    }),
  )
  const servers = ["api.example.com", "billing.example.com"].map(
    (authority): Server => ({ address: pseudonym(), addressClass: "private", port: 443, authority, zone: "" }),
  )
  const operations = Array.from(
    { length: options.operations },
    (_, i): Operation => ({
      protocol: 2,
      method: i % 4 === 3 ? "POST" : "GET",
      path: `/v1/collection-${i}/{int}`,
      extension: "",
      pathFlags: 0,
      operationKey: "",
      query: i % 2 === 0 ? ["expand:word", "page:int"] : NO_STRINGS,
      headers: ["x-request-id:uuid"],
      cookies: NO_STRINGS,
    }),
  )
  const forms = Array.from(
    { length: options.operations },
    (): Form => ({
      contentType: "application/json",
      contentEncoding: "",
      kind: "json",
      coarseShape: (random() * 2 ** 32) >>> 0,
      fullShape: (random() * 2 ** 32) >>> 0,
    }),
  )
  const objects = Array.from({ length: options.objects }, () => Math.floor(random() * 2 ** 48))
  let timeUs = 1_790_000_000_000_000
  return Array.from({ length: options.events }, (): ApiEvent => {
    const who = Math.floor(random() * options.clients)
    const what = Math.floor(random() * options.operations)
    const isError = random() < 0.02
    timeUs += Math.floor(random() * 400)
    const firstByteUs = 500 + Math.floor(random() * random() * 40_000)
    return {
      startUs: timeUs - Math.floor(random() * 3000),
      firstByteUs,
      totalUs: firstByteUs + 50 + Math.floor(random() * 500),
      exchangeKey: Math.floor(random() * 2 ** 48),
      state: 0,
      flags: 0,
      anomalies: NO_NUMBERS,
      client: clients[who]!,
      server: servers[what % 2]!,
      identity: identities[who]!,
      operation: operations[what]!,
      request: what % 4 === 3 ? forms[what]! : EMPTY_FORM,
      response: forms[what]!,
      requestBytes: what % 4 === 3 ? Math.floor(random() * 900) : 0,
      responseBytes: Math.floor(200 + random() * random() * 8000),
      status: isError ? 404 : 200,
      items: what % 3 === 0 ? Math.floor(random() * 50) : -1,
      objects: [objects[Math.floor(random() * random() * options.objects)]!],
      requestClasses: NO_STRINGS,
      responseClasses: NO_STRINGS,
    }
  })
}

/** Numerical Recipes' linear congruential generator: repeatable, good enough for sizes. */
export function lcg(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
