// Test support: two sensors of the freight company, and what they saw and missed minute by minute. tap-north runs with two
// workers on two interfaces and loses a little; tap-south fell silent, and cannot count what it loses.
import type { SensorMinute, SensorRecord, WorkerRecord } from "../store/records.ts"

const HOUR = 3_600_000_000
const MINUTE = 60_000_000
const PACKETS = 9
const NORTH_SHARE = 0.7
const GAP_BYTES = 48_213
const DROPS = 1204

const countsOf = (events: number, gapBytes: number, drops: number) => ({
  packets: events * PACKETS + 1310,
  kernelDrops: drops,
  duplicates: events,
  payloadBytes: events * 2600 + 4800,
  gapBytes,
  exchanges: events,
  incomplete: 61,
  resyncs: 12,
  evictions: 0,
})

function worker(change: Partial<WorkerRecord>): WorkerRecord {
  return {
    worker: 0,
    boot: "b1f0a2-w0",
    restart: 0,
    sequence: 2060,
    watermarkUs: 0,
    heardUs: 0,
    finished: false,
    silent: false,
    counts: countsOf(0, 0, 0),
    levels: { unknownLoss: 0, overloadStep: 0 },
    ...change,
  }
}

function ledgerOf(events: number, gapBytes: number, drops: number): Record<string, number> {
  return {
    "capture.packets": events * PACKETS + 1310,
    ...(drops > 0 ? { "capture.kernel_drops": drops } : {}),
    "decoder.tcp": events * PACKETS,
    "decoder.ignored.not_ip": 310,
    "decoder.ignored.not_tcp.udp": 1000,
    "tcp.packets": events * PACKETS,
    "tcp.sessions": Math.floor(events / 12),
    "tcp.payload_bytes": events * 2600 + 4800,
    "tcp.delivered_bytes": events * 2600,
    "tcp.retransmitted_bytes": 4800,
    ...(gapBytes > 0 ? { "tcp.gap_bytes": gapBytes, "tcp.reassembly_gap": Math.ceil(gapBytes / 2900) } : {}),
    "http.request_bytes": events * 600,
    "http.response_bytes": events * 1900,
    "http.not_http_bytes.tls": events * 100,
    "http.exchanges": events,
    "http.complete": events,
    "published.exchanges": events,
    "published.acknowledged": events,
  }
}

/** What a live sensor with two interfaces, two zones and an overload adds to the ledger. */
function liveCounters(events: number): Record<string, number> {
  const packets = events * PACKETS + 1310
  const first = Math.floor(packets * 0.8)
  return {
    "capture.ports.eth1.packets": first,
    "capture.ports.eth1.bytes": first * 700,
    "capture.ports.eth1.kernel_drops": DROPS,
    "capture.ports.eth1.freezes": 3,
    "capture.ports.eth2.packets": packets - first,
    "capture.ports.eth2.bytes": (packets - first) * 420,
    "capture.ports.eth2.link_downs": 1,
    "capture.ports.eth2.reopened": 1,
    "zones.vlan_40.packets": first,
    "zones.vlan_40.payload_bytes": events * 2000,
    "zones.vlan_40.gap_bytes": GAP_BYTES,
    "zones.vlan_40.gaps": 17,
    "zones.vni_5001.packets": packets - first,
    "zones.vni_5001.payload_bytes": events * 600,
    "duplicates.packets": events,
    "tcp.packets": events * (PACKETS - 1),
    "overload.raised": 2,
    "overload.lowered": 2,
    "overload.step_max": 1,
  }
}

