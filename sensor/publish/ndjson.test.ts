import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { test } from "node:test"
import { type ApiEvent, EMPTY_FORM, HeadPart, State } from "../../shared/event/api-event.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import { EVENT as WHOLE } from "../../shared/testing/event-batch.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { LinkError, PublisherCounters } from "./link.ts"
import { eventLine, isoMicroseconds, NdjsonPublisher } from "./ndjson.ts"
import { Output, type Write } from "./output.ts"

const BASE = trafficEvents({ ...B2B_TRAFFIC, events: 1 })[0]!
const EVENT: ApiEvent = {
  ...BASE,
  startUs: Date.UTC(2026, 10, 23, 10) * 1000 + 123_456,
  firstByteUs: 900,
  totalUs: -1,
  exchangeKey: 0xab,
  state: State.complete,
  flags: 0b1001,
  anomalies: [2, 16],
  status: 200,
  requestBytes: 0,
  responseBytes: 255,
  items: -1,
  objects: [255],
  client: { ...BASE.client, address: "aaaaaaaaaaaa", prefix: "bbbbbbbbbbbb", addressClass: "private" },
  server: {
    address: "cccccccccccc",
    addressClass: "public",
    port: 80,
    authority: "api.example.com",
    zone: "",
    tls: "",
  },
  operation: { ...BASE.operation, protocol: 2, method: "GET", path: "/v1/orders/{int}" },
  identity: { ...BASE.identity, scheme: "bearer-jwt", principal: "8f31aabbccdd", name: "partner-42" },
  request: EMPTY_FORM,
  responseClasses: ["email=1"],
}
const PLAIN: PlainFacts = {
  clientAddress: "10.0.0.1",
  clientPort: 40112,
  serverAddress: "10.0.0.2",
  serverPort: 80,
  target: "/v1/orders/17?expand=items",
  method: "GET",
  authority: "api.example.com",
}
const KEYS =
  "ts protocol state client server method host target path operation status requestBytes responseBytes consumer dataClasses flags anomalies"

test("a revealed line has the keys of the interface page, in order", () => {
  const line = eventLine(EVENT, PLAIN)
  assert.deepEqual(Object.keys(line).slice(0, 17), KEYS.split(" "))
  assert.deepEqual(Object.fromEntries(Object.entries(line).slice(0, 17)), {
    ts: "2026-11-23T10:00:00.123456Z",
    protocol: "http/1.1",
    state: "complete",
    client: { ip: "10.0.0.1", port: 40112 },
    server: { ip: "10.0.0.2", port: 80 },
    method: "GET",
    host: "api.example.com",
    target: "/v1/orders/17?expand=items",
    path: "/v1/orders/{int}",
    operation: null,
    status: 200,
    requestBytes: 0,
    responseBytes: 255,
    consumer: { scheme: "bearer-jwt", id: "c_8f31aabbccdd", name: "partner-42" },
    dataClasses: { request: {}, response: { email: 2 } },
    flags: ["gap", "midstream"],
    anomalies: ["http.lenient_head", "http.missing_host"],
  })
})

test("a line that is not revealed shows what would leave: pseudonyms, no target", () => {
  const line = eventLine(EVENT, null)
  assert.deepEqual(Object.keys(line).slice(0, 17), KEYS.split(" "))
  assert.deepEqual(line.client, { id: "aaaaaaaaaaaa", prefix: "bbbbbbbbbbbb", class: "private" })
  assert.deepEqual(line.server, { id: "cccccccccccc", class: "public", port: 80 })
  assert.equal(line.target, null)
  assert.equal(line.method, "GET")
})

test("what only some exchanges have stands at the end of their lines", () => {
  const line = eventLine(
    {
      ...EVENT,
      call: { kind: "graphql", key: "query GetOrders", fields: ["orders"], depth: 3, aliases: -1, batch: 1 },
      requestMessages: 1,
      outcome: 0,
      unknown: HeadPart.path | HeadPart.fields,
      tenantMatch: 0,
      returned: [1, 0xffff_ffff],
      returnedTotal: 40,
      weakObjects: [255],
      queryObjects: [0, 254],
      bodyObjects: [7],
      step: -3,
      pageLimit: 6,
      client: {
        ...EVENT.client,
        ja4: "t13d1516h2_8daaf6152771_b186095e22b6",
        hops: 2,
        forwardedPrefix: "dddddddddddd",
      },
      server: { ...EVENT.server, tls: "1.3" },
      identity: { ...EVENT.identity, formerPrincipal: "0123456789ab" },
    },
    PLAIN,
  )
  const usual = Object.keys(eventLine(EVENT, PLAIN))
  assert.deepEqual(Object.keys(line).slice(0, usual.length), usual)
  assert.deepEqual(Object.fromEntries(Object.entries(line).slice(usual.length)), {
    call: { kind: "graphql", key: "query GetOrders", fields: ["orders"], depth: 3, aliases: null, batch: 1 },
    messages: { request: 1, response: null },
    outcome: 0,
    unknown: ["path", "fields"],
    tls: { version: "1.3", ja4: "t13d1516h2_8daaf6152771_b186095e22b6", alpn: null },
    forwarded: { hops: 2, prefix: "dddddddddddd" },
    former: { credential: null, consumer: "c_0123456789ab" },
    tenantMatch: false,
    returned: { told: 2, total: 40 },
    weakObjects: ["0000000000ff"],
    queryObjects: [null, "0000000000fe"],
    bodyObjects: ["00000007"],
    step: -3,
    page: { limit: 64, offset: null },
  })
})

