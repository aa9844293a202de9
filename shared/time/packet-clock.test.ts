import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { PacketClock, TICK_US, toTicks } from "./packet-clock.ts"

const START_US = 1_795_428_000_000_000

/** Ticks passed in all after these offsets from the start, in seconds. */
function ticksAfter(...seconds: readonly number[]): number {
  const clock = new PacketClock()
  let ticks = 0
  for (const each of seconds) ticks += clock.observe(START_US + Math.round(each * 1_000_000))
  return ticks
}

describe("packet-clock", () => {
  test("counts whole ticks from the first packet on", () => {
    assert.equal(ticksAfter(0), 0)
    assert.equal(ticksAfter(0, 0.0099), 0)
    assert.equal(ticksAfter(0, 0.01), 1)
    assert.equal(ticksAfter(0, 0.005, 0.012, 0.02, 1), 100)
  })

  test("stands still for packets that come late", () => {
    assert.equal(ticksAfter(0, 1, 0.5, 0.9, 1.01), 101)
    assert.equal(ticksAfter(0, 50, 0, 50.01), 5001)
  })

  test("does not follow a few packets with an absurd time", () => {
    assert.equal(ticksAfter(100, ...new Array<number>(1000).fill(0), 100.01), 1)
    assert.equal(new PacketClock().observe(Number.NaN), 0)
  })

  test("follows an earlier capture, and goes on counting", () => {
    assert.equal(ticksAfter(1000, ...new Array<number>(1024).fill(0), 0.5), 50)
  })

  test("one packet far ahead moves nothing, whether it is told once or twice", () => {
    const far = 40 * 365 * 86_400
    assert.equal(ticksAfter(0, far, 1, far, far, 1.01), 101)
    assert.equal(ticksAfter(0, far, 1, far - 5, 1.01), 101)
  })

  test("a second packet that agrees moves it, no further than both say", () => {
    assert.equal(ticksAfter(0, 7200, 7200.5), 720_000)
    assert.equal(ticksAfter(0, 7200, 7199), 719_900)
    assert.equal(ticksAfter(0, 7200, 14_400), 720_000)
  })

  test("with more than a minute between any two packets, time is one packet behind", () => {
    assert.equal(ticksAfter(0, 100, 200, 300, 400), 30_000)
    assert.equal(ticksAfter(0, 100, 200, 300, 400, 400.01), 40_000)
  })

  test("bounds a jump, so that ticks stay 32-bit numbers", () => {
    const ticks = ticksAfter(0, 60 * 86_400, 60 * 86_400 + 1)
    assert.ok(ticks > 86_400 * 100 && ticks < 1 << 24)
  })

  test("its bounds say when it must be asked", () => {
    const clock = new PacketClock()
    clock.observe(START_US + 3)
    assert.equal(clock.nextUs, START_US + TICK_US)
    assert.ok(clock.farUs < START_US)
    assert.equal(toTicks(1), 1)
    assert.equal(toTicks(0), 1)
    assert.equal(toTicks(25_000), 3)
  })
})
