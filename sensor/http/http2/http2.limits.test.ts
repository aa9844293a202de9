// Every limit is reached: what is held stays bounded, what is given up is counted and said.
import assert from "node:assert/strict"
import { test } from "node:test"
import { c, data, frame, Peer, PREFACE, play, request, reset, response, type Step, s, settings } from "./fake-h2.ts"
import { type Field, text } from "./fake-hpack-encoder.ts"
import { FrameFlag, FrameType } from "./frame-type.ts"

const OPEN = [c(PREFACE, settings()), s(settings())]
const KIB = 1024
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0]), text(name, false), text(value, false)])

/** A head that repeats is the same bytes every time, but for the number of its stream. */
function stamp(bytes: Buffer, first: number, count: number): Buffer {
  const all = Buffer.alloc(bytes.length * count)
  for (let i = 0; i < count; i++) {
    bytes.copy(all, i * bytes.length)
    all.writeUInt32BE(first + 2 * i, i * bytes.length + 5)
  }
  return all
}

function repeated(fields: readonly Field[]): [first: Buffer, next: Buffer] {
  const peer = new Peer()
  return [peer.headers(1, fields, { end: true }), peer.headers(1, fields, { end: true })]
}

test("streams that never end: the oldest is told, 100,000 of them take no more room than streamsMax", () => {
  const [first, next] = repeated(request("GET", "/"))
  const { exchanges, counters } = play([...OPEN, c(first), c(stamp(next, 3, 99_999))])
  assert.equal(exchanges.length, 100_000)
  assert.equal(counters.streamsDropped, 99_000)
  assert.equal(exchanges.filter((one) => one.anomalies.includes("http2.too_many_streams")).length, 99_000)
})

test("100,000 streams one after another are all complete", () => {
  const [asked, askedNext] = repeated(request("GET", "/"))
  const [answered, answeredNext] = repeated(response(204))
  const steps: Step[] = [...OPEN, c(asked), s(answered)]
  for (let id = 3; id < 200_000; id += 200) steps.push(c(stamp(askedNext, id, 100)), s(stamp(answeredNext, id, 100)))
  const { counters } = play(steps)
  assert.deepEqual([counters.complete, counters.streamsDropped], [100_001, 0])
})

test("all connections together: streamsTotalMax", () => {
  const p = new Peer()
  const heads = Array.from({ length: 5 }, (_, i) => c(p.headers(2 * i + 1, request("GET", `/${i}`), { end: true })))
  const { counters, lines } = play([...OPEN, ...heads], { options: { streamsTotalMax: 2 } })
  assert.equal(counters.streamsDropped, 3)
  assert.equal(lines.length, 5)
})

test("a flood of CONTINUATION: the block is cut at its limit, or after so many frames", () => {
  const start = Buffer.concat([Buffer.from([0x82, 0x84, 0x86]), literal("x-a", "1")])
  const long = frame(FrameType.continuation, 0, 1, literal("x-b", "y".repeat(16_000)))
  const end = frame(FrameType.continuation, FrameFlag.endHeaders, 1, literal("x-c", "1"))
  const floods: readonly (readonly [string, Buffer[]])[] = [
    ["bytes", Array.from({ length: 50 }, () => long)],
    ["frames", Array.from({ length: 1000 }, () => frame(FrameType.continuation, 0, 1))],
  ]
  for (const [what, frames] of floods) {
    const steps = [
      ...OPEN,
      c(frame(FrameType.headers, FrameFlag.endStream, 1, start), ...frames, end),
      c(frame(FrameType.headers, 5, 3, Buffer.from([0x82, 0x84, 0x86]))),
    ]
    const { lines, counters } = play(steps, { cut: () => 1000 })
    assert.deepEqual(
      lines,
      ["requestOnly GET /  +0 => - ?authority ?fields http2.continuation_flood", "requestOnly GET /  +0 => -"],
      what,
    )
    assert.equal(counters.blockTooLong, 1)
  }
})

test("a header bomb: a block that refers to a large entry again and again", () => {
  const entry = Buffer.concat([Buffer.from([0x40]), text("x-bomb", false), text("z".repeat(4000), false)])
  const block = Buffer.concat([Buffer.from([0x82, 0x84, 0x86]), entry, Buffer.alloc(15_000 - entry.length, 0xbe)])
  const { lines, counters } = play([...OPEN, c(frame(FrameType.headers, 5, 1, block))])
  assert.equal(counters.headTooLong, 1)
  assert.ok(lines[0]!.includes("?fields") && lines[0]!.includes("http2.header_bomb"), lines[0])
})

test("more fields than are kept are counted", () => {
  const p = new Peer()
  const many = Array.from({ length: 400 }, (_, i): [string, string] => [`x-${i}`, "1"])
  const { exchanges } = play([...OPEN, c(p.headers(1, request("GET", "/", many), { end: true }))])
  assert.equal(exchanges[0]!.request!.fields.length, 256)
  assert.deepEqual(exchanges[0]!.anomalies, ["http.many_fields"])
})

test("rapid resets are told as such, and leave nothing behind", () => {
  const p = new Peer()
  const steps: Step[] = [...OPEN]
  for (let id = 1; id < 600; id += 2) steps.push(c(p.headers(id, request("GET", "/"), { end: true }), reset(id)))
  const { exchanges, counters } = play(steps)
  assert.equal(exchanges.length, 300)
  assert.ok(exchanges.every((one) => one.flags.includes("streamReset")))
  assert.equal(exchanges.filter((one) => one.anomalies.includes("http2.rapid_reset")).length, 201)
  assert.deepEqual([counters.resets, counters.rapidResets], [300, 1])
})

test("no memory for cut blocks, bodies or tables: less is known, nothing is wrong", () => {
  const p = new Peer()
  const q = new Peer()
  const fields: [string, string][] = [["x-long", "v".repeat(2000)]]
  const steps = [
    ...OPEN,
    c(p.headers(1, request("POST", "/a", fields)), data(1, "b".repeat(3000), true)),
    s(q.headers(1, response(200, fields)), data(1, "c".repeat(3000), true)),
    c(p.headers(3, request("GET", "/a", fields), { end: true })),
    s(q.headers(3, response(200, fields), { end: true })),
  ]
  const { lines, counters } = play(steps, {
    cut: () => 500,
    options: { gatherBytesMax: 1 * KIB, tablesBytesMax: 2 * KIB },
  })
  assert.ok(counters.gatherMemcapDrop > 0 && counters.voidTables > 0)
  for (const line of lines)
    assert.match(line, /^(complete|bodyGap) (POST|GET)? \S* \S* ?\+(3000|0) => (200|0) .*\?fields/)
})

test("a frame larger than any buffer is walked", () => {
  const p = new Peer()
  const q = new Peer()
  const steps = [
    c(PREFACE, settings([[5, 0xffffff]])),
    s(settings()),
    c(p.headers(1, request("GET", "/large"), { end: true })),
    s(q.headers(1, response(200)), data(1, Buffer.alloc(9_000_000, 1), true, 9_000_000)),
  ]
  const { lines } = play(steps, { cut: () => 60_000 })
  assert.deepEqual(lines, ["complete GET /large api.example.com +0 => 200 +9000000"])
})

test("a frame larger than the other side allows is none", () => {
  const q = new Peer()
  const { counters } = play([...OPEN, s(q.headers(1, response(200)), data(1, Buffer.alloc(20_000, 1), true, 20_000))])
  assert.deepEqual([counters.badFrames, counters.resync], [1, 1])
})
