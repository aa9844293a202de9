import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { DELAY_TICKS_MAX, TimerWheel } from "./timer-wheel.ts"

describe("timer-wheel", () => {
  test("fires every timer once, at its tick, in order of time, wherever time stands", () => {
    const delay = fc.oneof(
      fc.integer({ min: -2, max: 600 }),
      fc.integer({ min: 0, max: 70_000 }),
      fc.nat(DELAY_TICKS_MAX),
    )
    const step = fc.oneof(
      fc.record({ kind: fc.constant("arm" as const), id: fc.nat(7), ticks: delay }),
      fc.record({ kind: fc.constant("disarm" as const), id: fc.nat(7), ticks: fc.constant(0) }),
      fc.record({ kind: fc.constant("advance" as const), id: fc.constant(0), ticks: fc.nat(100_000) }),
      fc.record({ kind: fc.constant("advance" as const), id: fc.constant(0), ticks: fc.nat(1 << 25) }),
    )
    const start = fc.constantFrom(0, 250, 65_530, (1 << 24) - 3, 0x7fffffff - 5, -3)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), start, (steps, now) => {
        const due = new Map<number, number>()
        let fired: [number, number][] = []
        const wheel = new TimerWheel((id) => fired.push([id, (wheel.now - now) | 0]), 8)
        wheel.now = now
        let elapsed = 0
        for (const { kind, id, ticks } of steps) {
          if (kind === "arm") {
            wheel.arm(id, ticks)
            due.set(id, elapsed + Math.max(1, ticks))
          } else if (kind === "disarm") {
            wheel.disarm(id)
            due.delete(id)
          } else {
            fired = []
            wheel.advance(ticks)
            elapsed += ticks
            const expected = [...due].filter(([, at]) => at <= elapsed).sort((a, b) => a[1] - b[1])
            assert.deepEqual(
              fired.map(([, at]) => at),
              expected.map(([, at]) => at | 0),
            )
            assert.deepEqual(new Set(fired.map(([each]) => each)), new Set(expected.map(([each]) => each)))
            for (const [each] of expected) due.delete(each)
          }
          assert.equal(wheel.now, (now + elapsed) | 0)
          for (let each = 0; each < 8; each++) assert.equal(wheel.isArmed(each), due.has(each))
        }
      }),
    )
  })

  test("a timer may arm itself again while it fires", () => {
    const at: number[] = []
    const wheel = new TimerWheel((id) => {
      at.push(wheel.now)
      if (at.length < 4) wheel.arm(id, 256)
    }, 1)
    wheel.arm(0, 1)
    wheel.advance(10_000)
    assert.deepEqual(at, [1, 257, 513, 769])
  })

  test("armEarlier only ever brings a timer forward", () => {
    const at: number[] = []
    const wheel = new TimerWheel(() => at.push(wheel.now), 1)
    wheel.armEarlier(0, 100)
    wheel.armEarlier(0, 200)
    assert.equal(wheel.remaining(0), 100)
    wheel.armEarlier(0, 50)
    wheel.advance(300)
    assert.deepEqual(at, [50])
  })

  test("grows with its timers armed", () => {
    const fired: number[] = []
    const wheel = new TimerWheel((id) => fired.push(id), 1)
    wheel.arm(0, 70_000)
    wheel.grow(100)
    wheel.arm(99, 5)
    wheel.advance(70_000)
    assert.deepEqual(fired, [99, 0])
  })
})
