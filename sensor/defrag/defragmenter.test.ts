import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { addressBytes, ipv4, tcp } from "../../shared/testing/packet-builder.ts"
import type { DefragCounters, Fate } from "./counters.ts"
import { FakeFragments } from "./fake-fragments.ts"
import type { DefragOptions } from "./options.ts"

interface Row {
  readonly name: string
  readonly lines: readonly string[]
  /** Datagrams told. */
  readonly told: readonly string[]
  /** Fates of the fragments when the input has ended: all that are not 0. */
  readonly fates: Partial<Record<Fate, number>>
  readonly counters?: Partial<DefragCounters>
  readonly options?: Partial<DefragOptions>
}

function play(rows: readonly Row[]): void {
  for (const { name, lines, told, fates, counters, options } of rows) {
    test(name, () => {
      const fake = new FakeFragments(options)
      assert.deepEqual(fake.play(...lines), told)
      fake.flush()
      assert.deepEqual(
        Object.fromEntries(Object.entries(fake.counters.fragments).filter(([, count]) => count > 0)),
        fates,
      )
      for (const [key, value] of Object.entries(counters ?? {})) {
        assert.equal(fake.counters[key as keyof DefragCounters], value, key)
      }
    })
  }
}

describe("fragments that belong together", () => {
  play([
    {
      name: "in order",
      lines: ["0+ 'abcdefgh'", "8+ 'ijklmnop'", "16 'q'"],
      told: ["abcdefghijklmnopq"],
      fates: { completed: 3 },
      counters: { datagrams: 1, waitingMax: 1, heldBytesMax: 17 },
    },
    {
      name: "backwards",
      lines: ["16 'q'", "8+ 'ijklmnop'", "0+ 'abcdefgh'"],
      told: ["abcdefghijklmnopq"],
      fates: { completed: 3 },
    },
    {
      name: "two datagrams mixed",
      lines: ["0+ 'aaaaaaaa' id=7", "0+ 'bbbbbbbb' id=8", "8 'A' id=7", "8 'B' id=8"],
      told: ["aaaaaaaaA", "bbbbbbbbB"],
      fates: { completed: 4 },
      counters: { datagrams: 2, waitingMax: 2 },
    },
    {
      name: "the same id from another source, in another zone, of another protocol, of the other version",
      lines: [
        "0+ 'aaaaaaaa'",
        "0+ 'bbbbbbbb' src=9",
        "0+ 'cccccccc' zone=5",
        "0+ 'dddddddd' next=50",
        "0+ 'eeeeeeee' v6",
        "8 'E' v6",
        "8 'D' next=50",
        "8 'C' zone=5",
        "8 'B' src=9",
        "8 'A'",
      ],
      told: ["eeeeeeeeE", "ddddddddD", "ccccccccC", "bbbbbbbbB", "aaaaaaaaA"],
      fates: { completed: 10 },
    },
    {
      name: "IPv6 does not ask for the protocol: only the first fragment says it",
      lines: ["8 'A' v6 next=1", "0+ 'aaaaaaaa' v6 next=6"],
      told: ["aaaaaaaaA"],
      fates: { completed: 2 },
    },
    {
      name: "a fragment longer than a block of the slab",
      lines: [`0+ '${"a".repeat(4096)}${"b".repeat(1904)}'`, `6000 '${"c".repeat(2500)}'`],
      told: ["a".repeat(4096) + "b".repeat(1904) + "c".repeat(2500)],
      fates: { completed: 2 },
    },
    {
      name: "the id comes again for another datagram",
      lines: ["0+ 'aaaaaaaa'", "8 'A'", "0+ 'bbbbbbbb'", "8 'B'", "+1s", "0+ 'bbbbbbbb'", "8 'B'"],
      told: ["aaaaaaaaA", "bbbbbbbbB", "bbbbbbbbB"],
      fates: { completed: 6 },
    },
    {
      name: "a first fragment too short for a TCP header is put together like any, and counted",
      lines: ["0+ 'abcdefgh' tcp", "8 'ijklmnopqrstuvwxyz' tcp"],
      told: ["abcdefghijklmnopqrstuvwxyz"],
      fates: { completed: 2 },
      counters: { tiny: 1 },
    },
  ])
})

