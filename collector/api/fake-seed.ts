// Test support: a believable week of a freight company's APIs as one checkpoint, the same on every run. Nothing in it was
// recorded anywhere.
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
import type { BodiesRecord } from "../store/endpoint-records.ts"
import type {
  ChangeRecord,
  ConsumerRecord,
  EndpointRecord,
  PairCount,
  ParameterRecord,
  ServiceRecord,
  ShapeRecord,
} from "../store/records.ts"
import type { Checkpoint } from "../store/store.ts"
import { makeDark } from "./fake-dark.ts"
import { makeMinutes, makeSensors } from "./fake-sensors.ts"

export const SEED_START_US = Date.UTC(2026, 10, 16) * 1000
const HOUR = 3_600_000_000
const HOURS = 7 * 24
const END_US = SEED_START_US + HOURS * HOUR - 17 * 60_000_000

/** xorshift32: the same numbers on every machine. */
export function makeRandom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

function sketch(random: () => number, middle: number, spread: number, count: number): Uint8Array {
  const out = new QuantileSketch()
  for (let i = 0; i < count; i++)
    out.add(Math.round(middle * Math.exp(spread * (random() + random() + random() - 1.5))))
  return out.toBytes()
}

const HOSTS = ["api.meridian.example", "partner.meridian.example", "legacy.meridian.example", "10.20.0.15:9000"]
const RULES: readonly Record<string, number>[] = [
  { "jwt bearer-jwt": 41_020, "basic basic": 9_211, "api-key api-key": 8_120, "anonymous none": 3_004 },
  { "jwt bearer-jwt": 18_400, "cookie cookie": 2_210, "anonymous none": 12_800 },
  { "basic basic": 800, "anonymous none": 5_100 },
  { "anonymous none": 4_032 },
]
const CONSUMERS: readonly (readonly [name: string, scheme: string, weight: number])[] = [
  ["northwind-erp", "bearer-jwt", 9],
  ["harbor-logistics", "basic", 6],
  ["quickship-reseller", "api-key", 5],
  ["atlas-retail", "bearer-opaque", 4],
  ["customs-broker-eu", "mtls", 3],
  ["status-monitor", "none", 8],
  ["night-batch", "api-key", 7],
  ["portal session", "cookie", 2],
  ["old-edi-gateway", "basic", 1],
  ["pilot-partner", "bearer-jwt", 0.2],
]
/** method, template, host, share of successes without a credential, share of lossy evidence. */
const PATHS: readonly (readonly [string, string, number, number, number])[] = [
  ["GET", "/v1/orders", 0, 0, 0.01],
  ["POST", "/v1/orders", 0, 0, 0],
  ["GET", "/v1/orders/{int}", 0, 0.02, 0.01],
  ["PATCH", "/v1/orders/{int}", 0, 0, 0],
  ["GET", "/v1/orders/{int}/lines", 0, 0, 0],
  ["GET", "/v1/orders/export.csv", 0, 0.3, 0],
  ["GET", "/v1/shipments/{uuid}", 0, 0.01, 0.03],
  ["POST", "/v1/shipments/{uuid}/events", 0, 0, 0],
  ["GET", "/v2/shipments", 0, 0, 0],
  ["GET", "/v2/shipments/{uuid}/documents/{uuid}.pdf", 0, 0.44, 0],
  ["GET", "/v1/customers", 1, 0, 0],
  ["GET", "/v1/customers/{prefixed}", 1, 0, 0],
  ["GET", "/v1/customers/{prefixed}/invoices/{code}", 1, 0.6, 0],
  ["POST", "/v1/auth/token", 1, 1, 0],
  ["GET", "/v1/search", 1, 0, 0.31],
  ["POST", "/v1/webhooks", 1, 0, 0],
  ["DELETE", "/v1/webhooks/{int}", 1, 0, 0],
  ["GET", "/health", 1, 1, 0],
  ["GET", "/internal/debug/vars", 2, 1, 0],
  ["GET", "/v0/price", 2, 1, 0],
  ["POST", "/soap/Quote", 2, 0, 0],
  ["GET", "/metrics", 3, 1, 0],
]

const SHAPES: readonly ShapeRecord[] = [
  {
    shape: 798081194,
    paths: ["items[].customer.email:string#email", "items[].id:int", "items[].total:number", "next:string|null"],
    firstSeenUs: SEED_START_US,
  },
  {
    shape: 1909646260,
    paths: ["error.code:string", "error.message:string"],
    firstSeenUs: SEED_START_US,
  },
  {
    shape: 195948557,
    paths: ["customer:string", "lines[].quantity:int", "lines[].sku:string"],
    firstSeenUs: SEED_START_US,
  },
]

