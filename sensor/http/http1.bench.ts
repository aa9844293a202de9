// Prints the cost of the HTTP/1 stage alone: ns an exchange, with a receiver that does nothing. Run it with the pinned
// runtime: node sensor/http/http1.bench.ts [exchanges]. The traffic is that of a load generator: a bearer token, seven
// fields, a JSON answer of 255 bytes.
import { Flow } from "../flow/flow.ts"
import { type SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import { HttpCounters } from "./counters.ts"
import type { ExchangeReceiver } from "./exchange-receiver.ts"
import { Http } from "./http.ts"
import { HTTP_DEFAULTS } from "./options.ts"

const TOKEN = `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${"a".repeat(100)}.${"b".repeat(38)}`
const FIELDS = `Host: 10.77.0.2\r\nAuthorization: Bearer ${TOKEN}\r\nUser-Agent: partner-sdk/3.2 (java 17)\r\nAccept: application/json\r\nX-Request-Id: 00000001-1234\r\nX-Api-Version: 2024-01-29\r\n`
const REQUEST = Buffer.from(`GET /v1/orders/12345?expand=items&page=5 HTTP/1.1\r\n${FIELDS}\r\n`)
const BODY = JSON.stringify({ id: 12345, status: "shipped", text: "x".repeat(214) })
const HEAD =
  "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 12:45:53 GMT\r\nContent-Type: application/json\r\n"
const RESPONSE = Buffer.from(`${HEAD}Content-Length: ${BODY.length}\r\nConnection: keep-alive\r\n\r\n${BODY}`)
const CHUNKS = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`
const CHUNKED = Buffer.from(`${HEAD}Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n${CHUNKS}`)

/** Asks for bodies, as the summary does; keeps nothing. */
class NullReceiver implements ExchangeReceiver<number, number> {
  bodyBytes = 0
  exchanges = 0
  onRequest(): number {
    return 1
  }
  onResponse(): number {
    return 2
  }
  bodyWanted(facts: number): number {
    return facts === 2 ? 65536 : 0
  }
  onBody(_facts: number, _bytes: Uint8Array, start: number, end: number): void {
    this.bodyBytes += end - start
  }
  onUpgrade(facts: number): number {
    return facts
  }
  onExchange(): void {
    this.exchanges++
  }
}

function session(): SessionView {
  return {
    flow: new Flow(4, new Int32Array(8), 40000, 80, 0, 0),
    midstream: false,
    initiator: 0,
    secured: null,
    startOffset: () => 0,
    hasSeen: () => true,
    sequenceAt: (_side, offset) => offset >>> 0,
    takeRetransmitted: () => false,
  }
}

function run(name: string, exchanges: number, perConnection: number, response: Buffer): void {
  const receiver = new NullReceiver()
  const http = new Http(receiver, new HttpCounters(), HTTP_DEFAULTS)
  const slab = new Uint8Array(1 << 20)
  slab.set(REQUEST, 5000)
  slab.set(response, 9000)
  const once = (count: number): void => {
    for (let done = 0; done < count; done += perConnection) {
      const connection = http.open(session(), 0)
      let client = 0
      let server = 0
      for (let i = 0; i < perConnection; i++) {
        connection.onData(0, slab, 5000, 5000 + REQUEST.length, i, server)
        client += REQUEST.length
        connection.onData(1, slab, 9000, 9000 + response.length, i, client)
        server += response.length
      }
      connection.onEnd(0, StreamEnd.fin, 0)
      connection.onEnd(1, StreamEnd.fin, 0)
      connection.onClose(StreamEnd.fin, 0)
    }
  }
  once(exchanges >> 3)
  const start = process.hrtime.bigint()
  once(exchanges)
  const ns = Number(process.hrtime.bigint() - start) / exchanges
  console.log(
    `${name}: ${ns.toFixed(0)} ns an exchange (${receiver.exchanges} exchanges, ${receiver.bodyBytes} body bytes)`,
  )
}

const exchanges = Number(process.argv[2] ?? 500_000)
run("keep-alive, 1000 a connection", exchanges, 1000, RESPONSE)
run("keep-alive, chunked", exchanges, 1000, CHUNKED)
run("a connection each", exchanges, 1, RESPONSE)
