// Test support: events and batches with plausible defaults, and a store that keeps checkpoints in memory.
import {
  type ApiEvent,
  type Client,
  EMPTY_CALL,
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
  type ShapeNote,
  State,
  type TlsNote,
} from "../../shared/event/api-event.ts"

/** 2026-11-23 10:00:00 UTC. */
export const START_US = 1_795_428_000_000_000

export function client(change: Partial<Client> = {}): Client {
  return {
    address: "a00000000001",
    prefix: "p00000000001",
    addressClass: "private",
    fieldOrder: 7,
    userAgentFamily: "curl",
    userAgentHash: 9,
    ja4: "",
    alpn: "",
    hops: 0,
    forwardedPrefix: "",
    ...change,
  }
}

export function server(change: Partial<Server> = {}): Server {
  return {
    address: "b00000000001",
    addressClass: "private",
    port: 443,
    authority: "api.example.com",
    zone: "",
    tls: "",
    ...change,
  }
}

export function identity(change: Partial<Identity> = {}): Identity {
  return {
    scheme: "bearer-jwt",
    location: "authorization",
    credential: "d00000000001",
    principal: "e00000000001",
    name: "partner-42",
    issuer: "https://id.example.com",
    scopeHash: 0,
    keyIdHash: 0,
    algorithm: "RS256",
    lifetimeLog2: 12,
    expired: false,
    ageLog2: -1,
    formerCredential: "",
    formerPrincipal: "",
    rule: "jwt",
    ...change,
  }
}

export function anonymous(principal: string): Identity {
  return identity({ scheme: "none", location: "", credential: "", principal, name: "", issuer: "", rule: "anonymous" })
}

export function operation(change: Partial<Operation> = {}): Operation {
  return {
    protocol: 2,
    method: "GET",
    path: "/v1/orders/{int}",
    extension: "",
    pathFlags: 0,
    operationKey: "",
    query: NO_STRINGS,
    headers: NO_STRINGS,
    cookies: NO_STRINGS,
    ...change,
  }
}

export function jsonForm(fullShape: number): Form {
  return { contentType: "application/json", contentEncoding: "", kind: "json", coarseShape: 1, fullShape }
}

// Shared by default, as the codec's decoder shares what a batch says once.
const CLIENT = client()
const SERVER = server()
const IDENTITY = identity()
const OPERATION = operation()
const RESPONSE = jsonForm(77)

export function event(change: Partial<ApiEvent> = {}): ApiEvent {
  return {
    startUs: START_US,
    firstByteUs: 12_000,
    totalUs: 15_000,
    exchangeKey: 0,
    state: State.complete,
    flags: 0,
    anomalies: NO_NUMBERS,
    client: CLIENT,
    server: SERVER,
    identity: IDENTITY,
    operation: OPERATION,
    request: EMPTY_FORM,
    response: RESPONSE,
    requestBytes: 0,
    responseBytes: 255,
    status: 200,
    items: -1,
    objects: NO_NUMBERS,
    requestClasses: NO_STRINGS,
    responseClasses: NO_STRINGS,
    call: EMPTY_CALL,
    requestMessages: -1,
    responseMessages: -1,
    outcome: -1,
    unknown: 0,
    tenantMatch: -1,
    queryValues: NO_NUMBERS,
    returned: NO_NUMBERS,
    returnedTotal: -1,
    weakObjects: NO_NUMBERS,
    queryObjects: NO_NUMBERS,
    bodyObjects: NO_NUMBERS,
    step: 0,
    pageLimit: -1,
    pageOffset: -1,
    ...change,
  }
}

/** A TLS session to the server of the other fakes, of which nothing was read. */
export function tlsNote(change: Partial<TlsNote> = {}): TlsNote {
  return {
    startUs: START_US,
    totalUs: 2_000_000,
    client: CLIENT.address,
    clientPrefix: CLIENT.prefix,
    clientClass: "private",
    server: SERVER,
    version: "1.3",
    alpn: "h2",
    ja4: "t13d1516h2_8daaf6152771_b186095e22b6",
    cipher: "TLS_AES_128_GCM_SHA256",
    certificateNames: NO_STRINGS,
    certificateIssuer: "",
    clientName: "",
    clientCertificate: "",
    requestBytes: 900,
    responseBytes: 8_000,
    state: "unread",
    reason: "no-keys",
    isResumed: false,
    hasEarlyData: false,
    isContinued: false,
    ...change,
  }
}

/** What a WebSocket carried: of the GET that opened it. */
export function conversation(change: Partial<ApiEvent> = {}): ApiEvent {
  return event({
    status: 101,
    operation: operation({ protocol: 4, method: "" }),
    requestBytes: 20,
    responseBytes: 300,
    requestMessages: 2,
    responseMessages: 30,
    outcome: 1000,
    ...change,
  })
}

/** An event whose request was not seen. */
export function responseOnly(change: Partial<ApiEvent> = {}): ApiEvent {
  return event({
    state: State.responseOnly,
    server: server({ authority: "" }),
    operation: operation({ method: "", path: "" }),
    identity: anonymous("f00000000000"),
    ...change,
  })
}

export function batch(
  events: readonly ApiEvent[],
  change: Partial<Envelope> = {},
  shapes: readonly ShapeNote[] = [],
  tls: readonly TlsNote[] = [],
): EventBatch {
  const watermarkUs = events.reduce((latest, { startUs }) => Math.max(latest, startUs), START_US)
  const envelope: Envelope = {
    version: EVENT_VERSION,
    tenant: "default",
    sensor: "tap-1",
    boot: "boot-1",
    sequence: 1,
    keyEpoch: 1,
    watermarkUs,
    last: false,
    ledger: {},
    ...change,
  }
  return { envelope, events, shapes, tls }
}

/** Mints "service-1", "endpoint-1", ... */
export function countingIds(): (kind: string) => string {
  const last = new Map<string, number>()
  return (kind) => {
    const number = (last.get(kind) ?? 0) + 1
    last.set(kind, number)
    return `${kind}-${number}`
  }
}
