import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { Secured } from "../../flow/secured.ts"
import {
  c,
  data,
  frame,
  Peer,
  type Played,
  type PlayOptions,
  PREFACE,
  play,
  request,
  reset,
  response,
  type Step,
  s,
  settings,
  windowUpdate,
} from "./fake-h2.ts"
import { FrameFlag, FrameType } from "./frame-type.ts"

const ACK = frame(FrameType.settings, FrameFlag.ack, 0)
const OPEN = [c(PREFACE, settings([[3, 100]]), windowUpdate(0)), s(settings(), ACK), c(ACK)]
const GRPC = [["content-type", "application/grpc"]] as const
const message = (text: string, compressed = 0): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix[0] = compressed
  prefix.writeUInt32BE(text.length, 1)
  return Buffer.concat([prefix, Buffer.from(text)])
}

interface Scene {
  readonly steps: (client: Peer, server: Peer) => readonly Step[]
  readonly lines: readonly string[]
  readonly options?: PlayOptions
  readonly check?: (played: Played) => void
}

const A = "api.example.com"
const SCENES: Readonly<Record<string, Scene>> = {
  "a request and its answer": {
    steps: (p, q) => [
      c(p.headers(1, request("GET", "/a"), { end: true })),
      s(q.headers(1, response(200, [["content-length", "5"]])), data(1, "hello", true)),
    ],
    lines: [`complete GET /a ${A} +0 => 200 +5`],
    check: ({ exchanges }) => assert.equal(exchanges[0]!.response!.body, "hello."),
  },
  "interleaved streams are paired by number": {
    steps: (p, q) => [
      c(p.headers(1, request("POST", "/a")), p.headers(3, request("GET", "/b"), { end: true }), data(1, "xy")),
      s(q.headers(3, response(404), { end: true })),
      c(data(1, "z", true), p.headers(5, request("HEAD", "/c"), { end: true })),
      s(
        q.headers(5, response(200, [["content-length", "99"]]), { end: true }),
        q.headers(1, response(201)),
        data(1, "", true),
      ),
    ],
    lines: [
      `complete GET /b ${A} +0 => 404 +0`,
      `complete HEAD /c ${A} +0 => 200 +0`,
      `complete POST /a ${A} +3 => 201 +0`,
    ],
  },
  "padding, priority, CONTINUATION, frames that nobody knows": {
    steps: (p, q) => [
      c(frame(FrameType.priority, 0, 3, Buffer.from([0, 0, 0, 0, 9])), frame(0x21, 0xff, 7, Buffer.alloc(30, 1))),
      c(p.headers(3, request("PUT", "/p", [["x-a", "b".repeat(50)]]), { padding: 7, priority: true, fragment: 9 })),
      c(data(3, "0123456789", true, 4, 3)),
      s(
        q.headers(3, response(200), { fragment: 1, padding: 0 }),
        frame(FrameType.ping, 0, 0, Buffer.alloc(8)),
        data(3, "ok", true, 99, 200),
      ),
    ],
    lines: [`complete PUT /p ${A} +10 => 200 +2`],
  },
  "trailers, interim answers, an early answer": {
    steps: (p, q) => [
      c(p.headers(1, request("POST", "/t"))),
      s(q.headers(1, response(100)), q.headers(1, response(103, [["link", "</x>"]])), q.headers(1, response(200))),
      c(data(1, "abc"), p.headers(1, [["x-sum", "1"]], { end: true })),
      s(data(1, "d"), q.headers(1, [["x-sum", "2"]], { end: true })),
    ],
    lines: [`complete POST /t ${A} +3 => 200 +1 early`],
  },
  "push: a promise is a request of the client that was not sent": {
    steps: (p, q) => [
      c(p.headers(1, request("GET", "/page"), { end: true })),
      s(
        q.headers(1, request("GET", "/style.css"), { promised: 2 }),
        q.headers(1, response(200)),
        q.headers(2, response(200)),
      ),
      s(data(2, "css", true), data(1, "html", true)),
    ],
    lines: [`complete GET /style.css ${A} +0 => 200 +3 pushed`, `complete GET /page ${A} +0 => 200 +4`],
  },
  "RST_STREAM by either side; an answer that comes too late for it": {
    steps: (p, q) => [
      c(p.headers(1, request("GET", "/slow"), { end: true })),
      c(reset(1)),
      s(q.headers(1, response(200)), data(1, "late", true)),
      c(p.headers(3, request("POST", "/big")), data(3, "x".repeat(50))),
      s(q.headers(3, response(413), { end: true }), reset(3, 0)),
      c(data(3, "more"), p.headers(5, request("GET", "/half"), { end: true })),
      s(q.headers(5, response(200)), data(5, "par"), reset(5, 2)),
      s(frame(FrameType.goAway, 0, 0, Buffer.alloc(8))),
    ],
    lines: [
      `requestOnly GET /slow ${A} +0 => - streamReset`,
      `complete POST /big ${A} +50 => 413 +0 truncated early streamReset`,
      `complete GET /half ${A} +0 => 200 +3 truncated streamReset`,
    ],
  },
  "gRPC: messages are counted, the status is in the trailers or stands alone": {
    steps: (p, q) => [
      c(
        p.headers(1, request("POST", "/pkg.S/Stream", GRPC)),
        data(1, Buffer.concat([message("one"), message("two!", 1), message("")]), true, 4),
      ),
      s(
        q.headers(1, response(200, GRPC)),
        data(1, message("x".repeat(300)), false, 100),
        q.headers(1, [["grpc-status", "0"]], { end: true }),
      ),
      c(p.headers(3, request("POST", "/pkg.S/Fails", GRPC)), data(3, message("a"), true)),
      s(q.headers(3, response(200, [...GRPC, ["grpc-status", "12"]]), { end: true })),
    ],
    lines: [
      `complete POST /pkg.S/Stream ${A} +22 => 200 +305 messages 3/1 outcome 0`,
      `complete POST /pkg.S/Fails ${A} +6 => 200 +0 messages 1/0 outcome 12`,
    ],
  },
  "cookies that were split are one": {
    steps: (p, q) => [
      c(
        p.headers(
          1,
          request("GET", "/", [
            ["cookie", "a=1"],
            ["accept", "*/*"],
            ["cookie", "b=2"],
          ]),
          { end: true },
        ),
      ),
      s(q.headers(1, response(204), { end: true })),
    ],
    lines: [`complete GET / ${A} +0 => 204 +0`],
    check: ({ exchanges }) =>
      assert.deepEqual(exchanges[0]!.request!.fields.slice(4), [
        ["cookie", "a=1; b=2"],
        ["accept", "*/*"],
      ]),
  },
  "what is wrong with heads and lengths": {
    steps: (p, q) => [
      c(
        p.headers(
          1,
          [
            [":method", "GET"],
            ["x-a", "1"],
            [":path", "/late"],
            ["X-Upper", "1"],
          ],
          { end: true },
        ),
      ),
      s(q.headers(1, response(200, [["content-length", "9"]])), data(1, "short", true)),
      c(
        p.headers(3, [
          [":method", "GET"],
          [":path", "/x"],
        ]),
        frame(FrameType.ping, 0, 0, Buffer.alloc(8)),
      ),
    ],
    lines: [
      "complete GET   +0 => 200 +5 http2.malformed_head http2.length_mismatch",
      "requestOnly GET /x  +0 => - truncated",
    ],
  },
  "a block that another frame cuts, and one that is no HPACK": {
    steps: (p, q) => {
      const [first] = [p.headers(1, request("GET", "/cut", [["x-long", "y".repeat(60)]]), { end: true, fragment: 60 })]
      const cut = first!.subarray(0, 69)
      return [
        c(cut, frame(FrameType.ping, 0, 0, Buffer.alloc(8))),
        s(q.headers(1, response(200), { end: true })),
        c(frame(FrameType.headers, 5, 3, Buffer.from([0x82, 0x84, 0x86, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]))),
        s(q.headers(3, response(400), { end: true })),
      ]
    },
    lines: [
      `complete GET /cut ${A} +0 => 200 +0 ?fields http2.interleaved_block`,
      "complete GET /  +0 => 400 +0 ?authority ?fields http2.bad_header_block",
    ],
  },
  "CONNECT has no path; OPTIONS * has one": {
    steps: (p, q) => [
      c(
        p.headers(1, [
          [":method", "CONNECT"],
          [":authority", "db.example.com:5432"],
        ]),
      ),
      s(q.headers(1, response(200))),
      c(data(1, "query")),
      s(data(1, "rows", true)),
      c(data(1, "", true), p.headers(3, request("OPTIONS", "*"), { end: true })),
      s(q.headers(3, response(200), { end: true })),
    ],
    lines: [
      "complete CONNECT db.example.com:5432 db.example.com:5432 +5 => 200 +4 early",
      `complete OPTIONS * ${A} +0 => 200 +0`,
    ],
  },
}

