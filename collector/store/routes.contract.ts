// The part of the store contract about routes and endpoints: groups read as one, regrouped for the past, merged, and found by former ids.
import assert from "node:assert/strict"
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
import { CONTENTS, DAY_US, FOREVER, HOUR_US, type With } from "./contract-contents.ts"
import { checkpoint, consumer, count, DAY_START_US, endpoint, endpointHour, route } from "./fake-records.ts"
import type { PairCount } from "./records.ts"
import type { Store } from "./store.ts"

const told = (rows: readonly PairCount[]): string[] =>
  rows.map((row) => `${row.endpoint} ${row.consumer} ${(row.windowUs - DAY_START_US) / HOUR_US} ${row.requests}`)

/** e1 takes over the route of e3, which is no endpoint any more. */
const REGROUPED = checkpoint(2, {
  endpoints: [endpoint("e1", { requests: 70, service: "s1", consumers: 2 })],
  routes: [
    route("e1", { traffic: endpointTraffic(50) }),
    route("e3", { endpoint: "e1", service: "s1", traffic: endpointTraffic(20) }),
  ],
  goneEndpoints: ["e3"],
})

function endpointTraffic(requests: number) {
  const record = endpoint("any", { requests })
  const {
    id,
    service,
    method,
    template,
    operation,
    status,
    statusWhy,
    drift,
    posture,
    derivedFrom,
    labels,
    ...traffic
  } = record
  return traffic
}

