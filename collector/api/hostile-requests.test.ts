// Every route of the served OpenAPI document, as an admin, with parameters and bodies that no honest client sends: whatever comes, the answer
// is no 5xx, tells nothing of our insides, and where it refuses, it is a problem document. SONDE_FUZZ_ROUNDS and SONDE_FUZZ_SEED go further.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { Agent, request } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { batch, event, START_US } from "../inventory/fake-batches.ts"
import { Collector } from "../pipeline.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { makeToken, Tokens, writeTokens } from "./access/tokens.ts"
import { type HostileRequest, Hostility, type OpenapiDocument } from "./fake-hostility.ts"
import { makeRandom, makeSeed } from "./fake-seed.ts"

const ROUNDS = Number(process.env.SONDE_FUZZ_ROUNDS ?? 6)
const SEED = Number(process.env.SONDE_FUZZ_SEED ?? 7)
const INSIDES = /\n\s+at |node:internal|node_modules|\.ts\b:\d|SQLITE|SELECT |INSERT |no such (column|table)|\/tmp\//

const failures: unknown[] = []
const agent = new Agent({ keepAlive: true, maxSockets: 8 })
const folder = mkdtempSync(join(tmpdir(), "sonde-hostile-"))
const { token, record } = makeToken("the-admin", "admin", Date.now(), 0)
let collector: Collector

before(async () => {
  writeTokens(folder, [record])
  const store = await openSqliteStore(":memory:")
  await store.commit(makeSeed())
  collector = await Collector.start(store, {
    listen: { host: "127.0.0.1", port: 0 },
    assets: "",
    version: "1",
    channels: [
      {
        name: "hook",
        kind: "webhook",
        lanes: ["high"],
        target: "https://h.example",
        close: async () => {},
        deliver: async () => ({ kind: "refused", sentence: "No." }),
      },
    ],
    access: { tokens: new Tokens(folder, (error) => failures.push(error)) },
    onError: (error) => failures.push(error),
  })
  const base = { atUs: START_US, sinceUs: START_US, consumer: 0, endpoint: 0, lossyShare: 0, weight: 1, p: 1e-9 }
  collector.inventory.apply(batch([event()]))
  collector.analysis.incidents.raise({
    ...base,
    ...{ detector: "enumeration", family: "object", isRule: false, key: "k", sentence: "asked for 212 orders" },
    ...{ facts: { objects: 212 }, doubts: [], samples: [] },
  })
  await collector.inventory.checkpoint()
})
after(async () => {
  agent.destroy()
  await collector?.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

function send({ method, path, headers, body }: HostileRequest): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(collector.url)
    const all = { authorization: `Bearer ${token}`, ...headers }
    const sent = request({ agent, hostname, port, method, path, headers: all }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          type: response.headers["content-type"] ?? "",
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    // A body that is too long is refused before all of it is taken: the connection ends, and that is an answer.
    sent.on("error", (error: NodeJS.ErrnoException) =>
      /^(EPIPE|ECONNRESET)$/.test(error.code ?? "") ? resolve(null) : reject(error),
    )
    sent.end(body ?? undefined)
  })
}

async function get<T>(path: string): Promise<T> {
  const answer = await send({ method: "GET", path, headers: {}, body: null })
  return JSON.parse(answer!.text) as T
}

function judge(sent: HostileRequest, answer: Answer | null): void {
  if (answer === null) return
  const { status, type, text } = answer
  const said = `${sent.method} ${sent.path.slice(0, 300)} ${String(sent.body).slice(0, 300)}: ${status} ${text.slice(0, 300)}`
  assert.ok(status < 500, `${said} ${String(failures.at(-1))}`)
  // A wrong token is one, and too many of them are too many; nothing else is refused to an admin for who it is.
  if (!/^POST \/api\/v1\/session/.test(said)) assert.ok(![401, 403, 429].includes(status), said)
  assert.doesNotMatch(text, INSIDES, said)
  if (status < 400) return
  assert.match(type, /^application\/problem\+json/, said)
  const problem = JSON.parse(text) as { status?: unknown; detail?: unknown }
  assert.equal(problem.status, status, said)
  assert.equal(typeof problem.detail, "string", said)
  assert.ok(text.length < 4000, `${said}: an answer that repeats what was sent`)
}

