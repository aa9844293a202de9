// Nanoseconds that decoding takes for a packet of each kind, the packets in the processor's cache: run it with the pinned
// Node. `--smoke` runs a hundredth, so that tests can keep it alive.
import { ethernet, ipv4, ipv6, tcp, udp } from "../../shared/testing/packet-builder.ts"
import { controlled, erspan2, geneve, gtp, mpls, vxlan } from "../../shared/testing/tunnel-builder.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { DecoderCounters } from "./counters.ts"
import { Decoder } from "./decoder.ts"
import { Packet } from "./packet.ts"

const SCALE = process.argv.includes("--smoke") ? 0.01 : 1
const PACKETS = 256

function batchOf(frame: (i: number) => Uint8Array): PacketBatch {
  const batch = new PacketBatch()
  const frames = Array.from({ length: PACKETS }, (_, i) => frame(i))
  batch.bytes = new Uint8Array(Buffer.concat(frames))
  let start = 0
  for (const [i, bytes] of frames.entries()) {
    batch.start[i] = start
    batch.captured[i] = bytes.length
    batch.wire[i] = bytes.length
    batch.link[i] = 1
    start += bytes.length
  }
  batch.count = PACKETS
  return batch
}

function measure(batch: PacketBatch, packets: number): number {
  const decoder = new Decoder(new DecoderCounters())
  const packet = new Packet()
  const rounds = Math.ceil(packets / PACKETS)
  const started = process.hrtime.bigint()
  for (let round = 0; round < rounds; round++) for (let i = 0; i < PACKETS; i++) decoder.decode(batch, i, packet)
  return Number(process.hrtime.bigint() - started) / (rounds * PACKETS)
}

const segment = (i: number): Uint8Array =>
  ipv4(tcp({ sourcePort: 40_000 + i, seq: i, flags: "A", payload: "x".repeat(i) }), { source: `10.0.0.${i & 0xff}` })

const overUdp = (payload: Uint8Array, port: number): Uint8Array =>
  ethernet(ipv4(udp(50_000, port, payload), { protocol: 17 }))

const KINDS: readonly (readonly [string, (i: number) => Uint8Array])[] = [
  ["Ethernet, IPv4, TCP", (i) => ethernet(segment(i))],
  ["the same with a tag", (i) => ethernet(segment(i), { vlans: [5] })],
  ["Ethernet, IPv4, UDP", (i) => overUdp(new Uint8Array(i), 53)],
  ["VXLAN, one network", (i) => overUdp(vxlan(ethernet(segment(i)), 42), 4789)],
  ["VXLAN, 256 networks", (i) => overUdp(vxlan(ethernet(segment(i)), i), 4789)],
  ["GENEVE", (i) => overUdp(geneve(ethernet(segment(i)), 42), 6081)],
  ["GTP-U", (i) => overUdp(gtp(segment(i), i), 2152)],
  ["ERSPAN II", (i) => ethernet(ipv4(erspan2(ethernet(segment(i)), 7, i), { protocol: 47 }))],
  ["6in4", (i) => ethernet(ipv4(ipv6(tcp({ seq: i })), { protocol: 41 }))],
  ["a pseudowire", (i) => ethernet(mpls(controlled(ethernet(segment(i))), 99), { etherType: 0x8847 })],
]

for (const [name, frame] of KINDS) {
  const batch = batchOf(frame)
  const rounds = Array.from({ length: 50 }, () => measure(batch, 200_000 * SCALE))
  console.log(
    `${name.padEnd(44)} ${Math.min(...rounds)
      .toFixed(1)
      .padStart(6)} ns`,
  )
}
