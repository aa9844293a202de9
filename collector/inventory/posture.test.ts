import assert from "node:assert/strict"
import { test } from "node:test"
import { authView, neighboursIn } from "../api/views/auth-views.ts"
import { endpoint } from "../store/fake-records.ts"
import type { AuthWindow, EndpointRecord } from "../store/records.ts"
import { AUTH_WINDOW_US } from "./auth-facts.ts"
import { conflictsOf, NO_NEIGHBOURS } from "./posture/conflicts.ts"
import { judgePosture, percent, postureOf } from "./posture.ts"

const W = 659 * AUTH_WINDOW_US

function window(schemes: Record<string, number>, change: Partial<AuthWindow> = {}): AuthWindow {
  return { startUs: W, schemes, weak: {}, lossy: 0, unseen: 0, open: [], ...change }
}

function record(change: Partial<EndpointRecord>): EndpointRecord {
  const none = { states: {}, lossy: 0, requests: 100, schemes: {}, auth: { windows: [], weak: {} } }
  return endpoint("e1", { ...none, ...change })
}

const CASES: readonly (readonly [string, Record<string, number>, number, number, string])[] = [
  ["every success has a credential", { basic: 30, "bearer-jwt": 70 }, 100, 0, "consistent"],
  ["95 % exactly", { basic: 95, none: 5 }, 100, 0, "consistent"],
  ["a little less", { basic: 94, none: 6 }, 100, 0, "partial"],
  ["one credential among many without", { basic: 1, none: 99 }, 100, 0, "partial"],
  ["none has", { none: 100 }, 100, 0, "missing"],
  ["19 successes say nothing", { none: 19 }, 100, 0, "unknown"],
  ["20 do", { none: 20 }, 100, 0, "missing"],
  ["no success at all", {}, 100, 0, "unknown"],
  ["20 % lossy evidence is borne", { none: 100 }, 100, 20, "missing"],
  ["more is not", { none: 100 }, 100, 21, "unknown"],
]

for (const [name, schemes, requests, lossy, expected] of CASES) {
  test(`posture over all time: ${name}: ${expected}`, () => {
    assert.equal(postureOf(record({ schemes, requests, lossy })), expected)
  })
}

test("the two newest windows decide, where they hold enough", () => {
  const auth = { windows: [window({ basic: 10 }), window({ basic: 10, none: 10 })], weak: {} }
  const recent = judgePosture(record({ schemes: { basic: 1000, none: 10 }, auth }))
  assert.equal(recent.posture, "partial")
  assert.equal(recent.basis, "recent")
  assert.deepEqual(recent.schemes, { basic: 20, none: 10 })
  const few = { windows: [window({ none: 19 })], weak: {} }
  const all = judgePosture(record({ schemes: { basic: 1000, none: 19 }, auth: few }))
  assert.equal(all.posture, "consistent")
  assert.equal(all.basis, "all")
})

const WITHHELD: readonly (readonly [name: string, change: Partial<EndpointRecord>, withheld: string, why: RegExp])[] = [
  [
    "too few",
    { schemes: { none: 18 }, requests: 40 },
    "few",
    /^Withheld: 18 of 40 exchanges were successful, and 20 successes are needed\.$/,
  ],
  ["lossy", { schemes: { none: 90 }, lossy: 31 }, "lossy", /^Withheld: the evidence of 31 % of its exchanges is lossy/],
  [
    "lossy in the windows only",
    { requests: 1000, auth: { windows: [window({ none: 40 }, { lossy: 10 })], weak: {} } },
    "lossy",
    /25 % of its exchanges/,
  ],
  [
    "one-way",
    { schemes: { none: 2 }, states: { requestOnly: 60, complete: 40 } },
    "one-way",
    /of 60 of 100 exchanges one direction was seen only/,
  ],
  [
    "half one-way is not the reason",
    { schemes: { none: 2 }, states: { requestOnly: 50, complete: 50 } },
    "few",
    /^Withheld: 2 of 100 exchanges were/,
  ],
  [
    "heads that were not read",
    { auth: { windows: [window({ none: 40 }, { unseen: 11 })], weak: {} } },
    "unread-heads",
    /heads of 11 of 51 successful exchanges/,
  ],
  ["few heads are borne", { auth: { windows: [window({ none: 40 }, { unseen: 10 })], weak: {} } }, "", /^0 of 40/],
  ["a preflight", { method: "OPTIONS", schemes: { none: 90 } }, "exempt", /preflight.* 0 of 90 successful/],
  ["a health check", { template: "/v1/healthz", schemes: { none: 90 } }, "exempt", /health check/],
  ["a sign-in", { method: "POST", template: "/oauth/token", schemes: { none: 90 } }, "exempt", /sign-in/],
  ["one that asks is no exemption", { template: "/v1/healthz", schemes: { basic: 90 } }, "", /^90 of 90/],
  ["health in another word", { template: "/health-records/{int}", schemes: { none: 90 } }, "", /^0 of 90/],
  ["health before the end", { template: "/health/{int}", schemes: { none: 90 } }, "", /^0 of 90/],
  ["writing to a health check", { method: "POST", template: "/health", schemes: { none: 90 } }, "", /^0 of 90/],
  ["reading a sign-in", { method: "GET", template: "/login", schemes: { none: 90 } }, "", /^0 of 90/],
]

