// Mirrors that are wrong, each in a way that the doctor knows: what it says of each, all other answers being good. Then real
// traffic, of which it must say nothing bad, and limits.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { pcapFile, pcapngFile, pcapngNumber, statisticsBlock } from "../../shared/testing/capture-builder.ts"
import { concatBytes, ethernet, type Frame, ipv4, Protocol, udp } from "../../shared/testing/packet-builder.ts"
import { openCapture } from "../capture/capture-files.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { DecoderCounters } from "../decode/counters.ts"
import { Decoder } from "../decode/decoder.ts"
import { Packet, Verdict as PacketVerdict } from "../decode/packet.ts"
import { type Diagnosis, diagnose } from "./diagnosis.ts"
import { Examination } from "./examination.ts"
import {
  broadcastOnly,
  byTime,
  edited,
  fragmented,
  goodTraffic,
  inIpsec,
  inVxlan,
  lossy,
  type MirrorFrame,
  routed,
  sampled,
  tagged,
  tlsRecord,
  twice,
} from "./fake-mirrors.ts"
import type { Finding, Verdict } from "./finding.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-doctor-"))
after(() => rmSync(folder, { recursive: true }))

async function examineFile(path: string, flowsMax?: number): Promise<Diagnosis> {
  const source = openCapture([path])
  const examination = new Examination(source, [], flowsMax)
  const batch = new PacketBatch()
  while (await source.next(batch)) examination.look(batch, null)
  source.close()
  assert.deepEqual(source.problems, [])
  return diagnose(examination.finish(null, []))
}

async function examine(capture: Uint8Array, flowsMax?: number): Promise<Diagnosis> {
  const path = join(folder, "mirror.pcap")
  writeFileSync(path, capture)
  return examineFile(path, flowsMax)
}

const finding = (diagnosis: Diagnosis, check: string): Finding => {
  const found = diagnosis.checks.find((one) => one.check === check)
  assert.ok(found !== undefined, `there is no check "${check}"`)
  return found
}

/** Every verdict that is not good, by check. A capture never knows its drops. */
const notGood = (diagnosis: Diagnosis): Record<string, Verdict> =>
  Object.fromEntries(
    diagnosis.checks
      .filter(({ check, verdict }) => verdict !== "good" && !(check === "drops" && verdict === "unknown"))
      .map(({ check, verdict }) => [check, verdict]),
  )

interface WrongMirror {
  readonly name: string
  readonly frames: () => readonly Frame[]
  readonly verdicts: Readonly<Record<string, Verdict>>
  /** Of the check named, what the sentence and the advice must say. */
  readonly says?: readonly [check: string, sentence: RegExp, advice?: RegExp]
}

const good = goodTraffic()
const NOTHING_TO_JUDGE: Readonly<Record<string, Verdict>> = {
  directions: "unknown",
  content: "unknown",
  loss: "unknown",
  sampling: "unknown",
  duplicates: "unknown",
  reordering: "unknown",
  midstream: "unknown",
  checksums: "unknown",
}
const ONLY_TIME: Readonly<Record<string, Verdict>> = {
  truncation: "unknown",
  superFrames: "unknown",
  tunnels: "unknown",
  vlans: "unknown",
  fragments: "unknown",
  clock: "unknown",
  ip: "unknown",
}

/** Moves what is sent in one direction by `us`. */
const delayed = (frames: readonly MirrorFrame[], us: number, isLate: (frame: MirrorFrame, i: number) => boolean) =>
  byTime(frames.map((frame, i) => (isLate(frame, i) ? { ...frame, timeUs: frame.timeUs + us } : frame)))

const withChecksum = (frame: MirrorFrame, value: number): MirrorFrame =>
  edited(frame, (bytes) => {
    bytes[50] = value >>> 8
    bytes[51] = value
    return bytes
  })