describe("copies of fragments", () => {
  play([
    {
      name: "each comes twice: the datagram once, nothing left behind",
      lines: ["0+ 'abcdefgh'", "0+ 'abcdefgh'", "8 'x'", "8 'x'"],
      told: ["abcdefghx"],
      fates: { completed: 2, duplicate: 2 },
      counters: { overlaps: 0 },
    },
    {
      name: "the whole datagram comes twice",
      lines: ["0+ 'abcdefgh'", "8 'x'", "+50ms", "0+ 'abcdefgh'", "8 'x'"],
      told: ["abcdefghx"],
      fates: { completed: 2, duplicate: 2 },
    },
    {
      name: "once more after the burst is another datagram",
      lines: ["0+ 'abcdefgh'", "8 'x'", "+150ms", "8 'x'"],
      told: ["abcdefghx"],
      fates: { completed: 2, unfinished: 1 },
    },
    {
      name: "IPv6: copies are no overlaps",
      lines: ["0+ 'abcdefgh' v6", "8+ 'ijklmnop' v6", "0+ 'abcdefgh' v6", "8+ 'ijklmnop' v6", "16 'x' v6"],
      told: ["abcdefghijklmnopx"],
      fates: { completed: 3, duplicate: 2 },
    },
    {
      name: "a router on the way cut them smaller, and the mirror shows both",
      lines: ["0+ 'abcdefghijklmnop'", "0+ 'abcdefgh'", "8+ 'ijklmnop'", "16 'xyz'"],
      told: ["abcdefghijklmnopxyz"],
      fates: { completed: 2, duplicate: 2 },
      counters: { overlaps: 0, overlapConflicts: 0 },
    },
    {
      name: "an unlike fragment after completion begins another datagram",
      lines: ["0+ 'abcdefgh'", "8 'x'", "8 'y'", "0+ 'ABCDEFGH'"],
      told: ["abcdefghx", "ABCDEFGHy"],
      fates: { completed: 4 },
    },
  ])
})

describe("overlaps", () => {
  const agreeing = ["0+ 'abcdefghijklmnop'", "8+ 'ijklmnopqrstuvwx'", "24 'yz'"]
  const contrary = ["0+ 'abcdefghijklmnop'", "8+ 'IJKLMNOPqrstuvwx'", "24 'yz'"]
  play([
    {
      name: "the bytes agree: nothing is doubted",
      lines: agreeing,
      told: ["abcdefghijklmnopqrstuvwxyz"],
      fates: { completed: 3 },
      counters: { overlaps: 1, overlapConflicts: 0 },
    },
    {
      name: "the bytes differ and no checksum proves either: given up",
      lines: contrary,
      told: [],
      fates: { unproven: 3 },
      counters: { overlaps: 1, overlapConflicts: 1, datagrams: 0 },
    },
    {
      name: "policy drop: given up, with what still comes",
      lines: [...agreeing, "0+ 'abcdefgh'"],
      told: [],
      fates: { overlapping: 4 },
      options: { overlapIpv4: "drop" },
    },
    {
      name: "IPv6: given up, even if the bytes agree, with what still comes",
      lines: agreeing.map((line) => `${line} v6`),
      told: [],
      fates: { overlapping: 3 },
    },
    {
      name: "IPv6: the id is free again after the timeout",
      lines: [...agreeing.map((line) => `${line} v6`), "+31s", "0+ 'abcdefgh' v6", "8 'i' v6"],
      told: ["abcdefghi"],
      fates: { overlapping: 3, completed: 2 },
    },
    {
      name: "a fragment over several others fills the holes between them",
      lines: ["0+ 'abcdefgh'", "16+ 'qrstuvwx'", "32 'GH'", "0+ 'abcdefghijklmnopqrstuvwxyzABCDEF'"],
      told: ["abcdefghijklmnopqrstuvwxyzABCDEFGH"],
      fates: { completed: 4 },
      counters: { overlaps: 1 },
    },
  ])

  const segment = tcpSegment("GET /first HTTP/1.1\r\n\r\n")
  const other = tcpSegment("GET /other HTTP/1.1\r\n\r\n")
  for (const [policy, first, second] of [
    ["first", segment, other],
    ["last", other, segment],
  ] as const) {
    test(`policy ${policy}: the checksum of TCP ${policy === "first" ? "proves" : "refutes"} what the policy chose`, () => {
      const fake = new FakeFragments({ overlapIpv4: policy })
      addressed(fake)
      assert.equal(fake.send(first.subarray(0, 32), 0, true, 1, 6), null)
      assert.equal(fake.send(second.subarray(24, 32), 24, true, 1, 6), null, "the path differs")
      assert.equal(fake.send(segment.subarray(32), 32, false, 1, 6), policy === "first" ? latin1(segment) : null)
      fake.flush()
      assert.equal(fake.counters.overlapConflicts, 1)
      assert.equal(fake.counters.fragments.unproven, policy === "first" ? 0 : 2)
    })
  }

  test("policy last: a whole first fragment is replaced by the later one", () => {
    const fake = new FakeFragments({ overlapIpv4: "last" })
    addressed(fake)
    fake.send(other.subarray(0, 40), 0, true, 1, 6)
    fake.send(segment.subarray(0, 40), 0, true, 1, 6)
    assert.equal(fake.send(segment.subarray(40), 40, false, 1, 6), latin1(segment))
    assert.equal(fake.counters.fragments.duplicate, 1)
  })
})

