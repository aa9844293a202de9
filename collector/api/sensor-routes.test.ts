// Sensors over the API: state, losses by interface, worker and zone, history; unknown is never zero.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { checkpoint, DAY_START_US, minute, sensor, worker } from "../store/fake-records.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { makeSeed, SEED_START_US } from "./fake-seed.ts"
import type { Sensor, SensorHistory } from "./sensor-models.ts"
import { type RunningApi, startApi } from "./server.ts"

const store = await openSqliteStore(":memory:")
let api: RunningApi

before(async () => {
  await store.commit(makeSeed())
  const ledger = { "capture.packets": 90, "capture.kernel_drops": 10, "capture.unknown_loss": 1 }
  await store.commit(
    checkpoint(2, {
      sensors: [
        sensor("read", { finished: true, workers: [worker({ finished: true })], lastHeardUs: 0 }),
        sensor("mixed", { ledger: { ...ledger, "capture.ports.a.kernel_drops": 10, "capture.ports.b.packets": 5 } }),
      ],
      minutes: [minute("read", DAY_START_US + 7 * 60_000_000, { packets: 0 })],
    }),
  )
  api = await startApi({
    store,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "1",
  })
})
after(async () => {
  await api.close()
  await store.close()
})

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${api.address.url}/api/v1/sensors${path}`)
  assert.equal(response.status, 200, path)
  return (await response.json()) as T
}

test("states: running, silent, finished; when each was heard", async () => {
  const { items } = await read<{ items: Sensor[] }>("")
  assert.deepEqual(
    items.map(({ id, state, lastHeard }) => [id, state, lastHeard]),
    [
      ["mixed", "running", "2026-11-23T00:00:00.000Z"],
      ["read", "finished", null],
      ["tap-north", "running", "2026-11-22T23:43:00.400Z"],
      ["tap-south", "silent", "2026-11-22T19:43:00.000Z"],
    ],
  )
})

test("workers of the present run: one by one, restarts and silence with them", async () => {
  const north = await read<Sensor>("/tap-north")
  assert.deepEqual([north.workers, north.run], [2, "b1f0a2"])
  assert.deepEqual(
    north.perWorker.map(({ worker: number, boot, restarts, state }) => [number, boot, restarts, state]),
    [
      [0, "b1f0a2-w0", 0, "running"],
      [1, "b1f0a2-w1r1", 1, "running"],
    ],
  )
  assert.ok(north.perWorker[0]!.packetLoss! > 0)
  assert.equal(north.perWorker[1]!.packetLoss, 0)
})

test("interfaces and zones by name", async () => {
  const { perPort, perZone } = await read<Sensor>("/tap-north")
  assert.deepEqual(
    perPort.map((port) => [port.name, port.kernelDrops, port.other]),
    [
      ["eth1", 1204, { freezes: 3 }],
      ["eth2", 0, { link_downs: 1, reopened: 1 }],
    ],
  )
  assert.deepEqual(
    perZone.map((zone) => [zone.name, zone.gapBytes, zone.gaps]),
    [
      ["vlan_40", 48_213, 17],
      ["vni_5001", 0, 0],
    ],
  )
  assert.equal(perZone[1]!.byteLoss, 0)
})

test("a loss that cannot be counted is null, never 0", async () => {
  const south = await read<Sensor>("/tap-south")
  assert.deepEqual([south.loss.kernelDrops, south.loss.packetLoss, south.loss.unknownInterfaces], [null, null, 1])
  assert.deepEqual([south.perPort[0]?.kernelDrops, south.perPort[0]?.packetLoss], [null, null])
  assert.equal(south.perWorker[0]?.kernelDrops, null)
  assert.ok(south.ledger.losses.some((loss) => loss.counter === "capture.unknown_loss"))
  const mixed = await read<Sensor>("/mixed")
  assert.deepEqual([mixed.loss.kernelDrops, mixed.loss.packetLoss], [10, null])
  assert.deepEqual(
    mixed.perPort.map((port) => port.kernelDrops),
    [10, null],
  )
  const { items } = await read<SensorHistory>("/tap-south/history")
  assert.ok(items.length > 100 && items.every((point) => point.kernelDrops === null && point.packetLoss === null))
})

test("history: steps, bounds, defaults", async () => {
  const week = await read<SensorHistory>("/tap-north/history")
  assert.equal(week.step, "hour")
  assert.ok(week.items.length >= 167 && week.items.length <= 168)
  const sum = (points: SensorHistory["items"]) => points.reduce((total, point) => total + (point.kernelDrops ?? 0), 0)
  const from = new Date(SEED_START_US / 1000 + 130 * 3_600_000).toISOString()
  const to = new Date(SEED_START_US / 1000 + 132 * 3_600_000).toISOString()
  const burst = await read<SensorHistory>(`/tap-north/history?from=${from}&to=${to}`)
  assert.deepEqual([burst.step, burst.items.length, burst.items[0]?.at], ["minute", 24, from])
  assert.ok(sum(burst.items) > 0)
  assert.equal(sum(burst.items), sum(week.items))
  const [point] = burst.items
  assert.equal(point!.packetLoss, point!.kernelDrops! / (point!.kernelDrops! + point!.packets))
  const days = await read<SensorHistory>("/tap-north/history?step=day")
  assert.deepEqual([days.items.length, sum(days.items)], [7, sum(week.items)])
  const byHour = await read<SensorHistory>(`/tap-north/history?step=hour&from=${from}&to=${to}`)
  assert.deepEqual([byHour.items.length, sum(byHour.items)], [2, sum(burst.items)])
  assert.deepEqual(
    (await read<SensorHistory>("/read/history?from=2026-11-23&to=2026-11-24")).items[0]?.packetLoss,
    null,
  )
})

test("table: what is no time, step, parameter or sensor is refused by name", async () => {
  for (const [path, status, parameter] of [
    ["/tap-north/history?from=monday", 400, "from"],
    ["/tap-north/history?to=2026-13-01", 400, "to"],
    ["/tap-north/history?step=second", 400, "step"],
    ["/tap-north/history?since=2026-11-22", 400, "since"],
    ["/nobody/history", 404, undefined],
  ] as const) {
    const response = await fetch(`${api.address.url}/api/v1/sensors${path}`)
    assert.equal(response.status, status, path)
    const { errors } = (await response.json()) as { errors?: { parameter: string }[] }
    assert.equal(errors?.[0]?.parameter, parameter, path)
  }
})
