// Test support: small documents, and records of endpoints that nothing was seen at but what a test says.
import type { EndpointRecord } from "../../store/records.ts"
import { type IndexedDocument, OperationIndex } from "./operation-index.ts"
import { parseSpecification } from "./parse-specification.ts"

export const OK = { "200": { description: "Fine." } }

/** An OpenAPI 3.1 document with these paths. */
export function openapi(paths: object, more: object = {}): string {
  return JSON.stringify({ openapi: "3.1.0", info: { title: "Orders", version: "1.0" }, paths, ...more })
}

export function swagger(paths: object, more: object = {}): string {
  return JSON.stringify({ swagger: "2.0", info: { title: "Orders", version: "1.0" }, paths, ...more })
}

export function documentOf(text: string, name = "orders", isCurrent = true): IndexedDocument {
  return { name, parsed: parseSpecification(text), isCurrent }
}

export const indexOf = (...documents: IndexedDocument[]): OperationIndex =>
  new OperationIndex(documents, "api.example.com")

export function endpoint(change: Partial<EndpointRecord> = {}): EndpointRecord {
  const empty = new Uint8Array()
  return {
    id: "e1",
    service: "s1",
    method: "GET",
    template: "/orders",
    operation: "",
    status: "unknown",
    statusWhy: "",
    drift: -1,
    posture: "unknown",
    derivedFrom: "",
    labels: [],
    firstSeenUs: 1_000_000,
    lastSeenUs: 2_000_000,
    requests: 100,
    errors: 0,
    lossy: 0,
    states: { complete: 100 },
    statuses: { 200: 100 },
    requestTypes: {},
    responseTypes: { "application/json": 100 },
    schemes: { none: 100 },
    auth: { windows: [], weak: {} },
    anomalies: {},
    dataClasses: {},
    shapes: {},
    requestShapes: {},
    bodies: [],
    samples: [],
    protocols: { "http/1.1": 100 },
    outcomes: {},
    calls: { kinds: {}, fields: {}, depth: -1, aliases: -1, batch: 0 },
    conversations: 0,
    requestMessages: 0,
    responseMessages: 0,
    parameters: [],
    consumers: 1,
    latencyUs: empty,
    requestBytes: empty,
    responseBytes: empty,
    items: empty,
    ...change,
  }
}
