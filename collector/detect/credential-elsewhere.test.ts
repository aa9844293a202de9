import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { CREDENTIAL_ELSEWHERE } from "./credential-elsewhere.ts"

const HOME = { prefix: "a00000000001", userAgentHash: 11, fieldOrder: 21 }
const AWAY = { prefix: "b00000000002", userAgentHash: 12, fieldOrder: 22 }

function learned(): Lab {
  const lab = new Lab([CREDENTIAL_ELSEWHERE])
  lab.learn({ days: 14, perDay: 10, client: HOME })
  return lab
}

test("a network and a client that it never had are a finding with the first request", () => {
  const lab = learned()
  lab.send({ client: AWAY })
  const [finding] = lab.findings
  assert.equal(finding?.p, 1e-5)
  assert.equal(finding.facts["newDimensions"], "network, client software, order of fields")
  assert.match(
    finding.sentence,
    /^comes with a network, client software, order of fields that it never had in \d+ active hours/,
  )
})

test("while the former place is in use, too, it is certain", () => {
  const lab = learned()
  for (let i = 0; i < 3; i++) {
    lab.send({ client: AWAY })
    lab.send({ client: HOME })
  }
  assert.equal(lab.findings.length, 2)
  assert.ok(lab.findings[1]!.p < 1e-7, String(lab.findings[1]!.p))
})

const NOTHING: [string, (lab: Lab) => void][] = [
  ["an upgrade of the client", (lab) => lab.send({ client: { ...HOME, userAgentHash: 13, fieldOrder: 23 } })],
  ["another egress", (lab) => lab.learn({ days: 3, perDay: 10, client: { ...HOME, prefix: AWAY.prefix } })],
  [
    "a request with a body has other fields",
    (lab) => lab.send({ operation: "POST /v1/orders", client: { ...HOME, fieldOrder: 29 } }),
  ],
  [
    "what was refused is nobody's place",
    (lab) => {
      lab.send({ client: HOME, status: 401 })
      lab.send({ client: HOME })
    },
  ],
]
for (const [name, act] of NOTHING) {
  test(`no finding: ${name}`, () => {
    const lab = learned()
    act(lab)
    assert.deepEqual(lab.findings, [])
  })
}

test("failover between two networks with the same client is said, weakly and with its doubt", () => {
  const lab = learned()
  for (let i = 0; i < 4; i++) {
    lab.send({ client: { ...HOME, prefix: AWAY.prefix } })
    lab.send({ client: HOME })
  }
  assert.deepEqual(
    lab.findings.map(({ p, doubts }) => [p, doubts[0]?.explains]),
    [[1e-3, true]],
  )
})

test("a consumer without a usual place has none to leave; a restart changes nothing", () => {
  const young = new Lab([CREDENTIAL_ELSEWHERE])
  young.learn({ days: 2, perDay: 10, client: HOME })
  young.send({ client: AWAY })
  assert.deepEqual(young.findings, [])
  const lab = learned()
  lab.send({ client: AWAY })
  lab.restart()
  lab.send({ client: HOME })
  lab.send({ client: AWAY })
  lab.send({ client: HOME })
  assert.equal(lab.findings.length, 2)
})
