// What every Store must do, as a suite that each implementation runs: store.contract("sqlite in a file", open).
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import {
  change,
  checkpoint,
  consumer,
  count,
  DAY_START_US,
  dark,
  darkHour,
  endpoint,
  ledger,
  minute,
  sensor,
  service,
} from "./fake-records.ts"
import { type Page, type PageRequest, type Store, StoreError } from "./store.ts"

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US
const MINUTE_US = 60_000_000
const FOREVER = [0, Number.MAX_SAFE_INTEGER, 1000] as const

const SENSOR = sensor("tap-1")

/** Two services, five endpoints, three consumers, counts in two hours of one day and one of the next. */
const CONTENTS = checkpoint(1, {
  services: [service("s1"), service("s2", { name: "Billing 100%", requests: 30 })],
  endpoints: [
    endpoint("e1", { requests: 50 }),
    endpoint("e2", { requests: 50, method: "POST" }),
    endpoint("e3", { requests: 20, service: "s2", operation: "query Orders" }),
    endpoint("e4", { requests: 10, service: "s2", template: "/a_b" }),
    endpoint("e5", { requests: 70, service: "s2", template: "/axb", status: "shadow" }),
  ],
  consumers: [consumer("c1", { requests: 5 }), consumer("c2", { partner: "acme" }), consumer("c3")],
  hours: [
    count("e1", "c1", DAY_START_US, 1),
    count("e1", "c1", DAY_START_US + HOUR_US, 2),
    count("e1", "c2", DAY_START_US + HOUR_US, 4),
    count("e3", "c1", DAY_START_US + DAY_US, 8),
    count("", "c1", DAY_START_US, 16),
    count("e1", "", DAY_START_US, 32),
    count("", "", DAY_START_US, 64),
  ],
  days: [
    count("e1", "c1", DAY_START_US, 3),
    count("e1", "c2", DAY_START_US, 4),
    count("e3", "c1", DAY_START_US + DAY_US, 8),
    count("", "c1", DAY_START_US, 16),
    count("e1", "", DAY_START_US, 32),
    count("", "", DAY_START_US, 64),
  ],
  shapes: [{ shape: 4_000_000_000, paths: ["id:int"], firstSeenUs: DAY_START_US }],
  dark: [
    dark("d1"),
    dark("d2", {
      name: "",
      port: 8443,
      sessions: 9,
      states: { read: 8, unread: 1 },
      certificateNames: ["d1.example.com"],
    }),
    dark("d3", { states: { read: 4 }, reasons: {}, requestBytes: 7, clientNames: ["acme-100%"] }),
  ],
  darkHours: [
    darkHour("d1", DAY_START_US, 1),
    darkHour("d1", DAY_START_US + HOUR_US, 3),
    darkHour("d2", DAY_START_US, 9),
  ],
  sensors: [SENSOR],
  positions: [{ sensor: "tap-1", boot: "b", sequence: 3, holes: [[1, 2]], lost: 0, ledger: { "capture.packets": 9 } }],
  minutes: [
    minute("tap-1", DAY_START_US, { packets: 10, gapBytes: 5, unknownLoss: 1 }),
    minute("tap-1", DAY_START_US + MINUTE_US, { packets: 20, overloadStep: 2 }),
    minute("tap-1", DAY_START_US + 90 * MINUTE_US, { packets: 40 }),
    minute("tap-1", DAY_START_US + DAY_US, { packets: 80 }),
    minute("tap-2", DAY_START_US, { packets: 160 }),
  ],
  window: { changes: 3, bytes: Uint8Array.of(1, 2, 3), keep: 5 },
  waiting: [
    { events: Uint8Array.of(4), marks: Uint8Array.of(5) },
    { events: Uint8Array.of(6), marks: new Uint8Array(0) },
  ],
  changes: [change(1), change(2), change(3)],
  ledger: ledger(127),
})