function parameter(kind: ParameterRecord["in"], name: string, requests: number, kinds: Record<string, number>) {
  return {
    in: kind,
    name,
    requests,
    kinds,
    values: {},
    isOpen: true,
    firstSeenUs: SEED_START_US + 5 * HOUR,
    lastSeenUs: END_US,
  }
}

function parameters(template: string, requests: number): ParameterRecord[] {
  const out = [...template.matchAll(/\{(\w+)\}/g)].map((match, i) =>
    parameter("path", `${match[1]}${i + 1}`, requests, { [match[1]!]: requests }),
  )
  if (/orders$|shipments$|search|customers$/.test(template)) {
    out.push(parameter("query", "page", Math.floor(requests * 0.82), { int: Math.floor(requests * 0.82) }))
    out.push(parameter("query", "status", Math.floor(requests * 0.31), { word: Math.floor(requests * 0.31) }))
  }
  out.push(parameter("header", "x-request-id", requests, { uuid: requests }))
  return out
}

export interface SeedOptions {
  /** Endpoints beyond the hand-written ones, to try the console with many. */
  readonly extraEndpoints?: number
}

interface Draft {
  readonly services: ServiceRecord[]
  readonly endpoints: EndpointRecord[]
  readonly consumers: ConsumerRecord[]
  readonly hours: PairCount[]
  readonly days: PairCount[]
}

function makeServices(): ServiceRecord[] {
  return HOSTS.map((name, i) => ({
    id: `sv_${i + 1}`,
    name,
    authority: name,
    zone: i === 3 ? "vlan 40" : "",
    addresses: [`5f0c2ab41e9${i}:443`, `77ab10c2d4e${i}:80`],
    listeners: [],
    owner: "",
    risk: 0,
    labels: [],
    specifications: [],
    ports: i === 3 ? [9000] : [80, 443],
    protocols: ["http/1.1"],
    firstSeenUs: SEED_START_US + i * HOUR,
    lastSeenUs: END_US - i * HOUR,
    requests: 0,
    errors: 0,
    endpoints: 0,
    conversations: 0,
    rules: RULES[i]!,
    unlisted: i === 0 ? { notFound: 412, noAnswer: 9 } : {},
  }))
}

function makeConsumers(): ConsumerRecord[] {
  const seen = [900, SEED_START_US, END_US] as const
  return CONSUMERS.map(([name, scheme], i) => ({
    id: `co_${i + 1}`,
    name: scheme === "none" ? `anonymous 3fe2a1b0${i}` : name,
    seenName: scheme === "none" ? `anonymous 3fe2a1b0${i}` : name,
    scheme,
    principal: `90ab12cd34e${i}`,
    formerPrincipals: i === 1 ? ["90ab12cd34ff"] : [],
    issuer: scheme === "bearer-jwt" ? "https://login.meridian.example" : "",
    rule: scheme === "none" ? "client" : `default-${scheme}`,
    aliases: [],
    partner: null,
    partnerBy: "",
    sights: {
      credential: { [`c0ffee00000${i}`]: seen },
      credentialKind: { authorization: seen },
      userAgent: { [i % 2 === 0 ? "partner-sdk" : "curl"]: seen },
      prefix: { [`aa00bb11cc2${i}`]: seen },
    },
    forgotten: {},
    recentDays: 127,
    firstSeenUs: SEED_START_US + (i === 9 ? HOURS - 20 : i) * HOUR,
    lastSeenUs: END_US - i * 60_000_000,
    requests: 0,
    errors: 0,
    endpoints: 0,
  }))
}

/** What the requests of a few endpoints say inside their URL. */
function callsOf(template: string) {
  const calls = { kinds: {}, fields: {}, depth: -1, aliases: -1, batch: 0 }
  const none = { outcomes: {}, calls, conversations: 0, requestMessages: 0, responseMessages: 0 }
  if (template === "/soap/Quote") {
    return { ...none, calls: { ...calls, kinds: { soap: 900 }, fields: { GetQuote: 900 }, batch: 1 } }
  }
  if (template !== "/v1/shipments/{uuid}") return none
  const fields = { "shipments.v2": 41 }
  const websocket = { ...calls, kinds: { websocket: 41 }, fields }
  const messages = { requestMessages: 820, responseMessages: 19_330 }
  return { ...none, ...messages, outcomes: { 1000: 37, 1006: 4 }, calls: websocket, conversations: 41 }
}

function bodiesOf(status: number, shape: number, bodies: number): BodiesRecord {
  const seen = { bodies, firstSeenUs: SEED_START_US, lastSeenUs: END_US }
  const shapes = { [shape]: [bodies, SEED_START_US, END_US] as const }
  return { direction: "response", status, contentType: "application/json", ...seen, shapes, fields: {}, unread: 0 }
}

