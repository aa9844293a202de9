// Test support: records and checkpoints with plausible defaults.
import type { ChangeRecord, ConsumerRecord, EndpointRecord, LedgerRecord, PairCount, ServiceRecord } from "./records.ts"
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
    ports: [443],
    protocols: ["http/1.1"],
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US + 5,
    requests: 10,
    errors: 1,
    endpoints: 1,
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
    anomalies: { 2: 1 },
    dataClasses: { "response:email": 3 },
    shapes: { 77: 9 },
    requestShapes: {},
    protocols: { "http/1.1": 10 },
    parameters: [
      {
        in: "query",
        name: "page",
        requests: 3,
        kinds: { int: 3 },
        firstSeenUs: DAY_START_US,
        lastSeenUs: DAY_START_US,
      },
    ],
    consumers: 1,
    latencyUs: Uint8Array.of(1, 2, 3),
    requestBytes: new Uint8Array(0),
    responseBytes: Uint8Array.of(255, 0),
    items: new Uint8Array(0),
    ...change,
  }
}

export function consumer(id: string, change: Partial<ConsumerRecord> = {}): ConsumerRecord {
  return {
    id,
    name: `partner-${id}`,
    scheme: "basic",
    principal: `p-${id}`,
    issuer: "",
    rule: "basic",
    partner: null,
    credentials: ["d1"],
    userAgents: ["curl"],
    prefixes: ["x1"],
    firstSeenUs: DAY_START_US,
    lastSeenUs: DAY_START_US + 5,
    requests: 10,
    errors: 1,
    endpoints: 1,
    ...change,
  }
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
    services: [],
    endpoints: [],
    consumers: [],
    hours: [],
    days: [],
    shapes: [],
    sensors: [],
    changes: [],
    ledger: ledger(number),
    ...contents,
  }
}
