// What a client sends behind CONNECT or Upgrade, before the capture shows the answer.
import assert from "node:assert/strict"
import { test } from "node:test"
import { c, end, gap, play, type Step, s } from "./fake-session.ts"

const CONNECT = c("CONNECT b:443 HTTP/1.1\r\nHost: b\r\n\r\n")
const OPEN = s("HTTP/1.1 200 OK\r\n\r\n")
const REFUSED = s("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
const GET = c("GET /in HTTP/1.1\r\nHost: a\r\n\r\n")
const OK = s("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
const UPGRADE = c("GET /up HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\n")
const HELLO = c(`\x16\x03\x01\x00\x2e\x01\x00\x00\x2a\x03\x03${"r".repeat(40)}`)
const PREFACE = c("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

const TUNNEL = "complete CONNECT b:443 +0 => 200 +0 upgraded"
const NO_TUNNEL = "complete CONNECT b:443 +0 => 407 +0"
const INSIDE = "complete GET /in +0 => 200 +2"

const ROWS: readonly {
  what: string
  steps: readonly Step[]
  exchanges: readonly string[]
  dark?: string
  bytes?: number
}[] = [
  { what: "HTTP/1 in a tunnel, in order", steps: [CONNECT, OPEN, GET, OK], exchanges: [TUNNEL, INSIDE] },
  { what: "HTTP/1 in a tunnel, ahead of the answer", steps: [CONNECT, GET, OPEN, OK], exchanges: [TUNNEL, INSIDE] },
  { what: "TLS in a tunnel", steps: [CONNECT, OPEN, HELLO], exchanges: [TUNNEL], dark: "tls", bytes: 51 },
  { what: "TLS ahead of the answer", steps: [CONNECT, HELLO, OPEN], exchanges: [TUNNEL], dark: "tls", bytes: 51 },
  { what: "HTTP/2 in a tunnel", steps: [CONNECT, OPEN, PREFACE], exchanges: [TUNNEL], dark: "http2", bytes: 24 },
  {
    what: "HTTP/2 ahead of the answer",
    steps: [CONNECT, PREFACE, OPEN],
    exchanges: [TUNNEL],
    dark: "http2",
    bytes: 24,
  },
  {
    what: "a refused tunnel goes on",
    steps: [CONNECT, REFUSED, CONNECT, OPEN, GET, OK],
    exchanges: [NO_TUNNEL, TUNNEL, INSIDE],
  },
  {
    what: "a refused tunnel, the next request ahead",
    steps: [CONNECT, GET, REFUSED, OK],
    exchanges: [NO_TUNNEL, INSIDE],
  },
  {
    what: "an upgrade that is ignored",
    steps: [UPGRADE, OK, GET, OK],
    exchanges: ["complete GET /up +0 => 200 +2", INSIDE],
  },
  {
    what: "and a pipelined request",
    steps: [UPGRADE, GET, OK, OK],
    exchanges: ["complete GET /up +0 => 200 +2", INSIDE],
  },
  {
    what: "bytes of nothing behind an upgrade that is ignored are skipped",
    steps: [UPGRADE, c("\x81\x82abcdef"), OK, GET, OK],
    exchanges: ["complete GET /up +0 => 200 +2", "unpaired GET /in +0 => - resynchronised", "unpaired - => 200 +2"],
  },
  {
    what: "a loss ends the wait",
    steps: [CONNECT, HELLO, gap(0, 10), OPEN],
    exchanges: [TUNNEL],
  },
  {
    what: "so does the end",
    steps: [CONNECT, GET, end(0)],
    exchanges: ["requestOnly CONNECT b:443 +0 => - ambiguous", "requestOnly GET /in +0 => - ambiguous"],
  },
]

for (const { what, steps, exchanges, dark, bytes } of ROWS)
  test(what, () => {
    for (const cut of [1e9, 1, 5]) {
      const { exchanges: got, counters } = play(steps, { cut: () => cut })
      assert.deepEqual(got, exchanges, `cut ${cut}`)
      if (dark !== undefined) assert.equal(counters.notHttpBytes[dark as "tls"], bytes)
    }
  })

test("what waits is bounded", () => {
  const { exchanges, gatheredBytes, counters } = play([CONNECT, c(`\x16\x03\x01${"x".repeat(40_000)}`), OPEN])
  assert.deepEqual(exchanges, [TUNNEL])
  assert.equal(gatheredBytes, 0)
  assert.ok(counters.skippedBytes > 30_000)
})
