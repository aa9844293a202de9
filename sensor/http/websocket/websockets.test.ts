// Conversations behind a handshake, frame by frame: what is counted of them, at any cut, with losses at every byte.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { ANOMALIES, type Anomaly } from "../../../shared/event/anomalies.ts"
import { Flow, type Side } from "../../flow/flow.ts"
import { type SessionView, StreamEnd } from "../../tcp/session-receiver.ts"
import { HttpCounters } from "../counters.ts"
import { type Exchange, ExchangeFlag, type ExchangeReceiver } from "../exchange-receiver.ts"
import { Http } from "../http.ts"
import type { HttpHead } from "../http-head.ts"
import { HTTP_DEFAULTS } from "../options.ts"
import { NO_SUCCESSORS } from "../successors.ts"
import { WebSocketCounters } from "./counters.ts"
import { isWebSocket } from "./handshake.ts"
import { WebSockets } from "./websockets.ts"

const HANDSHAKE =
  "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt, chat\r\n\r\n"
const answer = (more = "", accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="): string =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n"
const MASK = [0x11, 0x22, 0x33, 0x44]

interface FrameParts {
  readonly first: number
  readonly payload?: Buffer | string
  readonly masked?: boolean
  /** In place of the length's own form: 126 or 127. */
  readonly form?: number
}

function frame({ first, payload = "", masked = false, form = 0 }: FrameParts): Buffer {
  const bytes = Buffer.from(payload)
  const short = form !== 0 ? form : bytes.length < 126 ? bytes.length : bytes.length < 65_536 ? 126 : 127
  const length = Buffer.alloc(short === 126 ? 2 : short === 127 ? 8 : 0)
  if (short === 126) length.writeUInt16BE(bytes.length)
  if (short === 127) length.writeBigUInt64BE(BigInt(bytes.length))
  const head = Buffer.from([first, short | (masked ? 0x80 : 0)])
  if (!masked) return Buffer.concat([head, length, bytes])
  return Buffer.concat([head, length, Buffer.from(MASK), bytes.map((b, i) => b ^ MASK[i % 4]!)])
}

type Step = { readonly side: Side; readonly bytes?: Buffer; readonly lost?: number; readonly timeUs?: number }
const c = (first: number, payload: Buffer | string = "", form = 0): Step => ({
  side: 0,
  bytes: frame({ first, payload, masked: true, form }),
})
const s = (first: number, payload: Buffer | string = "", form = 0): Step => ({
  side: 1,
  bytes: frame({ first, payload, form }),
})
const raw = (side: Side, text: string): Step => ({ side, bytes: Buffer.from(text, "latin1") })
const lost = (side: Side, length: number): Step => ({ side, lost: length })
const code = (number: number, reason = ""): Buffer =>
  Buffer.concat([Buffer.from([number >> 8, number & 255]), Buffer.from(reason)])

interface Talked {
  readonly lines: string[]
  readonly counters: WebSocketCounters
  readonly keys: number[]
}

interface How {
  readonly answer?: string
  readonly cut?: number
  readonly ends?: StreamEnd
  readonly steps?: readonly Step[]
  readonly noRequest?: boolean
}

/** Plays the handshake and what follows it, through the HTTP stage; the ledger must add up. */
function talk(steps: readonly Step[], how: How = {}): Talked {
  const start = how.noRequest === true ? [] : [raw(0, HANDSHAKE)]
  return play(how.steps ?? [...start, raw(1, how.answer ?? answer()), ...steps], how)
}

const NAMES = Object.entries(ExchangeFlag)
const STATES = ["complete", "bodyGap", "requestOnly", "responseOnly", "unpaired"]

class Receiver implements ExchangeReceiver<string, string> {
  readonly lines: string[] = []
  readonly keys: number[] = []
  onRequest(head: HttpHead): string {
    return `${head.method} ${head.target()}`
  }
  onResponse(head: HttpHead): string {
    return `${head.status}`
  }
  bodyWanted(): number {
    return 0
  }
  onBody(): void {}
  onUpgrade(request: string, subprotocol?: string): string {
    return `${request} ${subprotocol}`
  }
  onExchange(exchange: Exchange<string, string>): void {
    const { request, response, protocol, requestMessages, responseMessages, outcome } = exchange
    this.keys.push(exchange.requestEndSeq)
    const flags = NAMES.filter(([, bit]) => (exchange.flags & bit) !== 0).map(([name]) => name)
    const odd = exchange.anomalies.map((one) => ANOMALIES[one as Anomaly].name)
    const sizes = `${requestMessages}/${request?.bodyBytes ?? "-"} ${responseMessages}/${response?.bodyBytes ?? "-"}`
    const what = protocol === 4 ? `ws ${sizes} ${outcome}` : `http ${response?.facts}`
    this.lines.push([what, STATES[exchange.state], request?.facts ?? "-", ...flags, ...odd].join(" "))
  }
}

function play(steps: readonly Step[], { cut = 1e9, ends = StreamEnd.fin }: How): Talked {
  const receiver = new Receiver()
  const counters = new WebSocketCounters()
  const httpCounters = new HttpCounters()
  const stage = new WebSockets(receiver, httpCounters, counters)
  const http = new Http<string, string>(receiver, httpCounters, HTTP_DEFAULTS, {
    ...NO_SUCCESSORS,
    openUpgraded: (session, client, response, request, timeUs) =>
      isWebSocket(response) ? stage.open(session, client, response, request, timeUs) : null,
  })
  const session: SessionView = {
    flow: new Flow(4, new Int32Array(8), 40_000, 80, 0, 0),
    midstream: false,
    secured: null,
    initiator: 0,
    startOffset: () => 0,
    hasSeen: () => true,
    sequenceAt: (side, offset) => 1000 * (side + 1) + offset,
    takeRetransmitted: () => false,
  }
  const connection = http.open(session, 0)
  const offset: [number, number] = [0, 0]
  for (const { side, bytes, lost: length = 0, timeUs = 1 } of steps) {
    const ack = offset[side === 0 ? 1 : 0]
    if (bytes === undefined) connection.onGap(side, length, timeUs)
    else
      for (let at = 0; at < bytes.length; at += cut) {
        const piece = Uint8Array.from(bytes.subarray(at, at + cut))
        connection.onData(side, piece, 0, piece.length, timeUs, ack)
      }
    offset[side] += bytes?.length ?? length
  }
  connection.onEnd(0, ends, 9)
  connection.onEnd(1, ends, 9)
  connection.onClose(ends, 9)
  const { headerBytes, payloadBytes, controlBytes, unframedBytes } = counters
  assert.equal(headerBytes + payloadBytes + controlBytes + unframedBytes, httpCounters.handedBytes.upgraded)
  assert.equal(httpCounters.exchanges, receiver.lines.length)
  return { lines: receiver.lines, counters, keys: receiver.keys }
}

const HTTP = "http 101 complete GET /ws upgraded"
const WS = "complete GET /ws "
const LONG = Buffer.alloc(300, "x")

interface Row {
  readonly rule: string
  readonly talk: readonly Step[]
  readonly how?: How
  readonly lines: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    rule: "text and binary each way, ping and pong, closed by the client",
    talk: [
      c(0x81, "hello"),
      s(0x82, "abc"),
      s(0x89, "?"),
      c(0x8a, "?"),
      c(0x88, code(1001, "bye")),
      s(0x88, code(1001)),
    ],
    lines: [HTTP, `ws 1/5 1/3 1001 ${WS}`],
  },
  {
    rule: "lengths of 16 and 64 bits",
    talk: [c(0x82, LONG), s(0x82, Buffer.alloc(70_000)), s(0x88, code(1000))],
    lines: [HTTP, `ws 1/300 1/70000 1000 ${WS}`],
  },
  {
    rule: "fragments are one message, control frames in between",
    talk: [c(0x01, "a"), c(0x89), c(0x00, "b"), c(0x8a), c(0x80, "c"), c(0x88, code(4000))],
    lines: [HTTP, `ws 1/3 0/0 4000 ${WS}`],
  },
  {
    rule: "an empty message, and a close without a code",
    talk: [c(0x81), s(0x88), c(0x88, code(1000))],
    lines: [HTTP, `ws 1/0 0/0 1005 ${WS}`],
  },
  { rule: "closed without a close frame", talk: [s(0x81, "a")], lines: [HTTP, `ws 0/0 1/1 1006 ${WS}`] },
  {
    rule: "the capture ends first",
    talk: [s(0x81, "a")],
    how: { ends: StreamEnd.flush },
    lines: [HTTP, `ws 0/0 1/1 -1 ${WS} truncated`],
  },
  {
    rule: "compressed messages are counted, not inflated; the subprotocol is the server's choice",
    talk: [c(0xc1, "xxx"), s(0x41, "y"), s(0x80, "y"), c(0x88, code(1000))],
    how: { answer: answer(`${DEFLATE}Sec-WebSocket-Protocol: mqtt\r\n`) },
    lines: [HTTP, `ws 1/3 1/2 1000 ${WS}mqtt`],
  },
  {
    rule: "reserved bits and opcodes",
    talk: [c(0xc1, "a"), s(0x83, "b"), c(0x88, code(1002))],
    lines: [HTTP, `ws 1/1 0/1 1002 ${WS} websocket.reserved`],
  },
  {
    rule: "a mask where none may be, and none where one must be",
    talk: [{ side: 0, bytes: frame({ first: 0x81, payload: "a" }) }, c(0x88, code(1000))],
    lines: [HTTP, `ws 1/1 0/0 1000 ${WS} websocket.masking`],
  },
  {
    rule: "control frames: too long, fragmented, a code that may not be sent",
    talk: [s(0x89, LONG), c(0x09), s(0x88, code(1005))],
    lines: [HTTP, `ws 0/0 0/0 1005 ${WS} websocket.control`],
  },
  {
    rule: "a continuation of nothing, a message within one, a length in a longer form",
    talk: [c(0x80, "a"), s(0x01, "a"), s(0x81, "b"), s(0x82, "c", 126), c(0x88, code(1000))],
    lines: [HTTP, `ws 0/1 3/3 1000 ${WS} websocket.sequence`],
  },
  {
    rule: "a length that nothing has: what follows is counted, not framed",
    talk: [{ side: 1, bytes: Buffer.from([0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]) }, c(0x88, code(1002))],
    lines: [HTTP, `ws 0/0 1/3 1002 ${WS} websocket.sequence`],
  },
  {
    rule: "frames behind a close",
    talk: [c(0x88, code(1000)), c(0x81, "a")],
    lines: [HTTP, `ws 1/1 0/0 1000 ${WS} http.data_after_close`],
  },
  {
    rule: "an answer that does not prove that the key was read",
    talk: [c(0x88, code(1000))],
    how: { answer: answer("", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=") },
    lines: [`${HTTP} websocket.accept`, `ws 0/0 0/0 1000 ${WS}`],
  },
  {
    rule: "the request was not seen: a response alone, without a key",
    talk: [s(0x81, "abc"), s(0x88, code(1000))],
    how: { noRequest: true },
    lines: ["http 101 responseOnly - upgraded http.response_without_request", "ws 0/- 1/3 1000 responseOnly -"],
  },
  {
    rule: "a loss inside a payload: counting goes on exactly",
    talk: [
      { side: 1, bytes: frame({ first: 0x82, payload: LONG }).subarray(0, 100) },
      lost(1, 150),
      { side: 1, bytes: frame({ first: 0x82, payload: LONG }).subarray(250) },
      s(0x81, "a"),
      c(0x88, code(1000)),
    ],
    lines: [HTTP, `ws 0/0 2/301 1000 bodyGap GET /ws  gap`],
  },
  {
    rule: "a loss that hides a boundary: bytes are counted, frames are not",
    talk: [c(0x81, "a"), lost(0, 10), c(0x81, "bcd"), s(0x88, code(1000))],
    lines: [HTTP, `ws 1/20 0/0 1000 bodyGap GET /ws  gap`],
  },
  {
    rule: "frames right behind the 101, in its segment",
    talk: [],
    how: {
      steps: [
        raw(0, HANDSHAKE),
        { side: 1, bytes: Buffer.concat([Buffer.from(answer()), s(0x81, "now").bytes!]) },
        c(0x88, code(1000)),
      ],
    },
    lines: [HTTP, `ws 0/0 1/3 1000 ${WS}`],
  },
  {
    rule: "frames before the 101 is seen wait for it",
    talk: [],
    how: { steps: [raw(0, HANDSHAKE), c(0x81, "early"), c(0x81, "too"), raw(1, answer()), c(0x88, code(1000))] },
    lines: [HTTP, `ws 2/8 0/0 1000 ${WS}`],
  },
]

for (const { rule, talk: steps, how, lines } of ROWS)
  test(rule, () => {
    for (const cut of [1e9, 1, 2, 3, 7, 64]) assert.deepEqual(talk(steps, { ...how, cut }).lines, lines, `cut ${cut}`)
  })

test("a server that ignores the upgrade goes on in HTTP/1; what looked like frames is nothing", () => {
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
  const steps = [raw(0, HANDSHAKE), raw(1, ok), raw(0, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"), raw(1, ok)]
  assert.deepEqual(talk([], { steps }).lines, ["http 200 complete GET /ws", "http 200 complete GET /next"])
  const early = [raw(0, HANDSHAKE), c(0x81, "early"), raw(1, ok)]
  assert.deepEqual(talk([], { steps: early }).lines, ["http 200 complete GET /ws"])
})

test("another protocol stays dark", () => {
  const steps = [
    raw(0, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: tls/1.3\r\n\r\n"),
    raw(1, "HTTP/1.1 101 X\r\nUpgrade: tls/1.3\r\n\r\n\x16\x03\x03"),
    raw(0, "\x16\x03\x01"),
  ]
  assert.deepEqual(talk([], { steps }).lines, ["http 101 complete GET / upgraded"])
})

test("the conversation's key is not the handshake's, and the same wherever it is seen", () => {
  const { keys } = talk([c(0x81, "a")])
  assert.deepEqual(keys, [1000 + HANDSHAKE.length, 1000 + HANDSHAKE.length - 1])
})

test("too many bad frames: it is no WebSocket", () => {
  const { counters } = talk(Array.from({ length: 20 }, () => s(0x83, "zz")))
  assert.equal(counters.badFrames, 9)
  assert.equal(counters.boundaryLost, 1)
  assert.equal(counters.unframedBytes, 11 * 4 + 2)
})

test("whatever the frames, cuts and losses: nothing is thrown, and cuts change nothing", () => {
  const step = fc.oneof(
    fc
      .record({
        side: fc.constantFrom<Side>(0, 1),
        first: fc.nat(255),
        payload: fc.uint8Array({ maxLength: 150 }),
        masked: fc.boolean(),
      })
      .map(({ side, payload, ...rest }): Step => ({ side, bytes: frame({ ...rest, payload: Buffer.from(payload) }) })),
    fc.record({ side: fc.constantFrom<Side>(0, 1), lost: fc.integer({ min: 1, max: 200 }) }),
    fc
      .record({ side: fc.constantFrom<Side>(0, 1), noise: fc.uint8Array({ minLength: 1, maxLength: 20 }) })
      .map(({ side, noise }): Step => ({ side, bytes: Buffer.from(noise) })),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (steps, cut) => {
      assert.deepEqual(talk(steps, { cut }).lines, talk(steps).lines)
    }),
    { numRuns: 150 },
  )
})