export function storeContract(name: string, open: () => Promise<Store>): void {
  const withStore = (sentence: string, check: (store: Store) => Promise<void>): void => {
    test(sentence, async () => {
      const store = await open()
      try {
        await check(store)
      } finally {
        await store.close()
      }
    })
  }
  const withContents = (sentence: string, check: (store: Store) => Promise<void>): void => {
    withStore(sentence, async (store) => {
      await store.commit(CONTENTS)
      await check(store)
    })
  }
  describe(`store contract: ${name}`, () => {
    stateContract(withStore, withContents)
    listContract(withStore, withContents)
    countContract(withContents)
    historyContract(withContents)
    windowContract(withContents)
    darkContract(withContents)
  })
}

type With = (sentence: string, check: (store: Store) => Promise<void>) => void

function stateContract(withStore: With, withContents: With): void {
  withStore("a new store is empty and answers", async (store) => {
    await store.ping()
    const state = await store.load()
    assert.equal(state.lastCheckpoint, 0)
    assert.equal(state.lastChange, 0)
    assert.equal(state.ledger.exchanges, 0)
    assert.deepEqual(await store.services({ limit: 10 }), { items: [], next: null, total: 0 })
    assert.equal(await store.endpoint("e1"), null)
  })

  withContents("load gives back what was committed", async (store) => {
    const state = await store.load()
    assert.deepEqual(state.services, CONTENTS.services)
    assert.deepEqual(state.endpoints, CONTENTS.endpoints)
    assert.deepEqual(state.consumers, CONTENTS.consumers)
    assert.deepEqual(state.positions, CONTENTS.positions)
    assert.deepEqual(state.sensors, CONTENTS.sensors)
    assert.deepEqual(state.dark, CONTENTS.dark)
    assert.deepEqual(state.ledger, CONTENTS.ledger)
    assert.deepEqual([...state.pairs].sort(), [
      ["c1", "e1"],
      ["c1", "e3"],
      ["c2", "e1"],
    ])
    assert.deepEqual(state.shapes, [4_000_000_000])
    assert.equal(state.lastChange, 3)
    assert.equal(state.lastCheckpoint, 1)
  })

  withContents("a checkpoint that is already held changes nothing", async (store) => {
    await store.commit(CONTENTS)
    await store.commit(checkpoint(1, { services: [service("s9")], ledger: ledger(9) }))
    assert.equal((await store.services({ limit: 10 })).total, 2)
    assert.equal((await store.ledger()).exchanges, 127)
    assert.equal((await store.windows({ endpoint: "e1", consumer: "c1" }, "hour", ...FOREVER))[0]?.requests, 1)
  })

  withContents("the next one replaces records and adds to windows", async (store) => {
    await store.commit(
      checkpoint(2, {
        services: [service("s1", { requests: 11, unlisted: {} })],
        endpoints: [endpoint("e1", { requests: 51, latencyUs: Uint8Array.of(9) })],
        hours: [count("e1", "c1", DAY_START_US, 100)],
        days: [count("e1", "c1", DAY_START_US, 100)],
      }),
    )
    assert.deepEqual(await store.service("s1"), service("s1", { requests: 11, unlisted: {} }))
    assert.deepEqual((await store.endpoint("e1"))?.latencyUs, Uint8Array.of(9))
    const [first] = await store.windows({ endpoint: "e1", consumer: "c1" }, "hour", ...FOREVER)
    assert.deepEqual(first, count("e1", "c1", DAY_START_US, 101))
    assert.equal((await store.pairs({ endpoint: "e1" }, 10))[0]?.requests, 103)
    assert.equal((await store.map(10)).find((row) => row.service === "s1" && row.consumer === "c1")?.requests, 103)
  })

  withContents("a checkpoint that fails leaves nothing behind", async (store) => {
    const broken = checkpoint(2, {
      services: [service("s9")],
      hours: [count("e1", "c1", DAY_START_US, 100)],
      // An endpoint of a service that does not exist.
      endpoints: [endpoint("e9", { service: "nowhere" })],
    })
    await assert.rejects(store.commit(broken), StoreError)
    assert.equal(await store.service("s9"), null)
    assert.equal((await store.ledger()).exchanges, 127)
    await store.commit(checkpoint(2, { services: [service("s9")] }))
    assert.equal((await store.services({ limit: 10 })).total, 3)
  })

  withContents("sums that a forged size drives beyond 2^53 fail neither writing nor reading", async (store) => {
    for (let number = 2; number < 5; number++) {
      const huge = { ...count("e1", "c1", DAY_START_US), responseBytes: Number.MAX_SAFE_INTEGER, items: 2 ** 52 }
      await store.commit(checkpoint(number, { hours: [huge], days: [huge] }))
    }
    const [first] = await store.series({}, "hour", ...FOREVER)
    assert.ok(first !== undefined && first.responseBytes > 2 ** 54)
    assert.ok((await store.pairs({ endpoint: "e1", consumer: "c1" }, 1))[0]!.responseBytes > 2 ** 54)
  })
}

