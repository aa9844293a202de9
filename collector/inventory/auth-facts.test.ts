// Which exchanges count for the posture of an endpoint, in which window, and that order and merging change nothing.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent, Identity, Server } from "../../shared/event/api-event.ts"
import { HeadPart } from "../../shared/event/api-event.ts"
import { AUTH_WINDOW_US, AuthFacts } from "./auth-facts.ts"
import { anonymous, client, event, identity, server } from "./fake-batches.ts"
import { windowStart } from "./pair-counts.ts"
import { WEAK_FORMS, type WeakForm, weakForms } from "./posture/weak-forms.ts"

const NOBODY = anonymous("n1")
const T = windowStart(event().startUs, AUTH_WINDOW_US)

function factsOf(events: readonly ApiEvent[]): AuthFacts {
  const facts = new AuthFacts()
  for (const one of events) facts.count(one)
  return facts
}

test("table: what counts, and as what", () => {
  const rows: readonly (readonly [name: string, event: ApiEvent, window: object | null])[] = [
    ["a success", event(), { schemes: { "bearer-jwt": 1 }, lossy: 0, unseen: 0 }],
    ["without a credential", event({ identity: NOBODY }), { schemes: { none: 1 }, lossy: 0, unseen: 0 }],
    ["lossy", event({ flags: 1 }), { schemes: { "bearer-jwt": 1 }, lossy: 1, unseen: 0 }],
    ["sampled is not lossy", event({ flags: 16 }), { schemes: { "bearer-jwt": 1 }, lossy: 0, unseen: 0 }],
    [
      "a head not read whole, no credential seen",
      event({ identity: NOBODY, unknown: HeadPart.fields }),
      { schemes: {}, lossy: 0, unseen: 1 },
    ],
    [
      "a head not read whole, the credential seen",
      event({ unknown: HeadPart.fields }),
      { schemes: { "bearer-jwt": 1 }, lossy: 0, unseen: 0 },
    ],
    ["not modified", event({ status: 304 }), { schemes: { "bearer-jwt": 1 }, lossy: 0, unseen: 0 }],
    ["refused", event({ status: 401, identity: NOBODY }), null],
    ["redirected, perhaps to a login", event({ status: 302, identity: NOBODY }), null],
    ["refused by gRPC", event({ outcome: 16, identity: NOBODY }), null],
  ]
  for (const [name, one, expected] of rows) {
    const { windows } = factsOf([one]).record()
    if (expected === null) assert.deepEqual(windows, [], name)
    else {
      const { schemes, lossy, unseen } = windows[0]!
      assert.deepEqual({ schemes, lossy, unseen }, expected, name)
    }
  }
})

test("two windows are kept, neighbours; what lies before both is over all time only", () => {
  const at = (window: number): ApiEvent =>
    event({ startUs: T + window * AUTH_WINDOW_US + 5, server: server({ tls: "" }) })
  const starts = (windows: readonly number[]): number[] =>
    factsOf(windows.map(at))
      .record()
      .windows.map(({ startUs }) => (startUs - T) / AUTH_WINDOW_US)
  assert.deepEqual(starts([0, 1]), [0, 1])
  assert.deepEqual(starts([1, 0]), [0, 1])
  assert.deepEqual(starts([0, 1, 2]), [1, 2])
  assert.deepEqual(starts([2, 0]), [2])
  assert.deepEqual(starts([0, 5]), [5])
  assert.equal(factsOf([2, 0].map(at)).record().weak.cleartext, 2)
})

