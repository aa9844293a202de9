// Test support: records and checkpoints with plausible defaults.
import type { PartnerRecord } from "./documents.ts"
import type {
  ChangeRecord,
  ConsumerRecord,
  DarkHour,
  DarkRecord,
  EndpointHour,
  EndpointRecord,
  LedgerRecord,
  PairCount,
  ParameterRecord,
  RouteRecord,
  SensorMinute,
  SensorRecord,
  ServiceRecord,
  WorkerRecord,
} from "./records.ts"
import type { Checkpoint } from "./store.ts"

/** 2026-11-23 00:00:00 UTC. */
export const DAY_START_US = 1_795_392_000_000_000

export function service(id: string, change: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    id,
    name: `${id}.example.com`,
    authority: `${id}.example.com`,
    zone: "",
    addresses: ["b1:443"],
    listeners: [
      {
        listener: "b1:443",
        addressClass: "private",
        requests: { tls: 0, clear: 10 },
        successes: 9,
        firstSeenUs: DAY_START_US,
        lastSeenUs: DAY_START_US + 5,
        role: "unknown",
        isFixed: false,
        clients: { a1: ["c1"] },
        isCrowded: false,
        gatewayBase: 0,
        run: 0,
        runBase: 0,
        bypass: null,
      },
    ],
    owner: "",
    labels: [],
    risk: 0,
    specifications: [],
    ports: [443],
    protocols: ["http/1.1"],
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US + 5,
    requests: 10,
    errors: 1,
    endpoints: 1,
    conversations: 0,
    rules: { "basic basic": 9 },
    unlisted: { notFound: 2 },
    ...change,
  }
}

export function endpoint(id: string, change: Partial<EndpointRecord> = {}): EndpointRecord {
  return {
    id,
    service: "s1",
    method: "GET",
    template: `/v1/${id}/{int}`,
    operation: "",
    status: "unknown",
    statusWhy: "",
    drift: -1,
    posture: "unknown",
    derivedFrom: "",
    labels: [],
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US + 5,
    requests: 10,
    errors: 1,
    lossy: 0,
    states: { complete: 10 },
    statuses: { 200: 9, 404: 1 },
    requestTypes: {},
    responseTypes: { "application/json": 9 },
    schemes: { basic: 9 },
    auth: {
      windows: [{ startUs: DAY_START_US, schemes: { basic: 9 }, weak: { basic: 9 }, lossy: 0, unseen: 0, open: [] }],
      weak: { basic: 9 },
    },
    bodies: [],
    samples: [],
    anomalies: { 2: 1 },
    dataClasses: { "response:email": 3 },
    shapes: { 77: 9 },
    requestShapes: {},
    protocols: { "http/1.1": 10 },
    outcomes: { 0: 4 },
    calls: { kinds: { graphql: 3 }, fields: { orders: 3 }, depth: 2, aliases: -1, batch: 1 },
    conversations: 2,
    requestMessages: 7,
    responseMessages: 8,
    parameters: [parameter("page")],
    consumers: 1,
    latencyUs: Uint8Array.of(1, 2, 3),
    requestBytes: new Uint8Array(0),
    responseBytes: Uint8Array.of(255, 0),
    items: new Uint8Array(0),
    ...change,
  }
}

export function parameter(name: string, change: Partial<ParameterRecord> = {}): ParameterRecord {
  return {
    in: "query",
    name,
    requests: 3,
    kinds: { int: 3 },
    values: {},
    isOpen: true,
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US,
    ...change,
  }
}

/** The only one of an endpoint of the same id. */
export function route(id: string, change: Partial<RouteRecord> = {}): RouteRecord {
  return {
    id,
    endpoint: id,
    service: "s1",
    method: "GET",
    path: `/v1/${id}/{int}`,
    extension: "",
    operation: "",
    leaf: 7,
    traffic: null,
    ...change,
  }
}

export function endpointHour(id: string, windowUs: number, change: Partial<EndpointHour> = {}): EndpointHour {
  const none = new Uint8Array(0)
  const sketches = { latencyUs: none, requestBytes: none, responseBytes: none, items: none }
  return { endpoint: id, windowUs, requests: 1, errors: 0, lossy: 0, ...sketches, ...change }
}

export function partner(id: string, change: Partial<PartnerRecord> = {}): PartnerRecord {
  const contract = {
    endpoints: [],
    networks: [],
    hours: [],
    requestsPerDay: null,
    requestsPerHour: null,
    dataClasses: [],
  }
  const said = {
    owner: "",
    contact: "",
    labels: [],
    note: "",
    rules: [],
    source: "hand",
    by: "console",
    atUs: DAY_START_US,
  }
  return { id, name: id, contract, ...said, ...change }
}

