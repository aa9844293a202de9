// Arbitrary events within the contract, for property tests.
import fc from "fast-check"
import {
  type ApiEvent,
  type Client,
  EMPTY_CALL,
  type Envelope,
  EVENT_VERSION,
  type EventBatch,
  type Form,
  type Identity,
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
  ja4: fc.constant(""),
  alpn: fc.constant(""),
  hops: fc.constant(0),
  forwardedPrefix: fc.constant(""),
})
const server: fc.Arbitrary<Server> = fc.record({
  address: text,
  addressClass: text,
  port: fc.nat({ max: 65_535 }),
  authority: text,
  zone: text,
  tls: fc.constant(""),
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
  ageLog2: fc.constant(-1),
  formerCredential: fc.constant(""),
  formerPrincipal: fc.constant(""),
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
    call: fc.constant(EMPTY_CALL),
    requestMessages: fc.constant(-1),
    responseMessages: fc.constant(-1),
    outcome: fc.constant(-1),
    unknown: fc.constant(0),
    tenantMatch: fc.constant(-1),
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
    tls: fc.constant([]),
  })
  .map(({ envelope, events, shapes, tls }) => ({
    envelope,
    shapes,
    tls,
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