test("table: weak forms and near misses", () => {
  const tls = server({ tls: "1.3" })
  const jwt = (change: Partial<Identity>): Identity => identity({ ageLog2: 5, ...change })
  const rows: readonly (readonly [name: string, identity: Identity, server: Server, forms: readonly WeakForm[]])[] = [
    ["a token over TLS", jwt({}), tls, []],
    ["the same in clear", jwt({}), server(), ["cleartext"]],
    ["nobody in clear", NOBODY, server(), []],
    ["a key in the URL", identity({ scheme: "api-key", location: "query:key" }), tls, ["inUrl"]],
    ["a key in a field", identity({ scheme: "api-key", location: "header:x-api-key" }), tls, []],
    ["a key in a cookie", identity({ scheme: "api-key", location: "cookie:key" }), tls, ["keyInCookie"]],
    ["a session in a cookie", identity({ scheme: "cookie", location: "cookie:sid", algorithm: "" }), tls, []],
    ["Basic", identity({ scheme: "basic" }), tls, ["basic"]],
    ["Digest", identity({ scheme: "digest", algorithm: "MD5" }), tls, ["digest"]],
    ["alg none", jwt({ algorithm: "none" }), tls, ["algNone"]],
    ["alg None", jwt({ algorithm: "None" }), tls, ["algNone"]],
    ["a symmetric algorithm is no finding", jwt({ algorithm: "HS256" }), tls, []],
    ["36 hours", jwt({ lifetimeLog2: 17 }), tls, ["longLived"]],
    ["less than that", jwt({ lifetimeLog2: 16 }), tls, []],
    ["48 days", jwt({ lifetimeLog2: 22 }), tls, ["veryLongLived"]],
    ["no end", jwt({ lifetimeLog2: -1 }), tls, ["noExpiry"]],
    ["nothing known of its times", jwt({ lifetimeLog2: -1, ageLog2: -1 }), tls, []],
    ["an opaque token has no times", identity({ scheme: "bearer-opaque", algorithm: "", lifetimeLog2: -1 }), tls, []],
    ["expired", jwt({ expired: true }), tls, ["expired"]],
  ]
  for (const [name, one, at, expected] of rows) {
    const forms = WEAK_FORMS.filter((_, i) => (weakForms(one, at) & (1 << i)) !== 0)
    assert.deepEqual(forms, expected, name)
  }
})

test("samples: the earliest of the window, with client and exchange", () => {
  const at = (second: number): ApiEvent =>
    event({
      startUs: T + second * 1e6,
      identity: NOBODY,
      exchangeKey: second,
      client: client({ address: `c${second}` }),
    })
  const { open } = factsOf([5, 2, 9, 1, 7].map(at)).record().windows[0]!
  assert.deepEqual(
    open.map((sample) => sample.client),
    ["c1", "c2", "c5"],
  )
  assert.equal(open[0]!.exchange, "000000000001")
  assert.equal(open[0]!.path, "/v1/orders/{int}")
})

const anyEvent = fc
  .record({
    at: fc.integer({ min: 0, max: 4 }),
    offset: fc.integer({ min: 0, max: 3 }),
    scheme: fc.constantFrom("none", "basic", "bearer-jwt", "api-key"),
    status: fc.constantFrom(200, 204, 401, 500),
    flags: fc.constantFrom(0, 1),
    tls: fc.constantFrom("", "1.3"),
    exchangeKey: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ at, offset, scheme, tls, ...rest }) =>
    event({
      ...rest,
      startUs: T + at * AUTH_WINDOW_US + offset,
      identity: scheme === "none" ? NOBODY : identity({ scheme }),
      server: server({ tls }),
    }),
  )

/** Without the order of schemes, which is that of their first appearance. */
const sorted = (facts: AuthFacts): unknown =>
  JSON.parse(JSON.stringify(facts.record()), (_key, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

test("property: order, merging and a restart in between change nothing", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.nat(), fc.nat(), (events, seed, cut) => {
      const whole = sorted(factsOf(events))
      const shuffled = events.toSorted((a, b) => ((a.startUs * 31 + seed) % 7) - ((b.startUs * 31 + seed) % 7))
      assert.deepEqual(sorted(factsOf(shuffled)), whole)
      const at = events.length === 0 ? 0 : cut % events.length
      const merged = factsOf(events.slice(0, at))
      merged.merge(factsOf(events.slice(at)))
      assert.deepEqual(sorted(merged), whole)
      const restored = new AuthFacts(factsOf(events.slice(0, at)).record())
      for (const one of events.slice(at)) restored.count(one)
      assert.deepEqual(sorted(restored), whole)
    }),
  )
})

test("hostile: schemes without end are counted together", () => {
  const events = Array.from({ length: 100 }, (_, i) => event({ identity: identity({ scheme: `s${i}` }) }))
  const facts = new AuthFacts(factsOf(events.slice(0, 50)).record())
  for (const one of events.slice(50)) facts.count(one)
  const { schemes } = facts.record().windows[0]!
  assert.equal(Object.keys(schemes).length, 17)
  assert.equal(schemes.other, 84)
})
