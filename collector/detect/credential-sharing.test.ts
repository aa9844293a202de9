import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { CREDENTIAL_SHARING } from "./credential-sharing.ts"

const place = (n: number) => ({ address: `a${n}`, prefix: `p${n}`, userAgentHash: n, fieldOrder: n })

/** Ten consumers with a network of their own for ten days. */
function learned(): Lab {
  const lab = new Lab([CREDENTIAL_SHARING])
  lab.learn({ days: 10, perDay: 100, of: (i) => ({ consumer: `c${i % 10}`, client: place(i % 10) }) })
  return lab
}

test("an address that begins to use the credentials of three consumers", () => {
  const lab = learned()
  for (const n of [1, 2]) lab.send({ consumer: `c${n}`, client: place(77) })
  assert.equal(lab.findings.length, 0, "two may be a test")
  lab.send({ consumer: "c3", client: place(77) })
  assert.equal(lab.findings.length, 3, "one for each of them")
  assert.equal(lab.findings[0]!.facts["consumers"], 3)
  assert.ok(lab.findings.every(({ p }) => p <= 1e-5))
})

test("no finding: consumers of one partner, a proxy in front of everybody, three on three days", () => {
  const partner = learned()
  for (const n of [1, 2, 3]) {
    partner.note({ kind: "consumer", id: `c${n}`, name: `c${n}`, scheme: "api-key", partner: "p1" })
    partner.send({ consumer: `c${n}`, client: place(77) })
  }
  assert.equal(partner.findings.length, 0)
  const proxy = learned()
  for (let n = 0; n < 10; n++) proxy.send({ consumer: `c${n}`, client: { ...place(77), userAgentHash: n } })
  assert.ok(proxy.findings.every(({ facts }) => Number(facts["consumers"]) <= 5))
  const slow = learned()
  for (const n of [1, 2, 3]) {
    slow.send({ consumer: `c${n}`, client: place(77) })
    slow.nowUs += 3 * 86_400_000_000
  }
  assert.deepEqual(slow.findings, [])
})

test("two networks with different clients side by side for three days, after a week of one", () => {
  const both = (lab: Lab, second: ReturnType<typeof place>) =>
    lab.learn({ days: 5, perDay: 20, consumer: "c1", of: (i) => ({ client: i % 2 === 0 ? place(1) : second }) })
  const lab = learned()
  both(lab, place(50))
  assert.deepEqual(
    lab.findings.map(({ key, consumer, p }) => [key, consumer, p]),
    [["credential-sharing two", 1, 1e-4]],
  )
  const site = learned()
  both(site, { ...place(1), prefix: "p50" })
  assert.deepEqual(site.findings, [], "the same client from a second site")
})
