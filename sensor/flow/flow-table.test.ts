import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { Packet } from "../decode/packet.ts"
import { Flow } from "./flow.ts"
import { FlowTable } from "./flow-table.ts"

function packetOf(fields: Partial<Packet>): Packet {
  return Object.assign(new Packet(), fields)
}

function reverse(packet: Packet): Packet {
  const { src0, src1, src2, src3, srcPort, dst0, dst1, dst2, dst3, dstPort, ipVersion, zone } = packet
  return packetOf({
    ...{ ipVersion, zone },
    ...{ src0: dst0, src1: dst1, src2: dst2, src3: dst3, srcPort: dstPort },
    ...{ dst0: src0, dst1: src1, dst2: src2, dst3: src3, dstPort: srcPort },
  })
}

// Few values a word, so that flows differ in one word only.
const word = fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000)
const port = fc.constantFrom(0, 1, 80, 443, 65_535)
const packets = fc
  .record({
    ipVersion: fc.constantFrom(4, 6),
    ...{ src0: word, src1: word, src2: word, src3: word, srcPort: port },
    ...{ dst0: word, dst1: word, dst2: word, dst3: word, dstPort: port },
    zone: fc.constantFrom(0, 1, -7, 0x7fffffff),
  })
  .map((fields) => {
    const v4 = { src0: 0, src1: 0, src2: 0, dst0: 0, dst1: 0, dst2: 0 }
    return packetOf(fields.ipVersion === 4 ? { ...fields, ...v4 } : fields)
  })

function keyOf(packet: Packet): string {
  const source = [packet.src0, packet.src1, packet.src2, packet.src3, packet.srcPort]
  const destination = [packet.dst0, packet.dst1, packet.dst2, packet.dst3, packet.dstPort]
  const ends = [source, destination].map((end) =>
    end.map((each) => (each >>> 0).toString().padStart(10, "0")).join("."),
  )
  return `${packet.ipVersion} ${packet.zone} ${ends.toSorted().join(" ")}`
}

describe("flow-table", () => {
  test("tells every flow from every other, both directions find the same slot", () => {
    fc.assert(
      fc.property(fc.array(packets, { maxLength: 60 }), fc.integer(), (list, seed) => {
        const table = new FlowTable(1000, seed)
        const slots = new Map<string, number>()
        for (const packet of list) {
          const known = slots.get(keyOf(packet))
          assert.equal(table.find(packet), known ?? -1)
          if (known === undefined) slots.set(keyOf(packet), table.insert(packet))
          const there = table.find(packet)
          const side = table.side
          assert.equal(table.find(reverse(packet)), there)
          const isMirror =
            packet.srcPort === packet.dstPort && keyOf(packet).split(" ")[2] === keyOf(packet).split(" ")[3]
          if (!isMirror) assert.equal(table.side, 1 - side)
        }
        assert.equal(table.size, slots.size)
      }),
    )
  })

  test("slots do not depend on the seed", () => {
    const slotsOf = (seed: number): number[] => {
      const table = new FlowTable(5000, seed)
      const slots: number[] = []
      for (let i = 0; i < 4000; i++) {
        const packet = packetOf({ src3: 1, dst3: 2, srcPort: i, dstPort: 80 })
        table.find(packet)
        slots.push(table.insert(packet))
        if (i % 3 === 2) table.remove(slots[i - 1]!)
      }
      return slots
    }
    assert.deepEqual(slotsOf(1), slotsOf(2))
  })

  test("side 0 is the lower endpoint; the flow is written down as it was", () => {
    const table = new FlowTable(10)
    const packet = packetOf({ src3: 0xc0a80001 | 0, dst3: 0x0a000001, srcPort: 80, dstPort: 40000, zone: 9 })
    assert.equal(table.find(packet), -1)
    assert.equal(table.side, 1)
    const flow = new Flow(4, new Int32Array(8), 0, 0, 0, -1)
    table.describe(table.insert(packet), 12, flow)
    assert.deepEqual([...flow.address], [0, 0, 0, 0x0a000001, 0, 0, 0, 0xc0a80001 | 0])
    assert.deepEqual([flow.port0, flow.port1, flow.zone, flow.vlan, flow.ipVersion], [40000, 80, 9, 12, 4])
  })

  test("IPv6 with the same last words as IPv4 is another flow", () => {
    const table = new FlowTable(10)
    const v4 = packetOf({ src3: 1, dst3: 2, srcPort: 3, dstPort: 4 })
    table.find(v4)
    table.insert(v4)
    assert.equal(table.find(packetOf({ ipVersion: 6, src3: 1, dst3: 2, srcPort: 3, dstPort: 4 })), -1)
  })

  test("a removed flow is gone and its slot serves again", () => {
    const table = new FlowTable(2)
    const [a, b, c] = [1, 2, 3].map((srcPort) => packetOf({ src3: 1, dst3: 2, srcPort, dstPort: 4 })) as [
      Packet,
      Packet,
      Packet,
    ]
    table.find(a)
    const slot = table.insert(a)
    table.find(b)
    table.insert(b)
    assert.equal(table.isFull, true)
    table.remove(slot)
    assert.equal(table.find(a), -1)
    assert.ok(table.find(b) >= 0)
    assert.equal(table.find(c), -1)
    assert.equal(table.insert(c), slot)
  })
})