test("a line that is not revealed names the ids that a response gave as they leave", () => {
  const line = eventLine({ ...EVENT, returned: [1, 0xffff_ffff] }, null)
  assert.deepEqual(line.returned, { told: 2, total: null, ids: ["00000001", "ffffffff"] })
})

test("a WebSocket conversation has no method and no target, and keeps its path", () => {
  const operation = { ...EVENT.operation, protocol: 4, method: "" }
  const line = eventLine({ ...EVENT, operation, requestMessages: 3, responseMessages: 4, outcome: 1000 }, PLAIN)
  assert.deepEqual(
    [line.protocol, line.method, line.target, line.path, line.messages, line.outcome],
    ["websocket", null, null, "/v1/orders/{int}", { request: 3, response: 4 }, 1000],
  )
})

test("a response without its request has null method and target", () => {
  const orphan: ApiEvent = {
    ...EVENT,
    state: State.responseOnly,
    operation: { ...EVENT.operation, method: "", path: "" },
    server: { ...EVENT.server, authority: "" },
  }
  const line = eventLine(orphan, { ...PLAIN, target: null, method: null, authority: null })
  assert.deepEqual(
    [line.state, line.method, line.target, line.path, line.host],
    ["responseOnly", null, null, null, null],
  )
})

test("a request without an answer has a null status", () => {
  assert.equal(eventLine({ ...EVENT, state: State.requestOnly, status: 0 }, PLAIN).status, null)
})

test("times have microseconds, whatever the time", () => {
  assert.equal(isoMicroseconds(0), "1970-01-01T00:00:00.000000Z")
  assert.equal(isoMicroseconds(1_000_001), "1970-01-01T00:00:01.000001Z")
  assert.equal(isoMicroseconds(2 ** 52 - 1), "2112-09-17T23:53:47.370495Z")
})

interface Fake {
  readonly chunks: string[]
  readonly calls: number[]
}

function fakeWrite(fake: Fake, fail: (call: number) => string | null, most = Number.POSITIVE_INFINITY): Write {
  return (_fd, bytes, offset, length) => {
    fake.calls.push(length)
    const code = fail(fake.calls.length)
    if (code !== null) throw Object.assign(new Error(code), { code })
    const written = Math.min(length, most)
    fake.chunks.push(Buffer.from(bytes.subarray(offset, offset + written)).toString())
    return written
  }
}

test("output: large writes, short ones continued, a full pipe waited for, nothing lost", () => {
  const fake: Fake = { chunks: [], calls: [] }
  const output = new Output(
    1,
    fakeWrite(fake, (call) => (call % 3 === 1 ? "EAGAIN" : null), 50_000),
  )
  let expected = ""
  for (let i = 0; i < 20_000; i++) {
    const line = `line ${i} é\n`
    expected += line
    output.text(line)
  }
  output.text("x".repeat(200_000))
  output.flush()
  assert.equal(fake.chunks.join(""), `${expected}${"x".repeat(200_000)}`)
  assert.ok(fake.calls.length < 40)
})

test("output: a reader that went away ends it quietly, and what follows is counted", async () => {
  const fake: Fake = { chunks: [], calls: [] }
  const output = new Output(
    1,
    fakeWrite(fake, () => "EPIPE"),
  )
  const counters = new PublisherCounters()
  const publisher = new NdjsonPublisher(output, counters)
  assert.equal(publisher.busy, null)
  while (publisher.busy === null) publisher.publish(EVENT, PLAIN)
  publisher.publish(EVENT, PLAIN)
  await assert.rejects(publisher.busy, (error: unknown) => error instanceof LinkError && error.code === "closed-pipe")
  assert.equal(counters.dropped.closedPipe, counters.exchanges)
  assert.equal(counters.acknowledged, 0)
  await assert.rejects(
    publisher.close(),
    (error: unknown) => error instanceof LinkError && error.code === "closed-pipe",
  )
  assert.equal(fake.calls.length, 1)
})

test("output: a disk that is full is an error of the world", () => {
  const output = new Output(
    1,
    fakeWrite({ chunks: [], calls: [] }, () => "ENOSPC"),
  )
  output.text("x")
  output.flush()
  assert.equal(output.failure?.code, "io")
})

test("a real pipe into head: no stack trace", () => {
  const script = `
    import { Output } from ${JSON.stringify(new URL("./output.ts", import.meta.url).href)}
    const output = new Output(1)
    for (let i = 0; i < 200000 && output.failure === null; i++) output.text("line " + i + "\\n")
    output.flush()
    process.exitCode = output.failure?.code === "closed-pipe" ? 0 : 7
  `
  const shell = `"$0" --input-type=module -e "$1" | head -n 2; echo "\${PIPESTATUS[0]}"`
  const { stdout, stderr } = spawnSync("bash", ["-c", shell, process.execPath, script], { encoding: "utf8" })
  assert.deepEqual([stdout, stderr], ["line 0\nline 1\n0\n", ""])
})

/** Every number, text and truth in an event, by its path. */
function leaves(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

function changed(event: ApiEvent, path: readonly string[]): ApiEvent {
  const copy = structuredClone(event)
  let at = copy as unknown as Record<string, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  const last = path.at(-1)!
  const value = at[last]
  at[last] = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `z${String(value).slice(1)}`
  return copy
}

test("a line that is not revealed shows all of an event: whatever changes in it changes the line", () => {
  const line = (event: ApiEvent): string => JSON.stringify(eventLine(event, null))
  const hidden = leaves(WHOLE).filter((path) => line(changed(WHOLE, path)) === line(WHOLE))
  assert.deepEqual(
    hidden.map((path) => path.join(".")),
    [],
  )
})
