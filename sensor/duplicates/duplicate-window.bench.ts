// Nanoseconds that the question "is it a copy?" takes: run it with the pinned Node. `--smoke` runs a hundredth, so that tests can
// keep it alive. A case a process, since what one case taught the compiler slows the next.
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Packet, TcpFlag } from "../decode/packet.ts"
import { DuplicateCounters } from "./counters.ts"
import { DuplicateWindow } from "./duplicate-window.ts"
import { DUPLICATE_DEFAULTS } from "./options.ts"

const SMOKE = process.argv.includes("--smoke")
const SLAB_BYTES = 1 << 20

interface Case {
  readonly payload: number
  readonly version: 4 | 6
  /** Every packet once more, so many packets later; 0: none. */
  readonly echo: number
  readonly mode: "not asked" | "one in 32" | "each"
}

const CASES: Readonly<Record<string, Case>> = {
  "making the packets alone": { payload: 300, version: 4, echo: 0, mode: "not asked" },
  "300 bytes, IPv4": { payload: 300, version: 4, echo: 0, mode: "each" },
  "300 bytes, IPv6": { payload: 300, version: 6, echo: 0, mode: "each" },
  "pure ACK, IPv4": { payload: 0, version: 4, echo: 0, mode: "each" },
  "300 bytes, each again 50 packets later": { payload: 300, version: 4, echo: 50, mode: "each" },
  "300 bytes, one in 32 asked about": { payload: 300, version: 4, echo: 0, mode: "one in 32" },
}

const bytes = new Uint8Array(SLAB_BYTES).map((_, i) => Math.imul(i, 0x9e3779b1) >>> 24)
const packet = new Packet()

/** Packet i of 1,000 flows in no order a cache likes, its payload somewhere in a batch's slab. */
function make(i: number, atUs: number, payload: number, version: number): void {
  const flow = (Math.imul(i, 40_503) >>> 0) % 1000
  packet.src3 = 0x0a000000 + flow
  packet.srcPort = 20_000 + flow
  packet.seq = Math.imul(i, 1460)
  packet.ipId = version === 4 ? (i & 0xffff) | 1 : 0
  packet.checksum = Math.imul(i, 0x9e37) & 0xffff
  packet.payloadStart = (i << 9) & (SLAB_BYTES - 1) & ~2047
  packet.payloadEnd = packet.payloadStart + payload
  packet.payloadWire = payload
  packet.timeUs = 1_795_428_000_000_000 + atUs
}

function round(packets: number, { payload, version, echo, mode }: Case): number {
  const options = { ...DUPLICATE_DEFAULTS, waryPackets: mode === "each" ? 0x7fffffff : 0, isOn: mode !== "not asked" }
  const window = new DuplicateWindow(new DuplicateCounters(), options)
  packet.ipVersion = version
  packet.flags = TcpFlag.ack
  packet.window = 1000
  packet.bytes = bytes
  packet.dstPort = 80
  packet.dst3 = 0x0b000001
  let copies = 0
  let asked = 0
  const started = process.hrtime.bigint()
  for (let i = 0; i < packets; i++) {
    make(i, i * 2, payload, version)
    asked++
    if (window.isDuplicate(packet)) copies++
    if (echo === 0 || i < echo) continue
    make(i - echo, i * 2 + 1, payload, version)
    asked++
    if (window.isDuplicate(packet)) copies++
  }
  const ns = Number(process.hrtime.bigint() - started) / asked
  if (copies !== (echo === 0 ? 0 : packets - echo)) throw new Error(`${copies} copies found`)
  return ns
}

const chosen = process.argv.find((arg) => CASES[arg] !== undefined)
if (chosen !== undefined) {
  const packets = SMOKE ? 5000 : 500_000
  const rounds = Array.from({ length: 9 }, () => round(packets, CASES[chosen]!))
  console.log(
    `${chosen.padEnd(44)} ${Math.min(...rounds)
      .toFixed(1)
      .padStart(6)} ns`,
  )
} else {
  const script = fileURLToPath(import.meta.url)
  for (const name of Object.keys(CASES)) {
    const args = [script, name, ...(SMOKE ? ["--smoke"] : [])]
    process.stdout.write(execFileSync(process.execPath, args, { encoding: "utf8" }))
  }
}