async function allPages<T>(read: (page: PageRequest) => Promise<Page<T>>, page: PageRequest): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const { items: some, next } = await read({ ...page, cursor })
    items.push(...some)
    cursor = next ?? undefined
  } while (cursor !== undefined)
  return items
}

function listContract(withStore: With, withContents: With): void {
  withContents("lists: whole records, total, and null after the last page", async (store) => {
    const page = await store.endpoints({}, { limit: 1000 })
    assert.equal(page.total, 5)
    assert.equal(page.next, null)
    assert.deepEqual(
      page.items.find((item) => item.id === "e1"),
      CONTENTS.endpoints[0],
    )
    assert.deepEqual(await store.consumer("c2"), CONTENTS.consumers[1])
  })

  withContents("table: filters", async (store) => {
    const rows: readonly [filter: Parameters<Store["endpoints"]>[0], ids: string][] = [
      [{ service: "s1" }, "e1 e2"],
      [{ method: "POST" }, "e2"],
      [{ status: "shadow" }, "e5"],
      [{ consumer: "c1" }, "e1 e3"],
      [{ consumer: "nobody" }, ""],
      [{ search: "E3/" }, "e3"],
      [{ search: "query ord" }, "e3"],
      [{ search: "billing" }, "e3 e4 e5"],
      [{ search: "a_b" }, "e4"],
      [{ search: "%" }, "e3 e4 e5"],
      [{ search: "\\" }, ""],
      [{ service: "s2", search: "/a" }, "e4 e5"],
    ]
    for (const [filter, ids] of rows) {
      const page = await store.endpoints(filter, { limit: 10, sort: "id" })
      assert.equal(page.items.map((item) => item.id).join(" "), ids, JSON.stringify(filter))
      assert.equal(page.total, page.items.length)
    }
    assert.equal((await store.services({ limit: 10 }, "BILLING")).items[0]?.id, "s2")
    assert.equal((await store.consumers({ limit: 10 }, "-c2")).total, 1)
  })

  withContents("table: sorts, ties by id in the direction of the sort", async (store) => {
    const rows: readonly [sort: string, ids: string][] = [
      ["requests", "e4 e3 e1 e2 e5"],
      ["-requests", "e5 e2 e1 e3 e4"],
      ["template", "e4 e5 e1 e2 e3"],
      ["-service", "e2 e1 e5 e4 e3"],
    ]
    for (const [sort, ids] of rows) {
      for (const limit of [1, 2, 3, 10]) {
        const items = await allPages((page) => store.endpoints({}, page), { limit, sort })
        assert.equal(items.map((item) => item.id).join(" "), ids, `${sort} by ${limit}`)
      }
    }
  })

  withStore("every sort of every list pages through each row once", async (store) => {
    const many = Array.from({ length: 25 }, (_, i) => i)
    await store.commit(
      checkpoint(1, {
        services: many.map((i) => service(`s${i}`, { requests: i % 4, name: `n${i % 3}` })),
        endpoints: many.map((i) => endpoint(`e${i}`, { service: `s${i % 5}`, requests: i % 4, lossy: i % 2 })),
        consumers: many.map((i) => consumer(`c${i}`, { requests: i % 4, name: `n${i % 3}` })),
        dark: many.map((i) => dark(`d${i}`, { sessions: i % 4, name: `n${i % 3}`, requestBytes: i % 2 })),
      }),
    )
    const common = ["id", "firstSeenUs", "lastSeenUs", "requests", "errors"]
    const lists: readonly [sorts: readonly string[], read: (page: PageRequest) => Promise<Page<{ id: string }>>][] = [
      [[...common, "name", "zone", "endpoints"], (page) => store.services(page)],
      [
        [...common, "service", "method", "template", "operation", "status", "lossy", "consumers"],
        (page) => store.endpoints({}, page),
      ],
      [[...common, "name", "scheme", "endpoints"], (page) => store.consumers(page)],
      [
        ["id", "firstSeenUs", "lastSeenUs", "name", "address", "port", "zone", "state", "sessions", "clients"],
        (page) => store.dark({}, page),
      ],
      [["requestBytes", "responseBytes"], (page) => store.dark({}, page)],
    ]
    for (const [sorts, read] of lists) {
      for (const sort of [undefined, ...sorts, ...sorts.map((sort) => `-${sort}`)]) {
        const items = await allPages(read, { limit: 7, sort })
        assert.equal(new Set(items.map((item) => item.id)).size, 25, String(sort))
        assert.equal(items.length, 25, String(sort))
      }
    }
  })

  withContents("table: sorts and cursors that no list gave out are refused", async (store) => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
    const { next } = await store.endpoints({}, { limit: 1, sort: "requests" })
    const rows: readonly [page: PageRequest, code: string][] = [
      [{ limit: 1, sort: "secret" }, "bad-sort"],
      [{ limit: 1, sort: "" }, "bad-sort"],
      [{ limit: 1, sort: "--requests" }, "bad-sort"],
      [{ limit: 1, sort: "constructor" }, "bad-sort"],
      [{ limit: 1, sort: "requests; DROP TABLE endpoints" }, "bad-sort"],
      [{ limit: 1, cursor: "" }, "bad-cursor"],
      [{ limit: 1, cursor: "nonsense" }, "bad-cursor"],
      [{ limit: 1, cursor: next! }, "bad-cursor"],
      [{ limit: 1, cursor: next!, sort: "-requests" }, "bad-cursor"],
      [{ limit: 1, cursor: encode(["template", { a: 1 }, "e1"]) }, "bad-cursor"],
      [{ limit: 1, cursor: encode(["template", "x", 7]) }, "bad-cursor"],
      [{ limit: 1, cursor: encode(["template", null, "e1"]) }, "bad-cursor"],
      [{ limit: 1, cursor: "A".repeat(100_000) }, "bad-cursor"],
    ]
    for (const [page, code] of rows) {
      await assert.rejects(store.endpoints({}, page), (error: StoreError) => error.code === code, JSON.stringify(page))
    }
  })
}