export function routesContract(withContents: With): void {
  withContents("routes: of an endpoint, busiest first; loaded whole", async (store) => {
    assert.deepEqual((await store.load()).routes, [])
    await store.commit(REGROUPED)
    assert.deepEqual((await store.load()).routes, REGROUPED.routes)
    assert.deepEqual(await store.routes("e1", 10), REGROUPED.routes)
    assert.deepEqual(await store.routes("e1", 1), [REGROUPED.routes[0]])
    assert.deepEqual(await store.routes("e3", 1), [REGROUPED.routes[0]])
    assert.deepEqual(await store.routes("nothing", 1), [])
    await store.commit(checkpoint(3, { routes: [route("e1")] }))
    assert.equal((await store.routes("e1", 9)).find(({ id }) => id === "e1")?.traffic, null)
  })

  withContents(
    "an endpoint that is gone: its id finds the one that has its route, its past is there",
    async (store) => {
      await store.commit(REGROUPED)
      assert.equal((await store.endpoint("e3"))?.id, "e1")
      assert.equal((await store.endpoint("e1"))?.requests, 70)
      assert.equal((await store.endpoints({}, { limit: 10 })).total, 4)
      for (const id of ["e1", "e3"]) {
        assert.deepEqual(told(await store.pairs({ endpoint: id }, 10)), ["e1 c1 24 11", "e1 c2 0 4"])
        assert.deepEqual(told(await store.windows({ endpoint: id, consumer: "c1" }, "day", ...FOREVER)), [
          "e1 c1 0 3",
          "e1 c1 24 8",
        ])
        const points = await store.series({ endpoint: id }, "day", ...FOREVER)
        assert.deepEqual(
          points.map((point) => point.requests),
          [39, 8],
        )
      }
      assert.deepEqual(told(await store.pairs({ consumer: "c1" }, 10)), ["e1 c1 24 11"])
      const used = await store.endpoints({ consumer: "c1" }, { limit: 10 })
      assert.deepEqual(
        used.items.map(({ id }) => id),
        ["e1"],
      )
      assert.equal((await store.load()).pairs.length, 3)
    },
  )

  withContents("routes of one endpoint in the same hour are added up", async (store) => {
    const more = [count("e3", "c1", DAY_START_US, 1000)]
    await store.commit({ ...REGROUPED, hours: more, days: more })
    assert.deepEqual(told(await store.windows({ endpoint: "e1", consumer: "c1" }, "hour", ...FOREVER)), [
      "e1 c1 0 1001",
      "e1 c1 1 2",
      "e1 c1 24 8",
    ])
    const both = await store.series({ endpoint: "e1", consumer: "c1" }, "hour", DAY_START_US, DAY_START_US + 1, 9)
    assert.equal(both[0]?.requests, 1001)
    assert.equal((await store.series({ endpoint: "e1" }, "hour", DAY_START_US, DAY_START_US + 1, 9))[0]?.requests, 1033)
  })

  withContents("split again, the past is as it was", async (store) => {
    await store.commit(REGROUPED)
    await store.commit(checkpoint(3, { endpoints: [CONTENTS.endpoints[2]!], routes: [route("e3", { service: "s2" })] }))
    assert.equal((await store.endpoint("e3"))?.id, "e3")
    assert.deepEqual(told(await store.pairs({ endpoint: "e3" }, 10)), ["e3 c1 24 8"])
    assert.deepEqual(told(await store.pairs({ endpoint: "e1" }, 10)), ["e1 c2 0 4", "e1 c1 0 3"])
  })

  withContents(
    "an endpoint keeps its id when the route of that id goes: each has the past of its routes",
    async (store) => {
      await store.commit(REGROUPED)
      const split = checkpoint(3, {
        endpoints: [endpoint("e9", { service: "s1", derivedFrom: "e1" }), endpoint("e1", { service: "s1" })],
        routes: [route("e1", { endpoint: "e9" }), route("e3", { endpoint: "e1" })],
      })
      await store.commit(split)
      for (const id of ["e1", "e3"]) {
        assert.equal((await store.endpoint(id))?.id, "e1")
        assert.deepEqual(told(await store.pairs({ endpoint: id }, 10)), ["e1 c1 24 8"])
      }
      assert.deepEqual(told(await store.pairs({ endpoint: "e9" }, 10)), ["e9 c2 0 4", "e9 c1 0 3"])
      const sum = async (id: string) =>
        (await store.series({ endpoint: id }, "day", ...FOREVER)).reduce((all, { requests }) => all + requests, 0)
      assert.deepEqual([await sum("e1"), await sum("e9")], [8, 39])
      assert.deepEqual(
        (await store.routes("e1", 9)).map(({ id }) => id),
        ["e3"],
      )
    },
  )

  withContents(
    "an endpoint that goes on as another: its id leads there, not where the route of the id is",
    async (store) => {
      await store.commit(REGROUPED)
      const gone = { kind: "endpoint", from: "e1", into: "e2" } as const
      await store.commit(
        checkpoint(3, {
          merges: [gone],
          endpoints: [endpoint("e9", { service: "s1" })],
          routes: [route("e1", { endpoint: "e9" }), route("e3", { endpoint: "e2" })],
          goneEndpoints: ["e1"],
        }),
      )
      assert.deepEqual((await store.load()).merges, [gone])
      for (const id of ["e1", "e3"]) assert.equal((await store.endpoint(id))?.id, "e2")
      assert.deepEqual(told(await store.pairs({ endpoint: "e9" }, 10)), ["e9 c2 0 4", "e9 c1 0 3"])
      const onward = { kind: "endpoint", from: "e2", into: "e9" } as const
      await store.commit(
        checkpoint(4, { merges: [onward], routes: [route("e3", { endpoint: "e9" })], goneEndpoints: ["e2"] }),
      )
      assert.deepEqual((await store.load()).merges, [{ ...gone, into: "e9" }, onward])
      for (const id of ["e1", "e2", "e3"]) assert.equal((await store.endpoint(id))?.id, "e9")
    },
  )

  withContents(
    "what was told and changed is found under any id of an endpoint, and under none of another",
    async (store) => {
      await store.commit(REGROUPED)
      const told = ["e1", "e2", "e3", "e9"].map((subject, i) => ({
        sequence: 100 + i,
        atUs: 1,
        kind: "endpoint.new",
        subject,
        sentence: "",
      }))
      const made = { who: "console", action: "pin.add", reason: "", edit: {}, before: null, sentence: "" }
      const split = checkpoint(3, {
        endpoints: [endpoint("e9", { service: "s1" })],
        routes: [route("e1", { endpoint: "e9" }), route("e3", { endpoint: "e1" })],
        changes: told,
        audit: told.map(({ subject }, i) => ({ ...made, sequence: 1 + i, atUs: 1, subject })),
      })
      await store.commit(split)
      const under = async (subject: string) => {
        const changes = (await store.changes(99, 9, { subject })).map((change) => change.subject).join(" ")
        const audit = (await store.audit(0, 9, subject))
          .map((entry) => entry.subject)
          .toReversed()
          .join(" ")
        assert.equal(audit, changes)
        assert.deepEqual(
          [await store.countAudit(subject), await store.countChanges(99, { subject })],
          Array(2).fill(changes.split(" ").length),
        )
        return changes
      }
      assert.deepEqual([await under("e1"), await under("e3"), await under("e9")], ["e1 e3", "e1 e3", "e9"])
      const merges = [
        { kind: "route", from: "e1", into: "e3" },
        { kind: "endpoint", from: "e9", into: "e1" },
      ] as const
      await store.commit(checkpoint(4, { merges, goneEndpoints: ["e9"] }))
      assert.deepEqual([await under("e1"), await under("e9"), await under("e2")], ["e1 e3 e9", "e1 e3 e9", "e2"])
    },
  )
}

