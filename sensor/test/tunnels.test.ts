// A conversation in a tunnel gives the events that it gives without: for the built one of tunnel-scenes.ts and for one that
// real programs had. And what the map of zones joins is one conversation.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import type { Frame } from "../../shared/testing/packet-builder.ts"
import { vxlan } from "../../shared/testing/tunnel-builder.ts"
import { openCapture } from "../capture/capture-files.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { DecoderCounters } from "../decode/counters.ts"
import { Decoder } from "../decode/decoder.ts"
import { overUdp } from "../decode/fake-tunnels.ts"
import { Packet, Verdict } from "../decode/packet.ts"
import { parseZoneMap } from "../decode/zone-map.ts"
import { TcpCounters } from "../tcp/counters.ts"
import { TCP_DEFAULTS } from "../tcp/options.ts"
import type { SessionReceiver } from "../tcp/session-receiver.ts"
import { Tcp } from "../tcp/tcp.ts"
import { runSensor } from "./run-sensor.ts"
import { ENCAPSULATIONS, tunnelTalk, wrapAll } from "./tunnel-scenes.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-tunnels-"))
after(() => rmSync(folder, { recursive: true }))

/** Events without what a zone changes; the zones met beside them. */
async function eventsOf(
  name: string,
  frames: readonly Frame[],
): Promise<{ events: string[]; zones: Set<string | null> }> {
  const path = join(folder, `${name}.pcap`)
  writeFileSync(path, pcapFile(frames))
  const { recorder, pipeline } = await runSensor(path)
  assert.equal(pipeline.counters.decoder.tcp, frames.length)
  const zones = new Set<string | null>()
  const events = recorder.revealed.map((line) => {
    const event = JSON.parse(line) as { zone: string | null; consumer: { scheme: string; id: string | null } }
    zones.add(event.zone)
    // A client known by its address is another one in another zone.
    if (event.zone !== null && event.consumer.scheme === "none") event.consumer.id = null
    return JSON.stringify({ ...event, zone: null })
  })
  return { events, zones }
}

const withoutIds = (events: readonly string[]): string[] =>
  events.map((line) => {
    const event = JSON.parse(line) as { consumer: { scheme: string; id: string | null } }
    if (event.consumer.scheme === "none") event.consumer.id = null
    return JSON.stringify(event)
  })

function recorded(): Frame[] {
  const source = openCapture([join(import.meta.dirname, "captures", "nginx-curl.pcap")])
  const batch = new PacketBatch()
  const frames: Frame[] = []
  while (source.next(batch) === true)
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i]!
      frames.push({ timeUs: batch.timeUs[i]!, bytes: batch.bytes.slice(start, start + batch.captured[i]!) })
    }
  return frames.filter(({ bytes }) => bytes[12] === 0x08 && bytes[13] === 0 && bytes[23] === 6)
}

describe("the events of a conversation are the same in every encapsulation", () => {
  const frames = [false, true].map((isIpv6) => tunnelTalk({ isIpv6 }))
  const plain = frames.map((bare, version) => eventsOf(`plain-${version}`, bare))
  for (const { name, wrap, isIpv6, zone } of ENCAPSULATIONS)
    test(name, async () => {
      const version = isIpv6 ? 1 : 0
      const { events } = await plain[version]!
      const wrapped = await eventsOf(name, wrapAll(frames[version]!, wrap))
      assert.equal(events.length, 2)
      assert.deepEqual(wrapped.zones, new Set([zone ?? null]))
      assert.deepEqual(wrapped.events, zone === undefined ? events : withoutIds(events))
    })
})

test("so are those of real programs", async () => {
  const frames = recorded()
  const plain = await eventsOf("recorded", frames)
  assert.ok(plain.events.length > 10)
  for (const { name, wrap, isIpv6, zone } of ENCAPSULATIONS) {
    if (isIpv6) continue
    const wrapped = await eventsOf(`recorded-${name}`, wrapAll(frames, wrap))
    assert.deepEqual(wrapped.events, zone === undefined ? plain.events : withoutIds(plain.events), name)
  }
})

describe("a mirror that shows each direction under an id of its own", () => {
  const frames = wrapAll(tunnelTalk({}), (frame, way) => overUdp(vxlan(frame, 17 + way), 4789))

  /** Sessions, and the bytes of each side that they brought. */
  function sessionsOf(...rules: string[]): number[][] {
    const { map, mistakes } = parseZoneMap(rules)
    assert.deepEqual(mistakes, [])
    const decoder = new Decoder(new DecoderCounters(), { zoneMap: map })
    const sessions: number[][] = []
    const open = (): SessionReceiver => {
      const bytes = [0, 0]
      sessions.push(bytes)
      return {
        onData: (side, _bytes, start, end) => {
          bytes[side]! += end - start
        },
        onGap() {},
        onAnomaly() {},
        onEnd() {},
        onClose() {},
      }
    }
    const tcp = new Tcp({ open }, new TcpCounters(), TCP_DEFAULTS)
    const batch = new PacketBatch()
    const packet = new Packet()
    for (const { bytes, timeUs } of frames) {
      batch.bytes = bytes
      batch.start[0] = 0
      batch.captured[0] = bytes.length
      batch.wire[0] = bytes.length
      batch.link[0] = 1
      batch.timeUs[0] = timeUs
      decoder.decode(batch, 0, packet)
      assert.equal(packet.verdict, Verdict.tcp)
      tcp.onSegment(packet, packet.bytes)
    }
    tcp.flush(frames.at(-1)!.timeUs)
    return sessions
  }

  test("is two networks", () => {
    assert.deepEqual(sessionsOf(), [
      [104, 0],
      [0, 348],
    ])
  })
  for (const rule of ["vni:17=vni:18", "vni:18=vni:17", "vni:10-20=vni:10", "vni:*=none"])
    test(`is one by ${rule}`, () => assert.deepEqual(sessionsOf(rule), [[104, 348]]))
})
