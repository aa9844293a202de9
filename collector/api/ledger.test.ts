import assert from "node:assert/strict"
import { test } from "node:test"
import { DecoderCounters } from "../../sensor/decode/counters.ts"
import { HttpCounters } from "../../sensor/http/counters.ts"
import { balance } from "../../sensor/ledger.ts"
import { TcpCounters } from "../../sensor/tcp/counters.ts"
import { flattenCounters } from "../../shared/telemetry/counters.ts"
import { balances, groupCounters, losses, sumCounters } from "./ledger.ts"

test("dotted counters become groups in camel case, reasons nested", () => {
  const grouped = groupCounters({ "tcp.gap_bytes": 3, "decoder.ignored.not_ip": 2, "decoder.ignored.udp": 1, odd: 7 })
  assert.deepEqual(JSON.parse(JSON.stringify(grouped)), {
    tcp: { gapBytes: 3 },
    decoder: { ignored: { notIp: 2, udp: 1 } },
    other: { odd: 7 },
  })
})

test("a counter and a group of the same name keep both numbers, in either order", () => {
  const expected = { publish: { dropped: { total: 5, full: 3 } } }
  const first = groupCounters({ "publish.dropped": 5, "publish.dropped.full": 3 })
  const second = groupCounters({ "publish.dropped.full": 3, "publish.dropped": 5 })
  assert.deepEqual(JSON.parse(JSON.stringify(first)), expected)
  assert.deepEqual(JSON.parse(JSON.stringify(second)), expected)
})

test("names that objects have by nature are only names", () => {
  const grouped = groupCounters({ "__proto__.polluted": 1, "constructor.prototype.polluted": 1 })
  assert.equal(({} as { polluted?: number }).polluted, undefined)
  assert.deepEqual(Object.keys(grouped), ["_Proto__", "constructor"])
})

test("a balance holds when every byte is delivered or given up for a reason, and says so when not", () => {
  const tcp = { "tcp.payload_bytes": 100, "tcp.delivered_bytes": 90, "tcp.retransmitted_bytes": 8 }
  const [short] = balances(tcp)
  assert.deepEqual([short?.stage, short?.offered, short?.accounted, short?.holds], ["tcp", 100, 98, false])
  const [whole] = balances({ ...tcp, "tcp.late_bytes": 2, "tcp.held_bytes_max": 50 })
  assert.deepEqual([whole?.accounted, whole?.holds], [100, true])
})

test("a stage that had nothing to do has no balance", () => {
  assert.deepEqual(balances({ "tcp.syn": 4 }), [])
})

test("losses come first, each with a sentence; what did not happen is not mentioned", () => {
  const list = losses({
    "tcp.retransmitted_bytes": 8,
    "decoder.ignored.not_tcp.udp": 4,
    "capture.kernel_drops": 2,
    "tcp.gap_bytes": 0,
  })
  assert.deepEqual(
    list.map((loss) => [loss.counter, loss.severity]),
    [
      ["capture.kernel_drops", "lost"],
      ["decoder.ignored.not_tcp.udp", "ignored"],
      ["tcp.retransmitted_bytes", "noted"],
    ],
  )
  assert.ok(list.every((loss) => loss.sentence.endsWith(".")))
})

test("a drop that has no words yet is still reported as a loss", () => {
  const [loss] = losses({ "spool.dropped.disk_full": 3 })
  assert.equal(loss?.severity, "lost")
  assert.equal(loss?.sentence, "Given up: dropped disk full.")
})

test("the sum over sensors", () => {
  assert.deepEqual(sumCounters([{ a: 1, b: 2 }, { b: 3 }]), { a: 1, b: 5 })
})

test("the console's balances are the sensor's equations, counter by counter", () => {
  const counters = {
    capture: { packets: 20, bytes: 0, kernelDrops: 0, snapped: 0, problems: 0, interfaces: [] },
    decoder: new DecoderCounters(),
    tcp: new TcpCounters(),
    http: new HttpCounters(),
    summary: {} as never,
    published: { exchanges: 3, batches: 1, bytes: 9, acknowledged: 3, dropped: {} },
  }
  // A different power of two in each term: a term that only one side knows shows in the sum.
  const decoder = counters.decoder
  decoder.tcp = 1
  decoder.ignored.notIp = 2
  decoder.ignored.notTcp.udp = 4
  decoder.dropped.malformed = 8
  const { tcp, http } = counters
  const tcpTerms = [
    "delivered",
    "retransmitted",
    "late",
    "keepAlive",
    "outOfWindow",
    "afterClose",
    "stray",
    "held",
  ] as const
  for (const [i, term] of tcpTerms.entries()) tcp[`${term}Bytes`] = 2 ** (i + 1)
  const httpTerms = ["request", "response", "padding", "skipped", "afterUpgrade"] as const
  for (const [i, term] of httpTerms.entries()) http[`${term}Bytes`] = 2 ** i
  http.notHttpBytes = { tls: 32, http2: 64, other: 128, undecided: 256 }
  http.exchanges = 3
  const ours = balances(flattenCounters(counters))
  const theirs = balance(counters)
  for (const [stage, name] of [
    ["decoder", "packets"],
    ["tcp", "segment bytes"],
    ["http", "delivered bytes"],
    ["published", "exchanges = published"],
  ] as const) {
    const our = ours.find((one) => one.stage === stage)
    const their = theirs.find((one) => one.name.startsWith(name))
    assert.ok(our !== undefined && their !== undefined, stage)
    assert.equal(our.offered, their.total, stage)
    assert.equal(our.offered - our.accounted, their.missing, stage)
  }
})