export function mergesContract(withContents: With): void {
  withContents(
    "a route that is folded into another: everything under it moves, also what comes later",
    async (store) => {
      const late = [count("e3", "c1", DAY_START_US, 100)]
      const folded = { kind: "route", from: "e3", into: "e1" } as const
      await store.commit(checkpoint(2, { merges: [folded], goneEndpoints: ["e3"], hours: late, days: late }))
      assert.deepEqual((await store.load()).merges, [folded])
      assert.equal((await store.endpoint("e3"))?.id, "e1")
      await store.commit(checkpoint(3, { hours: late, days: late }))
      const rows = ["e1 c1 0 203", "e1 c1 24 8"]
      assert.deepEqual(told(await store.windows({ endpoint: "e3", consumer: "c1" }, "day", ...FOREVER)), rows)
      assert.deepEqual(told(await store.pairs({ endpoint: "e1" }, 10)), ["e1 c1 24 211", "e1 c2 0 4"])
      const points = await store.series({ endpoint: "e3" }, "hour", ...FOREVER)
      assert.deepEqual(
        points.map((point) => point.requests),
        [233, 6, 8],
      )
      const pairs = (await store.load()).pairs.map((pair) => pair.join(" ")).sort()
      assert.deepEqual(pairs, ["c1 e1 211", "c2 e1 4"])
    },
  )

  withContents(
    "a consumer that goes on as another: one history, one place on the map, found by both ids",
    async (store) => {
      const renewed = { kind: "consumer", from: "c2", into: "c1" } as const
      const late = [count("e1", "c2", DAY_START_US, 50)]
      await store.commit(checkpoint(2, { merges: [renewed], hours: late, days: late }))
      assert.equal((await store.consumer("c2"))?.id, "c1")
      assert.deepEqual(
        (await store.consumers({ limit: 9, sort: "id" })).items.map(({ id }) => id),
        ["c1", "c3"],
      )
      for (const id of ["c1", "c2"]) {
        assert.deepEqual(told(await store.pairs({ consumer: id }, 10)), ["e1 c1 0 57", "e3 c1 24 8"])
        const points = await store.series({ consumer: id }, "hour", ...FOREVER)
        assert.deepEqual(
          points.map((point) => point.requests),
          [67, 6, 8],
        )
        assert.equal((await store.endpoints({ consumer: id }, { limit: 9 })).total, 2)
      }
      assert.deepEqual(told(await store.windows({ endpoint: "e1" }, "hour", ...FOREVER)), ["e1 c1 0 51", "e1 c1 1 6"])
      const cells = (await store.map(10)).map((row) => `${row.consumer} ${row.service} ${row.requests}`)
      assert.deepEqual(cells, ["c1 s1 57", "c1 s2 8"])
    },
  )

  withContents("chains: a former id finds what it became in the end; the same merge twice is one", async (store) => {
    const merge = (from: string, into: string) => ({ kind: "consumer", from, into }) as const
    await store.commit(checkpoint(2, { merges: [merge("c1", "c2"), merge("c1", "c2"), merge("c2", "c2")] }))
    await store.commit(checkpoint(3, { merges: [merge("c2", "c3"), merge("c3", "c1")] }))
    const names = [merge("c1", "c3"), merge("c2", "c3")]
    assert.deepEqual((await store.load()).merges, names)
    for (const id of ["c1", "c2", "c3"]) assert.equal((await store.consumer(id))?.id, "c3")
    assert.equal((await store.series({ consumer: "c1" }, "day", ...FOREVER))[0]?.requests, 23)
    assert.equal((await store.consumer("c9")) ?? null, null)
  })

  withContents("a checkpoint that fails merges nothing", async (store) => {
    const merges = [{ kind: "consumer", from: "c2", into: "c1" } as const]
    await assert.rejects(store.commit(checkpoint(2, { merges, endpoints: [endpoint("e9", { service: "nowhere" })] })))
    assert.equal((await store.consumer("c2"))?.id, "c2")
    assert.equal((await store.pairs({ consumer: "c2" }, 9))[0]?.requests, 4)
    await store.commit(checkpoint(2, { merges, consumers: [consumer("c1", { requests: 15 })] }))
    assert.equal((await store.consumer("c2"))?.requests, 15)
  })
}

