import assert from "node:assert/strict"
import { test } from "node:test"
import { groupCounters, losses, sumCounters } from "./ledger.ts"

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

test("the sum over sensors: of peaks and steps the greatest", () => {
  const one = { "tcp.held_bytes_max": 7, "overload.step": 2, "capture.unknown_loss": 1 }
  const two = { "tcp.held_bytes_max": 3, "overload.step": 1, "capture.unknown_loss": 1 }
  assert.deepEqual(sumCounters([one, two]), { "tcp.held_bytes_max": 7, "overload.step": 2, "capture.unknown_loss": 2 })
})

test("table: what live capture, tunnels, fragments, duplicates and overload count has words", () => {
  const rows: readonly (readonly [counter: string, severity: string, words: RegExp])[] = [
    ["capture.unknown_loss", "lost", /unknown, not zero/],
    ["capture.filtered", "ignored", /filter/],
    ["capture.ports.eth1.kernel_drops", "noted", /this interface/],
    ["capture.ports.eth1_100.link_downs", "lost", /link went down/],
    ["decoder.dropped.too_deep", "lost", /tunnels/],
    ["decoder.vxlan", "noted", /Tunnel headers/],
    ["decoder.ip_in_ip", "noted", /Tunnel headers/],
    ["duplicates.packets", "noted", /more than once/],
    ["duplicates.late", "noted", /duplicates\.window/],
    ["defrag.timeouts", "lost", /in time/],
    ["defrag.evictions", "lost", /limit/],
    ["defrag.fragments.evicted", "lost", /not put together/],
    ["defrag.fragments.contradictory", "lost", /Malformed/],
    ["defrag.fragments.duplicate", "noted", /come before/],
    ["defrag.bytes.evicted", "noted", /not put together/],
    ["defrag.overlap_conflicts", "noted", /evasion/],
    ["zones.vlan_40.gap_bytes", "noted", /VLAN or tunnel/],
    ["overload.raised", "lost", /overloaded/],
    ["tcp.shed_bytes", "lost", /whole flows/],
    ["died.restarts", "lost", /died/],
    ["worker.restarts", "lost", /died/],
    ["died.underway.tcp", "lost", /worker that died/],
  ]
  for (const [counter, severity, words] of rows) {
    const [loss, ...more] = losses({ [counter]: 2 })
    assert.deepEqual([loss?.counter, loss?.severity, more], [counter, severity, []])
    assert.match(loss!.sentence, words, counter)
  }
  // What is in hand, or is no event by itself, has none.
  for (const counter of [
    "defrag.bytes.held",
    "zones.vlan_40.packets",
    "capture.ports.eth1.packets",
    "overload.step_max",
  ])
    assert.deepEqual(losses({ [counter]: 2 }), [], counter)
})

test("what the stages behind HTTP/1 lost or left dark has words", () => {
  const counters = {
    "http2.resync": 1,
    "http2.void_tables": 2,
    "tls.dark_bytes.no_keys": 3,
    "tls.dark_bytes.a_new_reason": 4,
    "websocket.boundary_lost": 5,
    "tls.keyless": 6,
  }
  const list = losses(counters)
  assert.deepEqual(
    list.map(({ counter, severity }) => `${severity} ${counter}`),
    [
      "lost http2.resync",
      "lost http2.void_tables",
      "lost tls.keyless",
      "lost websocket.boundary_lost",
      "ignored tls.dark_bytes.a_new_reason",
      "ignored tls.dark_bytes.no_keys",
    ],
  )
  assert.ok(list.every(({ sentence, unit }) => sentence.endsWith(".") && unit !== ""))
})
