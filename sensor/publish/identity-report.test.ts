// The preview of identities, from events as the summary makes them.
import assert from "node:assert/strict"
import { test } from "node:test"
import { ipv4Flow, lines, Recorder } from "../summary/fake-conversation.ts"
import { CANDIDATES_MAX, IdentityCoverage, NAMES_MAX, ROWS_MAX, SERVICES_MAX } from "./identity-coverage.ts"
import { coverageJson, coverageText, IdentityReport } from "./identity-report.ts"
import { PublisherCounters } from "./link.ts"
import { Output } from "./output.ts"

const SECRET = "9f2c71d4e0a84b5f9c1de27734aa01bd"
const base64 = (text: string): string => Buffer.from(text).toString("base64")

/** Coverage of requests: a host and a field each. */
function coverageOf(requests: readonly (readonly [string, string])[]): IdentityCoverage {
  const recorder = new Recorder()
  const coverage = new IdentityCoverage()
  for (const [host, field] of requests) {
    const head = lines("GET /x?page=1 HTTP/1.1", `Host: ${host}`, ...(field === "" ? [] : [field]))
    coverage.add(recorder.exchange(ipv4Flow("10.0.0.7", 40_000, "192.0.2.1", 80), { head }, null))
  }
  return coverage
}

const REQUESTS: readonly (readonly [string, string])[] = [
  ["api.example.com", `Authorization: Basic ${base64("acme:1")}`],
  ["api.example.com", `Authorization: Basic ${base64("acme:2")}`],
  ["api.example.com", `Authorization: Basic ${base64("globex:1")}`],
  ["api.example.com", `X-Partner-Ref: ${SECRET}`],
  ["api.example.com", `Cookie: visitor=${SECRET}; theme=dark`],
  ["api.example.com", "X-Caller: acme"],
  ["api.example.com", `X-Request-Id: ${SECRET}`],
  ["other.example.com:8080", ""],
]

test("rules by service, with shares, and what no rule claims", () => {
  assert.equal(
    coverageText(coverageOf(REQUESTS)),
    `${[
      "api.example.com:80: 7 requests",
      "  rule           scheme  where          requests   share  credentials  principals  names",
      "  client         none    -                     4  57.1 %            0           1",
      "  authorization  basic   authorization         3  42.9 %            3           2  acme, globex",
      "  No rule claims, in requests that stayed anonymous:",
      '    from = "header x-partner-ref"   # hex, in 1 requests',
      '    from = "cookie visitor"   # hex, in 1 requests',
      '    from = "header x-caller"   # word, in 1 requests',
      "",
      "other.example.com:8080: 1 requests",
      "  rule    scheme  where  requests    share  credentials  principals  names",
      "  client  none    -             1  100.0 %            0           1",
    ].join("\n")}\n`,
  )
  const { services } = JSON.parse(coverageJson(coverageOf(REQUESTS))) as { services: Record<string, unknown>[] }
  assert.deepEqual(
    services.map(({ service, requests }) => [service, requests]),
    [
      ["api.example.com:80", 7],
      ["other.example.com:8080", 1],
    ],
  )
  assert.equal(coverageText(new IdentityCoverage()), "No exchange was read.\n")
})

test("answers without their request say nothing of who asked", () => {
  const recorder = new Recorder()
  const coverage = new IdentityCoverage()
  coverage.add(recorder.exchange(ipv4Flow("10.0.0.7", 1, "192.0.2.1", 80), null, { head: "HTTP/1.1 200 OK" }))
  assert.match(coverageText(coverage), /: 0 requests, 1 answers alone\n$/)
})

test("it is bounded, and says what it left out", () => {
  const many = (n: number, of: (i: number) => readonly [string, string]) =>
    coverageOf(Array.from({ length: n }, (_, i) => of(i)))
  const services = many(SERVICES_MAX + 5, (i) => [`h${i}.example.com`, ""])
  assert.equal(services.services.get("(others)")?.requests, 5)
  const rows = many(ROWS_MAX + 5, (i) => ["a.example", `Cookie: s${i}x_session=${SECRET}`]).services.get(
    "a.example:80",
  )!
  assert.deepEqual([rows.rows.size, rows.rows.get("(others)")?.requests], [ROWS_MAX + 1, 5])
  const names = many(NAMES_MAX + 5, (i) => [
    "a.example",
    `Authorization: Basic ${base64(`user-${"abcdefghijkl"[i]}:x`)}`,
  ])
  assert.equal([...names.services.values()][0]?.rows.values().next().value?.names.size, NAMES_MAX)
  const candidates = many(CANDIDATES_MAX + 5, (i) => [
    "a.example",
    `X-Token-${"abcdefghij"[i % 10]}${"klmnopqrst"[Math.floor(i / 10)]}: v`,
  ])
  assert.equal([...candidates.services.values()][0]?.candidates.size, CANDIDATES_MAX)
})

test("nothing of a value is printed", async () => {
  let written = ""
  const output = new Output(1, (_fd, bytes, offset, length) => {
    written += Buffer.from(bytes.subarray(offset, offset + length)).toString()
    return length
  })
  const report = new IdentityReport(output, new PublisherCounters(), false)
  const recorder = new Recorder()
  const fields = [
    `X-Api-Key: ${SECRET}`,
    `Cookie: sid=${SECRET}; ${SECRET}=1`,
    `Authorization: Basic ${base64(`jane@secret.example:${SECRET}`)}`,
    `X-${SECRET}: key`,
  ]
  for (const field of fields) {
    const head = lines(`GET /x?token=${SECRET}&${SECRET} HTTP/1.1`, "Host: 192.0.2.1", field)
    report.publish(recorder.exchange(ipv4Flow("10.9.8.7", 40_000, "192.0.2.1", 80), { head }, null), null)
  }
  await report.close()
  assert.match(written, /api_key_query/)
  for (const secret of [SECRET, "secret.example", "10.9.8.7", "192.0.2.1"]) assert.ok(!written.includes(secret), secret)
  assert.equal(report.counters.exchanges, 4)
})