export function endpointHoursContract(withContents: With): void {
  const sketch = (...numbers: number[]): Uint8Array => {
    const of = new QuantileSketch()
    for (const value of numbers) of.add(value)
    return of.toBytes()
  }
  const read = async (store: Store, id: string, size: "hour" | "day", ...window: [number, number, number]) =>
    (await store.endpointHours(id, size, ...window)).map(({ endpoint: of, windowUs, requests, latencyUs }) => {
      const { count: measured, min, max } = QuantileSketch.from(latencyUs)
      return `${of} ${(windowUs - DAY_START_US) / HOUR_US} ${requests} ${measured}:${min}-${max}`
    })

  withContents(
    "hours of endpoints: sketches are merged, routes added up, days the sum of their hours",
    async (store) => {
      const hour = (id: string, hours: number, requests: number, ...latencies: number[]) =>
        endpointHour(id, DAY_START_US + hours * HOUR_US, { requests, latencyUs: sketch(...latencies) })
      await store.commit(checkpoint(2, { endpointHours: [hour("e1", 0, 2, 5, 7), hour("e3", 0, 1, 100)] }))
      await store.commit(checkpoint(3, { endpointHours: [hour("e1", 0, 1, 1), hour("e1", 25, 4)] }))
      assert.deepEqual(await read(store, "e1", "hour", ...FOREVER), ["e1 0 3 3:1-7", "e1 25 4 0:Infinity--Infinity"])
      assert.deepEqual(await read(store, "e1", "hour", 0, Number.MAX_SAFE_INTEGER, 1), ["e1 25 4 0:Infinity--Infinity"])
      assert.deepEqual(await read(store, "e1", "hour", DAY_START_US, DAY_START_US + 1, 9), ["e1 0 3 3:1-7"])
      await store.commit({ ...REGROUPED, number: 4 })
      assert.deepEqual(await read(store, "e3", "hour", DAY_START_US, DAY_START_US + 1, 9), ["e1 0 4 4:1-100"])
      await store.commit(checkpoint(5, { endpointHours: [hour("e3", 5, 8, 50)] }))
      assert.deepEqual(await read(store, "e1", "day", ...FOREVER), ["e1 0 12 5:1-100", "e1 24 4 0:Infinity--Infinity"])
      assert.deepEqual(await read(store, "e1", "day", DAY_START_US + 1, DAY_START_US + 2 * DAY_US, 9), [
        "e1 24 4 0:Infinity--Infinity",
      ])
      const merges = [{ kind: "route", from: "e3", into: "e1" } as const]
      await store.commit(checkpoint(6, { merges, endpointHours: [hour("e3", 0, 16, 2)] }))
      assert.deepEqual(await read(store, "e1", "hour", DAY_START_US, DAY_START_US + 1, 9), ["e1 0 20 5:1-100"])
    },
  )

  withContents("hours of endpoints: the other quantities", async (store) => {
    const hour = endpointHour("e1", DAY_START_US, {
      errors: 3,
      lossy: 2,
      requestBytes: sketch(1),
      responseBytes: sketch(2),
      items: sketch(3),
    })
    await store.commit(checkpoint(2, { endpointHours: [hour] }))
    assert.deepEqual(await store.endpointHours("e1", "hour", ...FOREVER), [hour])
    await store.commit(checkpoint(3, { endpointHours: [hour] }))
    const [twice] = await store.endpointHours("e1", "day", ...FOREVER)
    assert.deepEqual([twice?.errors, twice?.lossy, twice?.items], [6, 4, sketch(3, 3)])
  })
}
