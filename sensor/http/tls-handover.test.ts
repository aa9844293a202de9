// On which ways TLS comes to its stage, and what is not taken for it.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Flow, type Side } from "../flow/flow.ts"
import { type SessionReceiver, type SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import {
  alert,
  application,
  changeCipher,
  clientHello,
  handshake,
  noise,
  record,
  serverHello,
} from "../tls/fake-tls.ts"
import { HttpCounters } from "./counters.ts"
import type { ExchangeReceiver } from "./exchange-receiver.ts"
import { Http } from "./http.ts"
import { HTTP_DEFAULTS } from "./options.ts"
import { NO_SUCCESSORS } from "./successors.ts"

const NOBODY: ExchangeReceiver<object, object> = {
  onRequest: () => ({}),
  onResponse: () => ({}),
  bodyWanted: () => 0,
  onBody: () => undefined,
  onUpgrade: () => ({}),
  onExchange: () => undefined,
}

type Step = { readonly side: Side; readonly bytes: Buffer } | { readonly side: Side; readonly gap: number }
const c = (...parts: readonly (Buffer | string)[]): Step => ({ side: 0, bytes: bytesOf(parts) })
const s = (...parts: readonly (Buffer | string)[]): Step => ({ side: 1, bytes: bytesOf(parts) })
const bytesOf = (parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)))

/** What the TLS stage was given of each side, and the counters of HTTP. */
function handed(steps: readonly Step[], midstream = false, cut = 0) {
  const counters = new HttpCounters()
  const given: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)]
  const starts: [number, number] = [-1, -1]
  const openTls = (session: SessionView): SessionReceiver => ({
    onData: (side, bytes, start, end) => {
      if (starts[side] < 0) starts[side] = session.startOffset(side)
      given[side] = Buffer.concat([given[side], bytes.subarray(start, end)])
    },
    onGap: () => undefined,
    onAnomaly: () => undefined,
    onEnd: () => undefined,
    onClose: () => undefined,
  })
  const http = new Http(NOBODY, counters, HTTP_DEFAULTS, { ...NO_SUCCESSORS, openTls })
  const session: SessionView = {
    flow: new Flow(4, new Int32Array(8), 40000, 443, 0, 0),
    midstream,
    initiator: midstream ? -1 : 0,
    secured: null,
    hasSeen: () => true,
    sequenceAt: (_side, offset) => offset,
    startOffset: () => 0,
    takeRetransmitted: () => false,
  }
  const receiver = http.open(session, 0)
  for (const step of steps) {
    if ("gap" in step) {
      receiver.onGap(step.side, step.gap, 1)
      continue
    }
    const size = cut > 0 ? cut : step.bytes.length
    for (let i = 0; i < step.bytes.length; i += size)
      receiver.onData(step.side, step.bytes, i, Math.min(step.bytes.length, i + size), 1, -1)
  }
  receiver.onEnd(0, StreamEnd.fin, 2)
  receiver.onEnd(1, StreamEnd.fin, 2)
  receiver.onClose(StreamEnd.fin, 2)
  return { given, starts, counters }
}

const hello = handshake(clientHello())
const answer = Buffer.concat([handshake(serverHello()), changeCipher, application(50)])

test("from the first byte on, however it is cut, whichever side is first", () => {
  for (const cut of [0, 1, 2, 7]) {
    for (const steps of [
      [c(hello), s(answer), c(application(30))],
      [s(answer), c(hello), c(application(30))],
    ]) {
      const { given, counters } = handed(steps, false, cut)
      assert.deepEqual(given, [Buffer.concat([hello, application(30)]), answer])
      assert.equal(counters.handedBytes.tls, given[0].length + given[1].length)
    }
  }
  assert.deepEqual(handed([c(hello), s(alert(2, 40))]).given[1], alert(2, 40))
})

test("behind CONNECT, the PROXY protocol and SOCKS", () => {
  const connect = handed([
    c("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
    s("HTTP/1.1 200 OK\r\n\r\n"),
    c(hello),
    s(answer),
  ])
  assert.deepEqual(connect.given, [hello, answer])
  assert.deepEqual(connect.starts, [35, 19])
  for (const cut of [0, 1]) {
    const proxied = handed([c("PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n", hello), s(answer)], false, cut)
    assert.deepEqual(proxied.given, [hello, answer])
  }
  const second = Buffer.from("0d0a0d0a000d0a515549540a2111000cc0000201c00002029c4001bb", "hex")
  assert.deepEqual(handed([c(second, hello), s(answer)]).given, [hello, answer])
  const socks = handed([
    c("\x05\x01\x00"),
    s("\x05\x00"),
    c("\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb"),
    s("\x05\x00\x00\x01\0\0\0\0\0\0"),
    c(hello),
    s(answer),
  ])
  assert.deepEqual(socks.given, [hello, answer])
})

test("STARTTLS: what began as something else", () => {
  const smtp = handed([
    s("220 mail.example.com ESMTP\r\n"),
    c("EHLO a\r\n"),
    s("250-STARTTLS\r\n250 OK\r\n"),
    c("STARTTLS\r\n"),
    s("220 go on\r\n"),
    c(hello),
    s(answer),
  ])
  assert.deepEqual(smtp.given, [hello, answer])
  const postgres = handed([c("\0\0\0\x08\x04\xd2\x16\x2f"), s("S"), c(hello), s(answer)])
  assert.deepEqual(postgres.given, [hello, answer])
})

test("joined: a hello proves itself, whole records in the first segment do, and else two records in a row", () => {
  assert.deepEqual(handed([c(hello), s(answer)], true).given, [hello, answer])
  assert.deepEqual(handed([s(application(40), application(50)), c(application(9))], true).given[0], application(9))
  for (const cut of [0, 1, 1460]) {
    const { given } = handed([s(noise(700), application(4000), application(300), application(200))], true, cut)
    assert.ok(given[1].subarray(-205).equals(application(200)), `cut ${cut}`)
  }
  // Lost at the start, and no hello in sight.
  const lost = handed([{ side: 1, gap: 900 }, s(noise(100), application(2000), application(300)), s(application(7))])
  assert.ok(lost.given[1].length >= 12)
})

test("random bytes and half a record are not taken for TLS", () => {
  const { counters } = handed([s(noise(2_000_000, 5)), c(noise(100_000, 9))], true, 1460)
  assert.equal(counters.handedBytes.tls, 0)
  const once = handed([s(noise(50), application(100), noise(3000)), c(record(23, noise(40)).subarray(0, 30))], true)
  assert.equal(once.counters.handedBytes.tls, 0)
  assert.equal(handed([c("\x16\x03\x01\x20\x00\x77", noise(300))]).counters.handedBytes.tls, 0)
})
