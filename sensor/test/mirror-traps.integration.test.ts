// Long conversations under what real mirrors do, through the whole sensor. The k-th request asks for /v1/orders/k and is
// answered with a status that follows from k, so a wrong pair shows.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { type Frame, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { type FrameRun, runFrames } from "./frame-run.ts"
import { Dice, disordered, fragmented, later, routed, tagged } from "./mirror.ts"
import { get, json, order } from "./scenes.ts"

const EXCHANGES = 1000

const statusOf = (k: number): number => 210 + (k % 380)

function conversation(): Frame[] {
  const talk = new TcpConversation()
  talk.open()
  for (let k = 0; k < EXCHANGES; k++) {
    talk.toServer(get(`/v1/orders/${k}`)).toClient(json(order(k), `${statusOf(k)} Some`))
  }
  return talk.finish().frames
}

const FRAMES = conversation()
const isFromClient = (frame: Frame): boolean => frame.bytes[29] === 1
const headOf = (k: number): number =>
  FRAMES.findIndex((frame) => Buffer.from(frame.bytes).includes(`GET /v1/orders/${k} `)) + 1

interface Outcome {
  readonly requests: number
  /** Pairs, all of them right. */
  readonly pairs: number
  readonly counters: FrameRun["counters"]
}

async function sense(frames: readonly Frame[]): Promise<Outcome> {
  const { exchanges, counters, wrong } = await runFrames(frames)
  assert.deepEqual(wrong, [])
  const pairs = exchanges.filter((line) => line.state === "complete" || line.state === "bodyGap")
  for (const { target, status } of pairs) assert.equal(status, statusOf(Number(target!.split("/")[3])), target!)
  assert.equal(new Set(pairs.map((line) => line.target)).size, pairs.length, "no pair twice")
  const requests = exchanges.filter((line) => line.target !== null).length
  return { requests, pairs: pairs.length, counters }
}

const twice = (frames: readonly Frame[], copy: (frame: Frame) => Frame): Frame[] =>
  frames.flatMap((frame) => [frame, copy(frame)])

const skewed = (clientUs: number, serverUs: number): Frame[] =>
  FRAMES.map((frame) => later(frame, isFromClient(frame) ? clientUs : serverUs)).sort((a, b) => a.timeUs - b.timeUs)

describe("a keep-alive connection of 1,000 exchanges", () => {
  test("as it was: all pairs", async () => {
    const { requests, pairs } = await sense(FRAMES)
    assert.deepEqual([requests, pairs], [1000, 1000])
  })

  for (const [name, copies] of [
    ["the head of one response lost", (frames: readonly Frame[]) => [...frames]],
    ["the same on a mirror of two ports", (frames: readonly Frame[]) => twice(frames, (frame) => later(frame, 3))],
    ["the same before and after a router", (frames: readonly Frame[]) => twice(frames, routed)],
    ["the same with and without a tag", (frames: readonly Frame[]) => twice(frames, (frame) => tagged(frame, 9))],
  ] as const) {
    test(`${name}: 1,000 requests, 999 pairs`, async () => {
      const lost = headOf(617)
      const frames = copies(FRAMES.filter((_, i) => i !== lost))
      const { requests, pairs, counters } = await sense(frames)
      assert.deepEqual([requests, pairs], [1000, 999])
      assert.equal(counters["http.request_only"], 1)
      assert.equal(counters["duplicates.packets"] ?? 0, frames.length - FRAMES.length + 1)
    })
  }

  test("two ports that lose different packets: what one missed the other shows", async () => {
    const dice = new Dice(3)
    const frames = FRAMES.flatMap((frame) => {
      const roll = dice.next()
      if (roll < 0.1) return [frame]
      return roll < 0.2 ? [later(routed(frame), 60)] : [frame, later(routed(frame), 60)]
    }).sort((a, b) => a.timeUs - b.timeUs)
    const { pairs, counters } = await sense(frames)
    assert.equal(pairs, 1000)
    assert.equal(counters["tcp.reassembly_gap"], undefined)
    assert.equal(counters["tcp.retransmitted_bytes"], undefined)
    assert.equal(counters["duplicates.routed"], frames.length - FRAMES.length)
  })

  test("acknowledgments before the data that they acknowledge: all pairs", async () => {
    const { pairs, counters } = await sense(skewed(0, 130))
    assert.equal(pairs, 1000)
    assert.equal(counters["tcp.reassembly_gap"], undefined)
  })

  test("requests after their responses: all pairs", async () => {
    const { pairs, counters } = await sense(skewed(130, 0))
    assert.equal(pairs, 1000)
    assert.equal(counters["tcp.reassembly_gap"], undefined)
  })

  test("one side of the mirror 3 ms late, thirty packets: all pairs", async () => {
    for (const frames of [skewed(0, 3000), skewed(3000, 0)]) {
      const { pairs } = await sense(frames)
      assert.equal(pairs, 1000)
    }
  })

  test("packets up to 20 places late: all pairs", async () => {
    for (let seed = 0; seed < 4; seed++) {
      const { pairs, counters } = await sense(disordered(FRAMES, 0.3, 20, 10_000, new Dice(seed)))
      assert.equal(pairs, 1000)
      assert.equal(counters["tcp.reassembly_gap"], undefined)
    }
  })

  test("every packet in fragments, these twice and out of order: all pairs", async () => {
    const parts = FRAMES.flatMap((frame, i) => fragmented(frame, 64, i & 0xffff))
    const frames = disordered(
      twice(parts, (frame) => frame),
      0.3,
      6,
      10_000,
      new Dice(5),
    )
    const { pairs, counters } = await sense(frames)
    assert.equal(pairs, 1000)
    assert.equal(counters["tcp.reassembly_gap"], undefined)
    assert.equal(counters["defrag.fragments.unfinished"], undefined)
    assert.equal(counters["defrag.fragments.duplicate"], counters["defrag.fragments.completed"])
  })
})
