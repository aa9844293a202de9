import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Verdict } from "../start-line.ts"
import {
  c,
  data,
  frame,
  Peer,
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
import { chainVerdict, FrameScan } from "./frame-chain.ts"
import { FrameFlag, FrameType } from "./frame-type.ts"

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex")
const verdictOf = (bytes: Buffer): Verdict => chainVerdict(bytes, 0, bytes.length)

/** Numbers of a fixed seed: the same every time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}

test("a chain of frames is recognised wherever its first two headers are there", () => {
  const p = new Peer()
  const first = p.headers(0x153ef1, request("POST", "/x"))
  const chains: readonly (readonly [string, Buffer])[] = [
    ["HEADERS and WINDOW_UPDATE", Buffer.concat([first, windowUpdate(0x153ef1), windowUpdate(0)])],
    ["DATA of one stream", data(77, Buffer.alloc(900, 7), true, 300)],
    ["SETTINGS, their acknowledgment, HEADERS", Buffer.concat([settings([[3, 100]]), frame(4, 1, 0), first])],
    ["PING, RST_STREAM and HEADERS", Buffer.concat([frame(FrameType.ping, 1, 0, Buffer.alloc(8)), reset(9), first])],
    ["a server that begins", Buffer.concat([settings(), windowUpdate(0), p.headers(1, response(200)), data(1, "x")])],
  ]
  for (const [what, bytes] of chains) {
    assert.equal(verdictOf(bytes), Verdict.yes, what)
    for (let end = 0; end < 9; end++)
      assert.equal(verdictOf(bytes.subarray(0, end)), Verdict.maybe, `${what}, ${end} bytes`)
  }
})

test("a verdict on fewer bytes never turns into its opposite", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (bytes, end) => {
      const low = Buffer.from(bytes.map((byte) => byte & 9))
      const before = chainVerdict(low, 0, Math.min(end, low.length))
      const after = chainVerdict(low, 0, low.length)
      assert.ok(before === Verdict.maybe || before === after)
    }),
  )
})

test("a million random places, and as many among small numbers, are not taken for HTTP/2", () => {
  const next = numbers(7)
  const scan = new FrameScan()
  const bytes = Buffer.alloc(1_000_000)
  for (let i = 0; i < bytes.length; i += 2) bytes.writeUInt16LE(next() & 0xffff, i)
  scan.run(bytes, 0, bytes.length)
  assert.equal(scan.found, -1)
  // Mostly zeros, as in binary formats.
  for (let i = 0; i < bytes.length; i++) bytes[i] = next() % 7 < 5 ? 0 : next() % 11
  scan.run(bytes, 0, bytes.length)
  assert.equal(scan.found, -1)
})

/** How other protocols begin. */
const OTHERS: Readonly<Record<string, string>> = {
  "DNS over TCP": "001d 1234 0100 0001 0000 0000 0000 03777777 07 6578616d706c65 03636f6d 00 0001 0001",
  "PostgreSQL startup": "00000029 00030000 7573657200706f73746772657300646174616261736500706f7374677265730000",
  "PostgreSQL TLS request": "00000008 04d2162f",
  "SMB over TCP": "00000045 ff534d42 72000000 00184328 00000000 00000000 00000000",
  SMB2: "000000a4 fe534d42 4000 0100 0000 0000 0000 1f00 0000 0000",
  "Kafka metadata": "0000001a 0003 0001 00000001 0009 6b61666b612d6a73 00000000",
  "Kafka, empty client": "00000014 0012 0000 00000000 0000 00000000 00000000",
  "MySQL greeting": "4a000000 0a 352e372e3333 00 08000000",
  "Thrift, framed": "0000001c 80010001 00000004 70696e67 00000000 0c 0001 08",
  "Modbus over TCP": "0001 0000 0006 01 03 0000 000a",
  "Modbus, many": "0001 0000 0006 01 03 0000 000a 0002 0000 0006 01 03 0001 000a 0003 0000 0006 01 03 0002 000a",
  "LDAP bind": "300c 020101 6007 020103 0400 8000",
  "ZooKeeper connect":
    "0000002d 00000000 0000000000000000 00007530 0000000000000000 00000010 00000000000000000000000000000000 00",
  Cassandra: "04000000 05 00000000 04000001 05 00000000",
  Diameter: "010000c8 80000101 00000000 00000001 00000001",
  MongoDB: "3a000000 01000000 00000000 d4070000 00000000 61646d696e2e24636d6400",
  RTMP: "03 00000000 00000000 0102030405060708",
  X11: "6c00 0b00 0000 0000 0000 0000",
  RDP: "0300 002b 26 e0 0000 0000 00",
  "IEC 104": "6804 07000000 6804 0b000000",
  "NFS over TCP": "80000028 00000001 00000000 00000002 000186a3 00000003 00000000",
  "iSCSI login": "4387 0000 00000060 00000000 00000000",
  TDS: "1201 0034 0000 0100 0000 1500 0601 001b",
  AMQP: "414d5150 00000901",
  MQTT: "100c 0004 4d515454 0402 003c 0000",
  zeros: "00".repeat(64),
  "counting words": Array.from({ length: 40 }, (_, i) => i.toString(16).padStart(8, "0")).join(""),
  "counting, little end first": Array.from({ length: 40 }, (_, i) => `${i.toString(16).padStart(2, "0")}000000`).join(
    "",
  ),
  "one, again and again": "00000001".repeat(40),
  "16-bit ones": "0001".repeat(60),
  "odd 64-bit numbers": Array.from({ length: 20 }, (_, i) => (2 * i + 1).toString(16).padStart(16, "0")).join(""),
}

for (const [name, digits] of Object.entries(OTHERS))
  test(`not HTTP/2, at any place of it: ${name}`, () => {
    const bytes = hex(digits)
    const scan = new FrameScan()
    scan.run(bytes, 0, bytes.length)
    assert.equal(scan.found, -1)
    const { http, exchanges } = play([c(bytes), s(bytes)], { midstream: true, starts: [5000, 5000] })
    assert.deepEqual([http.handedBytes.http2, exchanges.length], [0, 0])
  })

test("HTTP/1 stays HTTP/1, whatever its bodies hold", () => {
  const frames = Buffer.concat([settings([[3, 100]]), frame(FrameType.settings, FrameFlag.ack, 0), data(1, "x", true)])
  const head = `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${frames.length}\r\n\r\n`
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  const { lines, http } = play([c(Buffer.from(head), frames), s(Buffer.from(answer))])
  assert.deepEqual(lines, [`complete POST /upload a +${frames.length} => 200 +0`])
  assert.equal(http.handedBytes.http2, 0)
})

/** A conversation of which each side is joined somewhere. */
function joined(seen: readonly (0 | 1)[], from: number): readonly string[] {
  const p = new Peer()
  const q = new Peer()
  const steps: Step[] = []
  for (let id = 1; id < 20; id += 2) {
    steps.push(c(p.headers(id, request("GET", `/n/${id}`), { end: true }), windowUpdate(0)))
    steps.push(s(q.headers(id, response(200, [["x-n", `${id}`]])), data(id, "b".repeat(100), true)))
  }
  const cut = steps
    .filter((step) => seen.includes(step.side))
    .map((step, i): Step => ("gap" in step || i > 1 ? step : { ...step, bytes: step.bytes.subarray(from) }))
  return play(cut, { midstream: true, starts: [5000, 5000], seen }).lines
}

test("joined on either side alone, in the middle of a frame: the next frames are found", () => {
  for (const from of [0, 1, 5, 9, 12]) {
    for (const side of [0, 1] as const) {
      const lines = joined([side], from)
      assert.ok(lines.length >= 8, `side ${side} from ${from}: ${lines.length}`)
      assert.ok(
        lines.every((line) => line.includes("midstream") && line.includes(side === 0 ? "requestOnly" : "responseOnly")),
      )
    }
    const both = joined([0, 1], from).filter((line) => line.startsWith("complete"))
    assert.ok(both.length >= 8, `from ${from}: ${both.length}`)
  }
})

test("a preface tells which side is the client, also behind a tunnel", () => {
  const p = new Peer()
  const q = new Peer()
  const tunnel = [
    c(Buffer.from("CONNECT db:80 HTTP/1.1\r\nHost: db\r\n\r\n")),
    s(Buffer.from("HTTP/1.1 200 OK\r\n\r\n")),
    c(PREFACE, settings(), p.headers(1, request("GET", "/in"), { end: true })),
    s(settings(), q.headers(1, response(200), { end: true })),
  ]
  assert.deepEqual(play(tunnel).lines, [
    "complete CONNECT db:80 db +0 => 200 +0 upgraded",
    "complete GET /in api.example.com +0 => 200 +0",
  ])
})