function makeEndpoint(random: () => number, index: number, path: (typeof PATHS)[number]): EndpointRecord {
  const [method, template, host] = path
  const reads = method === "GET"
  return {
    id: `ep_${index + 1}`,
    service: `sv_${host + 1}`,
    method,
    template,
    operation: template === "/soap/Quote" ? "GetQuote" : "",
    status: "unknown",
    statusWhy: "",
    drift: -1,
    posture: "unknown",
    derivedFrom: "",
    labels: [],
    auth: { windows: [], weak: {} },
    bodies: reads ? [bodiesOf(200, 798081194, 90), bodiesOf(404, 1909646260, 7)] : [bodiesOf(200, 1909646260, 4)],
    samples: [],
    firstSeenUs: SEED_START_US + (index % 30) * HOUR,
    lastSeenUs: END_US - (index % 11) * HOUR,
    requests: 0,
    errors: 0,
    lossy: 0,
    states: {},
    statuses: {},
    requestTypes: reads ? {} : { "application/json": 1 },
    responseTypes: { [template.endsWith(".pdf") ? "application/pdf" : "application/json"]: 1 },
    schemes: {},
    anomalies: index === 2 ? { 16: 3 } : {},
    dataClasses: template.includes("customers") ? { "response:email": 240, "response:iban": 12 } : {},
    shapes: reads ? { 798081194: 90, 1909646260: 7 } : { 1909646260: 4 },
    requestShapes: reads ? {} : { 195948557: 51 },
    protocols: { "http/1.1": 1 },
    ...callsOf(template),
    parameters: [],
    consumers: 0,
    latencyUs: sketch(random, 9000 + 4000 * (index % 7), 1.1, 400),
    requestBytes: sketch(random, reads ? 1 : 700, 0.6, 200),
    responseBytes: sketch(random, 1500 + 900 * (index % 5), 1, 400),
    items: template.match(/s$|search/) ? sketch(random, 25, 0.5, 200) : new QuantileSketch().toBytes(),
  }
}

/** Busy by day, nearly asleep at night; batches at night. */
function activity(hour: number, batch: boolean): number {
  const ofDay = hour % 24
  if (batch) return ofDay >= 1 && ofDay <= 3 ? 3 : 0.05
  return 0.15 + Math.max(0, Math.sin(((ofDay - 6) / 14) * Math.PI))
}

function makeTraffic(random: () => number, draft: Draft): void {
  for (const [e, endpoint] of draft.endpoints.entries()) {
    const [, , , without, lossy] = PATHS[e] ?? ["", "", 0, 0, 0]
    const used = new Set<string>()
    for (const [c, consumer] of draft.consumers.entries()) {
      const [, scheme, weight] = CONSUMERS[c]!
      const anonymous = scheme === "none"
      if (e >= PATHS.length ? c !== e % 9 : anonymous !== without > 0.9 || (!anonymous && (e * 7 + c * 3) % 4 === 0))
        continue
      const hours = e >= PATHS.length ? 2 : HOURS
      for (let hour = c === 9 ? HOURS - 20 : 0; hour < HOURS; hour += hours === HOURS ? 1 : 90) {
        const requests = Math.floor(weight * activity(hour, c === 6) * (0.5 + random()) * (e % 5 === 0 ? 4 : 1))
        if (requests === 0) continue
        used.add(consumer.id)
        const errors = Math.floor(requests * random() * 0.08)
        const count: PairCount = {
          consumer: consumer.id,
          endpoint: endpoint.id,
          windowUs: SEED_START_US + hour * HOUR,
          requests,
          errors,
          requestBytes: endpoint.method === "GET" ? 0 : requests * 640,
          responseBytes: requests * (1500 + 900 * (e % 5)),
          items: endpoint.template.endsWith("s") ? requests * 25 : 0,
        }
        draft.hours.push(count)
        addUsage(draft, endpoint, consumer, scheme, count, without, lossy)
      }
    }
    endpoint.consumers = used.size
    settle(endpoint, draft)
  }
}

function addUsage(
  draft: Draft,
  endpoint: EndpointRecord,
  consumer: ConsumerRecord,
  scheme: string,
  count: PairCount,
  without: number,
  lossy: number,
): void {
  const { requests, errors } = count
  const service = draft.services.find((record) => record.id === endpoint.service)!
  for (const record of [endpoint, consumer, service]) {
    record.requests += requests
    record.errors += errors
  }
  const good = requests - errors
  const open = Math.round(good * without)
  if (open > 0) endpoint.schemes.none = (endpoint.schemes.none ?? 0) + open
  if (good > open) endpoint.schemes[scheme] = (endpoint.schemes[scheme] ?? 0) + good - open
  endpoint.lossy += Math.round(requests * lossy)
}

