import assert from "node:assert/strict"
import { test } from "node:test"
import { parseMetricsAddress } from "./metrics-address.ts"
import { MetricsServer, sensorMetrics } from "./metrics-server.ts"

test("addresses: loopback only", () => {
  for (const good of ["127.0.0.1:9470", "127.9.9.9:0", "[::1]:9470", "localhost:1"])
    assert.ok(parseMetricsAddress(good))
  for (const bad of ["0.0.0.0:9470", "10.0.0.1:9470", "[::]:1", "127.0.0.1", "127.0.0.1:70000", ""])
    assert.equal(parseMetricsAddress(bad), null, bad)
})

test("counters have stable names and the right type", () => {
  const text = sensorMetrics({ "capture.kernel_drops": 7, "tcp.active": 3 }, { sensor: "tap" })
  assert.match(
    text,
    /# TYPE sonde_sensor_capture_kernel_drops_total counter\nsonde_sensor_capture_kernel_drops_total\{sensor="tap"\} 7/,
  )
  assert.match(text, /# TYPE sonde_sensor_tcp_active gauge\nsonde_sensor_tcp_active\{sensor="tap"\} 3/)
})

test("it answers scrapes and nothing else", async () => {
  const server = await MetricsServer.start({ host: "127.0.0.1", port: 0 }, () => "sonde 1\n")
  const url = `http://127.0.0.1:${server.port}`
  const status = async (path: string, method = "GET"): Promise<number> => (await fetch(url + path, { method })).status
  assert.equal(await (await fetch(`${url}/metrics?x=1`)).text(), "sonde 1\n")
  assert.deepEqual(
    [await status("/healthz"), await status("/"), await status("/../etc/passwd"), await status("/metrics", "POST")],
    [200, 404, 404, 405],
  )
  await assert.rejects(
    MetricsServer.start({ host: "127.0.0.1", port: server.port }, () => ""),
    { code: "EADDRINUSE" },
  )
  server.close()
})
