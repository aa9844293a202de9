import assert from "node:assert/strict"
import { test } from "node:test"
import { anonymous, client, event, identity } from "../inventory/fake-batches.ts"
import { DEFAULT_LIMITS, limitCounters } from "../inventory/limits.ts"
import { Consumer, consumerKey, consumerName } from "./consumer.ts"

test("table: what people call a consumer", () => {
  const rows: readonly [name: string, of: ReturnType<typeof identity>, userAgentFamily: string][] = [
    ["partner-42", identity(), "curl"],
    ["api-key:0123ab", identity({ scheme: "api-key", name: "", principal: "0123abcdef99" }), "curl"],
    ["anonymous curl 0123ab", anonymous("0123abcdef99"), "curl"],
    ["anonymous 0123ab", anonymous("0123abcdef99"), ""],
  ]
  for (const [name, of, userAgentFamily] of rows) assert.equal(consumerName(of, client({ userAgentFamily })), name)
})

test("scheme, issuer and principal tell consumers apart", () => {
  const keys = [
    ["a", "b", "c"],
    ["a", "c", "b"],
    ["ab", "", "c"],
    ["a", "b", "d"],
  ].map(([scheme, issuer, principal]) => consumerKey(scheme!, issuer!, principal!))
  assert.equal(new Set(keys).size, keys.length)
})

test("a record and the consumer made from it go on as one", () => {
  const of = { ...identity(), id: "c1" }
  const before = new Consumer(of, 1, DEFAULT_LIMITS, limitCounters())
  before.note(identity(), client())
  before.count(event({ status: 401 }))
  assert.equal(before.isProven, false)
  const after = new Consumer(of, 1, DEFAULT_LIMITS, limitCounters(), before.record())
  after.count(event({ startUs: 5 }))
  assert.equal(after.isProven, true)
  const { requests, errors, firstSeenUs, credentials } = after.record()
  assert.deepEqual(
    { requests, errors, firstSeenUs, credentials },
    {
      requests: 2,
      errors: 1,
      firstSeenUs: 5,
      credentials: ["d00000000001"],
    },
  )
})
