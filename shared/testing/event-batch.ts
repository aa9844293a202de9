// One batch with a value in every field, for tests and the golden bytes of the codec.
import {
  type ApiEvent,
  EMPTY_CALL,
  EMPTY_FORM,
  type Envelope,
  EVENT_VERSION,
  type EventBatch,
  NO_NUMBERS,
  NO_STRINGS,
} from "../event/api-event.ts"

/** What version 4 says, not said. */
const NO_OBJECTS = {
  returned: NO_NUMBERS,
  returnedTotal: -1,
  weakObjects: NO_NUMBERS,
  queryObjects: NO_NUMBERS,
  bodyObjects: NO_NUMBERS,
  step: 0,
  pageLimit: -1,
  pageOffset: -1,
}

export const ENVELOPE: Envelope = {
  version: EVENT_VERSION,
  tenant: "acme",
  sensor: "tap-1",
  boot: "b1",
  sequence: 7,
  keyEpoch: 2,
  watermarkUs: 1_790_000_000_123_456,
  last: true,
  ledger: { "capture.packets": 120, "tcp.gap_bytes": 5_000_000_000 },
}

export const EVENT: ApiEvent = {
  startUs: 1_790_000_000_000_001,
  firstByteUs: 1500,
  totalUs: 1600,
  exchangeKey: 0xfedc_ba98_7654,
  state: 1,
  flags: 5,
  anomalies: [2, 16],
  client: {
    address: "0123456789ab",
    prefix: "ba9876543210",
    addressClass: "private",
    fieldOrder: 0xdead_beef,
    userAgentFamily: "curl",
    userAgentHash: 7,
    ja4: "t13d1516h2_8daaf6152771_b186095e22b6",
    alpn: "h2",
    hops: 2,
    forwardedPrefix: "cccccccccccc",
  },
  server: {
    address: "00000000000f",
    addressClass: "public",
    port: 8443,
    authority: "api.example.com",
    zone: "vlan 7",
    tls: "1.3",
  },
  identity: {
    scheme: "basic",
    location: "authorization",
    credential: "aaaaaaaaaaaa",
    principal: "bbbbbbbbbbbb",
    name: "jürgen",
    issuer: "",
    scopeHash: 0,
    keyIdHash: 0,
    algorithm: "",
    lifetimeLog2: -1,
    ageLog2: 11,
    expired: true,
    formerCredential: "dddddddddddd",
    formerPrincipal: "eeeeeeeeeeee",
    rule: "basic",
  },
  operation: {
    protocol: 3,
    method: "GET",
    path: "/v1/orders/{int}",
    extension: "json",
    pathFlags: 1,
    operationKey: "",
    query: ["expand:word", "page:int"],
    headers: [],
    cookies: ["sid:hex"],
  },
  request: EMPTY_FORM,
  response: { contentType: "application/json", contentEncoding: "gzip", kind: "json", coarseShape: 3, fullShape: 4 },
  requestBytes: 0,
  responseBytes: 40_000_000_000,
  status: 404,
  items: 20,
  objects: [1, 2 ** 48 - 1],
  requestClasses: [],
  responseClasses: ["email=3"],
  call: { kind: "graphql", key: "query GetOrders", fields: ["orders", "viewer"], depth: 4, aliases: 0, batch: 1 },
  requestMessages: 1,
  responseMessages: 300,
  outcome: 13,
  unknown: 16,
  tenantMatch: 0,
  queryValues: [0xffff_ffff, 0],
  returned: [0, 17, 0xffff_ffff],
  returnedTotal: 400,
  weakObjects: [2 ** 48 - 1],
  queryObjects: [0, 0x0123_4567_89ab],
  bodyObjects: [7],
  step: -3,
  pageLimit: 6,
  pageOffset: 0,
}

export const SECOND: ApiEvent = {
  ...EVENT,
  startUs: EVENT.startUs - 250,
  firstByteUs: -1,
  totalUs: -1,
  anomalies: NO_NUMBERS,
  status: 0,
  items: -1,
  objects: NO_NUMBERS,
  responseClasses: NO_STRINGS,
  call: EMPTY_CALL,
  requestMessages: -1,
  responseMessages: -1,
  outcome: -1,
  unknown: 0,
  tenantMatch: -1,
  queryValues: NO_NUMBERS,
  ...NO_OBJECTS,
}

export const BATCH: EventBatch = {
  envelope: ENVELOPE,
  events: [EVENT, SECOND],
  shapes: [{ shape: 4, paths: ["id:int", "items[].price:float"] }],
  tls: [
    {
      startUs: EVENT.startUs - 1_000_000,
      totalUs: 2_500_000,
      client: EVENT.client.address,
      clientPrefix: EVENT.client.prefix,
      clientClass: "private",
      server: EVENT.server,
      version: "1.2",
      alpn: "http/1.1",
      ja4: EVENT.client.ja4,
      cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      certificateNames: ["api.example.com", "*.example.com"],
      certificateIssuer: "Example CA",
      clientName: "partner-7",
      clientCertificate: "ffffffffffff",
      requestBytes: 5000,
      responseBytes: 70_000,
      state: "unread",
      reason: "no-keys",
      isResumed: true,
      hasEarlyData: false,
      isContinued: false,
    },
  ],
}

/** BATCH as a reader of version 3 wrote it: it knew of objects in the path only. */
export function asVersion3(batch: EventBatch): EventBatch {
  return {
    ...batch,
    envelope: { ...batch.envelope, version: 3 },
    events: batch.events.map((event) => ({ ...event, ...NO_OBJECTS })),
  }
}

/** BATCH as a reader of version 2 wrote it: it knew nothing of values. */
export function asVersion2(batch: EventBatch): EventBatch {
  return {
    ...batch,
    envelope: { ...batch.envelope, version: 2 },
    events: batch.events.map((event) => ({ ...event, queryValues: NO_NUMBERS, ...NO_OBJECTS })),
  }
}

/** BATCH as a reader of version 1 wrote it: what that version did not say is unknown. */
export function asVersion1(batch: EventBatch): EventBatch {
  const clients = new Map(batch.events.map(({ client }) => [client, { ...client, ...NO_TLS, ...NO_PROXY }]))
  const servers = new Map(batch.events.map(({ server }) => [server, { ...server, tls: "" }]))
  const identities = new Map(batch.events.map(({ identity }) => [identity, { ...identity, ...NO_HISTORY }]))
  return {
    envelope: { ...batch.envelope, version: 1 },
    events: batch.events.map((event) => ({
      ...event,
      client: clients.get(event.client)!,
      server: servers.get(event.server)!,
      identity: identities.get(event.identity)!,
      call: EMPTY_CALL,
      requestMessages: -1,
      responseMessages: -1,
      outcome: -1,
      unknown: 0,
      tenantMatch: -1,
      queryValues: NO_NUMBERS,
      ...NO_OBJECTS,
    })),
    shapes: batch.shapes,
    tls: [],
  }
}

const NO_TLS = { ja4: "", alpn: "" }
const NO_PROXY = { hops: 0, forwardedPrefix: "" }
const NO_HISTORY = { ageLog2: -1, formerCredential: "", formerPrincipal: "" }
