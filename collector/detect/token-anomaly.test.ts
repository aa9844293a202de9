import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { TOKEN_ANOMALY } from "./token-anomaly.ts"

const JWT = {
  scheme: "bearer-jwt",
  issuer: "https://id.example.com",
  algorithm: "RS256",
  keyIdHash: 7,
  lifetimeLog2: 12,
}
/** What a batch would share between the exchanges of one token. */
const token = (change = {}) => ({ identity: { ...JWT, ...change } })

function learned(): Lab {
  const lab = new Lab([TOKEN_ANOMALY])
  lab.learn({ days: 3, perDay: 100, ...token() })
  return lab
}

test("what is unusual, and how certain", () => {
  const rows: [string, object, (p: number) => boolean][] = [
    ["alg none", { algorithm: "none" }, (p) => p === 0],
    ["a shared secret in place of a key pair", { algorithm: "HS256" }, (p) => p < 1e-4],
    ["another kind of key pair", { algorithm: "ES256" }, (p) => p < 1e-2 && p > 1e-4],
    ["another key id", { keyIdHash: 8 }, (p) => p > 1e-2],
    ["16 times longer valid", { lifetimeLog2: 16 }, (p) => p < 1e-2],
    ["run out a day ago", { expired: true, ageLog2: 18 }, (p) => p < 1e-3],
  ]
  for (const [name, change, isRight] of rows) {
    const lab = learned()
    lab.send(token(change))
    assert.equal(lab.findings.length, 1, name)
    assert.ok(isRight(lab.findings[0]!.p), `${name}: ${lab.findings[0]!.p}`)
  }
})

test("a scheme that nobody uses there, of a consumer that is new", () => {
  const lab = learned()
  lab.send({ consumer: "acme by password", identity: { scheme: "basic" } })
  assert.match(lab.findings[0]!.sentence, /^was let in with basic, which none of \d+ successes at GET/)
})

test("no finding: refused, known, a second consumer after a migration, tokens nobody has learned", () => {
  const lab = learned()
  lab.send({ ...token({ algorithm: "none" }), status: 401 })
  lab.send(token({ lifetimeLog2: 13 }))
  lab.send(token({ expired: true, ageLog2: 12 }))
  assert.deepEqual(lab.findings, [])
  lab.send(token({ algorithm: "ES256" }))
  assert.equal(lab.findings.length, 1)
  lab.send({ consumer: "second", ...token({ algorithm: "ES256" }) })
  assert.equal(lab.findings.length, 1)
  const young = new Lab([TOKEN_ANOMALY])
  young.learn({ days: 1, perDay: 50, ...token() })
  young.send(token({ algorithm: "HS256" }))
  assert.deepEqual(young.findings, [])
})

test("a restart changes nothing", () => {
  const lab = learned()
  lab.restart()
  lab.send(token({ algorithm: "HS256" }))
  assert.equal(lab.findings.length, 1)
})
