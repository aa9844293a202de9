// What is fuzzed, and the rules that must hold. A new stage is one entry of STAGES: it gets a source that it pulls to its end,
// and calls `hold` for its rules, at least before each batch.
import { settle } from "../../shared/config/options.ts"
import { balances } from "../../shared/event/ledger.ts"
import { flattenCounters } from "../../shared/telemetry/counters.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { PIPELINE_OPTIONS, type PipelineValues } from "../config.ts"
import { DecoderCounters } from "../decode/counters.ts"
import { Decoder } from "../decode/decoder.ts"
import { Packet, Verdict } from "../decode/packet.ts"
import { diagnose } from "../doctor/diagnosis.ts"
import { Examination } from "../doctor/examination.ts"
import type { Measured } from "../doctor/finding.ts"
import { localKey } from "../key-file.ts"
import { ledgerCounters } from "../ledger.ts"
import { Pipeline } from "../pipeline.ts"
import { Batcher } from "../publish/batcher.ts"
import { PublisherCounters } from "../publish/link.ts"
import { NullLink } from "../publish/null-link.ts"
import { TcpCounters } from "../tcp/counters.ts"
import { TCP_DEFAULTS } from "../tcp/options.ts"
import { Tcp } from "../tcp/tcp.ts"
import { hold } from "./failure.ts"
import type { FuzzSource } from "./fuzz-source.ts"
import { StrictReceivers } from "./strict-receiver.ts"

export interface Stage {
  readonly name: string
  readonly sentence: string
  /** Pulls `source` to its end. `isTight`: with limits so small that they are reached. Throws when a rule is broken. */
  run(source: FuzzSource, isTight: boolean): Promise<void>
}

/** Limits in rounds that shall reach them: smaller than any that an operator may set. */
const TIGHT: Partial<PipelineValues> = {
  "flow.max": 8,
  "tcp.memcap": 72 * 1024,
  "tcp.depth": 48 * 1024,
  "tcp.reorder-horizon": 50_000,
  "http.head-max": 1024,
  "tls.memcap": 8 * 1024,
  "body.prefix": 1024,
}

function valuesOf(isTight: boolean): PipelineValues {
  const { values } = settle(PIPELINE_OPTIONS, {})
  return isTight ? { ...values, ...TIGHT } : { ...values, "flow.max": 1024, "tcp.memcap": 4 * 2 ** 20 }
}

/** The equations that concern the counters given, at once or, with `isEnded`, at the end. */
function holdBalances(counters: Readonly<Record<string, number>>, stages: readonly string[]): void {
  for (const { stage, sentence, offered, accounted } of balances(counters))
    if (stages.includes(stage))
      hold(offered === accounted, () => `${sentence}: ${offered} went in, ${accounted} came out`)
}

function holdTcp(tcp: TcpCounters, memcapBytes: number, flowsMax: number): void {
  hold(
    tcp.heldBytes >= 0 && tcp.heldBytesMax <= memcapBytes,
    () => `${tcp.heldBytesMax} bytes held, memcap ${memcapBytes}`,
  )
  hold(tcp.active >= 0 && tcp.activeMax <= flowsMax, () => `${tcp.activeMax} sessions open, limit ${flowsMax}`)
  const closed = Object.values(tcp.closed).reduce((sum, one) => sum + one, 0)
  hold(tcp.sessions === tcp.active + closed, () => `${tcp.sessions} sessions, ${tcp.active} open and ${closed} closed`)
}

/** Fields of a segment that decode found: within the packet, and not more captured than on the wire. */
function holdSegment(packet: Packet, batch: PacketBatch, i: number): void {
  const { payloadStart, payloadEnd, payloadWire, bytes } = packet
  hold(payloadStart <= payloadEnd, () => `payload from ${payloadStart} to ${payloadEnd}`)
  hold(payloadEnd - payloadStart <= payloadWire, () => `${payloadEnd - payloadStart} bytes captured of ${payloadWire}`)
  if (bytes !== batch.bytes) return
  const start = batch.start[i]!
  const end = start + batch.captured[i]!
  hold(
    payloadStart >= start && payloadEnd <= end,
    () => `payload ${payloadStart} to ${payloadEnd}, packet ${start} to ${end}`,
  )
}

const decode: Stage = {
  name: "decode",
  sentence: "Decode alone: one verdict a packet, payload within the packet.",
  async run(source) {
    const counters = new DecoderCounters()
    const decoder = new Decoder(counters, { isVlanInZone: true })
    const batch = new PacketBatch()
    const packet = new Packet()
    const known = new Set<number>(Object.values(Verdict))
    while (source.next(batch)) {
      for (let i = 0; i < batch.count; i++) {
        decoder.decode(batch, i, packet)
        hold(known.has(packet.verdict), () => `verdict ${packet.verdict}`)
        if (packet.verdict === Verdict.tcp) holdSegment(packet, batch, i)
      }
      holdBalances(flattenCounters({ capture: source.counters, decoder: counters }), ["decoder"])
    }
  },
}