for (const [name, change, withheld, why] of WITHHELD) {
  test(`why nothing is concluded: ${name}`, () => {
    const result = judgePosture(record(change))
    assert.equal(result.withheld, withheld)
    assert.equal(result.posture === "unknown", withheld !== "")
    assert.match(result.why, why)
    const shown = authView(record(change))
    assert.deepEqual([shown.withheld, shown.why], [result.withheld, result.why])
  })
}

test("a share is never rounded to all or nothing", () => {
  const rows = [
    [100_000, 100_000, "100 %"],
    [99_999, 100_000, "over 99.9 %"],
    [1, 100_000, "under 0.1 %"],
    [0, 100_000, "0 %"],
    [0, 0, "0 %"],
    [1, 3, "33.3 %"],
  ] as const
  for (const [part, whole, text] of rows) assert.equal(percent(part, whole), text)
})

const kindsOf = (one: EndpointRecord, others: readonly EndpointRecord[] = []): string =>
  conflictsOf(one, judgePosture(one), neighboursIn(one, others))
    .map(({ kind }) => kind)
    .join(" ")

const open = endpoint("e2", { template: "/v1/a", schemes: { none: 50 }, requests: 50, auth: { windows: [], weak: {} } })
const closed = (id: string, change: Partial<EndpointRecord> = {}): EndpointRecord =>
  endpoint(id, { schemes: { basic: 100 }, requests: 100, auth: { windows: [], weak: {} }, ...change })

const CONFLICTS: readonly (readonly [string, EndpointRecord, readonly EndpointRecord[], string])[] = [
  ["two schemes, half each", record({ schemes: { basic: 50, "bearer-jwt": 50 } }), [], "schemes"],
  ["two schemes, one hardly", record({ schemes: { basic: 2, "bearer-jwt": 98 } }), [], ""],
  ["one scheme and some without", record({ schemes: { basic: 97, none: 3 } }), [], "open-successes"],
  ["an open one among protected ones", open, [closed("e3"), closed("e4")], "open-among-protected"],
  ["an open one among open ones", open, [record({ schemes: { none: 90 } })], ""],
  ["a protected one among protected ones", closed("e5"), [closed("e3")], ""],
  [
    "an open read, a protected write",
    open,
    [closed("e3", { template: "/v1/a", method: "POST" })],
    "open-among-protected open-read",
  ],
  ["the write of another path", open, [closed("e3", { method: "POST", schemes: { basic: 5 } })], ""],
  ["an expired token", closed("e5", { auth: { windows: [], weak: { expired: 1 } } }), [], "expired"],
  [
    "half of it without a credential since last month",
    record({ auth: { windows: [window({ basic: 50 }), window({ basic: 25, none: 25 })], weak: {} } }),
    [],
    "changed",
  ],
]

for (const [name, one, others, kinds] of CONFLICTS) {
  test(`conflicts: ${name}`, () => assert.equal(kindsOf(one, others), kinds))
}

test("a conflict shows the exchanges, the newest window first", () => {
  const sample = (atUs: number) => ({ atUs, path: "/v1/a", status: 200, client: "a1", exchange: "" })
  const windows = [
    window({ basic: 50, none: 1 }, { open: [sample(1)] }),
    window({ basic: 50, none: 1 }, { open: [sample(9)] }),
  ]
  const one = record({ auth: { windows, weak: {} } })
  const [conflict] = conflictsOf(one, judgePosture(one), NO_NEIGHBOURS)
  assert.equal(conflict?.sentence.startsWith("2 of 102 successful exchanges carried no credential (2 %)"), true)
  assert.deepEqual(
    conflict?.samples.map(({ atUs }) => atUs),
    [9, 1],
  )
})