const cutAt = (length: number) => (): number => length

for (const [name, scene] of Object.entries(SCENES))
  test(name, () => {
    const steps = [...OPEN, ...scene.steps(new Peer(), new Peer())]
    const whole = play(steps, scene.options)
    assert.deepEqual(whole.lines, scene.lines)
    scene.check?.(whole)
    for (const length of [1, 2, 3, 5, 9, 10, 64]) {
      const cut = play(steps, { ...scene.options, cut: cutAt(length) })
      assert.deepEqual(cut.exchanges, whole.exchanges, `in pieces of ${length}`)
    }
  })

test("h2c: one exchange for the request that was upgraded, with the final status", () => {
  const p = new Peer()
  const q = new Peer()
  const first =
    "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
  const steps = [
    c(Buffer.from(first)),
    s(
      Buffer.from("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
      settings(),
      q.headers(1, response(200)),
    ),
    c(PREFACE, settings(), p.headers(3, request("GET", "/next"), { end: true })),
    s(data(1, "body", true), q.headers(3, response(404), { end: true })),
  ]
  const whole = play(steps)
  assert.deepEqual(whole.lines, ["complete GET /up a +0 => 200 +4", `complete GET /next ${A} +0 => 404 +0`])
  assert.equal(whole.http.exchanges, 0)
  assert.equal(whole.exchanges[0]!.key, 1000 + first.length)
  for (const length of [1, 7, 30]) assert.deepEqual(play(steps, { cut: cutAt(length) }).exchanges, whole.exchanges)
  const refused = [c(Buffer.from(first)), s(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))]
  assert.deepEqual(play(refused).lines, ["complete GET /up a +0 => 200 +0"])
})

