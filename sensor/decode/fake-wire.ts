// Decodes one packet and tells what became of it. For tests.
import assert from "node:assert/strict"
import { START_US } from "../../shared/testing/packet-builder.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { DecoderCounters } from "./counters.ts"
import { Decoder } from "./decoder.ts"
import type { FragmentReceiver } from "./fragment-receiver.ts"
import type { DecoderOptions } from "./options.ts"
import { Packet, Verdict } from "./packet.ts"

export interface Wire {
  readonly link?: number
  /** Bytes on the wire; default: those given. */
  readonly wire?: number
  /** Tag control field that the kernel took off. */
  readonly vlan?: number
  readonly options?: Partial<DecoderOptions>
  readonly fragments?: FragmentReceiver
}

export interface Decoded {
  readonly packet: Packet
  readonly counters: DecoderCounters
  /** The captured payload. */
  readonly payload: string
  readonly zone: string
}

/** One for all: its columns are for thousands of packets, and every call writes all of its first row. */
const batch = new PacketBatch()

/** Decodes one packet that lies somewhere in a slab full of other bytes, into a record that may have been used before. */
export function decode(bytes: Uint8Array, wire: Wire = {}, packet = new Packet()): Decoded {
  const before = 37
  const slab = new Uint8Array(before + bytes.length + 50).fill(0x45)
  slab.set(bytes, before)
  batch.bytes = slab
  batch.count = 1
  batch.start[0] = before
  batch.captured[0] = bytes.length
  batch.wire[0] = wire.wire ?? bytes.length
  batch.timeUs[0] = START_US
  batch.link[0] = wire.link ?? 1
  batch.port[0] = 3
  batch.vlan[0] = wire.vlan ?? -1
  const counters = new DecoderCounters()
  const decoder = new Decoder(counters, { zonesMax: 64, ...wire.options }, wire.fragments)
  decoder.decode(batch, 0, packet)
  const isTcp = packet.verdict === Verdict.tcp
  if (isTcp && packet.bytes === slab)
    assert.ok(packet.payloadStart >= before && packet.payloadEnd <= before + bytes.length)
  const payload = isTcp
    ? Buffer.from(packet.bytes.subarray(packet.payloadStart, packet.payloadEnd)).toString("latin1")
    : ""
  return { packet, counters, payload, zone: decoder.zones.name(packet.zone) }
}

export function verdictName(verdict: number): string {
  return Object.entries(Verdict).find(([, value]) => value === verdict)![0]
}

/** Non-zero counters, flat. */
export function counted(counters: object, prefix = ""): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [name, value] of Object.entries(counters)) {
    if (typeof value === "object") Object.assign(found, counted(value, `${prefix}${name}.`))
    else if (value !== 0) found[prefix + name] = value
  }
  return found
}

export function assertOneVerdict(counters: DecoderCounters, packets: number): void {
  const { tcp, ignored, dropped } = counters
  const given = Object.values(counted({ ignored, dropped })).reduce((sum, count) => sum + count, tcp)
  assert.equal(given, packets, JSON.stringify(counted(counters)))
}