function settle(endpoint: EndpointRecord, draft: Draft): void {
  const { requests, errors, lossy } = endpoint
  endpoint.states = { complete: requests - lossy, ...(lossy > 0 ? { bodyGap: lossy } : {}) }
  const notFound = Math.floor(errors / 2)
  endpoint.statuses = { [endpoint.method === "POST" ? "201" : "200"]: requests - errors }
  if (notFound > 0) endpoint.statuses["404"] = notFound
  if (errors > notFound) endpoint.statuses["422"] = errors - notFound
  for (const counts of [endpoint.requestTypes, endpoint.responseTypes, endpoint.protocols])
    for (const key of Object.keys(counts)) counts[key] = requests
  endpoint.parameters = parameters(endpoint.template, requests)
  const service = draft.services.find((record) => record.id === endpoint.service)!
  service.endpoints++
}

function makeDays(draft: Draft): void {
  const days = new Map<string, PairCount>()
  const used = new Map<string, Set<string>>()
  for (const hour of draft.hours) {
    const windowUs = hour.windowUs - (hour.windowUs % (24 * HOUR))
    const key = `${hour.consumer} ${hour.endpoint} ${windowUs}`
    const day = days.get(key)
    if (day === undefined) days.set(key, { ...hour, windowUs })
    else
      for (const field of ["requests", "errors", "requestBytes", "responseBytes", "items"] as const)
        day[field] += hour[field]
    used.set(hour.consumer, (used.get(hour.consumer) ?? new Set()).add(hour.endpoint))
  }
  draft.days.push(...days.values())
  for (const consumer of draft.consumers) consumer.endpoints = used.get(consumer.id)?.size ?? 0
}

function makeChanges(draft: Draft): ChangeRecord[] {
  const services = draft.services.map(
    (s) => [s.firstSeenUs, "service.new", s.id, `Service ${s.name} answered for the first time.`] as const,
  )
  const endpoints = draft.endpoints.map(
    (e) => [e.firstSeenUs, "endpoint.new", e.id, `${e.method} ${e.template} was called for the first time.`] as const,
  )
  const consumers = draft.consumers.map(
    (c) => [c.firstSeenUs, "consumer.new", c.id, `${c.name} made its first request.`] as const,
  )
  return [...services, ...endpoints, ...consumers]
    .sort((a, b) => a[0] - b[0])
    .map(([atUs, kind, subject, sentence], i) => ({ sequence: i + 1, atUs, kind, subject, sentence }))
}

export function makeSeed(options: SeedOptions = {}): Checkpoint {
  const random = makeRandom(20_261_123)
  const extra = Array.from({ length: options.extraEndpoints ?? 0 }, (_none, i): (typeof PATHS)[number] => [
    "GET",
    `/v3/catalog/section-${i % 97}/part-${i}/{int}`,
    i % 2,
    0,
    0,
  ])
  const draft: Draft = {
    services: makeServices(),
    endpoints: [...PATHS, ...extra].map((path, i) => makeEndpoint(random, i, path)),
    consumers: makeConsumers(),
    hours: [],
    days: [],
  }
  makeTraffic(random, draft)
  makeDays(draft)
  const exchanges = draft.services.reduce((sum, service) => sum + service.requests, 0)
  const sensors = makeSensors(exchanges, SEED_START_US, END_US)
  return {
    number: 1,
    positions: sensors.map(({ sensor, boot, sequence, ledger }) => ({
      sensor,
      boot,
      sequence,
      holes: [],
      lost: 0,
      ledger,
    })),
    minutes: makeMinutes(random, exchanges, SEED_START_US, END_US),
    merges: [],
    goneEndpoints: [],
    routes: [],
    documents: [],
    audit: [],
    endpointHours: [],
    window: null,
    watch: null,
    streamPlaces: [],
    waiting: null,
    ...draft,
    ...makeDark(SEED_START_US, END_US),
    shapes: SHAPES,
    sensors,
    changes: makeChanges(draft),
    ledger: {
      exchanges,
      conversations: 41,
      tlsSessions: 28_012,
      received: exchanges + 911 + 1204 + 7,
      joined: 911,
      copies: 1204,
      betterCopies: 18,
      halvesExpired: 29,
      waiting: 7,
      batches: 5664,
      duplicateBatches: 3,
      missingBatches: 0,
      refused: {},
      states: { complete: exchanges - 61, bodyGap: 61 },
      unlisted: {},
      limits: {},
    },
  }
}
