// Nanoseconds that a fragment takes: run it with the pinned Node. `--smoke` runs a hundredth, so that tests can keep it alive.
import { Packet } from "../decode/packet.ts"
import { DefragCounters } from "./counters.ts"
import { Defragmenter } from "./defragmenter.ts"
import { DEFRAG_DEFAULTS } from "./options.ts"

const SCALE = process.argv.includes("--smoke") ? 0.01 : 1
const FRAGMENT_BYTES = 1480

const bytes = new Uint8Array(4096).map((_, i) => i)
let delivered = 0

function newPacket(): Packet {
  const packet = new Packet()
  packet.timeUs = 1_795_428_000_000_000
  packet.src3 = 0x0a000001
  packet.dst3 = 0x0a000002
  return packet
}

/** Datagrams of `count` fragments, each shown `copies` times, with `atOnce` of them under way. */
function measureDatagrams(fragments: number, count: number, copies: number, atOnce: number): number {
  const defragmenter = new Defragmenter(new DefragCounters(), DEFRAG_DEFAULTS)
  const packet = newPacket()
  const groups = Math.floor(fragments / (count * copies * atOnce))
  const started = process.hrtime.bigint()
  for (let group = 0; group < groups; group++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < atOnce; j++) {
        packet.timeUs += 2
        const id = (group * atOnce + j) & 0xffff
        for (let copy = 0; copy < copies; copy++) {
          const more = i < count - 1
          if (
            defragmenter.take(packet, 6, id, bytes, 64, 64 + FRAGMENT_BYTES, FRAGMENT_BYTES, i * FRAGMENT_BYTES, more)
          ) {
            delivered += defragmenter.end
          }
        }
      }
    }
  }
  return Number(process.hrtime.bigint() - started) / (groups * count * copies * atOnce)
}

/** First fragments of eight bytes that never become anything: every limit is reached all the time. */
function measureFlood(fragments: number): number {
  const defragmenter = new Defragmenter(new DefragCounters(), DEFRAG_DEFAULTS)
  const packet = newPacket()
  const started = process.hrtime.bigint()
  for (let i = 0; i < fragments; i++) {
    packet.timeUs += 1
    packet.src3 = Math.imul(i, 0x9e3779b1)
    defragmenter.take(packet, 17, i & 0xffff, bytes, 64, 72, 8, 0, true)
  }
  return Number(process.hrtime.bigint() - started) / fragments
}

function report(name: string, measure: () => number): void {
  const rounds = [measure(), measure(), measure()]
  console.log(
    `${name.padEnd(52)} ${Math.min(...rounds)
      .toFixed(0)
      .padStart(6)} ns`,
  )
}

report("fragment of 1,480 bytes, two a datagram", () => measureDatagrams(2_000_000 * SCALE, 2, 1, 1))
report("the same, 500 datagrams at once", () => measureDatagrams(2_000_000 * SCALE, 2, 1, 500))
report("the same, each fragment shown twice", () => measureDatagrams(2_000_000 * SCALE, 2, 2, 1))
report("fragment of 1,480 bytes, forty a datagram", () => measureDatagrams(2_000_000 * SCALE, 40, 1, 1))
report("first fragment of a flood", () => measureFlood(3_000_000 * SCALE))
console.log(`rss ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, delivered ${delivered}`)