describe("fragments far apart may belong to two datagrams with one id", () => {
  const segment = tcpSegment("GET /orders HTTP/1.1\r\n\r\n")

  test("without a checksum they are given up", () => {
    const fake = new FakeFragments()
    assert.deepEqual(fake.play("0+ 'abcdefgh'", "+1s", "8 'x'"), [])
    assert.equal(fake.counters.fragments.unproven, 2)
    assert.deepEqual(fake.play("0+ 'abcdefgh'", "8 'x'"), ["abcdefghx"], "and the id is free")
  })

  test("the checksum of TCP proves that they are one", () => {
    const fake = new FakeFragments()
    addressed(fake)
    fake.send(segment.subarray(0, 24), 0, true, 1, 6)
    fake.timeUs += 1_000_000
    assert.equal(fake.send(segment.subarray(24), 24, false, 1, 6), latin1(segment))
  })

  test("the checksum of TCP proves that they are not", () => {
    const fake = new FakeFragments()
    addressed(fake)
    fake.send(segment.subarray(0, 24), 0, true, 1, 6)
    fake.timeUs += 1_000_000
    assert.equal(fake.send(tcpSegment("GET /others HTTP/1.1\r\n\r\n").subarray(24), 24, false, 1, 6), null)
    assert.equal(fake.counters.fragments.unproven, 2)
  })

  test("the checksum of UDP, where it is used", () => {
    for (const [checksum, told] of [
      [0, null],
      [0xc139, null],
      [0xc138, "right"],
    ] as const) {
      const fake = new FakeFragments()
      addressed(fake)
      const datagram = Buffer.from([0, 53, 0, 53, 0, 14, checksum >> 8, checksum & 255, ...Buffer.from("abcdef")])
      fake.send(datagram.subarray(0, 8), 0, true, 1, 17)
      fake.timeUs += 1_000_000
      const result = fake.send(datagram.subarray(8), 8, false, 1, 17)
      assert.equal(result, told === null ? null : datagram.toString("latin1"), `${checksum}`)
    }
  })
})

describe("cut by the capture", () => {
  play([
    {
      name: "the last one",
      lines: ["0+ 'abcdefgh'", "8 'ijklmnop' cut=3"],
      told: ["abcdefghijk~5"],
      fates: { completed: 2 },
      counters: { snapped: 1, snappedBytes: 0 },
    },
    {
      name: "each: what lies behind the first cut is a gap of known length",
      lines: ["0+ 'abcdefgh' cut=5", "8 'ijklmnop' cut=3"],
      told: ["abcde~11"],
      fates: { completed: 2 },
      counters: { snapped: 1, snappedBytes: 3 },
    },
    {
      name: "nothing but headers",
      lines: ["0+ 'abcdefgh' cut=0", "8 'ijklmnop' cut=0"],
      told: ["~16"],
      fates: { completed: 2 },
    },
    {
      name: "copies are copies",
      lines: ["0+ 'abcdefgh' cut=5", "0+ 'abcdefgh' cut=3", "0+ 'abcdefgh'", "8 'x'"],
      told: ["abcde~4"],
      fates: { completed: 2, duplicate: 2 },
    },
    {
      name: "far apart: no checksum can prove anything",
      lines: ["0+ 'abcdefgh' tcp cut=5", "+1s", "8 'ijklmnop' tcp"],
      told: [],
      fates: { unproven: 2 },
    },
  ])
})

