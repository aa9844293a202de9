// The promise under loss: whatever range of a conversation is lost, no response is paired with another request's answer.
// The k-th request asks for /k, the k-th response has status 210 + k (modulo 700), so a wrong pair shows.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { Side } from "../flow/flow.ts"
import { StreamEnd } from "../tcp/session-receiver.ts"
import { CLIENT, gap, type PlayOptions, play, SERVER, type Step } from "./fake-session.ts"

interface Segment {
  readonly side: Side
  readonly bytes: Buffer
  readonly ack: number
}

type Shape = "length" | "chunked" | "interim" | "empty" | "posts"
const SHAPES: readonly Shape[] = ["length", "chunked", "interim", "empty", "posts"]

function requestText(k: number, shape: Shape): string {
  if (shape === "posts" && k % 2 === 1) return `POST /${k} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`
  return `GET /${k} HTTP/1.1\r\nHost: a\r\n\r\n`
}

const statusOf = (k: number): number => 210 + (k % 700)

function responseText(k: number, shape: Shape): string {
  const line = `HTTP/1.1 ${statusOf(k)} OK\r\n`
  if (shape === "chunked") return `${line}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
  if (shape === "interim" && k % 2 === 1) return `HTTP/1.1 100 Continue\r\n\r\n${line}Content-Length: 3\r\n\r\nabc`
  return shape === "empty" ? `${line}Content-Length: 0\r\n\r\n` : `${line}Content-Length: 4\r\n\r\nabcd`
}

/** "CCSS": the client sends two requests, then the server two responses. A segment each, acknowledging all sent before. */
function converse(order: string, shape: Shape): Segment[] {
  const offset = [0, 0]
  const sent = [0, 0]
  return Array.from(order, (letter) => {
    const side: Side = letter === "C" ? CLIENT : SERVER
    const k = sent[side]!++
    const bytes = Buffer.from(side === CLIENT ? requestText(k, shape) : responseText(k, shape))
    const ack = offset[side === CLIENT ? SERVER : CLIENT]!
    offset[side]! += bytes.length
    return { side, bytes, ack }
  })
}

const lengthOf = (segments: readonly Segment[], side: Side): number =>
  segments.reduce((sum, segment) => sum + (segment.side === side ? segment.bytes.length : 0), 0)

/** The conversation as it is delivered when bytes [from, to) of `side` are lost. */
function lose(segments: readonly Segment[], side: Side, from: number, to: number): Step[] {
  const steps: Step[] = []
  let offset = 0
  for (const segment of segments) {
    const { bytes, ack } = segment
    if (segment.side !== side) {
      steps.push({ kind: "data", side: segment.side, bytes, ack })
      continue
    }
    const a = Math.min(Math.max(from - offset, 0), bytes.length)
    const b = Math.min(Math.max(to - offset, 0), bytes.length)
    if (a > 0) steps.push({ kind: "data", side, bytes: bytes.subarray(0, a), ack })
    if (b > a) steps.push(gap(side, b - a))
    if (b < bytes.length && b >= a) steps.push({ kind: "data", side, bytes: bytes.subarray(Math.max(a, b)), ack })
    offset += bytes.length
  }
  return steps.filter((step) => step.kind !== "data" || step.bytes.length > 0)
}

/** Pairs made; throws on a wrong one. */
function pairsIn(steps: readonly Step[], options: PlayOptions, what: string): number {
  let pairs = 0
  for (const line of play(steps, options).exchanges) {
    const match = /^(?:complete|bodyGap) \w+ \/(\d+) .* => (\d+) /.exec(line)
    if (match === null) continue
    pairs++
    assert.equal(Number(match[2]), statusOf(Number(match[1])), `${what}: ${line}`)
  }
  return pairs
}

/** One at a time; in bursts; with a constant number in flight; mixtures. */
const ORDERS = [
  "CSCSCSCSCS",
  "CCSSCCSSCCSS",
  "CCCSSSCCCSSS",
  "CCSCSCSCSCSS",
  "CSCSCCSSCSCS",
  "CSCCSCSCSCSS",
  "CSCSCCCSSSCS",
]

for (const order of ORDERS)
  test(`${order}: any one range lost`, () => {
    for (const shape of SHAPES) {
      const segments = converse(order, shape)
      for (const side of [CLIENT, SERVER]) {
        const length = lengthOf(segments, side)
        // Every start, and every length modulo a step that divides nothing here.
        for (let from = 0; from < length; from++)
          for (let to = from + 1 + (from % 41); to <= length; to += 41)
            pairsIn(lose(segments, side, from, to), { last: StreamEnd.fin }, `${shape}, side ${side}, [${from}, ${to})`)
      }
    }
  })

test("one at a time, a whole segment lost: every other exchange is still paired", () => {
  const order = "CS".repeat(8)
  for (const shape of SHAPES) {
    const segments = converse(order, shape)
    const offset = [0, 0]
    for (const [i, segment] of segments.entries()) {
      const from = offset[segment.side]!
      const to = from + segment.bytes.length
      offset[segment.side] = to
      const pairs = pairsIn(lose(segments, segment.side, from, to), { last: StreamEnd.fin }, `segment ${i}`)
      // Behind sizes never seen before, what is hidden may be two requests: then nothing is claimed.
      if (shape === "posts" && segment.side === CLIENT && i < 3) assert.ok(pairs <= 7)
      else assert.equal(pairs, 7, `${shape}, segment ${i}`)
    }
  }
})

test("1,000 exchanges on one connection, the head of one response lost: 1,000 requests, 999 pairs", () => {
  const segments = converse("CS".repeat(1000), "length")
  const head = segments.findIndex((segment, i) => i > 500 && segment.side === SERVER)
  const from = segments.slice(0, head).reduce((sum, { side, bytes }) => sum + (side === SERVER ? bytes.length : 0), 0)
  const steps = lose(segments, SERVER, from, from + 20)
  const { counters } = play(steps)
  assert.equal(counters.requests, 1000)
  assert.equal(pairsIn(steps, {}, "one head lost"), 999)
  assert.equal(counters.requestOnly, 1)
})

test("joined midstream, one at a time: all pairs but an unproven last one", () => {
  const segments = converse("CS".repeat(6), "length")
  for (let skip = 0; skip < segments.length - 2; skip++) {
    const base = [lengthOf(segments.slice(0, skip), 0), lengthOf(segments.slice(0, skip), 1)]
    const steps = segments
      .slice(skip)
      .map(({ side, bytes, ack }): Step => ({ kind: "data", side, bytes, ack: ack - base[side === 0 ? 1 : 0]! }))
    const pairs = pairsIn(steps, { midstream: true, last: StreamEnd.fin }, `joined after ${skip}`)
    assert.equal(pairs, Math.floor((segments.length - skip) / 2), `joined after ${skip}`)
  }
})

interface Loss {
  readonly side: Side
  /** Where it begins, as a share of the stream. */
  readonly at: number
  readonly length: number
}

const LOSS: fc.Arbitrary<Loss> = fc.record({
  side: fc.constantFrom<Side>(CLIENT, SERVER),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 90 }),
})

test("bursts and single requests, several losses on both sides, in any place", () => {
  const burst = fc.integer({ min: 1, max: 3 })
  fc.assert(
    fc.property(
      fc.array(burst, { minLength: 2, maxLength: 6 }),
      fc.constantFrom(...SHAPES),
      fc.array(LOSS, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (bursts, shape, losses, closed) => {
        const segments = converse(bursts.map((n) => "C".repeat(n) + "S".repeat(n)).join(""), shape)
        let steps: readonly Step[] = lose(segments, CLIENT, 0, 0)
        for (const { side, at, length } of losses) {
          const from = Math.floor(at * lengthOf(segments, side))
          steps = loseSteps(steps, side, from, from + length)
        }
        pairsIn(steps, { last: closed ? StreamEnd.fin : StreamEnd.flush }, JSON.stringify({ bursts, shape, losses }))
      },
    ),
    { numRuns: 1500 },
  )
})

const ONCE_TAKEN: [number, Loss[]][] = [
  // A request is lost, and the answer to the one before it: the next answer acknowledges more than was seen.
  [
    10,
    [
      { side: CLIENT, at: 0.3, length: 1 },
      { side: SERVER, at: 0, length: 85 },
    ],
  ],
  // Two are lost and answered; then a part of the next one is.
  [
    7,
    [
      { side: CLIENT, at: 0, length: 29 },
      { side: CLIENT, at: 0.398, length: 1 },
    ],
  ],
]

test("a client that waits is never taken for one that pipelines, whatever is lost", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 10 }),
      fc.array(LOSS, { minLength: 1, maxLength: 5 }),
      (exchanges, losses) => {
        const segments = converse("CS".repeat(exchanges), "length")
        let steps: readonly Step[] = lose(segments, CLIENT, 0, 0)
        for (const { side, at, length } of losses) {
          const from = Math.floor(at * lengthOf(segments, side))
          steps = loseSteps(steps, side, from, from + length)
        }
        assert.equal(play(steps).counters.pipelined, 0)
      },
    ),
    { numRuns: 1000, examples: ONCE_TAKEN },
  )
})

/** As lose(), on what an earlier loss has left. */
function loseSteps(steps: readonly Step[], side: Side, from: number, to: number): Step[] {
  const out: Step[] = []
  let offset = 0
  for (const step of steps) {
    if (step.side !== side || (step.kind !== "data" && step.kind !== "gap")) {
      out.push(step)
      continue
    }
    const length = step.kind === "gap" ? step.length : step.bytes.length
    const a = Math.min(Math.max(from - offset, 0), length)
    const b = Math.max(a, Math.min(Math.max(to - offset, 0), length))
    if (step.kind === "gap") out.push(step)
    else {
      if (a > 0) out.push({ ...step, bytes: step.bytes.subarray(0, a) })
      if (b > a) out.push(gap(side, b - a))
      if (b < length) out.push({ ...step, bytes: step.bytes.subarray(b) })
    }
    offset += length
  }
  return out
}
