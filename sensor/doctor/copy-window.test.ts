// What is a copy, what is sent again, and what the window can hold.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Packet, TcpFlag } from "../decode/packet.ts"
import { CopyWindow, NO_ID_US, WINDOW_PACKETS, WINDOW_US } from "./copy-window.ts"

function packet(fields: Partial<Packet> = {}): Packet {
  const one = Object.assign(
    new Packet(),
    { ipId: 7, flags: TcpFlag.ack, payloadWire: 100, timeUs: 1e6, ttl: 64 },
    fields,
  )
  return one
}

const PAIRS: readonly [name: string, first: Partial<Packet>, second: Partial<Packet>, kind: string | null][] = [
  ["the same", {}, {}, "sameWire"],
  ["another time to live", {}, { ttl: 63 }, "routed"],
  ["another VLAN", { vlan: 10 }, { vlan: 20 }, "otherVlan"],
  ["another tunnel", { zone: 1 }, { zone: 2 }, "otherZone"],
  ["another interface", { port: 0 }, { port: 1 }, "otherPort"],
  ["another IP id: sent again", {}, { ipId: 8 }, null],
  ["another acknowledgment", {}, { ack: 5 }, null],
  ["another length", {}, { payloadWire: 101 }, null],
  ["just within the window", {}, { timeUs: 1e6 + WINDOW_US }, "sameWire"],
  ["after the window", {}, { timeUs: 1e6 + WINDOW_US + 1 }, null],
  ["without an id, at once", { ipId: 0 }, { ipId: 0, timeUs: 1e6 + NO_ID_US }, "sameWire"],
  ["without an id, as late as a repetition", { ipId: 0 }, { ipId: 0, timeUs: 1e6 + NO_ID_US + 1 }, null],
  ["a bare acknowledgment without an id", { ipId: 0, payloadWire: 0 }, { ipId: 0, payloadWire: 0 }, null],
  ["a SYN without an id", { ipId: 0, payloadWire: 0, flags: 2 }, { ipId: 0, payloadWire: 0, flags: 2 }, "sameWire"],
  ["a reset", { flags: 4 }, { flags: 4 }, null],
  [
    "IPv6 addresses that differ in one word",
    { ipVersion: 6, ipId: 0, src1: 1 },
    { ipVersion: 6, ipId: 0, src1: 2 },
    null,
  ],
]

for (const [name, first, second, kind] of PAIRS)
  test(`copy: ${name}: ${kind ?? "none"}`, () => {
    const window = new CopyWindow()
    assert.equal(window.isCopy(packet(first)), false)
    assert.equal(window.isCopy(packet({ ...first, ...second })), kind !== null)
    const { judged, lagUs, lagUsMax, ...kinds } = window.counters
    const expected = kind === null ? [] : ["packets", kind]
    assert.deepEqual(
      Object.entries(kinds)
        .filter(([, count]) => count > 0)
        .map(([key]) => key),
      expected,
    )
  })

test(`${WINDOW_PACKETS} segments are remembered, not one more`, () => {
  const window = new CopyWindow()
  for (let seq = 0; seq <= WINDOW_PACKETS; seq++) assert.equal(window.isCopy(packet({ seq })), false)
  assert.equal(window.isCopy(packet({ seq: 1 })), true)
  assert.equal(window.isCopy(packet({ seq: 0 })), false, "the first one was forgotten")
  assert.equal(window.isCopy(packet({ seq: 1 })), false, "for it, the second one was")
  for (let seq = 0; seq < 5 * WINDOW_PACKETS; seq++) window.isCopy(packet({ seq: Math.imul(seq, 31) }))
})
