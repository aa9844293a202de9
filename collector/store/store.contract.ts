// What every Store must do, as a suite that each implementation runs: store.contract("sqlite in a file", open).
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { CONTENTS, DAY_US, FOREVER, HOUR_US, SENSOR, type With } from "./contract-contents.ts"
import { darkContract, historyContract } from "./evidence.contract.ts"
import { change, checkpoint, consumer, count, DAY_START_US, dark, endpoint, ledger, service } from "./fake-records.ts"
import { filtersContract } from "./filters.contract.ts"
import { endpointHoursContract, mergesContract, routesContract } from "./routes.contract.ts"
import { type Page, type PageRequest, type Store, StoreError } from "./store.ts"

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
    filtersContract(withStore)
    countContract(withContents)
    routesContract(withContents)
    mergesContract(withContents)
    endpointHoursContract(withContents)
    historyContract(withContents)
    windowContract(withContents)
    darkContract(withContents)
  })
}

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
      ["c1", "e1", 3],
      ["c1", "e3", 8],
      ["c2", "e1", 4],
    ])
    assert.deepEqual(state.shapes, CONTENTS.shapes)
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
    assert.equal((await store.services({ limit: 10 }, { search: "BILLING" })).items[0]?.id, "s2")
    assert.equal((await store.consumers({ limit: 10 }, { search: "-c2" })).total, 1)
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
        consumers: many.map((i) =>
          consumer(`c${i}`, { requests: i % 4, name: `n${i % 3}`, partner: i % 2 === 0 ? null : "p" }),
        ),
        dark: many.map((i) => dark(`d${i}`, { sessions: i % 4, name: `n${i % 3}`, requestBytes: i % 2 })),
      }),
    )
    const common = ["id", "firstSeenUs", "lastSeenUs", "requests", "errors"]
    const lists: readonly [sorts: readonly string[], read: (page: PageRequest) => Promise<Page<{ id: string }>>][] = [
      [[...common, "name", "zone", "endpoints", "owner"], (page) => store.services(page)],
      [
        [...common, "service", "method", "template", "operation", "status", "lossy", "consumers", "posture", "drift"],
        (page) => store.endpoints({}, page),
      ],
      [[...common, "name", "scheme", "endpoints", "partner"], (page) => store.consumers(page)],
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
