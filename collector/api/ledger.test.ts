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
