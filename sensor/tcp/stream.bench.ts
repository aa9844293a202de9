// Nanoseconds that TCP takes for a segment in order, a pure ACK and a short session, without the receiver: run it with
// the pinned Node. `--smoke` runs a hundredth, so that tests can keep it alive.
import { Packet, TcpFlag, Verdict } from "../decode/packet.ts"
import { TcpCounters } from "./counters.ts"
import { TCP_DEFAULTS } from "./options.ts"
import type { SessionReceiver, SessionReceiverFactory } from "./session-receiver.ts"
import { Tcp } from "./tcp.ts"

const SCALE = process.argv.includes("--smoke") ? 0.01 : 1

class Sink implements SessionReceiver {
  bytes = 0
  onData(_side: number, _bytes: Uint8Array, start: number, end: number): void {
    this.bytes += end - start
  }
  onGap(): void {}
  onAnomaly(): void {}
  onEnd(): void {}
  onClose(): void {}
}

const sink = new Sink()
const factory: SessionReceiverFactory = { open: () => sink }
const bytes = new Uint8Array(4096)

function newPacket(): Packet {
  const packet = new Packet()
  packet.verdict = Verdict.tcp
  packet.window = 1000
  packet.timeUs = 1_795_428_000_000_000
  return packet
}

function address(packet: Packet, flow: number, fromClient: boolean): void {
  const client = 0x0a000000 + (flow >>> 8)
  const port = 20_000 + (flow & 0xff)
  packet.src3 = fromClient ? client : 0x0b000001
  packet.dst3 = fromClient ? 0x0b000001 : client
  packet.srcPort = fromClient ? port : 80
  packet.dstPort = fromClient ? 80 : port
}

function send(tcp: Tcp, packet: Packet, flags: number, seq: number, ack: number, length: number): void {
  packet.flags = flags
  packet.seq = seq
  packet.ack = ack
  packet.payloadEnd = length
  packet.payloadWire = length
  tcp.onSegment(packet, bytes)
}

/** Requests and responses over `flows` long connections: ns a segment. `acks`: pure ACKs in place of data. */
function measureSegments(flows: number, segments: number, acks: boolean): number {
  const tcp = new Tcp(factory, new TcpCounters(), TCP_DEFAULTS)
  const packet = newPacket()
  const seqs = [new Int32Array(flows), new Int32Array(flows)] as const
  const length = 300
  for (let flow = 0; flow < flows; flow++) {
    address(packet, flow, true)
    send(tcp, packet, TcpFlag.ack, 0, 0, length)
    seqs[0][flow] = length
  }
  const started = process.hrtime.bigint()
  for (let i = 0; i < segments; i++) {
    // A stride that visits the flows in no order a cache likes.
    const flow = (Math.imul(i >>> 1, 40_503) >>> 0) % flows
    const fromClient = (i & 1) === 0
    const mine = fromClient ? seqs[0] : seqs[1]
    const theirs = fromClient ? seqs[1] : seqs[0]
    address(packet, flow, fromClient)
    packet.timeUs += 2
    send(tcp, packet, TcpFlag.ack, mine[flow]!, theirs[flow]!, acks ? 0 : length)
    if (!acks) mine[flow] = (mine[flow]! + length) | 0
  }
  const ns = Number(process.hrtime.bigint() - started) / segments
  tcp.flush(packet.timeUs)
  return ns
}

/** Handshake, request, response, both FINs: ns a session of 8 segments. */
function measureSessions(sessions: number): number {
  const tcp = new Tcp(factory, new TcpCounters(), TCP_DEFAULTS)
  const packet = newPacket()
  const { ack, syn, fin } = TcpFlag
  const started = process.hrtime.bigint()
  for (let i = 0; i < sessions; i++) {
    address(packet, i, true)
    packet.timeUs += 100
    send(tcp, packet, syn, 0, 0, 0)
    address(packet, i, false)
    send(tcp, packet, syn | ack, 0, 1, 0)
    address(packet, i, true)
    send(tcp, packet, ack, 1, 1, 0)
    send(tcp, packet, ack, 1, 1, 200)
    address(packet, i, false)
    send(tcp, packet, ack, 1, 201, 400)
    send(tcp, packet, ack | fin, 401, 201, 0)
    address(packet, i, true)
    send(tcp, packet, ack | fin, 201, 402, 0)
    address(packet, i, false)
    send(tcp, packet, ack, 402, 202, 0)
  }
  const ns = Number(process.hrtime.bigint() - started) / sessions
  tcp.flush(packet.timeUs)
  return ns
}

function report(name: string, measure: () => number): void {
  const rounds = [measure(), measure(), measure()]
  console.log(
    `${name.padEnd(44)} ${Math.min(...rounds)
      .toFixed(0)
      .padStart(6)} ns`,
  )
}

for (const flows of [10, 1000, 50_000]) {
  report(`segment in order, ${flows} flows`, () => measureSegments(flows, 3_000_000 * SCALE, false))
  report(`pure ACK, ${flows} flows`, () => measureSegments(flows, 3_000_000 * SCALE, true))
}
report("short session of 8 segments", () => measureSessions(300_000 * SCALE))
const memory = process.memoryUsage()
console.log(`rss ${(memory.rss / 1e6).toFixed(0)} MB, sink ${sink.bytes}`)
