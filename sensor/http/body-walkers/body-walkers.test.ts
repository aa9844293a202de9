// Bodies of messages, in any pieces: events, gRPC-Web and Connect envelopes, the same in base64.
import assert from "node:assert/strict"
import { test } from "node:test"
import { readHead } from "../../summary/fake-conversation.ts"
import type { HttpHead } from "../http-head.ts"
import { type BodyWalker, bodyWalker } from "./body-walker.ts"

const head = (type: string, more = ""): HttpHead => readHead(`HTTP/1.1 200 OK\r\nContent-Type: ${type}${more}`)
const envelope = (flags: number, text: string): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix[0] = flags
  prefix.writeUInt32BE(text.length, 1)
  return Buffer.concat([prefix, Buffer.from(text)])
}

interface Row {
  readonly what: string
  readonly type: string
  readonly body: Buffer | string
  readonly messages: number
  readonly outcome?: number
}

const EVENTS = "text/event-stream; charset=utf-8"
const MESSAGES = [envelope(0, "one"), envelope(1, "two"), envelope(0, "")]
const ROWS: readonly Row[] = [
  { what: "events", type: EVENTS, body: "event: a\ndata: 1\n\ndata: 2\ndata: 3\nid: 4\n\n", messages: 2 },
  { what: "CR, CRLF", type: EVENTS, body: "data: 1\r\rdata: 2\r\n\r\ndata\r\n\ndata:\n\r\n", messages: 4 },
  {
    what: "comments and retries are none",
    type: EVENTS,
    body: ": alive\n\nretry: 1\n\ndatabase: x\n\n data: x\n\n",
    messages: 0,
  },
  { what: "nor is what the end cuts", type: EVENTS, body: "data: 1\n\ndata: 2\n", messages: 1 },
  { what: "nothing", type: EVENTS, body: "\n\n\n", messages: 0 },
  {
    what: "gRPC-Web",
    type: "application/grpc-web+proto",
    body: Buffer.concat([...MESSAGES, envelope(0x80, "grpc-message: no\r\ngrpc-status: 5\r\n")]),
    messages: 3,
    outcome: 5,
  },
  {
    what: "gRPC-Web in base64, padded in between",
    type: "application/grpc-web-text",
    body:
      MESSAGES.map((one) => one.toString("base64")).join("") + envelope(0x80, "grpc-status:0\r\n").toString("base64"),
    messages: 3,
    outcome: 0,
  },
  {
    what: "gRPC-Web, cut",
    type: "application/grpc-web",
    body: envelope(0x80, "grpc-status: 13\r\n").subarray(0, 12),
    messages: 0,
  },
  {
    what: "a Connect stream that ends well",
    type: "application/connect+json",
    body: Buffer.concat([envelope(0, "{}"), envelope(2, "{}")]),
    messages: 1,
    outcome: 0,
  },
  {
    what: "and one that does not",
    type: "application/connect+proto",
    body: Buffer.concat([envelope(0, "a"), envelope(2, '{"error":{"code":"resource_exhausted","message":"code"}}')]),
    messages: 1,
    outcome: 8,
  },
  { what: "no envelopes", type: "application/connect+json", body: "{not an envelope}", messages: 0 },
]

for (const { what, type, body, messages, outcome = -1 } of ROWS)
  test(`${what}`, () => {
    const bytes = Buffer.from(body)
    for (let cut = 1; cut <= bytes.length; cut++) {
      const walker = bodyWalker(head(type))!
      for (let at = 0; at < bytes.length; at += cut) walker.take(bytes, at, Math.min(bytes.length, at + cut))
      assert.deepEqual([walker.messages, walker.outcome], [messages, outcome], `pieces of ${cut}`)
    }
  })

test("other bodies, and coded ones, are not walked", () => {
  for (const type of [
    "application/json",
    "text/plain",
    "text/event-streams",
    "application/grpc",
    "application/gzip",
    "a/b",
  ])
    assert.equal(bodyWalker(head(type)), null, type)
  assert.equal(bodyWalker(head(EVENTS, "\r\nContent-Encoding: gzip")), null)
  assert.equal(bodyWalker(readHead("HTTP/1.1 200 OK\r\nServer: x")), null)
})

test("a loss inside a message is passed over; elsewhere counting stops, and no outcome is made up", () => {
  const walk = (type: string, steps: readonly (Buffer | number)[]): BodyWalker => {
    const walker = bodyWalker(head(type))!
    for (const step of steps)
      if (typeof step === "number") walker.lose(step)
      else walker.take(step, 0, step.length)
    return walker
  }
  const one = envelope(0, "0123456789")
  const end = envelope(0x80, "grpc-status: 3\r\n")
  const type = "application/grpc-web"
  const inside = walk(type, [one.subarray(0, 8), 7, one, end])
  assert.deepEqual([inside.messages, inside.outcome], [2, 3])
  const across = walk(type, [one.subarray(0, 8), 9, one, end])
  assert.deepEqual([across.messages, across.outcome], [1, -1])
  const trailers = walk(type, [one, end.subarray(0, 9), 3, end.subarray(12)])
  assert.deepEqual([trailers.messages, trailers.outcome], [1, -1])
  assert.equal(walk("application/grpc-web-text", [Buffer.from("AAAA"), 4, Buffer.from("AAAA")]).messages, 0)
  assert.equal(walk(EVENTS, [Buffer.from("data: 1\n"), 5, Buffer.from("x\n\ndata: 2\n\n")]).messages, 2)
})
