// Bodies of messages over HTTP/2: counted as over HTTP/1.
import assert from "node:assert/strict"
import { test } from "node:test"
import { c, data, Peer, PREFACE, play, request, response, s, settings } from "../http2/fake-h2.ts"

const prefixed = (flags: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([flags, 0, 0, 0, text.length]), Buffer.from(text)])

test("events, gRPC-Web and Connect over HTTP/2", () => {
  const client = new Peer()
  const server = new Peer()
  const web = "application/grpc-web+proto"
  const connect = "application/connect+json"
  const steps = [
    c(PREFACE, settings(), client.headers(1, request("GET", "/events"), { end: true })),
    s(settings(), server.headers(1, response(200, [["content-type", "text/event-stream"]]))),
    s(data(1, "data: 1\n\nda"), data(1, "ta: 2\n\n: x\n\n", true)),
    c(client.headers(3, request("POST", "/a.B/C", [["content-type", web]])), data(3, prefixed(0, "a"), true)),
    s(server.headers(3, response(200, [["content-type", web]])), data(3, prefixed(0, "b"))),
    s(data(3, prefixed(0x80, "grpc-status: 3\r\n"), true)),
    c(client.headers(5, request("POST", "/a.B/D", [["content-type", connect]])), data(5, prefixed(0, "{}"), true)),
    s(
      server.headers(5, response(200, [["content-type", connect]])),
      data(5, prefixed(2, '{"error":{"code":"aborted"}}'), true),
    ),
  ]
  const { exchanges } = play(steps)
  const found = exchanges.map((one) => [one.request?.target, ...one.messages, one.outcome])
  assert.deepEqual(found, [
    ["/events", -1, 2, -1],
    ["/a.B/C", 1, 1, 3],
    ["/a.B/D", 1, 0, 10],
  ])
})