test("the key of a stream is the same from either side alone, and differs from stream to stream", () => {
  const p = new Peer()
  const q = new Peer()
  const asked = [
    c(PREFACE, settings()),
    ...[1, 3, 5].map((id) => c(p.headers(id, request("GET", `/${id}`), { end: true }))),
  ]
  const answered = [s(settings(), ACK), ...[1, 3, 5].map((id) => s(q.headers(id, response(200 + id), { end: true })))]
  const keys = (steps: readonly Step[], seen: readonly (0 | 1)[]) =>
    play(steps, { seen }).exchanges.map(({ key, state }) => `${state} ${key}`)
  const both = play([...asked, ...answered]).exchanges.map(({ key }) => key)
  assert.equal(new Set(both).size, 3)
  assert.deepEqual(
    keys(asked, [0]),
    both.map((key) => `requestOnly ${key}`),
  )
  assert.deepEqual(
    keys(answered, [1]),
    both.map((key) => `responseOnly ${key}`),
  )
  assert.ok(play([...asked, ...answered], { sequence: 77 }).exchanges.every(({ key }, i) => key !== both[i]))
})

test("the other mirror port is behind: answers wait for their requests", () => {
  const p = new Peer()
  const q = new Peer()
  const head = Buffer.concat([PREFACE, settings()])
  const first = p.headers(1, request("GET", "/a"), { end: true })
  const steps: Step[] = [
    { side: 0, bytes: head },
    {
      side: 1,
      bytes: Buffer.concat([settings(), q.headers(1, response(200), { end: true })]),
      ack: head.length + first.length,
    },
    { side: 0, bytes: first },
  ]
  assert.deepEqual(play(steps).lines, [`complete GET /a ${A} +0 => 200 +0`])
  assert.deepEqual(play([...steps.slice(0, 2), { side: 0, gap: first.length }]).lines, ["responseOnly - => 200 +0"])
})

test("requests that began in early data of TLS are marked", () => {
  const p = new Peer()
  const early = [OPEN[0]!, c(p.headers(1, request("GET", "/1"), { end: true }))]
  const later = [c(p.headers(3, request("GET", "/3"), { end: true }))]
  const earlyBytes = early.reduce((sum, step) => sum + ("gap" in step ? 0 : step.bytes.length), 0)
  const secured: Secured = {
    version: "1.3",
    alpn: "h2",
    serverName: "",
    ja4: "",
    clientCertificate: null,
    hasEarlyData: true,
    earlyBytes,
  }
  const { exchanges } = play([...early, OPEN[1]!, ...later], { secured })
  assert.deepEqual(
    exchanges.map((one) => one.flags.includes("earlyData")),
    [true, false],
  )
})

test("any cut of the bytes gives the same events", () => {
  const p = new Peer()
  const q = new Peer()
  const steps = [
    ...OPEN,
    ...Object.values(SCENES)[2]!.steps(p, q),
    ...[7, 9, 11].flatMap((id) => [
      c(p.headers(id, request("POST", `/n/${id}`, GRPC)), data(id, message("m".repeat(id)), true)),
      s(
        q.headers(id, response(200, GRPC)),
        data(id, message("r"), false),
        q.headers(id, [["grpc-status", "5"]], { end: true }),
      ),
    ]),
  ]
  const whole = play(steps).exchanges
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (lengths) => {
      let i = 0
      assert.deepEqual(play(steps, { cut: () => lengths[i++ % lengths.length]! }).exchanges, whole)
    }),
    { numRuns: 60 },
  )
})