function countContract(withContents: With): void {
  withContents("windows: rows of a pair, an endpoint, a consumer; oldest first, half-open, bounded", async (store) => {
    const windows = (...request: Parameters<Store["windows"]>) =>
      store
        .windows(...request)
        .then((rows) => rows.map((row) => `${row.endpoint} ${row.consumer} ${(row.windowUs - DAY_START_US) / HOUR_US}`))
    assert.deepEqual(await windows({ endpoint: "e1", consumer: "c1" }, "hour", ...FOREVER), ["e1 c1 0", "e1 c1 1"])
    assert.deepEqual(await windows({ endpoint: "e1" }, "hour", ...FOREVER), ["e1 c1 0", "e1 c1 1", "e1 c2 1"])
    assert.deepEqual(await windows({ consumer: "c1" }, "day", ...FOREVER), ["e1 c1 0", "e3 c1 24"])
    const untilUs = DAY_START_US + HOUR_US
    assert.deepEqual(await windows({ endpoint: "e1" }, "hour", DAY_START_US, untilUs, 10), ["e1 c1 0"])
    assert.deepEqual(await windows({ endpoint: "e1" }, "hour", DAY_START_US + 1, untilUs + 1, 1), ["e1 c1 1"])
  })

  withContents("pairs: totals, busiest first", async (store) => {
    const pairs = (by: Parameters<Store["pairs"]>[0], limit: number) =>
      store.pairs(by, limit).then((rows) => rows.map((row) => `${row.endpoint} ${row.consumer} ${row.requests}`))
    assert.deepEqual(await pairs({}, 10), ["e3 c1 8", "e1 c2 4", "e1 c1 3"])
    assert.deepEqual(await pairs({ consumer: "c1" }, 10), ["e3 c1 8", "e1 c1 3"])
    assert.deepEqual(await pairs({ endpoint: "e1" }, 1), ["e1 c2 4"])
  })

  withContents("map: consumer x service, busiest first", async (store) => {
    assert.deepEqual(await store.map(10), [
      { consumer: "c1", service: "s2", requests: 8, errors: 0, responseBytes: 800 },
      { consumer: "c2", service: "s1", requests: 4, errors: 0, responseBytes: 400 },
      { consumer: "c1", service: "s1", requests: 3, errors: 0, responseBytes: 300 },
    ])
    assert.equal((await store.map(1)).length, 1)
  })

  withContents("table: series sum what matches; of too many windows the newest, oldest first", async (store) => {
    const rows: readonly [by: Parameters<Store["series"]>[0], size: "hour" | "day", limit: number, requests: string][] =
      [
        [{}, "hour", 10, "0:113 1:6 24:8"],
        [{}, "day", 10, "0:119 24:8"],
        [{}, "hour", 2, "1:6 24:8"],
        [{ endpoint: "e1" }, "hour", 10, "0:33 1:6"],
        [{ consumer: "c1" }, "hour", 10, "0:17 1:2 24:8"],
        [{ service: "s1" }, "hour", 10, "0:33 1:6"],
        [{ service: "s2" }, "day", 10, "24:8"],
        [{ endpoint: "e1", consumer: "c1" }, "hour", 10, "0:1 1:2"],
        [{ service: "s1", consumer: "c1" }, "day", 10, "0:3"],
        [{ service: "s2", endpoint: "e1" }, "hour", 10, ""],
        [{ endpoint: "nothing" }, "hour", 10, ""],
      ]
    for (const [by, size, limit, requests] of rows) {
      const points = await store.series(by, size, 0, Number.MAX_SAFE_INTEGER, limit)
      const seen = points.map((point) => `${(point.windowUs - DAY_START_US) / HOUR_US}:${point.requests}`).join(" ")
      assert.equal(seen, requests, JSON.stringify([by, size, limit]))
    }
    const [point] = await store.series({ service: "s2" }, "hour", ...FOREVER)
    assert.deepEqual(point, {
      windowUs: DAY_START_US + DAY_US,
      requests: 8,
      errors: 0,
      requestBytes: 80,
      responseBytes: 800,
      items: 16,
    })
  })

  withContents("shapes, sensors, changes", async (store) => {
    assert.deepEqual(await store.shapes([1, 4_000_000_000]), CONTENTS.shapes)
    assert.deepEqual(await store.sensors(), [SENSOR])
    assert.deepEqual(await store.changes(1, 1), [change(2)])
    assert.deepEqual(await store.changes(3, 10), [])
    assert.deepEqual(await store.latestChanges(2), [change(3), change(2)])
  })
}

