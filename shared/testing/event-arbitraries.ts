// Arbitrary events within the contract, for property tests.
import fc from "fast-check"
import {
  type ApiEvent,
  type Call,
  type Client,
  EMPTY_CALL,
  type Envelope,
  EVENT_VERSION,
  type EventBatch,
  FLAG_NAMES,
  type Form,
  type Identity,
  type Operation,
  PROTOCOL_NAMES,
  type Server,
  type TlsNote,
} from "../event/api-event.ts"
import { CODEC_LIMITS, HOPS_MAX, PAGE_MAX, STEP_MAX, TIME_MAX_US } from "../event/event-codec-limits.ts"

/** Any text, and what is special to JavaScript. Not fc.string: its table of all code points takes more than a second to make. */
const codePoint = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10_ffff }))
const text = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.array(codePoint, { maxLength: 40 }).map((s) => String.fromCodePoint(...s).toWellFormed()),
  },
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "length", "key", "ref"),
)
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
  ja4: text,
  alpn: text,
  hops: fc.nat({ max: HOPS_MAX }),
  forwardedPrefix: text,
})
const server: fc.Arbitrary<Server> = fc.record({
  address: text,
  addressClass: text,
  port: fc.nat({ max: 65_535 }),
  authority: text,
  zone: text,
  tls: text,
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
  ageLog2: fc.integer({ min: -1, max: 63 }),
  formerCredential: text,
  formerPrincipal: text,
  rule: text,
})
const operation: fc.Arbitrary<Operation> = fc.record({
  protocol: fc.nat({ max: PROTOCOL_NAMES.length - 1 }),
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
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.constant(EMPTY_CALL),
  fc.record({
    kind: text,
    key: text,
    fields: fc.array(text, { maxLength: CODEC_LIMITS.callFields }),
    depth: fc.integer({ min: -1, max: 0xffff }),
    aliases: fc.integer({ min: -1, max: 0xffff }),
    batch: fc.nat({ max: 0xffff_ffff }),
  }),
)
const messages = fc.oneof(fc.constant(-1), fc.nat({ max: 5000 }), fc.integer({ min: -1, max: TIME_MAX_US - 1 }))

/** At most `most` distinct 32-bit numbers, ascending. */
const ids = (most: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(hash, { maxLength: most }).map((list) => list.sort((x, y) => x - y))

export const arbitraryTlsNote: fc.Arbitrary<TlsNote> = fc
  .record({
    startUs: fc.nat({ max: TIME_MAX_US }),
    totalUs: fc.nat({ max: TIME_MAX_US }),
    client: text,
    clientPrefix: text,
    clientClass: text,
    server,
    version: text,
    alpn: text,
    ja4: text,
    cipher: text,
    certificateNames: fc.array(text, { maxLength: CODEC_LIMITS.certificateNames }),
    certificateIssuer: text,
    clientName: text,
    clientCertificate: text,
    requestBytes: size,
    responseBytes: size,
    state: text,
    reason: text,
    isResumed: fc.boolean(),
    hasEarlyData: fc.boolean(),
    isContinued: fc.boolean(),
  })
  .map(plain)

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
    flags: fc.nat({ max: 2 ** FLAG_NAMES.length - 1 }),
    anomalies: fc.uniqueArray(fc.integer({ min: 1, max: 69 }), { maxLength: 4 }).map((a) => a.sort((x, y) => x - y)),
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
    call,
    requestMessages: messages,
    responseMessages: messages,
    outcome: fc.oneof(fc.constant(-1), fc.integer({ min: -1, max: 4999 })),
    unknown: fc.oneof(fc.constant(0), fc.nat({ max: 31 })),
    tenantMatch: fc.integer({ min: -1, max: 1 }),
    queryValues: fc.array(fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 0xffff_ffff })), { maxLength: 4 }),
    returned: ids(12),
    returnedTotal: fc.oneof(fc.constant(-1), fc.nat({ max: 5000 }), duration),
    weakObjects: fc.array(key, { maxLength: CODEC_LIMITS.weakObjects }),
    queryObjects: fc.array(fc.oneof(fc.constant(0), key), { maxLength: 4 }),
    bodyObjects: ids(CODEC_LIMITS.bodyObjects),
    step: fc.oneof(fc.constant(0), fc.integer({ min: -STEP_MAX, max: STEP_MAX })),
    pageLimit: fc.oneof(fc.constant(-1), fc.nat({ max: PAGE_MAX - 1 })),
    pageOffset: fc.oneof(fc.constant(-1), fc.nat({ max: PAGE_MAX - 1 })),
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
    tls: fc.array(fc.tuple(arbitraryTlsNote, fc.boolean()), { maxLength: 4 }),
  })
  .map(({ envelope, events, shapes, tls }) => ({
    envelope,
    shapes,
    // Now and then a note of a server that events name, too.
    tls: tls.map(([note, shares]) => (shares ? { ...note, server: events[0]?.[0].server ?? note.server } : note)),
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
