// Nanoseconds that decoding takes for a packet of each kind, the packets in the processor's cache: run it with the pinned
// Node. `--smoke` runs a hundredth, so that tests can keep it alive.
import { ethernet, ipv4, tcp } from "../../shared/testing/packet-builder.ts"
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

const KINDS: readonly (readonly [string, (i: number) => Uint8Array])[] = [
  ["Ethernet, IPv4, TCP", (i) => ethernet(segment(i))],
  ["the same with a tag", (i) => ethernet(segment(i), { vlans: [5] })],
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
