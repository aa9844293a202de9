import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { Packet, TcpFlag, Verdict } from "../decode/packet.ts"
import { DuplicateCounters } from "./counters.ts"
import { DuplicateWindow } from "./duplicate-window.ts"
import { DUPLICATE_DEFAULTS, type DuplicateOptions } from "./options.ts"

const START_US = 1_795_428_000_000_000

type Change = Partial<Packet>

function newWindow(options: Partial<DuplicateOptions> = {}): { window: DuplicateWindow; counters: DuplicateCounters } {
  const counters = new DuplicateCounters()
  return { window: new DuplicateWindow(counters, { ...DUPLICATE_DEFAULTS, ...options }), counters }
}

/** A segment of 100 bytes over IPv4, changed as told. */
function segment(change: Change = {}): Packet {
  const packet = new Packet()
  packet.verdict = Verdict.tcp
  packet.src3 = 0x0a000001
  packet.dst3 = 0x0a000002
  packet.srcPort = 40_000
  packet.dstPort = 80
  packet.ipId = 77
  packet.ttl = 64
  packet.seq = 1000
  packet.ack = 5000
  packet.flags = TcpFlag.ack
  packet.window = 502
  packet.checksum = 0xbeef
  packet.bytes = new Uint8Array(120).map((_, i) => i)
  packet.payloadStart = 10
  packet.payloadEnd = 110
  packet.payloadWire = 100
  packet.timeUs = START_US
  return Object.assign(packet, change)
}

const pure: Change = { payloadEnd: 10, payloadWire: 0 }
const cut: Change = { payloadEnd: 40 }
const six: Change = { ipVersion: 6, ipId: 0, src0: 1, src1: 2, src2: 3, dst0: 4, dst1: 5, dst2: 6 }

/** Whether the second of two segments is taken for a copy of the first. */
function isCopy(first: Change, second: Change): { copy: boolean; counters: DuplicateCounters } {
  const { window, counters } = newWindow()
  assert.equal(window.isDuplicate(segment(first)), false)
  return { copy: window.isDuplicate(segment(second)), counters }
}

describe("copies", () => {
  const rows: [name: string, first: Change, second: Change, counter: keyof DuplicateCounters][] = [
    ["the same once more", {}, {}, "sameWire"],
    ["7 us later", {}, { timeUs: START_US + 7 }, "sameWire"],
    ["9.8 ms later", {}, { timeUs: START_US + 9_800 }, "sameWire"],
    ["9.8 ms earlier: the ports are not read in order", {}, { timeUs: START_US - 9_800 }, "sameWire"],
    [
      "from another place in the batch",
      {},
      { bytes: new Uint8Array(200).map((_, i) => i - 40), payloadStart: 50, payloadEnd: 150 },
      "sameWire",
    ],
    ["tagged", {}, { vlan: 100 }, "otherVlan"],
    ["under another tag", { vlan: 100 }, { vlan: 200 }, "otherVlan"],
    ["behind a router", {}, { ttl: 63, vlan: 200 }, "routed"],
    ["on another interface of the sensor", {}, { port: 1 }, "otherPort"],
    ["tagged, on another interface", {}, { port: 1, vlan: 7 }, "otherVlan"],
    ["cut by the capture", cut, cut, "sameWire"],
    ["cut more: a tag took the room", cut, { payloadEnd: 36, vlan: 5 }, "otherVlan"],
    ["a SYN", { ...pure, flags: TcpFlag.syn }, { ...pure, flags: TcpFlag.syn }, "sameWire"],
    [
      "a SYN without IP id",
      { ...pure, flags: TcpFlag.syn, ipId: 0 },
      { ...pure, flags: TcpFlag.syn, ipId: 0 },
      "sameWire",
    ],
    [
      "a FIN without IP id",
      { ...pure, flags: TcpFlag.fin, ipId: 0 },
      { ...pure, flags: TcpFlag.fin, ipId: 0 },
      "sameWire",
    ],
    ["a pure acknowledgment with an IP id", pure, pure, "sameWire"],
    ["a reset with an IP id", { ...pure, flags: TcpFlag.rst }, { ...pure, flags: TcpFlag.rst }, "sameWire"],
    ["over IPv6", six, six, "sameWire"],
    ["over IPv6, behind a router", six, { ...six, ttl: 63 }, "routed"],
    ["a few bytes", { payloadEnd: 13, payloadWire: 3 }, { payloadEnd: 13, payloadWire: 3 }, "sameWire"],
  ]
  for (const [name, first, second, counter] of rows) {
    test(name, () => {
      const { copy, counters } = isCopy(first, second)
      assert.equal(copy, true)
      assert.equal(counters.packets, 1)
      assert.equal(counters[counter], 1)
      assert.equal(counters.routed + counters.otherVlan + counters.otherPort + counters.sameWire, 1)
      const packet = segment(second)
      assert.equal(counters.bytes, packet.payloadEnd - packet.payloadStart)
    })
  }

  test("a third and a fourth copy", () => {
    const { window, counters } = newWindow()
    const told = [0, 10, 20, 30].map((later) => window.isDuplicate(segment({ timeUs: START_US + later })))
    assert.deepEqual(told, [false, true, true, true])
    assert.equal(counters.packets, 3)
  })
})

