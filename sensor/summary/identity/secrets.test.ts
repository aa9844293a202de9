// Nothing of a credential leaves but what the rules show: secrets are planted in every place that this folder reads, and no event,
// counter or preview holds one, as it is or decoded.
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { flattenCounters } from "../../../shared/telemetry/counters.ts"
import { parseNetwork } from "../../flow/address-text.ts"
import { ipv4Flow, lines, type Message, Recorder } from "../fake-conversation.ts"
import { parseIdentityRules } from "./rule-config.ts"
import { DEFAULT_RULES } from "./rules.ts"

const ROUNDS = 8
const hash = (text: string): Buffer => createHash("sha256").update(text).digest()
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const base64 = (text: string): string => Buffer.from(text).toString("base64")

const { rules, mistakes } = parseIdentityRules([
  { name: "dotted", from: "header x-partner-key", after: "." },
  { name: "quiet", from: "header x-signer", as: "hmac" },
  { name: "shown", from: "header x-shown", claims: ["sub"], show: true },
  { name: "claimed", from: "authorization", schemes: ["jwt"], claims: ["email", "name"], tenant: "tenant" },
  { name: "segment", from: "path 2", path: "/bot" },
])

function secretsOf(i: number) {
  const letters = (name: string): string =>
    [...hash(`${name} ${i}`).subarray(0, 12)].map((b) => String.fromCharCode(97 + (b % 26))).join("")
  return {
    password: `pw-${letters("password")}!`,
    key: hash(`key ${i}`).toString("base64url"),
    hex: hash(`hex ${i}`).toString("hex"),
    user: `user-${letters("user")}`,
    email: `${letters("email")}@secret-${i}.example`,
    person: `Jane ${letters("person")}`,
    tenant: `tenant-${letters("tenant")}`,
    signature: hash(`signature ${i}`).toString("base64"),
    client: `198.51.${100 + i}.${7 + i}`,
    six: `2001:db8:${(4096 + i).toString(16)}::${(8192 + i).toString(16)}`,
  }
}

function requestsOf(s: ReturnType<typeof secretsOf>): Message[] {
  const head = (...fields: string[]): Message => ({ head: lines("GET /x HTTP/1.1", "Host: a.example", ...fields) })
  const form = `username=${s.user}&password=${s.password}&refresh_token=${s.key}`
  const json = JSON.stringify({ email: s.email, password: s.password })
  const post = (type: string, body: string): Message => ({
    head: lines("POST /login HTTP/1.1", "Host: a.example", `Content-Type: ${type}`, `Content-Length: ${body.length}`),
    body,
  })
  const claims = { email: s.email, name: s.person, tenant: s.tenant, sub: s.email }
  const jwt = `${part({ alg: "RS256", kid: s.user })}.${part(claims)}.${s.signature}`.replaceAll(/[+/=]/g, "")
  return [
    head(`Authorization: Basic ${base64(`${s.email}:${s.password}`)}`),
    head(`Authorization: Digest username="${s.email}", response="${s.hex}", cnonce="${s.key}"`),
    head(`Authorization: Hawk id="${s.email}", mac="${s.signature}", nonce="${s.key}"`),
    head(`Authorization: HMAC apikey="${s.key}", signature="${s.signature}"`),
    head(`Authorization: AWS AKIDEXAMPLE:${s.signature}`),
    head(`Authorization: Negotiate ${base64(`NTLMSSP\0${s.user}`)}`),
    head(`Authorization: JWT ${jwt}`),
    head(`Authorization: DPoP ${jwt}`),
    head(`Authorization: Bearer v2.local.${s.key}`),
    head(`X-Partner-Key: ${s.key}.${s.hex}`),
    head(`X-Signer: ${s.key}`),
    head(`X-Shown: ${s.key}`),
    head(`X-Forwarded-For: ${s.client}`),
    head(`X-Forwarded-For: ${s.client}, 10.0.0.5`),
    head(`Forwarded: for="[${s.six}]:443"`),
    head(`X-Forwarded-Client-Cert: Hash=${s.hex};Subject="CN=${s.email},OU=${s.tenant}";URI=spiffe://x/${s.user}`),
    head(`X-SSL-Client-S-DN: CN=${s.email},O=${s.tenant}`),
    head(`Signature-Input: sig1=("@method");keyid="${s.email}"`, `Signature: sig1=:${s.signature}:`),
    head(`Cookie: sid=${s.key}; JSESSIONID=${s.hex}`),
    { head: lines(`GET /bot/${s.key}/send?sig=${encodeURIComponent(s.signature)}&sv=1 HTTP/1.1`, "Host: a.example") },
    post("application/x-www-form-urlencoded", form),
    post("application/json", json),
  ]
}

/** All events of the rounds, and the secrets that were in them. */
function planted(): { recorder: Recorder; secrets: string[] } {
  assert.deepEqual(mistakes, [])
  const trustedProxies = [parseNetwork("10.0.0.0/8")!]
  const recorder = new Recorder({ rules: [...rules, ...DEFAULT_RULES], trustedProxies })
  const secrets: string[] = []
  for (let i = 1; i <= ROUNDS; i++) {
    const s = secretsOf(i)
    secrets.push(...Object.values(s))
    const answer: Message = {
      head: lines("HTTP/1.1 200 OK", `Set-Cookie: sid=${s.key}; Path=/`, "Content-Type: application/json"),
      body: JSON.stringify({ access_token: s.hex, refresh_token: s.key, user: s.email }),
    }
    for (const [k, request] of requestsOf(s).entries())
      recorder.exchange(ipv4Flow("10.0.0.7", 40_000 + k, "192.0.2.1", 80), request, answer)
  }
  return { recorder, secrets }
}

function found(left: string, secrets: readonly string[]): string[] {
  const lower = left.toLowerCase()
  return secrets.filter((secret) =>
    [secret, encodeURIComponent(secret), base64(secret)].some((form) => lower.includes(form.toLowerCase())),
  )
}

const interesting = ({ client, server, identity, operation }: ApiEvent): object => ({
  client,
  server,
  identity,
  operation,
})

test("no event or counter holds a secret, a user, a tenant or a forwarded address", () => {
  const { recorder, secrets } = planted()
  assert.ok(recorder.counters.identity.forwarded >= ROUNDS * 3 && recorder.counters.identity.linked >= ROUNDS)
  for (const rule of ["dotted", "quiet", "shown", "claimed", "segment", "forwarded_certificate", "http_signature"])
    assert.ok((recorder.counters.rules[rule] ?? 0) >= ROUNDS, rule)
  const counters = Object.keys(flattenCounters(recorder.counters, true))
  assert.deepEqual(found(JSON.stringify([recorder.events, recorder.notes, counters]), secrets), [])
})

test("canary: a secret that leaves is found, plain or coded", () => {
  const { recorder, secrets } = planted()
  const left = JSON.stringify(recorder.events.map(interesting))
  assert.ok(left.includes("AKIDEXAMPLE"))
  for (const form of [secrets[4]!, encodeURIComponent(secrets[4]!), base64(secrets[4]!)])
    assert.equal(found(`${left}${form}`, secrets).length, 1)
})
