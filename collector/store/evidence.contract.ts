// The part of the store contract about evidence: the history of sensors, and servers behind TLS.
import assert from "node:assert/strict"
import { CONTENTS, FOREVER, HOUR_US, MINUTE_US, type With } from "./contract-contents.ts"
import { checkpoint, DAY_START_US, dark, darkHour, minute } from "./fake-records.ts"
import type { Store } from "./store.ts"

export function historyContract(withContents: With): void {
  withContents(
    "table: a sensor's history by minute, hour and day; of too many points the newest, oldest first",
    async (store) => {
      const rows: readonly [
        sensor: string,
        step: "minute" | "hour" | "day",
        since: number,
        limit: number,
        packets: string,
      ][] = [
        ["tap-1", "minute", 0, 10, "0:10 1:20 90:40 1440:80"],
        ["tap-1", "minute", DAY_START_US + MINUTE_US, 10, "1:20 90:40 1440:80"],
        ["tap-1", "minute", 0, 2, "90:40 1440:80"],
        ["tap-1", "hour", 0, 10, "0:30 60:40 1440:80"],
        ["tap-1", "day", 0, 10, "0:70 1440:80"],
        ["tap-2", "day", 0, 10, "0:160"],
        ["nobody", "hour", 0, 10, ""],
      ]
      for (const [name, step, since, limit, packets] of rows) {
        const points = await store.sensorHistory(name, step, since, Number.MAX_SAFE_INTEGER, limit)
        const seen = points.map((point) => `${(point.windowUs - DAY_START_US) / MINUTE_US}:${point.packets}`).join(" ")
        assert.equal(seen, packets, `${name} by ${step}`)
      }
      assert.deepEqual(await store.sensorHistory("tap-1", "minute", 0, DAY_START_US + MINUTE_US, 10), [
        CONTENTS.minutes[0],
      ])
    },
  )

  withContents("a sensor's history: counts are added, of levels the greatest is kept, in every step", async (store) => {
    const more = minute("tap-1", DAY_START_US, { packets: 1, gapBytes: 2 ** 53, unknownLoss: 0, overloadStep: 1 })
    await store.commit(checkpoint(2, { minutes: [more] }))
    await store.commit(checkpoint(3, { minutes: [{ ...more, unknownLoss: 3 }] }))
    for (const [step, packets, overloadStep] of [
      ["minute", 12, 1],
      ["hour", 32, 2],
      ["day", 72, 2],
    ] as const) {
      const [first] = await store.sensorHistory("tap-1", step, 0, Number.MAX_SAFE_INTEGER, 10)
      assert.deepEqual([first?.packets, first?.unknownLoss, first?.overloadStep], [packets, 3, overloadStep], step)
      assert.ok(first!.gapBytes >= 2 ** 54)
    }
  })
}

export function darkContract(withContents: With): void {
  withContents("dark: whole records, filters, the busiest first", async (store) => {
    const all = await store.dark({}, { limit: 10 })
    assert.deepEqual(
      all.items.map((item) => item.id),
      ["d2", "d3", "d1"],
    )
    assert.deepEqual(await store.darkServer("d1"), CONTENTS.dark[0])
    assert.equal(await store.darkServer("d9"), null)
    const rows: readonly [filter: Parameters<Store["dark"]>[0], ids: string][] = [
      [{ state: "read" }, "d3"],
      [{ state: "partly" }, "d2"],
      [{ state: "unread" }, "d1"],
      [{ port: 8443 }, "d2"],
      [{ name: "d1.example.com" }, "d1"],
      [{ search: "D1.EXAMPLE" }, "d1 d2"],
      [{ search: "100%" }, "d3"],
      [{ state: "read", search: "nothing" }, ""],
    ]
    for (const [filter, ids] of rows) {
      const page = await store.dark(filter, { limit: 10, sort: "id" })
      assert.equal(page.items.map((item) => item.id).join(" "), ids, JSON.stringify(filter))
      assert.equal(page.total, page.items.length)
    }
  })

  withContents("dark: hours grow by increments, sums by state", async (store) => {
    const changed = dark("d1", { sessions: 6, states: { unread: 5, partly: 1 } })
    await store.commit(checkpoint(2, { dark: [changed], darkHours: [darkHour("d1", DAY_START_US, 2)] }))
    assert.deepEqual(await store.darkServer("d1"), changed)
    assert.deepEqual(await store.darkHours("d1", ...FOREVER), [
      darkHour("d1", DAY_START_US, 3),
      darkHour("d1", DAY_START_US + HOUR_US, 3),
    ])
    assert.deepEqual(await store.darkHours("d1", 0, Number.MAX_SAFE_INTEGER, 1), [
      darkHour("d1", DAY_START_US + HOUR_US, 3),
    ])
    assert.deepEqual(await store.darkSums(), [
      { state: "partly", servers: 2, sessions: 15, requestBytes: 200, responseBytes: 2000 },
      { state: "read", servers: 1, sessions: 4, requestBytes: 7, responseBytes: 1000 },
    ])
  })

  withContents("services of an authority", async (store) => {
    const found = await store.servicesNamed(["s1.example.com", "", "nobody", "s2.example.com"])
    assert.deepEqual(
      found.map((one) => ({ ...one })),
      [
        { id: "s1", name: "s1.example.com", authority: "s1.example.com", zone: "", addresses: ["b1:443"] },
        { id: "s2", name: "Billing 100%", authority: "s2.example.com", zone: "", addresses: ["b1:443"] },
      ],
    )
    const at = async (...listeners: string[]) => (await store.servicesAt(listeners)).map(({ id }) => id)
    assert.deepEqual([(await at("b1:443")).slice(0, 2), await at("b1:44", "b1"), await at()], [["s1", "s2"], [], []])
    assert.deepEqual(await store.servicesNamed([]), [])
  })
}