describe("malformed", () => {
  play([
    { name: "no payload", lines: ["0+ ''", "8 ''"], told: [], fates: { empty: 2 } },
    {
      name: "no multiple of 8, and not the last",
      lines: ["0+ 'abc'", "0+ 'abcdefgh'", "8 'x'"],
      told: ["abcdefghx"],
      fates: { unaligned: 1, completed: 2 },
    },
    {
      name: "beyond the longest datagram, the ping of death",
      lines: ["65512+ 'abcdefgh'", "65512 'abcd'", "65528 'abcdefgh' v6", "65528 'abcdefg' v6"],
      told: [],
      fates: { tooLong: 3, unfinished: 1 },
    },
    {
      name: "the wire says more than the longest datagram",
      lines: ["0+ 'abcdefgh' wire=80000"],
      told: [],
      fates: { tooLong: 1 },
    },
    {
      name: "two ends: the first one holds",
      lines: ["8 'x'", "8 'xyz'", "16+ 'abcdefgh'", "0+ 'abcdefgh'"],
      told: ["abcdefghx"],
      fates: { contradictory: 2, completed: 2 },
    },
    {
      name: "an end before what has come",
      lines: ["16+ 'qrstuvwx'", "8 'x'", "8+ 'ijklmnop'", "24 'y'", "0+ 'abcdefgh'"],
      told: ["abcdefghijklmnopqrstuvwxy"],
      fates: { contradictory: 1, completed: 4 },
    },
    {
      name: "IPv6: two ends cost the datagram",
      lines: ["8 'x' v6", "8 'xyz' v6", "0+ 'abcdefgh' v6"],
      told: [],
      fates: { contradictory: 3 },
    },
    {
      name: "the same bytes, first with and then without more to come",
      lines: ["0+ 'abcdefgh'", "0 'abcdefgh'"],
      told: ["abcdefgh"],
      fates: { completed: 1, duplicate: 1 },
    },
  ])
})

test("a datagram within a datagram: what is being read is not overwritten", () => {
  const fake = new FakeFragments()
  const { defragmenter, packet } = fake
  const inner = "0123456789abcdef"
  const whole = (text: string, id: number): Uint8Array => {
    fake.send(Buffer.from(text.slice(0, 8)), 0, true, id)
    assert.notEqual(fake.send(Buffer.from(text.slice(8)), 8, false, id), null)
    return defragmenter.bytes
  }
  for (let round = 0; round < 3; round++) {
    // The first half of the inner datagram came before, its second half is the payload of the outer one.
    fake.timeUs += 1_000_000
    fake.send(Buffer.from(inner.slice(0, 8)), 0, true, 50)
    const outer = whole(`outer${inner.slice(8)}!!!`, 60)
    const { start } = defragmenter
    assert.equal(defragmenter.take(packet, 99, 50, outer, start + 5, start + 13, 8, 8, false), true)
    assert.notEqual(defragmenter.bytes, outer)
    assert.equal(latin1(outer.subarray(0, 16)), `outer${inner.slice(8)}!!!`)
    assert.equal(latin1(defragmenter.bytes.subarray(0, defragmenter.end)), inner)
  }
})

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1")
}

/** A TCP segment with its checksum, between the addresses of `addressed`. */
function tcpSegment(payload: string): Uint8Array {
  return ipv4(tcp({ payload }), { source: "10.0.0.1", destination: "10.0.0.2" }).subarray(20)
}

function addressed(fake: FakeFragments): void {
  const word = (address: string): number => Buffer.from(addressBytes(address)).readInt32BE()
  fake.packet.ipVersion = 4
  fake.packet.src3 = word("10.0.0.1")
  fake.packet.dst3 = word("10.0.0.2")
}