function historyContract(withContents: With): void {
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

function windowContract(withContents: With): void {
  withContents("logs of exchange keys come back in order, and go when newer ones hold enough", async (store) => {
    const log = (changes: number) => ({ changes, bytes: Uint8Array.of(changes), keep: 5 })
    const kept = async () => (await store.load()).window.map((one) => one.changes)
    assert.deepEqual((await store.load()).window, [{ changes: 3, bytes: Uint8Array.of(1, 2, 3) }])
    await store.commit(checkpoint(2, { window: log(2) }))
    assert.deepEqual(await kept(), [3, 2])
    await store.commit(checkpoint(3, {}))
    await store.commit(checkpoint(4, { window: log(4) }))
    assert.deepEqual(await kept(), [2, 4])
    await store.commit(checkpoint(5, { window: log(9) }))
    assert.deepEqual(await kept(), [9])
  })

  withContents("what waits is replaced as a whole, or left as it is", async (store) => {
    assert.deepEqual((await store.load()).waiting, CONTENTS.waiting)
    await store.commit(checkpoint(2, { waiting: null }))
    assert.deepEqual((await store.load()).waiting, CONTENTS.waiting)
    await store.commit(checkpoint(3, { waiting: [CONTENTS.waiting![1]!] }))
    assert.deepEqual((await store.load()).waiting, [CONTENTS.waiting![1]])
    await store.commit(checkpoint(4, { waiting: [] }))
    assert.deepEqual((await store.load()).waiting, [])
  })
}

function darkContract(withContents: With): void {
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