export function consumer(id: string, change: Partial<ConsumerRecord> = {}): ConsumerRecord {
  return {
    id,
    name: `partner-${id}`,
    seenName: `partner-${id}`,
    scheme: "basic",
    principal: `p-${id}`,
    formerPrincipals: [],
    issuer: "",
    rule: "basic",
    aliases: [],
    partner: null,
    partnerBy: "",
    sights: {
      credential: { d1: [10, DAY_START_US, DAY_START_US + 5] },
      userAgent: { curl: [10, DAY_START_US, DAY_START_US + 5] },
      prefix: { x1: [10, DAY_START_US, DAY_START_US + 5] },
    },
    forgotten: {},
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US + 5,
    recentDays: 1,
    requests: 10,
    errors: 1,
    endpoints: 1,
    ...change,
  }
}

export function dark(id: string, change: Partial<DarkRecord> = {}): DarkRecord {
  return {
    id,
    name: `${id}.example.com`,
    address: "b2b2b2b2b2b2",
    addressClass: "private",
    port: 443,
    zone: "",
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US + 9,
    sessions: 4,
    requestBytes: 100,
    responseBytes: 1000,
    states: { unread: 4 },
    reasons: { "no-keys": 4 },
    versions: { "1.3": 4 },
    ciphers: { TLS_AES_128_GCM_SHA256: 4 },
    alpns: { h2: 4 },
    ja4s: { t13d1516h2_8daaf6152771_b186095e22b6: 4 },
    issuers: {},
    certificateNames: [],
    clientNames: [],
    clients: ["a1a1a1a1a1a1"],
    isCrowded: false,
    resumed: 1,
    earlyData: 0,
    ...change,
  }
}

export function darkHour(id: string, windowUs: number, sessions = 1): DarkHour {
  return { dark: id, windowUs, sessions, requestBytes: sessions * 10, responseBytes: sessions * 100 }
}

const NO_COUNTS = {
  packets: 0,
  kernelDrops: 0,
  duplicates: 0,
  payloadBytes: 0,
  gapBytes: 0,
  exchanges: 0,
  incomplete: 0,
  resyncs: 0,
  evictions: 0,
}

export function worker(change: Partial<WorkerRecord> = {}): WorkerRecord {
  return {
    worker: 0,
    boot: "b",
    restart: 0,
    sequence: 3,
    watermarkUs: DAY_START_US,
    heardUs: DAY_START_US + 7,
    finished: false,
    silent: false,
    counts: { ...NO_COUNTS, packets: 9 },
    levels: { unknownLoss: 0, overloadStep: 0 },
    ...change,
  }
}

export function sensor(name: string, change: Partial<SensorRecord> = {}): SensorRecord {
  return {
    sensor: name,
    tenant: "default",
    boot: "b",
    sequence: 3,
    keyEpoch: 1,
    watermarkUs: DAY_START_US,
    firstBatchUs: DAY_START_US,
    exchanges: 7,
    batches: 3,
    ledger: { "capture.packets": 9 },
    flags: { gap: 1 },
    finished: false,
    run: "b",
    workers: [worker()],
    runs: 1,
    lastHeardUs: DAY_START_US + 7,
    silent: false,
    missingBatches: 0,
    rules: { "jwt bearer-jwt": 7 },
    copies: 0,
    ...change,
  }
}

export function minute(name: string, windowUs: number, change: Partial<SensorMinute> = {}): SensorMinute {
  return { sensor: name, windowUs, ...NO_COUNTS, packets: 1, unknownLoss: 0, overloadStep: 0, ...change }
}

export function count(endpointId: string, consumerId: string, windowUs: number, requests = 1): PairCount {
  return {
    endpoint: endpointId,
    consumer: consumerId,
    windowUs,
    requests,
    errors: 0,
    requestBytes: requests * 10,
    responseBytes: requests * 100,
    items: requests * 2,
  }
}

export function change(sequence: number): ChangeRecord {
  return { sequence, atUs: DAY_START_US, kind: "endpoint.new", subject: `e${sequence}`, sentence: `New ${sequence}.` }
}

export function ledger(exchanges: number): LedgerRecord {
  return {
    exchanges,
    received: exchanges,
    conversations: 0,
    tlsSessions: 0,
    joined: 0,
    copies: 0,
    betterCopies: 0,
    halvesExpired: 0,
    waiting: 0,
    batches: 1,
    duplicateBatches: 0,
    missingBatches: 0,
    refused: {},
    states: { complete: exchanges },
    unlisted: {},
    limits: {},
  }
}

export function checkpoint(number: number, contents: Partial<Checkpoint> = {}): Checkpoint {
  return {
    number,
    positions: [],
    merges: [],
    services: [],
    endpoints: [],
    goneEndpoints: [],
    routes: [],
    documents: [],
    audit: [],
    endpointHours: [],
    consumers: [],
    hours: [],
    days: [],
    shapes: [],
    dark: [],
    darkHours: [],
    sensors: [],
    minutes: [],
    window: null,
    watch: null,
    streamPlaces: [],
    waiting: null,
    changes: [],
    ledger: ledger(number),
    ...contents,
  }
}
