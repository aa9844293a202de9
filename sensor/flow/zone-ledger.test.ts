import assert from "node:assert/strict"
import { test } from "node:test"
import { flattenCounters } from "../../shared/telemetry/counters.ts"
import { Packet } from "../decode/packet.ts"
import { LEDGER_ZONES_MAX, ZoneLedger } from "./zone-ledger.ts"

const NAMES: Readonly<Record<number, string>> = { 5: "vni 5", 6: "vlan 12/vni 6", 7: "zone 00c0ffee" }
const nameOf = (zone: number): string => NAMES[zone] ?? `vni ${zone}`

function segment(zone: number, bytes: number): Packet {
  return Object.assign(new Packet(), { zone, payloadStart: 10, payloadEnd: 10 + bytes, payloadWire: bytes + 3 })
}

test("each zone, and what is left for none", () => {
  const ledger = new ZoneLedger(nameOf)
  for (const [zone, bytes] of [
    [5, 100],
    [5, 0],
    [6, 7],
    [5, 1],
    [7, 2],
  ] as const)
    ledger.onSegment(segment(zone, bytes))
  ledger.onGap(6, 50)
  ledger.onGap(6, 1)
  const total = { packets: 9, payloadBytes: 1000, gaps: 3, gapBytes: 60 }
  assert.deepEqual(flattenCounters({ zones: ledger.counters(total) }), {
    "zones.vni-5.packets": 3,
    "zones.vni-5.payload_bytes": 101,
    "zones.vlan-12_vni-6.packets": 1,
    "zones.vlan-12_vni-6.payload_bytes": 7,
    "zones.vlan-12_vni-6.gaps": 2,
    "zones.vlan-12_vni-6.gap_bytes": 51,
    "zones.zone-00c0ffee.packets": 1,
    "zones.zone-00c0ffee.payload_bytes": 2,
    "zones.none.packets": 4,
    "zones.none.payload_bytes": 890,
    "zones.none.gaps": 1,
    "zones.none.gap_bytes": 9,
  })
})

test("with no zone but 0 there is nothing to tell", () => {
  assert.deepEqual(new ZoneLedger(nameOf).counters({ packets: 9, payloadBytes: 1, gaps: 0, gapBytes: 0 }), {})
})

test("beyond the limit zones share a name, and the sum still is the total", () => {
  const ledger = new ZoneLedger((zone) => `vni ${zone}`)
  const zones = LEDGER_ZONES_MAX + 10
  for (let round = 0; round < 2; round++)
    for (let zone = 1; zone <= zones; zone++) {
      ledger.onSegment(segment(zone, zone))
      ledger.onGap(zone, 1)
    }
  const total = { packets: 2 * zones, payloadBytes: zones * (zones + 1), gaps: 2 * zones, gapBytes: 2 * zones }
  const told = ledger.counters(total)
  assert.equal(Object.keys(told).length, LEDGER_ZONES_MAX + 2)
  assert.equal(told.other!.packets, 20)
  assert.equal(told["vni-64"]!.gaps, 2)
  assert.deepEqual({ ...told.none }, { packets: 0, payloadBytes: 0, gaps: 0, gapBytes: 0 })
})