const tcp: Stage = {
  name: "tcp",
  sentence: "Decode and TCP: the contract of its receiver, limits, every byte in one counter.",
  async run(source, isTight) {
    const values = valuesOf(isTight)
    const decoder = new Decoder(new DecoderCounters())
    const receivers = new StrictReceivers()
    const counters = new TcpCounters()
    const stage = new Tcp(receivers, counters, {
      ...TCP_DEFAULTS,
      flowsMax: values["flow.max"],
      depthBytes: values["tcp.depth"],
      memcapBytes: values["tcp.memcap"],
      reorderHorizonUs: values["tcp.reorder-horizon"],
      idleTimeoutUs: values["tcp.idle-timeout"],
    })
    const batch = new PacketBatch()
    const packet = new Packet()
    while (source.next(batch)) {
      for (let i = 0; i < batch.count; i++) {
        decoder.decode(batch, i, packet)
        if (packet.verdict === Verdict.tcp) stage.onSegment(packet, packet.bytes)
      }
      stage.advance(batch.reachedUs)
      holdTcp(counters, values["tcp.memcap"], values["flow.max"])
      holdBalances(flattenCounters({ tcp: counters }), ["tcp"])
    }
    stage.flush(batch.reachedUs)
    holdTcp(counters, values["tcp.memcap"], values["flow.max"])
    holdBalances(flattenCounters({ tcp: counters }), ["tcp"])
    hold(counters.heldBytes === 0 && counters.active === 0, () => `${counters.heldBytes} bytes held after the end`)
    const { opened, closed, dataBytes, gapBytes } = receivers
    hold(opened === closed, () => `${opened} receivers opened, ${closed} closed`)
    hold(
      dataBytes === counters.deliveredBytes,
      () => `${dataBytes} bytes delivered, ${counters.deliveredBytes} counted`,
    )
    hold(gapBytes === counters.gapBytes, () => `${gapBytes} bytes in gaps, ${counters.gapBytes} counted`)
  },
}

const pipeline: Stage = {
  name: "pipeline",
  sentence: "The whole sensor, its batches discarded: limits, one verdict a packet, the whole ledger.",
  async run(source, isTight) {
    const values = valuesOf(isTight)
    const key = localKey()
    const published = new PublisherCounters()
    const publisher = new Batcher(new NullLink(published), published, {
      tenant: "fuzz",
      sensor: "fuzz",
      boot: "fuzz",
      keyEpoch: key.epoch,
      ledger: () => ledgerCounters(sensor.counters),
    })
    const sensor = new Pipeline(source, publisher, key, values, false)
    source.onBatch = () => {
      const { counters } = sensor
      holdTcp(counters.tcp, values["tcp.memcap"], values["flow.max"])
      holdBalances(ledgerCounters(counters), ["decoder", "tcp"])
    }
    await sensor.run()
    const { counters } = sensor
    holdTcp(counters.tcp, values["tcp.memcap"], values["flow.max"])
    hold(
      counters.tcp.heldBytes === 0 && counters.tcp.active === 0,
      () => `${counters.tcp.heldBytes} bytes held after the end`,
    )
    for (const { stage, sentence, offered, accounted } of balances(ledgerCounters(counters)))
      hold(offered === accounted, () => `${stage}: ${sentence}: ${offered} went in, ${accounted} came out`)
  },
}

/** Every number of a report: finite, not negative where it counts or is a share, shares at most 1. */
function holdMeasured(check: string, value: Measured, name: string): void {
  if (typeof value === "number") {
    hold(Number.isFinite(value) && value >= 0, () => `${check}: ${name} is ${value}`)
    hold(!/Share/.test(name) || value <= 1, () => `${check}: ${name} is ${value}`)
  } else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) holdMeasured(check, inner, key)
}

const doctor: Stage = {
  name: "doctor",
  sentence: "The doctor: each check answers, with numbers that can be.",
  async run(source, isTight) {
    const examination = new Examination(source, [], isTight ? 8 : undefined)
    const batch = new PacketBatch()
    while (source.next(batch)) examination.look(batch, null)
    hold(examination.packets === source.counters.packets, () => `${examination.packets} packets looked at`)
    const { checks } = diagnose(examination.finish(null, []))
    for (const { check, measured, sentence } of checks) {
      holdMeasured(check, measured, check)
      hold(!/NaN|undefined|Infinity|null/.test(sentence), () => `${check} says: ${sentence}`)
    }
  },
}

export const STAGES: readonly Stage[] = [decode, tcp, pipeline, doctor]