/** Ids by list: "/api/v1/services" -> one that exists, "" where there is none. */
async function ids(document: OpenapiDocument): Promise<(collection: string) => string> {
  const known = new Map<string, string>()
  for (const path of Object.keys(document.paths)) {
    if (path.includes("{") || document.paths[path]!.get === undefined || !/^\/api/.test(path)) continue
    const { items } = await get<{ items?: readonly { id?: string; name?: string }[] }>(path)
    const first = Array.isArray(items) ? items[0] : undefined
    known.set(path, first?.id ?? first?.name ?? "")
  }
  return (collection) => known.get(collection) ?? ""
}

test(`hostile parameters and bodies at every route, seed ${SEED}`, async () => {
  const document = await get<OpenapiDocument>("/api/v1/openapi.json")
  const hostility = new Hostility(document, await ids(document), makeRandom(SEED))
  const requests = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      Array.from({ length: ROUNDS }, () => hostility.request(template, method.toUpperCase(), operation)),
    ),
  )
  assert.ok(requests.length >= 60 * ROUNDS, String(requests.length))
  const statuses = new Map<number, number>()
  let next = 0
  const work = async (): Promise<void> => {
    for (let sent = requests[next++]; sent !== undefined; sent = requests[next++]) {
      const answer = await send(sent)
      statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1)
      judge(sent, answer)
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  assert.deepEqual(failures, [])
  // It reaches both what is refused at once and what lies behind the checks.
  for (const status of [200, 400, 404, 422]) assert.ok((statuses.get(status) ?? 0) > 5, `${status}: ${[...statuses]}`)
  assert.equal((await send({ method: "GET", path: "/api/v1/services", headers: {}, body: null }))?.status, 200)
  assert.equal(({} as { isAdmin?: unknown }).isAdmin, undefined)
})

/** What the server says to bytes that no client library would send. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(collector.url).port), "127.0.0.1", () => socket.end(bytes))
    let text = ""
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString()
    })
    socket.on("error", () => resolve(text))
    socket.on("close", () => resolve(text))
  })
}

test("what is no HTTP, or none that makes sense, gets 4xx and no more", async () => {
  const signed = `Host: localhost\r\nAuthorization: Bearer ${token}\r\n`
  for (const bytes of [
    "GET / HTTP/9.9\r\n\r\n",
    "\u0000\u0000\u0000\r\n\r\n",
    `GET /${"a".repeat(20_000)} HTTP/1.1\r\n${signed}\r\n`,
    `GET /api/v1/services HTTP/1.1\r\n${signed}X: ${"a".repeat(20_000)}\r\n\r\n`,
    `POST /api/v1/partners HTTP/1.1\r\n${signed}Content-Length: -1\r\n\r\n`,
    `POST /api/v1/partners HTTP/1.1\r\n${signed}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/partners HTTP/1.1\r\n${signed}Transfer-Encoding: gzip\r\n\r\nx`,
    `GET /api/v1/services HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
    `TRACE /api/v1/services HTTP/1.1\r\n${signed}\r\n`,
    `CONNECT a:1 HTTP/1.1\r\n${signed}\r\n`,
    `GET http://evil.example/api/v1/services HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  ]) {
    const text = await raw(bytes)
    assert.match(text, /^(HTTP\/1\.1 4\d\d |$)/, bytes.slice(0, 60))
    if (text !== "") assert.match(text, /content-type: application\/problem\+json/i, bytes.slice(0, 60) + text)
    assert.doesNotMatch(text, INSIDES)
  }
  assert.deepEqual(failures, [])
})
