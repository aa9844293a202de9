import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { CLIENT_ADDRESSES, CLIENT_ADDRESSES_V6 } from "./cast.ts"
import { countLog, type Expected } from "./count-log.ts"

const capture = readFileSync(new URL("demo.pcap", import.meta.url))
const expected = JSON.parse(readFileSync(new URL("demo.expected.json", import.meta.url), "utf8")) as Expected

// Walks the records by their headers alone: nothing of the sensor is used, so that both can be held against it.
test("the capture holds whole packets, as many as tcpdump counted", () => {
  assert.equal(capture.readUInt32LE(0), 0xa1b2c3d4, "classic pcap, µs")
  assert.equal(capture.readUInt32LE(20), 1, "Ethernet")
  let packets = 0
  let at = 24
  while (at < capture.length) {
    const captured = capture.readUInt32LE(at + 8)
    assert.equal(captured, capture.readUInt32LE(at + 12), `packet ${packets} is cut`)
    assert.ok(captured <= 1514, `packet ${packets} is larger than the MTU: offloads were on`)
    at += 16 + captured
    packets++
  }
  assert.equal(at, capture.length)
  assert.equal(packets, expected.packets)
})

test("the expectation adds up", () => {
  let requests = 0
  for (const methods of Object.values(expected.hosts)) {
    for (const counts of Object.values(methods)) for (const count of Object.values(counts)) requests += count
  }
  assert.equal(requests, expected.requests)
  let fromClients = 0
  for (const count of Object.values(expected.clients)) fromClients += count
  assert.equal(fromClients, expected.requests)
  assert.deepEqual(Object.keys(expected.clients).sort(), [...CLIENT_ADDRESSES, ...CLIENT_ADDRESSES_V6].sort())
})

test("a log is counted by host, method and status", () => {
  const line = (host: string, status: number): string =>
    `${JSON.stringify({ host, method: "GET", status, client: "10.0.0.1" })}\n`
  assert.deepEqual(countLog(line("b", 200) + line("a", 404) + line("b", 200), 9), {
    requests: 3,
    packets: 9,
    hosts: { a: { GET: { 404: 1 } }, b: { GET: { 200: 2 } } },
    clients: { "10.0.0.1": 3 },
  })
})
