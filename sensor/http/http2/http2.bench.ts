// Prints the cost of HTTP/2 beside that of HTTP/1 on the same exchanges: ns an exchange of the stage alone, with a receiver that
// does nothing, and together with the summary. Run it with the pinned runtime: node sensor/http/http2/http2.bench.ts [exchanges].
// The traffic is that of a load generator on a connection kept alive: a bearer token, seven fields, a JSON answer of 255 bytes;
// the path, the id of the request and the date change, as their encoders send them.

import { Flow } from "../../flow/flow.ts"
import { SummaryCounters } from "../../summary/counters.ts"
import { PseudonymKey } from "../../summary/privacy/pseudonym.ts"
import { Summarizer } from "../../summary/summarizer.ts"
import { type SessionView, StreamEnd } from "../../tcp/session-receiver.ts"
import { HttpCounters } from "../counters.ts"
import type { ExchangeReceiver } from "../exchange-receiver.ts"
import { Http } from "../http.ts"
import { HTTP_DEFAULTS } from "../options.ts"
import { NO_SUCCESSORS } from "../successors.ts"
import { Http2Counters } from "./counters.ts"
import { data, Peer, PREFACE, settings } from "./fake-h2.ts"
import type { Field } from "./fake-hpack-encoder.ts"
import { Http2 } from "./http2.ts"

const PER_CONNECTION = 1000
const TOKEN = `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${"a".repeat(100)}.${"b".repeat(38)}`
const BODY = JSON.stringify({ id: 12345, status: "shipped", text: "x".repeat(214) })

const target = (i: number): string => `/v1/orders/${10_000 + (i % 5000)}?expand=items&page=${i % 9}`
const requestFields = (i: number): Field[] => [
  ["authorization", `Bearer ${TOKEN}`],
  ["user-agent", "partner-sdk/3.2 (java 17)"],
  ["accept", "application/json"],
  ["x-request-id", `${i.toString(16).padStart(8, "0")}-1234`],
  ["x-api-version", "2024-01-29"],
]
const responseFields = (i: number): Field[] => [
  ["server", "nginx/1.22.1"],
  ["date", `Mon, 23 Nov 2026 12:45:${String(i % 60).padStart(2, "0")} GMT`],
  ["content-type", "application/json"],
  ["content-length", `${BODY.length}`],
]

/** What both sides send for exchange `i` of a connection, in turn. */
type Pieces = readonly Buffer[]

function http1(): Pieces {
  const lines = (fields: readonly Field[]): string => fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  return Array.from({ length: PER_CONNECTION }, (_, i) => [
    Buffer.from(`GET ${target(i)} HTTP/1.1\r\nhost: 10.77.0.2\r\n${lines(requestFields(i))}\r\n`),
    Buffer.from(`HTTP/1.1 200 OK\r\n${lines(responseFields(i))}\r\n${BODY}`),
  ]).flat()
}

function http2(): Pieces {
  const client = new Peer()
  const server = new Peer()
  return Array.from({ length: PER_CONNECTION }, (_, i) => {
    const id = 2 * i + 1
    const head: Field[] = [
      [":method", "GET"],
      [":scheme", "http"],
      [":authority", "10.77.0.2"],
      [":path", target(i)],
    ]
    const asked = client.headers(id, [...head, ...requestFields(i)], {
      end: true,
      indexing: ([name]) => (name === ":path" || name === "x-request-id" ? "none" : "incremental"),
    })
    const answer: Field[] = [[":status", "200"], ...responseFields(i)]
    const answered = server.headers(id, answer, {
      indexing: ([name]) => (name === "content-length" ? "none" : "incremental"),
    })
    return [
      i === 0 ? Buffer.concat([PREFACE, settings(), asked]) : asked,
      Buffer.concat([i === 0 ? settings() : Buffer.alloc(0), answered, data(id, BODY, true)]),
    ]
  }).flat()
}

class NullReceiver implements ExchangeReceiver<number, number> {
  exchanges = 0
  onRequest(): number {
    return 1
  }
  onResponse(): number {
    return 2
  }
  bodyWanted(facts: number): number {
    return facts === 2 ? 65_536 : 0
  }
  onBody(): void {}
  onUpgrade(facts: number): number {
    return facts
  }
  onExchange(): void {
    this.exchanges++
  }
}

let serial = 0
function session(): SessionView {
  const address = new Int32Array([0, 0, 0xffff, 0x0a4d0002, 0, 0, 0xffff, 0x0a4d0003])
  return {
    flow: new Flow(4, address, 40000, 80, 0, serial++),
    midstream: false,
    initiator: 0,
    secured: null,
    startOffset: () => 0,
    hasSeen: () => true,
    sequenceAt: (_side, offset) => offset >>> 0,
    takeRetransmitted: () => false,
  }
}

function run<Q, S>(name: string, receiver: ExchangeReceiver<Q, S>, pieces: Pieces, exchanges: number): void {
  const stage = new Http2(receiver, new Http2Counters())
  const http = new Http(receiver, new HttpCounters(), HTTP_DEFAULTS, {
    ...NO_SUCCESSORS,
    openHttp2: (view, client, timeUs) => stage.open(view, client, timeUs),
  })
  const slab = new Uint8Array(Buffer.concat(pieces))
  const once = (count: number): void => {
    for (let done = 0; done < count; done += PER_CONNECTION) {
      const connection = http.open(session(), 0)
      const offset = [0, 0]
      let at = 0
      for (const [i, piece] of pieces.entries()) {
        const side = (i & 1) as 0 | 1
        connection.onData(side, slab, at, at + piece.length, i, offset[1 - side]!)
        at += piece.length
        offset[side]! += piece.length
      }
      for (const side of [0, 1] as const) connection.onEnd(side, StreamEnd.fin, 0)
      connection.onClose(StreamEnd.fin, 0)
    }
  }
  once(exchanges >> 2)
  // Time of the processor: others may use the machine.
  const start = process.cpuUsage()
  once(exchanges)
  const { user, system } = process.cpuUsage(start)
  const ns = ((user + system) * 1000) / exchanges
  console.log(`${name}: ${ns.toFixed(0)} ns an exchange, ${(slab.length / PER_CONNECTION).toFixed(0)} bytes`)
}

const exchanges = Number(process.argv[2] ?? 200_000)
const traffic = { "HTTP/1": http1(), "HTTP/2": http2() }
for (let round = 0; round < 2; round++)
  for (const [name, pieces] of Object.entries(traffic)) {
    run(`${name}, the stage alone`, new NullReceiver(), pieces, exchanges)
    const sink = { publish: () => {}, note: () => {} }
    const summarizer = new Summarizer(sink, new PseudonymKey(new Uint8Array(32).fill(7)), new SummaryCounters())
    run(`${name} and the summary`, summarizer, pieces, exchanges)
  }