/** The sum of the pseudo header, not complemented: what a host leaves to its card. */
function pseudoChecksum({ bytes }: Frame): number {
  let sum = 6 + bytes.length - 34
  for (let at = 26; at < 34; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!
  return (sum & 0xffff) + (sum >>> 16)
}

/** Whether decode finds the TCP in a frame: what the doctor must say of tunnels follows from that. */
function canOpen(frame: Frame): boolean {
  const batch = new PacketBatch()
  batch.bytes = frame.bytes
  batch.captured[0] = frame.bytes.length
  batch.wire[0] = frame.bytes.length
  batch.link[0] = 1
  const packet = new Packet()
  new Decoder(new DecoderCounters()).decode(batch, 0, packet)
  return packet.verdict === PacketVerdict.tcp
}

const isData = (frame: MirrorFrame): boolean => frame.bytes.length > 1000

const MIRRORS: readonly WrongMirror[] = [
  { name: "a good one", frames: () => good, verdicts: {} },
  { name: "a good one of IPv6", frames: () => goodTraffic({ isIpv6: true }), verdicts: {}, says: ["ip", /^100 %/] },
  {
    name: "nothing at all",
    frames: () => [],
    verdicts: { traffic: "bad", ...NOTHING_TO_JUDGE, ...ONLY_TIME },
    says: ["traffic", /no packet/, /Capture again/],
  },
  {
    name: "broadcast and multicast only",
    frames: () => broadcastOnly(30),
    verdicts: { traffic: "bad", ...NOTHING_TO_JUDGE },
    says: ["traffic", /Only broadcast and multicast/, /Activate the mirror session/],
  },
  {
    name: "UDP only",
    frames: () =>
      good.slice(0, 50).map(({ timeUs }) => ({
        timeUs,
        bytes: ethernet(ipv4(udp(5353, 53, "question"), { protocol: Protocol.udp })),
      })),
    verdicts: { traffic: "bad", ...NOTHING_TO_JUDGE },
    says: ["traffic", /No TCP/],
  },
  {
    name: "from client to server only",
    frames: () => good.filter((frame) => frame.fromClient),
    verdicts: { directions: "bad" },
    says: ["directions", /only from client to server/, /Mirror both directions/],
  },
  {
    name: "from server to client only",
    frames: () => good.filter((frame) => !frame.fromClient),
    verdicts: { directions: "bad" },
    says: ["directions", /only from server to client/, /Mirror both directions/],
  },
  {
    name: "one path of two, by flow",
    frames: () => good.filter((frame) => frame.flow % 3 === 0 || frame.fromClient === (frame.flow % 3 === 1)),
    verdicts: { directions: "bad" },
    says: ["directions", /20 lack the server's side, 20 the client's/, /asymmetric/],
  },
  {
    name: "a few flows one-sided",
    frames: () => good.filter((frame) => frame.fromClient || frame.flow % 30 !== 0),
    verdicts: { directions: "warning" },
  },
  {
    name: "each packet twice, the same on the wire",
    frames: () => twice(good, 40, (frame) => frame),
    verdicts: { duplicates: "bad" },
    says: ["duplicates", /same on the wire, 40 µs apart/, /Mirror each packet once/],
  },
  {
    name: "each packet twice, VLAN in and out",
    frames: () =>
      twice(
        good.map((frame) => tagged(frame, 10)),
        25,
        (frame) => edited(frame, (bytes) => bytes.fill(20, 15, 16)),
      ),
    verdicts: { duplicates: "bad" },
    says: ["duplicates", /in another VLAN/, /VLAN on one side/],
  },
  {
    name: "each packet twice, before and after a router",
    frames: () => twice(good, 60, routed),
    verdicts: { duplicates: "bad" },
    says: ["duplicates", /before and after a router/, /one side of the router/],
  },
  {
    name: "one packet of six twice",
    frames: () =>
      byTime(good.flatMap((frame, i) => (i % 6 === 0 ? [frame, { ...frame, timeUs: frame.timeUs + 5 }] : [frame]))),
    verdicts: { duplicates: "warning" },
  },
  {
    name: "IPv6, each packet twice",
    frames: () => twice(goodTraffic({ isIpv6: true }), 30, (frame) => frame),
    verdicts: { duplicates: "bad" },
  },
  {
    name: "cut to 96 bytes",
    frames: () => good.map((frame) => ({ ...frame, wire: frame.bytes.length, bytes: frame.bytes.subarray(0, 96) })),
    verdicts: { truncation: "bad" },
    says: ["truncation", /cut, to 96 bytes/, /Capture whole frames/],
  },
  {
    name: "sliced by a broker to 128 bytes",
    frames: () => good.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, 128) })),
    verdicts: { truncation: "bad", loss: "bad", sampling: "unknown", checksums: "bad" },
    says: ["truncation", /shorter than their IP header says/, /slicing off on the broker/],
  },
  {
    name: "inside VXLAN",
    frames: () => good.map((frame) => inVxlan(frame, 100)),
    verdicts: canOpen(inVxlan(good[0]!, 100)) ? {} : { traffic: "bad", tunnels: "bad", ...NOTHING_TO_JUDGE },
    says: ["tunnels", /^100 % .*vxlan/],
  },
  {
    name: "inside L2TP, which nobody opens",
    frames: () => good.map((frame) => edited(frame, (bytes) => ethernet(ipv4(bytes, { protocol: 115 })))),
    verdicts: { traffic: "bad", tunnels: "bad", ...NOTHING_TO_JUDGE },
    says: ["tunnels", /no TCP was found \(l2tp/, /behind the tunnel's end/],
  },
  {
    name: "inside IPsec",
    frames: () => good.map(inIpsec),
    verdicts: { traffic: "bad", tunnels: "bad", ...NOTHING_TO_JUDGE },
    says: ["tunnels", /^100 % .*ipsec/, /where the tunnel has ended/],
  },
  {
    name: "one segment of twenty lost before the sensor",
    frames: () => lossy(good, 20),
    verdicts: { loss: "bad" },
    says: ["loss", /never came here/, /mirror loses it/],
  },
  {
    name: "one segment of two thousand lost",
    frames: () => {
      const frames = goodTraffic({ connections: 120, exchanges: 8 })
      return frames.filter((frame, i) => i !== frames.findIndex((one, j) => j > 2000 && isData(one)) || !isData(frame))
    },
    verdicts: { loss: "warning" },
  },
  {
    name: "one packet in eight",
    frames: () => sampled(goodTraffic({ bodyBytes: 60_000 }), 8),
    verdicts: { sampling: "bad", loss: "bad", directions: "unknown", midstream: "unknown" },
    says: ["sampling", /one packet in [789] /, /sampling off/],
  },
  {
    name: "one packet in thirty of short connections",
    frames: () => sampled(goodTraffic({ connections: 900, exchanges: 1, bodyBytes: 500 }), 30),
    verdicts: { sampling: "bad", loss: "bad", directions: "unknown", midstream: "unknown" },
    says: ["sampling", /single packet/],
  },
  {
    name: "left to the network card: checksums of the host that sends",
    frames: () => good.map((frame) => (frame.fromClient ? frame : withChecksum(frame, pseudoChecksum(frame)))),
    verdicts: {},
    says: ["checksums", /left to a network card/],
  },
  {
    name: "damaged frames",
    frames: () => good.map((frame, i) => (i % 50 === 0 ? withChecksum(frame, 0x1234) : frame)),
    verdicts: { checksums: "bad" },
    says: ["checksums", /wrong checksums/, /bad cable/],
  },
  {
    name: "super-frames",
    frames: () => goodTraffic({ segmentBytes: 12_000, bodyBytes: 50_000 }),
    verdicts: {},
    says: ["superFrames", /put together after the wire/],
  },
  {
    name: "super-frames, doubled",
    frames: () => twice(goodTraffic({ segmentBytes: 12_000, bodyBytes: 50_000 }), 30, (frame) => frame),
    verdicts: { superFrames: "warning", duplicates: "bad" },
    says: ["superFrames", /after the wire/, /ethtool -K/],
  },
  {
    name: "large packets in fragments",
    frames: () => good.flatMap((frame) => fragmented(frame, 1024)),
    verdicts: { fragments: "bad" },
    says: ["fragments", /of TCP/, /MTU/],
  },
  {
    name: "segments that overtake each other",
    frames: () => delayed(good, 900, (frame, i) => isData(frame) && i % 10 === 0),
    verdicts: { reordering: "warning" },
    says: ["reordering", /come late/],
  },
  {
    name: "one direction 80 ms late: acknowledgments before their data",
    frames: () => delayed(good, 80_000, (frame) => !frame.fromClient),
    verdicts: { reordering: "warning" },
    says: ["reordering", /after their acknowledgment by 80 ms/, /one port and queue/],
  },
  {
    name: "one direction 400 ms late",
    frames: () => delayed(good, 400_000, (frame) => !frame.fromClient),
    verdicts: { reordering: "bad" },
  },
  {
    name: "TLS only",
    frames: () =>
      goodTraffic({
        port: 443,
        request: (i) => tlsRecord(i === 0 ? 0x16 : 0x17, i === 0 ? 1 : 0x99, 300),
        answer: (i) => tlsRecord(i === 0 ? 0x16 : 0x17, i === 0 ? 2 : 0x99, 6000),
      }),
    verdicts: { content: "bad" },
    says: ["content", /100 % TLS; none of it can be read/, /Mirror behind what ends TLS/],
  },
  {
    name: "neither HTTP nor TLS",
    frames: () =>
      goodTraffic({ port: 5432, request: () => "\u0000\u0000\u0000\u0008query", answer: () => "T\u0000rows" }),
    verdicts: { content: "bad" },
    says: ["content", /No HTTP and no TLS/],
  },
  {
    name: "joined midway, for a minute and a half",
    frames: () => goodTraffic({ isMidstream: true, spreadSeconds: 90 }),
    verdicts: { midstream: "bad" },
    says: ["midstream", /after the warm-up 100 %/, /SYN/],
  },
  {
    name: "the clock set back by five seconds",
    frames: () =>
      good.map((frame, i) => (i < good.length / 2 ? frame : { ...frame, timeUs: frame.timeUs - 5_000_000 })),
    verdicts: { clock: "bad" },
    says: ["clock", /goes back 1 time, by [45]\.\d s/, /order of their time/],
  },
  {
    name: "the clock jumps an hour ahead",
    frames: () =>
      good.map((frame, i) => (i < good.length / 2 ? frame : { ...frame, timeUs: frame.timeUs + 3_600_000_000 })),
    verdicts: { clock: "warning" },
    says: ["clock", /Nothing came for 3600 s/],
  },
  {
    name: "sides in different VLANs",
    frames: () => good.map((frame) => tagged(frame, frame.fromClient ? 10 : 20)),
    verdicts: {},
    says: ["vlans", /the sides of 100 % of the flows/, /out of the flow key/],
  },
]

for (const { name, frames, verdicts, says } of MIRRORS)
  test(`mirror: ${name}`, async () => {
    const diagnosis = await examine(pcapFile(frames()))
    const expected = Object.fromEntries(Object.entries(verdicts).filter(([, verdict]) => verdict !== "good"))
    assert.deepEqual(notGood(diagnosis), expected, JSON.stringify(diagnosis.checks, null, 1))
    if (says === undefined) return
    const [check, sentence, advice] = says
    assert.match(finding(diagnosis, check).sentence, sentence)
    if (advice !== undefined) assert.match(finding(diagnosis, check).advice ?? "", advice)
  })

for (const [name, path] of [
  ["the demo capture", "../../deploy/demo/demo.pcap"],
  ["nginx and curl", "../test/captures/nginx-curl.pcap"],
] as const)
  test(`real traffic: ${name}: nothing is bad, nothing gives a warning`, async () => {
    const diagnosis = await examineFile(join(import.meta.dirname, path))
    assert.deepEqual(
      diagnosis.checks.filter(({ verdict }) => verdict === "bad" || verdict === "warning"),
      [],
    )
    assert.equal(finding(diagnosis, "loss").measured.lostBytes, 0)
    assert.equal(finding(diagnosis, "directions").measured.oneWayShare, 0)
  })

test("a capture that says what its recorder dropped is believed", async () => {
  const statistics = statisticsBlock({ options: [{ code: 5, value: pcapngNumber(8, 300) }] })
  const diagnosis = await examine(concatBytes(pcapngFile(good), statistics))
  const { verdict, measured, sentence } = finding(diagnosis, "drops")
  assert.equal(verdict, "bad")
  assert.equal(measured.kernelDrops, 300)
  assert.match(sentence, /300 by the kernel/)
})

test("more flows than there are records: each is summed up once, and nothing is wrong with the mirror", async () => {
  const frames = goodTraffic({ connections: 300, exchanges: 1 })
  const diagnosis = await examine(pcapFile(frames), 16)
  const { measured } = finding(diagnosis, "directions")
  assert.equal(measured.flows, 300)
  assert.equal(measured.bothWays, 300)
  assert.deepEqual(notGood(diagnosis), {})
})

test("requests are counted by server port, the most first", async () => {
  const frames = byTime([
    ...goodTraffic({ connections: 5 }),
    ...goodTraffic({ connections: 20, port: 8080 }).map((frame) => ({ ...frame, flow: frame.flow + 100 })),
  ])
  const { measured } = finding(await examine(pcapFile(frames)), "content")
  assert.equal(measured.requests, 100)
  assert.deepEqual(
    (measured.http1Ports as readonly { port: number; requests: number }[]).map(({ port, requests }) => [
      port,
      requests,
    ]),
    [
      [8080, 80],
      [80, 20],
    ],
  )
})
