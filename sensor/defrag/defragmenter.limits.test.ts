// Every limit reached, and what is given up there.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { FakeFragments } from "./fake-fragments.ts"

const BLOCK = 2048

describe("defrag, limits", () => {
  test("timeout: a datagram is given up 30 s after its first fragment, whatever came since", () => {
    const fake = new FakeFragments()
    assert.deepEqual(fake.play("0+ 'abcdefgh'", "+20s", "8+ 'ijklmnop'", "+9.9s"), [])
    assert.equal(fake.counters.waiting, 1)
    fake.play("+200ms")
    assert.equal(fake.counters.waiting, 0)
    assert.equal(fake.counters.timeouts, 1)
    assert.equal(fake.counters.fragments.timedOut, 2)
    assert.equal(fake.counters.bytes.timedOut, 16)
    fake.flush()
  })

  test("timeout: time goes on with the fragments, too", () => {
    const fake = new FakeFragments()
    fake.play("0+ 'abcdefgh' id=1")
    fake.timeUs += 31_000_000
    fake.play("0+ 'abcdefgh' id=2")
    assert.equal(fake.counters.fragments.timedOut, 1)
    assert.equal(fake.counters.waiting, 1)
  })

  test("time that goes back, or jumps, only lets things wait", () => {
    const fake = new FakeFragments()
    fake.play("0+ 'abcdefgh' id=1")
    fake.timeUs -= 20_000_000
    assert.deepEqual(fake.play("8 'x' id=1"), ["abcdefghx"])
    fake.timeUs = 0
    assert.deepEqual(fake.play("0+ 'abcdefgh' id=2", "8 'y' id=2"), ["abcdefghy"])
    fake.flush()
  })

  test("datagrams: the oldest one makes room; completed ones go first", () => {
    const fake = new FakeFragments({ datagramsMax: 3 })
    fake.play("0+ 'aaaaaaaa' id=1", "0+ 'bbbbbbbb' id=2", "0+ 'cccccccc' id=3", "8 'B' id=2")
    fake.play("0+ 'dddddddd' id=4")
    assert.equal(fake.counters.evictions, 0)
    fake.play("0+ 'eeeeeeee' id=5")
    assert.equal(fake.counters.evictions, 1)
    assert.equal(fake.counters.fragments.evicted, 1)
    assert.equal(fake.counters.waitingMax, 3)
    const told = fake.play("8 'C' id=3", "8 'D' id=4", "8 'E' id=5")
    assert.deepEqual(told, ["ccccccccC", "ddddddddD", "eeeeeeeeE"])
    fake.flush()
  })

  test("datagrams: one that was given up makes room before one that waits", () => {
    const fake = new FakeFragments({ datagramsMax: 2 })
    fake.play("0+ 'aaaaaaaa' id=1", "0+ 'bbbbbbbb' id=2 v6", "0+ 'xxxxxxxx' id=2 v6", "0+ 'cccccccc' id=3")
    assert.deepEqual(fake.play("8 'A' id=1", "8 'C' id=3"), ["aaaaaaaaA", "ccccccccC"])
    assert.equal(fake.counters.evictions, 0)
    fake.flush()
  })

  test("memcap: the oldest one makes room, and its rest begins anew", () => {
    const fake = new FakeFragments({ memcapBytes: 3 * BLOCK })
    fake.play("0+ 'aaaaaaaa' id=1", "0+ 'bbbbbbbb' id=2", "0+ 'cccccccc' id=3", "8+ 'CCCCCCCC' id=3")
    assert.equal(fake.counters.evictions, 1)
    assert.equal(fake.counters.bytes.evicted, 8)
    assert.deepEqual(fake.play("16 'x' id=3"), ["ccccccccCCCCCCCCx"])
    assert.deepEqual(fake.play("8 'A' id=1"), [])
    assert.equal(fake.counters.evictions, 2, "2 made room for 3")
    assert.equal(fake.counters.waiting, 1)
    fake.flush()
  })

  test("memcap: copies that a completed datagram waits for go first", () => {
    const fake = new FakeFragments({ memcapBytes: 3 * BLOCK })
    fake.play("0+ 'aaaaaaaa' id=1", "0+ 'bbbbbbbb' id=2", "8 'A' id=1")
    assert.deepEqual(fake.play("8+ 'BBBBBBBB' id=2", "16 'x' id=2"), ["bbbbbbbbBBBBBBBBx"])
    assert.equal(fake.counters.evictions, 0)
    fake.flush()
  })

  test("memcap: a datagram that does not fit alone is given up, with what still comes of it", () => {
    const fake = new FakeFragments({ memcapBytes: 2 * BLOCK })
    fake.play("0+ 'aaaaaaaa'", "8+ 'aaaaaaaa'", "16+ 'aaaaaaaa'", "24+ 'aaaaaaaa'", "32 'x'")
    assert.equal(fake.counters.evictions, 1)
    assert.equal(fake.counters.fragments.evicted, 5)
    assert.deepEqual(fake.play("0+ 'bbbbbbbb' id=2", "8 'x' id=2"), ["bbbbbbbbx"], "its memory is free")
    fake.flush()
  })

  test("memcap: one fragment that is larger than all of it", () => {
    const fake = new FakeFragments({ memcapBytes: 2 * BLOCK })
    assert.deepEqual(fake.play(`0+ '${"a".repeat(3 * BLOCK)}'`, `${3 * BLOCK} 'x'`), [])
    assert.equal(fake.counters.fragments.evicted, 2)
    fake.flush()
  })

  test("fragments of a datagram: 128 are put together, of 129 none", () => {
    for (const count of [128, 129]) {
      const fake = new FakeFragments()
      const told = Array.from({ length: count }, (_, i) => fake.play(`${i * 8}${i < count - 1 ? "+" : ""} 'abcdefgh'`))
      assert.deepEqual(told.flat(), count === 128 ? ["abcdefgh".repeat(128)] : [])
      assert.equal(fake.counters.fragments.crowded, count === 128 ? 0 : 129)
      assert.equal(fake.counters.evictions, count === 128 ? 0 : 1)
      fake.flush()
    }
  })

  test("64 KiB in fragments for an MTU of 576", () => {
    const fake = new FakeFragments()
    const payload = Buffer.alloc(65_515, "0123456789")
    let told: string | null = null
    for (let at = 0; at < payload.length; at += 552) {
      told = fake.send(payload.subarray(at, at + 552), at, at + 552 < payload.length)
    }
    assert.equal(told, payload.toString("latin1"))
  })

  test("the end of the input", () => {
    const fake = new FakeFragments()
    fake.play("0+ 'abcdefgh' id=1", "0+ 'abcdefgh' id=2", "8 'x' id=2")
    fake.flush()
    assert.equal(fake.counters.fragments.unfinished, 1)
    assert.equal(fake.counters.fragments.completed, 2)
    assert.deepEqual(fake.play("0+ 'abcdefgh' id=3", "8 'x' id=3"), ["abcdefghx"], "and it can go on")
    fake.flush()
  })
})
