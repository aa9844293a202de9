// Properties of the stage: whatever the bytes are and however they are cut, nothing is thrown, the log does not depend on
// the cut, every byte is counted once (fake-session.ts asserts the ledger in every play), and nothing is kept.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { StreamEnd } from "../tcp/session-receiver.ts"
import { CLIENT, c, gap, type PlayOptions, play, SERVER, type Step, s } from "./fake-session.ts"

const word = fc.constantFrom(
  "GET /a HTTP/1.1\r\n",
  "POST /b HTTP/1.1\r\n",
  "HEAD / HTTP/1.0\r\n",
  "PRI * HTTP/2.0\r\n",
  "GET /old\r\n",
  "brew x HTTP/1.1\n",
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 304 \r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 101 Up\r\n\r\n",
  "HTTP/1.0 2000\r\n",
  "CONNECT a:1 HTTP/1.1\r\n\r\n",
  "Host: a\r\n",
  "Content-Length: 3\r\n",
  "Content-Length: 0\r\n",
  "Content-Length: 3, 4\r\n",
  "Content-Length: x\r\n",
  "Transfer-Encoding: chunked\r\n",
  "transfer-encoding: xchunked\n",
  "Connection: close\r\n",
  "X : y\r\n",
  " fold\r\n",
  "\0: \xff\r\n",
  "\r\n",
  "\n",
  "\r",
  "abc",
  "3\r\nabc\r\n",
  "0\r\n\r\n",
  "3;x\nabc\n0\n\n",
  "ffffffffffffffffff\r\n",
  "\x16\x03\x01\x00\x05\x01",
  "\x05\x01\x00",
  "PROXY TCP4 a b 1 2\r\n",
)
const bytes = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((raw) => Buffer.from(raw).toString("latin1")) },
)
const text = fc.array(bytes, { maxLength: 12 }).map((parts) => parts.join(""))
/** Mostly what the script implies; now and then anything, as a hostile sender would put it. */
const ack = fc.option(fc.integer({ min: -1, max: 200 }), { nil: undefined, freq: 4 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(text, ack)
      .filter(([t]) => t !== "")
      .map(([t, a]) => c(t, a)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(text, ack)
      .filter(([t]) => t !== "")
      .map(([t, a]) => s(t, a)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(CLIENT, SERVER), fc.integer({ min: 1, max: 60 }))
      .map(([side, n]) => gap(side, n)),
  },
)
const talk = fc.array(step, { minLength: 1, maxLength: 8 })
type How = Required<Pick<PlayOptions, "midstream" | "wanted" | "last">>
const options: fc.Arbitrary<How> = fc.record({
  midstream: fc.boolean(),
  wanted: fc.constantFrom(0, 2, 3, 100),
  last: fc.constantFrom(StreamEnd.fin, StreamEnd.reset, StreamEnd.flush),
})

/** What once gave another log when it was cut: a response is decided by what lies before its acknowledgment, nothing behind. */
const LATE: readonly (readonly Step[])[] = [
  [
    c("GET /a HTTP/1.1\r\n"),
    s("HTTP/1.1 200 OK\r\nCONNECT a:1 HTTP/1.1\r\n\r\nHTTP/1.0 2000\r\n", 43),
    c("HTTP/1.1 100 Continue\r\n\r\nGET /a HTTP/1.1\r\n"),
    gap(SERVER, 1),
    c("GET /a HTTP/1.1\r\n"),
  ],
  [s("HTTP/1.1 304 \r\nHTTP/1.1 101 Up\r\n\r\n", 1), c("\nX : y\r\n"), c("GET /a HTTP/1.1\r\n")],
  [
    c("HTTP/1.0 2000\r\n0\r\n\r\n"),
    c("HTTP/1.1 200 OK\r\nHTTP/1.1 101 Up\r\n\r\n", 1),
    s("GET /a HTTP/1.1\r\n0\r\n\r\nffffffffffffffffff\r\n", 0),
    s("\0"),
  ],
  [
    c("HTTP/1.1 200 OK\r\nHTTP/1.1 100 Continue\r\n\r\n", 1),
    s("\x05\x01\0GET /a HTTP/1.1\r\n\r\n", 0),
    s("GET /a HTTP/1.1\r\n"),
    c("HTTP/1.1 200 OK\r\n"),
  ],
  [
    s("HTTP/1.1 200 OK\r\nHTTP/1.1 101 Up\r\n\r\nHTTP/1.1 200 OK\r\n", 1),
    c("GET /a HTTP/1.1\r\n", 1),
    s("HTTP/1.1 100 Continue\r\n\r\n"),
    c("HTTP/1.1 100 Continue\r\n\r\nGET /old\r\n"),
  ],
]

// A held response may be given up a few bytes earlier or later: the lines are compared, not their order.
test("any conversation, cut anywhere, gives the same log", () => {
  fc.assert(
    fc.property(
      talk,
      options,
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 9 }),
      (steps, how, sizes) => {
        const whole = play(steps, how).log.sort()
        let next = 0
        assert.deepEqual(play(steps, { ...how, cut: () => sizes[next++ % sizes.length]! }).log.sort(), whole)
        assert.deepEqual(play(steps, { ...how, cut: () => 1 }).log.sort(), whole)
      },
    ),
    {
      numRuns: 1500,
      examples: LATE.flatMap((steps): [Step[], How, number[]][] => [
        [[...steps], { midstream: false, wanted: 0, last: StreamEnd.fin }, [1]],
        [[...steps], { midstream: true, wanted: 0, last: StreamEnd.fin }, [1]],
      ]),
    },
  )
})

test("with the smallest limits too, the ledger adds up and nothing is kept", () => {
  const small = { headBytesMax: 64, bodyPrefixBytes: 8, gatherBytesMax: 2048, pendingMax: 2, heldMax: 1 }
  fc.assert(
    fc.property(talk, options, (steps, how) => {
      const { gatheredBytes } = play(steps, { ...how, cut: () => 7, options: small })
      assert.equal(gatheredBytes, 0)
    }),
    { numRuns: 1000 },
  )
})