describe("no copies", () => {
  const changed = segment().bytes.slice()
  changed[60] = 0xff
  const rows: [name: string, first: Change, second: Change][] = [
    ["sent again: another IP id", {}, { ipId: 78 }],
    ["sent again: another timestamp shows in the checksum", {}, { checksum: 0xbeee }],
    ["another place in the stream", {}, { seq: 1100 }],
    ["another acknowledgment", {}, { ack: 5001 }],
    ["other flags", {}, { flags: TcpFlag.ack | TcpFlag.psh }],
    ["another window", {}, { window: 501 }],
    ["another length", {}, { payloadWire: 101 }],
    ["other bytes", {}, { bytes: changed }],
    ["another source", {}, { src3: 0x0a000003 }],
    ["another destination", {}, { dst3: 0x0a000003 }],
    ["another source port", {}, { srcPort: 40_001 }],
    ["another destination port", {}, { dstPort: 81 }],
    ["another zone: another flow", {}, { zone: 5 }],
    ["the other version", {}, { ipVersion: 6 }],
    ["another upper half of an address", six, { ...six, dst1: 9 }],
    ["the way back", {}, { src3: 0x0a000002, dst3: 0x0a000001, srcPort: 80, dstPort: 40_000 }],
    ["top bits that cancel out in a plain sum", {}, { srcPort: 40_000 ^ 0x8000, ack: 5000 ^ 0x80000000 }],
    ["more of it than before", cut, { payloadEnd: 50 }],
    ["all of it, where a part was before", cut, {}],
    ["after the window", {}, { timeUs: START_US + 10_300 }],
    ["before the window", {}, { timeUs: START_US - 10_300 }],
    ["a pure acknowledgment without IP id", { ...pure, ipId: 0 }, { ...pure, ipId: 0 }],
    ["a pure acknowledgment over IPv6", { ...pure, ...six }, { ...pure, ...six }],
    ["a reset without IP id", { flags: TcpFlag.rst, ipId: 0 }, { flags: TcpFlag.rst, ipId: 0 }],
  ]
  for (const [name, first, second] of rows) {
    test(name, () => {
      const { copy, counters } = isCopy(first, second)
      assert.equal(copy, false)
      assert.equal(counters.packets, 0)
    })
  }

  test("any field that differs, by any amount", () => {
    const fields = ["src3", "dst3", "srcPort", "dstPort", "ipId", "checksum", "seq", "ack", "window", "zone"] as const
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer(), { minLength: 4, maxLength: 4 }),
        fc.integer(),
        (changed, by, hashSeed) => {
          const { window } = newWindow({ hashSeed, entries: 1024 })
          const first = segment()
          const second = segment()
          for (const [i, field] of changed.entries()) {
            const isShort =
              field !== "src3" && field !== "dst3" && field !== "seq" && field !== "ack" && field !== "zone"
            second[field] = isShort ? (second[field] ^ by[i]!) & 0xffff : second[field] ^ by[i]!
          }
          const isSame = changed.every((field) => first[field] === second[field])
          window.isDuplicate(first)
          assert.equal(window.isDuplicate(second), isSame)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test("a canary: an equal one is found by the same means", () => {
    assert.equal(isCopy({ src3: 5 }, { src3: 5 }).copy, true)
  })
})

describe("limits", () => {
  test("late copies are passed on, counted when their IP id gives them away", () => {
    const { window, counters } = newWindow()
    for (const later of [0, 20_000, 45_000]) window.isDuplicate(segment({ timeUs: START_US + later }))
    window.isDuplicate(segment({ timeUs: START_US + 2_000_000 }))
    assert.equal(counters.late, 3, "the third is a late copy of both before")
    window.isDuplicate(segment({ ...six, seq: 7 }))
    window.isDuplicate(segment({ ...six, seq: 7, timeUs: START_US + 20_000 }))
    assert.equal(counters.late, 3)
    assert.equal(counters.packets, 0)
  })

  test("entries: copies are found as long as there is room, what is displaced is counted", () => {
    const found = (apart: number): DuplicateCounters => {
      const { window, counters } = newWindow({ entries: 1024 })
      for (let i = 0; i < 20_000; i++) {
        window.isDuplicate(segment({ seq: i * 100, timeUs: START_US + i }))
        if (i >= apart) window.isDuplicate(segment({ seq: (i - apart) * 100, timeUs: START_US + i }))
      }
      return counters
    }
    const near = found(100)
    assert.ok(near.packets >= 19_890, `${near.packets}`)
    const far = found(4000)
    assert.ok(far.packets < 1000, `${far.packets}`)
    assert.ok(far.displaced > 19_000, `${far.displaced}`)
  })

  test("without traffic to speak of nothing is displaced, however long it lasts", () => {
    const { window, counters } = newWindow({ entries: 16 })
    for (let i = 0; i < 20_000; i++) window.isDuplicate(segment({ seq: i, timeUs: START_US + i * 137_000 }))
    assert.equal(counters.displaced, 0)
    assert.equal(counters.packets, 0)
  })

  test("the time of an entry does not come round", () => {
    const { window, counters } = newWindow({ entries: 16 })
    // 16 bits of 128 us.
    const round = 65_536 * 128
    for (let i = 0; i < 10; i++) window.isDuplicate(segment({ timeUs: START_US + i * round }))
    assert.equal(counters.packets + counters.late, 0)
  })

  test("after many packets without a copy one in 32 is asked about, until there is one", () => {
    const { window, counters } = newWindow({ waryPackets: 1000 })
    let seq = 0
    const pass = (count: number, copies: boolean): void => {
      for (let i = 0; i < count; i++) {
        seq += 100
        const change = { seq, checksum: i, timeUs: START_US + seq }
        window.isDuplicate(segment(change))
        if (copies) window.isDuplicate(segment(change))
      }
    }
    pass(1000, false)
    assert.equal(counters.unasked, 0)
    pass(8000, false)
    assert.ok(Math.abs(counters.unasked - 7750) < 200, `${counters.unasked}`)
    const before = counters.unasked
    pass(1000, true)
    assert.ok(counters.packets > 850, `${counters.packets}`)
    assert.ok(counters.unasked - before < 300, "a few before the first copy that was found")
    const after = counters.unasked
    pass(1000, false)
    assert.equal(counters.unasked, after)
  })

  test("packets from far back are passed on until they are the time", () => {
    const { window, counters } = newWindow()
    window.isDuplicate(segment())
    const hour = 3_600_000_000
    for (let i = 0; i < 1000; i++) window.isDuplicate(segment({ seq: i >> 1, timeUs: START_US - hour + i }))
    assert.equal(counters.unasked, 1000)
    assert.equal(window.isDuplicate(segment({ timeUs: START_US + 5 })), true, "the other clock goes on")
    for (let i = 0; i < 1100; i++) window.isDuplicate(segment({ seq: i, timeUs: START_US - hour + i }))
    assert.ok(counters.unasked < 2200)
    assert.equal(window.isDuplicate(segment({ seq: 1099, timeUs: START_US - hour + 1100 })), true)
  })

  test("off: everything is passed on", () => {
    const { window, counters } = newWindow({ isOn: false })
    assert.equal(window.isDuplicate(segment()), false)
    assert.equal(window.isDuplicate(segment()), false)
    assert.deepEqual(counters, new DuplicateCounters())
  })

  test("any garbage: the same twice, whatever the hash seed; what is dropped is accounted for", () => {
    const word = fc.oneof(fc.integer(), fc.nat(3))
    const packets = fc.array(
      fc.record({
        seq: fc.nat(3),
        ack: word,
        src3: fc.nat(1),
        ipVersion: fc.constantFrom(4, 6),
        ipId: fc.nat(2),
        checksum: fc.nat(2),
        flags: fc.nat(63),
        vlan: fc.integer({ min: -1, max: 4095 }),
        ttl: fc.nat(255),
        port: fc.nat(255),
        zone: word,
        payloadEnd: fc.integer({ min: 10, max: 110 }),
        timeUs: fc.oneof(fc.nat(50_000), fc.double()),
      }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(packets, fc.integer(), (all, seed) => {
        const runs = [seed, seed + 1].map((hashSeed) => {
          const { window, counters } = newWindow({ entries: 8, waryPackets: 20, hashSeed })
          const told = all.map((each) => window.isDuplicate(segment(each)))
          const { packets: dropped, routed, otherVlan, otherPort, sameWire } = counters
          assert.equal(told.filter((one) => one).length, dropped)
          assert.equal(routed + otherVlan + otherPort + sameWire, dropped)
          return { told, counters }
        })
        assert.deepEqual(runs[0], runs[1])
      }),
      { numRuns: 500 },
    )
  })
})
