// An hour of a hard life, made up packet by packet: partners' conversations with packet loss, floods of half-open flows.
//
// A PacketSource whose packets are the frames of two recorded conversations with other addresses, ports and times, so that half a
// million distinct flows cost a copy each and no memory. Deterministic: a seed decides what is lost. Packet time runs evenly.

import { START_US, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { BATCH_PACKETS_MAX, type PacketBatch } from "../capture/packet-batch.ts"
import type { CaptureCounters, PacketSource } from "../capture/packet-source.ts"

export interface StormOptions {
  /** Conversations of three exchanges, each a flow of its own. */
  readonly flows: number
  /** Of them at work at once. */
  readonly concurrent: number
  /** Bursts of SYNs that nobody answers, evenly over the time, and SYNs in each. */
  readonly bursts: number
  readonly burstSyns: number
  /** Packets in a thousand that the mirror loses. */
  readonly lossPermille: number
  /** Packet time that all of it takes, µs. */
  readonly durationUs: number
  readonly seed: number
}

const SLOT_BYTES = 2048
/** Offsets in a frame of Ethernet, IPv4 without options, TCP. */
const SOURCE = 26
const DESTINATION = 30
const PORTS = 34

export class StormSource implements PacketSource {
  readonly counters: CaptureCounters = {
    packets: 0,
    bytes: 0,
    kernelDrops: 0,
    snapped: 0,
    problems: 0,
    interfaces: ["storm"],
  }
  readonly problems = []
  readonly progress = { consumed: 0, total: null }
  /** Packets that the storm swallowed. */
  lost = 0
  readonly #options: StormOptions
  readonly #frames: readonly Uint8Array[]
  readonly #syn: Uint8Array
  readonly #bytes = new Uint8Array(BATCH_PACKETS_MAX * SLOT_BYTES)
  /** Flow in each place at work, and its next frame. */
  readonly #flow: Int32Array
  readonly #step: Uint8Array
  #begun = 0
  #working: number
  #place = 0
  #syns = 0
  #sent = 0
  readonly #total: number
  /** Packets of conversations, sent and lost. */
  readonly #conversation: number
  readonly #synEvery: number
  #random: number

  constructor(options: StormOptions) {
    this.#options = options
    const talk = new TcpConversation().open()
    for (let i = 0; i < 3; i++)
      talk
        .toServer(
          `GET /v1/orders/${1000 + i} HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer partner-key-1\r\n\r\n`,
        )
        .toClient(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{"id":${1000 + i},"state":"x"}\n`,
        )
    this.#frames = talk.finish().frames.map((frame) => frame.bytes)
    this.#syn = this.#frames[0]!
    this.#working = Math.min(options.concurrent, options.flows)
    this.#flow = new Int32Array(this.#working)
    this.#step = new Uint8Array(this.#working)
    for (let i = 0; i < this.#working; i++) this.#flow[i] = this.#begun++
    this.#conversation = options.flows * this.#frames.length
    this.#total = this.#conversation + options.bursts * options.burstSyns
    this.#synEvery = options.bursts === 0 ? 0 : Math.floor(this.#conversation / options.bursts)
    this.#random = options.seed >>> 0 || 1
  }

  next(batch: PacketBatch): boolean {
    batch.count = 0
    batch.bytes = this.#bytes
    while (batch.count < BATCH_PACKETS_MAX && this.#sent < this.#total) this.#emit(batch)
    if (batch.count === 0) return false
    batch.reachedUs = batch.timeUs[batch.count - 1]!
    this.counters.packets += batch.count
    return true
  }

  /** Packets that the storm is made of, those that it swallows included. */
  get packets(): number {
    return this.#total
  }

  close(): void {}

  #emit(batch: PacketBatch): void {
    const { bursts, burstSyns } = this.#options
    const conversed = this.#sent - this.#syns
    const due = this.#synEvery === 0 ? 0 : Math.min(bursts, Math.floor(conversed / this.#synEvery)) * burstSyns
    if (this.#syns < due || this.#working === 0) {
      this.#put(batch, this.#syn, 0x0b000000 + (this.#syns >>> 14), 1024 + (this.#syns & 0x3fff))
      this.#syns++
      this.#sent++
      return
    }
    const place = this.#place
    this.#place = place + 1 >= this.#working ? 0 : place + 1
    const flow = this.#flow[place]!
    const frame = this.#frames[this.#step[place]!]!
    this.#sent++
    if (this.#draw() < this.#options.lossPermille) this.lost++
    else this.#put(batch, frame, 0x0a000000 + (flow >>> 14), 1024 + (flow & 0x3fff))
    if (++this.#step[place]! < this.#frames.length) return
    this.#step[place] = 0
    if (this.#begun < this.#options.flows) this.#flow[place] = this.#begun++
    else {
      this.#working--
      this.#flow[place] = this.#flow[this.#working]!
      this.#step[place] = this.#step[this.#working]!
    }
  }

  /** A frame of the recorded conversation, between `client`:`port` and the same server. */
  #put(batch: PacketBatch, frame: Uint8Array, client: number, port: number): void {
    const i = batch.count++
    const at = i * SLOT_BYTES
    const bytes = this.#bytes
    bytes.set(frame, at)
    const isToServer = frame[PORTS + 2]! === 0 && frame[PORTS + 3] === 80
    const address = at + (isToServer ? SOURCE : DESTINATION)
    bytes[address] = client >>> 24
    bytes[address + 1] = client >>> 16
    bytes[address + 2] = client >>> 8
    bytes[address + 3] = client
    const portAt = at + PORTS + (isToServer ? 0 : 2)
    bytes[portAt] = port >>> 8
    bytes[portAt + 1] = port
    batch.start[i] = at
    batch.captured[i] = frame.length
    batch.wire[i] = frame.length
    // A burst takes no time at all.
    batch.timeUs[i] = START_US + Math.floor(((this.#sent - this.#syns) * this.#options.durationUs) / this.#conversation)
    batch.link[i] = 1
    batch.vlan[i] = -1
    batch.port[i] = 0
    this.counters.bytes += frame.length
  }

  /** 0 to 999. */
  #draw(): number {
    let x = this.#random
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#random = x
    return (x >>> 0) % 1000
  }
}
