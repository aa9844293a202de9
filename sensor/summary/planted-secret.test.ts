// Nothing forbidden leaves: secrets are planted wherever a request or an answer can hold one, and no string or number of any
// event, note or counter may hold them, as they are or decoded. The canary proves that the search finds what is there.
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { flattenCounters } from "../../shared/telemetry/counters.ts"
import { ipv4Flow, lines, Recorder } from "./fake-conversation.ts"

const ROUNDS = 25
const hash = (text: string): Buffer => createHash("sha256").update(text).digest()

/** Secrets of round i, each with a form that somebody uses. */
function secretsOf(i: number) {
  const random = (name: string): Buffer => hash(`${name} ${i}`)
  const letters = [...random("letters").subarray(0, 14)].map((b) => String.fromCharCode(97 + (b % 26))).join("")
  return {
    password: `pw-${letters}-${i}!`,
    apiKey: random("key").toString("base64url"),
    opaque: random("opaque").toString("base64").slice(0, 30),
    session: random("session").toString("hex").slice(0, 32),
    prefixed: `sk_live_${random("prefixed").toString("base64").replace(/\W/g, "").slice(0, 24)}`,
    uuid: random("uuid")
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5"),
    number: `${1_000_000_000 + (random("number").readUInt32BE() % 8_000_000_000)}`,
    email: `${letters}@secret-${i}.example`,
    phone: `+4915${`${random("phone").readUInt32BE()}`.padStart(10, "1").slice(0, 9)}`,
    claim: `claim-${letters}`,
    note: `note ${letters} end`,
    serial: `INV-${100_000 + i}`,
    boundary: `----${letters}boundary`,
  }
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** Exchanges that plant the secrets of a round. */
function plant(recorder: Recorder, i: number, secrets: ReturnType<typeof secretsOf>): void {
  const s = secrets
  const conversation = ipv4Flow(`198.51.100.${i}`, 40_000 + i, "192.0.2.77", 80)
  const host = "Host: api.example.com"
  const token = `${part({ alg: "RS256", kid: s.claim })}.${part({ sub: s.email, jti: s.uuid, private: s.claim, scope: s.claim })}.${s.apiKey}`
  const credentials = [
    `Authorization: Basic ${Buffer.from(`partner:${s.password}`).toString("base64")}`,
    `Authorization: Basic ${Buffer.from(`${s.prefixed}:`).toString("base64")}`,
    `Authorization: Bearer ${s.opaque}`,
    `Authorization: Bearer ${token}`,
    `Authorization: Digest username="${s.email}", response="${s.session}", nonce="${s.uuid}"`,
    `Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu/s3/aws4_request, Signature=${s.session}`,
    `Authorization: Token token="${s.apiKey}"`,
    `Authorization: ${s.apiKey}`,
    `X-Api-Key: ${s.apiKey}`,
    `Cookie: theme=${s.session}; sid=${s.session}; ${s.session}=${s.apiKey}`,
    `X-Custom: ${s.note}`,
    `X-${s.session}: ${s.password}`,
    `User-Agent: ${s.session}/1.0 (${s.email})`,
    `Referer: https://x.example/?t=${s.apiKey}`,
    `Content-Type: application/${s.note}`,
  ]
  const targets = [
    `/v1/orders/${s.number}/lines/${s.uuid}`,
    `/mail/${encodeURIComponent(s.email)}/${s.phone}/${s.session}`,
    `/files/${s.serial}.pdf;v=${s.session}`,
    `/keys/${s.prefixed}/${s.apiKey}/${token}`,
    `/x?api_key=${s.apiKey}&q=${encodeURIComponent(s.note)}&email=${encodeURIComponent(s.email)}&token=${s.session}`,
    `/x?${s.session}&${s.uuid}=1&password=${s.password}`,
    `http://user:${s.password}@api.example.com/x`,
  ]
  const answer = {
    head: lines("HTTP/1.1 200 OK", `Set-Cookie: sid=${s.session}`, "Content-Type: application/json"),
    body: JSON.stringify({
      id: s.uuid,
      [s.session]: { [s.email]: s.note },
      values: [s.password, Number(s.number), s.note],
      [s.number]: s.apiKey,
    }),
  }
  for (const field of credentials)
    recorder.exchange(conversation, { head: lines("GET /x HTTP/1.1", host, field) }, answer)
  for (const target of targets) recorder.exchange(conversation, { head: lines(`GET ${target} HTTP/1.1`, host) }, answer)
  const form = {
    head: lines("POST /login HTTP/1.1", host, "Content-Type: application/x-www-form-urlencoded", "Content-Length: 9"),
    body: `p=${s.password}`,
  }
  const parts = {
    head: lines(
      "POST /up HTTP/1.1",
      host,
      `Content-Type: multipart/form-data; boundary=${s.boundary}`,
      "Content-Length: 9",
    ),
    body: s.boundary,
  }
  const json = {
    head: lines("PUT /j HTTP/1.1", host, "Content-Type: application/json", "Content-Length: 999"),
    body: answer.body,
  }
  for (const request of [form, parts, json]) recorder.exchange(conversation, request, answer)
}

/** All that left, as one text: strings as they are, numbers in decimal. */
function leftOf(recorder: Recorder): string {
  return JSON.stringify([
    recorder.events,
    recorder.notes,
    Object.keys(flattenCounters(recorder.counters, true)),
  ]).toLowerCase()
}

test("no event, note or counter holds a secret, and no address", () => {
  const recorder = new Recorder()
  const planted: [string, string][] = []
  for (let i = 1; i <= ROUNDS; i++) {
    const secrets = secretsOf(i)
    plant(recorder, i, secrets)
    for (const [kind, secret] of Object.entries(secrets)) planted.push([kind, secret.toLowerCase()])
    planted.push(["address", `198.51.100.${i}"`])
  }
  assert.equal(recorder.events.length, ROUNDS * 25)
  assert.ok(recorder.plain.every((plain) => plain === null))
  const left = leftOf(recorder)
  const found = planted.filter(([, secret]) => left.includes(secret) || left.includes(encodeURIComponent(secret)))
  assert.deepEqual(found, [])
  assert.ok(!left.includes("192.0.2.77"))
  // Nor a pseudonym of one: a few thousand passwords are soon tried by whoever has the key.
  assert.ok(recorder.events.every(({ queryValues }) => queryValues.length === 0))
})

test("a value that is told leaves as a pseudonym only", () => {
  const recorder = new Recorder()
  const conversation = ipv4Flow("198.51.100.1", 40_000, "192.0.2.77", 80)
  const head = lines("GET /x?status=plantedword&kind=PLANTED HTTP/1.1", "Host: api.example.com")
  recorder.exchange(conversation, { head }, null)
  assert.equal(recorder.events[0]?.queryValues.length, 2)
  assert.ok(!leftOf(recorder).includes("planted"))
})

test("canary: what may leave is found by the same search", () => {
  const recorder = new Recorder()
  plant(recorder, 1, secretsOf(1))
  const left = leftOf(recorder)
  for (const text of ["partner", "akidexample", "/v1/orders/{int}/lines/{uuid}", "api_key", "multipart/form-data"])
    assert.ok(left.includes(text), text)
})
