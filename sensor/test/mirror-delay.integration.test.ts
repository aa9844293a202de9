// Two mirror ports, one of them behind the other: what the server says comes before what it was asked, or long after, and
// nothing is lost. The demo capture must give the pairs that it gives in order.
//
// One connection of the demo uses its ports again a fifth of a millisecond after it closed: behind a delay longer than that,
// its two sessions are interleaved, and what cannot be told apart any more stays alone.
import assert from "node:assert/strict"
import { join } from "node:path"
import { before, describe, test } from "node:test"
import type { Frame } from "../../shared/testing/packet-builder.ts"
import { type ExchangeLine, readFrames, runFrames } from "./frame-run.ts"

const DEMO = join(import.meta.dirname, "../../deploy/demo/demo.pcap")
const REUSED_PORT = 36381
const REUSED_EXCHANGES = 2
const SERVER_PORTS = [80, 8080]

function isFromServer(frame: Frame): boolean {
  const bytes = Buffer.from(frame.bytes)
  const isFour = bytes[14]! >>> 4 === 4
  const tcp = isFour ? 14 + (bytes[14]! & 15) * 4 : 54
  return SERVER_PORTS.includes(bytes.readUInt16BE(tcp))
}

/** The frames in the order in which they arrive when each is late by `lateUs`. */
function arrived(frames: readonly Frame[], lateUs: (frame: Frame) => number): Frame[] {
  return frames
    .map((frame) => ({ ...frame, timeUs: frame.timeUs + lateUs(frame) }))
    .sort((one, other) => one.timeUs - other.timeUs)
}

/** Of complete exchanges: who asked what, and what the answer was, in the order of each connection. */
function pairs(lines: readonly ExchangeLine[]): string[] {
  return lines
    .filter((line) => line.state === "complete" && line.client.port !== REUSED_PORT)
    .map(
      (line) =>
        `${line.client.ip}:${line.client.port} ${line.method} ${line.target} ${line.status} ${line.responseBytes}`,
    )
    .sort()
}

describe("mirror ports with different delays", () => {
  let frames: Frame[] = []
  let inOrder: string[] = []
  before(async () => {
    frames = await readFrames(DEMO)
    const { exchanges } = await runFrames(frames)
    assert.ok(exchanges.every((line) => line.state === "complete"))
    inOrder = pairs(exchanges)
    assert.equal(inOrder.length, exchanges.length - REUSED_EXCHANGES)
  })

  for (const ms of [0.3, 3, 50]) {
    for (const isServerLate of [false, true]) {
      test(`the ${isServerLate ? "server" : "client"}'s port is ${ms} ms behind`, async () => {
        const late = arrived(frames, (frame) => (isFromServer(frame) === isServerLate ? ms * 1000 : 0))
        const { exchanges, wrong } = await runFrames(late)
        assert.deepEqual(pairs(exchanges), inOrder)
        assert.deepEqual(wrong, [])
      })
    }
  }

  test("the server's port delivers in blocks, every 10 ms", async () => {
    const blockUs = 10_000
    const late = arrived(frames, (frame) => (isFromServer(frame) ? blockUs - (frame.timeUs % blockUs) : 0))
    const { exchanges, wrong } = await runFrames(late)
    assert.deepEqual(pairs(exchanges), inOrder)
    assert.deepEqual(wrong, [])
  })

  test("where the ports were used again within the delay, what is paired is paired right", async () => {
    const { exchanges: whole } = await runFrames(frames)
    const ofReused = (lines: readonly ExchangeLine[]): string[] =>
      lines
        .filter((line) => line.client.port === REUSED_PORT && line.state === "complete")
        .map((line) => `${line.target} ${line.status} ${line.responseBytes}`)
    const right = ofReused(whole)
    assert.equal(right.length, REUSED_EXCHANGES)
    for (const isServerLate of [false, true]) {
      const late = arrived(frames, (frame) => (isFromServer(frame) === isServerLate ? 5000 : 0))
      const { exchanges } = await runFrames(late)
      for (const pair of ofReused(exchanges)) assert.ok(right.includes(pair), pair)
    }
  })
})