export function makeSensors(exchanges: number, startUs: number, endUs: number): SensorRecord[] {
  const shared = {
    tenant: "meridian",
    keyEpoch: 1,
    firstBatchUs: startUs,
    finished: false,
    runs: 1,
    missingBatches: 0,
    rules: { "jwt bearer-jwt": 59_420, "basic basic": 10_011, "api-key api-key": 8_120, "anonymous none": 24_936 },
    copies: 0,
  }
  const north = Math.floor(exchanges * NORTH_SHARE)
  const half = Math.floor(north / 2)
  const heardUs = endUs + 400_000
  const southUs = endUs - 4 * 60 * MINUTE
  return [
    {
      ...shared,
      sensor: "tap-north",
      boot: "b1f0a2-w0",
      run: "b1f0a2",
      sequence: 2060,
      watermarkUs: endUs,
      exchanges: north,
      batches: 4120,
      ledger: { ...ledgerOf(north, GAP_BYTES, DROPS), ...liveCounters(north) },
      flags: { gap: 61, midstream: 214 },
      workers: [
        worker({ watermarkUs: endUs, heardUs, counts: countsOf(half, 31_008, 1204) }),
        worker({
          worker: 1,
          boot: "b1f0a2-w1r1",
          restart: 1,
          watermarkUs: endUs - 200_000,
          heardUs,
          counts: countsOf(north - half, 17_205, 0),
        }),
      ],
      lastHeardUs: heardUs,
      silent: false,
      copies: 1204,
    },
    {
      ...shared,
      sensor: "tap-south",
      boot: "77c0de",
      run: "77c0de",
      sequence: 1544,
      watermarkUs: southUs,
      exchanges: exchanges - north,
      batches: 1544,
      ledger: {
        ...ledgerOf(exchanges - north, 0, 0),
        "capture.unknown_loss": 1,
        "capture.ports.br0.packets": (exchanges - north) * PACKETS + 1310,
        "capture.ports.br0.bytes": (exchanges - north) * 5000,
      },
      flags: {},
      workers: [
        worker({
          boot: "77c0de",
          sequence: 1544,
          watermarkUs: southUs,
          heardUs: southUs,
          silent: true,
          counts: countsOf(exchanges - north, 0, 0),
          levels: { unknownLoss: 1, overloadStep: 0 },
        }),
      ],
      lastHeardUs: southUs,
      silent: true,
      missingBatches: 2,
    },
  ]
}

/** Busy by day; tap-north drops packets in two bursts, and its mirror loses bytes now and then. */
export function makeMinutes(random: () => number, exchanges: number, startUs: number, endUs: number): SensorMinute[] {
  const minutes: SensorMinute[] = []
  const perMinute = exchanges / ((endUs - startUs) / MINUTE)
  // Each minute of the last hours, then each fifth: enough for hours and days, at a fifth of the rows.
  for (let windowUs = startUs, step = 5 * MINUTE; windowUs < endUs; windowUs += step) {
    step = windowUs < endUs - 12 * HOUR ? 5 * MINUTE : MINUTE
    const ofDay = ((windowUs / HOUR) % 24) + random()
    const load = 0.2 + Math.max(0, Math.sin(((ofDay - 6) / 14) * Math.PI)) * 1.6
    const events = Math.round(perMinute * (step / MINUTE) * load)
    const hour = Math.floor((windowUs - startUs) / HOUR)
    const drops = hour === 130 || hour === 131 ? Math.round(random() * 120) : 0
    const gap = random() < 0.08 ? Math.round(random() * 9000) : 0
    const north = countsOf(Math.round(events * NORTH_SHARE), gap, drops)
    minutes.push({
      sensor: "tap-north",
      windowUs,
      ...north,
      incomplete: gap > 0 ? 2 : 0,
      resyncs: gap > 4000 ? 1 : 0,
      unknownLoss: 0,
      overloadStep: drops > 60 ? 1 : 0,
    })
    if (windowUs > endUs - 4 * HOUR) continue
    const south = countsOf(Math.round(events * (1 - NORTH_SHARE)), 0, 0)
    minutes.push({
      sensor: "tap-south",
      windowUs,
      ...south,
      incomplete: 0,
      resyncs: 0,
      unknownLoss: 1,
      overloadStep: 0,
    })
  }
  return minutes
}
