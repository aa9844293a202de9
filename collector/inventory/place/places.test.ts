// Which place of a service is its gateway, what goes past it, and what only looks like it.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import type { Consumer } from "../../consumer/consumer.ts"
import type { FindingRecord } from "../../store/documents.ts"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import { batch, client, countingIds, event, identity, START_US, server } from "../fake-batches.ts"
import { Inventory } from "../inventory.ts"
import { DAY_US, HOUR_US } from "../pair-counts.ts"
import { Places } from "./places.ts"

const MINUTE_US = 60_000_000

interface Traffic {
  /** Last part of the listening address. */
  readonly at: string
  /** Clients and consumers take turns. */
  readonly clients?: readonly string[]
  readonly consumers?: readonly string[]
  readonly count: number
  readonly fromUs: number
  readonly everyUs: number
  readonly status?: number
}

/** Eight days of a busy gateway. */
const GATEWAY: Traffic = {
  at: "gw",
  clients: ["a1", "a2", "a3", "a4", "a5", "a6", "a7"],
  consumers: ["p1", "p2", "p3"],
  count: 1100,
  fromUs: 0,
  everyUs: 11 * MINUTE_US,
}
const after = (count: number, change: Partial<Traffic> = {}): Traffic => ({
  ...GATEWAY,
  count,
  fromUs: 8.5 * DAY_US,
  everyUs: MINUTE_US,
  ...change,
})
const DIRECT = after(6, { at: "b1", clients: ["x1"], consumers: ["p9"], fromUs: 8.5 * DAY_US + 1, everyUs: MINUTE_US })

function eventsOf(traffic: readonly Traffic[]): ApiEvent[] {
  const events = traffic.flatMap(({ at, clients = ["a1"], consumers = ["p1"], count, fromUs, everyUs, status }) => {
    const place = server({ address: at, port: 443 })
    return Array.from({ length: count }, (_, i) => {
      const who = consumers[i % consumers.length]!
      return event({
        startUs: START_US + fromUs + i * everyUs,
        server: place,
        client: client({ address: clients[i % clients.length]! }),
        identity: who === "" ? identity({ scheme: "none", principal: "n" }) : identity({ principal: who, name: who }),
        ...(status === undefined ? {} : { status }),
      })
    })
  })
  return events.sort((a, b) => a.startUs - b.startUs)
}

function count(places: Places, events: readonly ApiEvent[]): void {
  for (const one of events) {
    const listener = `${one.server.address}:443`
    const place = places.get(listener) ?? places.add(listener, "private")
    const { principal, name } = one.identity
    if (place !== null) places.count(place, one, { id: principal, principal, name } as Consumer)
  }
}

const rolesOf = (places: Places): string =>
  places
    .records()
    .map(({ listener, role }) => `${listener.slice(0, -4)} ${role}`)
    .join(", ")

const LEARNED: readonly (readonly [name: string, traffic: readonly Traffic[], roles: string])[] = [
  ["one place, a week and a thousand", [GATEWAY], "gw gateway"],
  ["a day is too short", [{ ...GATEWAY, everyUs: MINUTE_US }], "gw unknown"],
  ["a few hundred are too few", [{ ...GATEWAY, count: 800, everyUs: 30 * MINUTE_US }], "gw unknown"],
  [
    "two places that share the work",
    [GATEWAY, { ...GATEWAY, at: "b2", everyUs: 12 * MINUTE_US }],
    "gw unknown, b2 unknown",
  ],
  ["a bypass by a partner", [GATEWAY, after(100), DIRECT], "gw gateway, b1 bypass"],
  ["one success with a credential is enough", [GATEWAY, after(100), { ...DIRECT, count: 1 }], "gw gateway, b1 bypass"],
  [
    "without a credential five are needed",
    [GATEWAY, after(100), { ...DIRECT, count: 4, consumers: [""] }],
    "gw gateway, b1 unknown",
  ],
  ["five without", [GATEWAY, after(100), { ...DIRECT, count: 5, consumers: [""] }], "gw gateway, b1 bypass"],
  ["refused elsewhere", [GATEWAY, after(100), { ...DIRECT, status: 401 }], "gw gateway, b1 unknown"],
  ["the gateway is silent since", [GATEWAY, DIRECT], "gw gateway, b1 unknown"],
  ["from the gateway's own address", [GATEWAY, after(100), { ...DIRECT, clients: ["gw"] }], "gw gateway, b1 behind"],
  [
    "a bypass beside the way through the gateway",
    [GATEWAY, after(100), { ...DIRECT, clients: ["gw", "x1"] }],
    "gw gateway, b1 bypass",
  ],
  [
    "a replica behind the same proxy",
    [{ ...GATEWAY, clients: ["lb"] }, after(100, { clients: ["lb"] }), { ...DIRECT, clients: ["lb"], count: 60 }],
    "gw gateway, b1 behind",
  ],
  [
    "the only client of a gateway with few is no proxy when it has one consumer",
    [
      { ...GATEWAY, clients: ["lb"], consumers: ["p1"] },
      after(100, { clients: ["lb"], consumers: ["p1"] }),
      { ...DIRECT, clients: ["lb"], consumers: ["p1"] },
    ],
    "gw gateway, b1 bypass",
  ],
  [
    "failover: all of it goes elsewhere",
    [GATEWAY, { ...GATEWAY, at: "b1", fromUs: 8.5 * DAY_US, count: 60 }],
    "gw gateway, b1 gateway",
  ],
  [
    "failover and back",
    [
      GATEWAY,
      { ...GATEWAY, at: "b1", fromUs: 8.5 * DAY_US, count: 60 },
      { ...GATEWAY, fromUs: 10 * DAY_US, count: 60 },
    ],
    "gw gateway, b1 gateway",
  ],
  [
    "a burst in a short pause of the gateway is no failover",
    [
      GATEWAY,
      after(1),
      { ...DIRECT, count: 40, everyUs: 1_000_000 },
      after(60, { fromUs: 8.5 * DAY_US + 5 * MINUTE_US }),
    ],
    "gw gateway, b1 bypass",
  ],
  [
    "a second front for everybody",
    [GATEWAY, after(300), { ...GATEWAY, at: "b1", fromUs: 8.5 * DAY_US + 1, count: 150, everyUs: 2 * MINUTE_US }],
    "gw gateway, b1 gateway",
  ],
  [
    "places of which addresses are not told",
    [
      { ...GATEWAY, at: "" },
      { ...DIRECT, at: "" },
    ],
    " unknown",
  ],
]

describe("a gateway that is learned", () => {
  for (const [name, traffic, roles] of LEARNED)
    test(name, () => {
      const events = eventsOf(traffic)
      const places = new Places(32)
      count(places, events)
      assert.equal(rolesOf(places), roles)
      // The same with a restart at any place.
      for (const at of [500, 1100, 1105, 1130]) {
        const before = new Places(32)
        count(before, events.slice(0, at))
        const restored = new Places(32, JSON.parse(JSON.stringify(before.records())) as never)
        count(restored, events.slice(at))
        assert.deepEqual(restored.records(), places.records(), `restart at ${at}`)
      }
    })
})

describe("gateways named by hand", () => {
  const places = (traffic: readonly Traffic[], named: readonly string[]): Places => {
    const made = new Places(32)
    count(made, eventsOf(traffic))
    made.name(named.map((name) => `${name}:443`))
    return made
  }
  const few = { ...GATEWAY, count: 20 }

  test("hold for the past at once", () => {
    assert.equal(rolesOf(places([few, { ...DIRECT, fromUs: 5 }], ["gw"])), "gw gateway, b1 bypass")
    assert.equal(rolesOf(places([few, { ...DIRECT, fromUs: 5, clients: ["gw"] }], ["gw"])), "gw gateway, b1 behind")
    assert.equal(rolesOf(places([few, { ...DIRECT, fromUs: 5 }], ["gw", "b1"])), "gw gateway, b1 gateway")
    assert.equal(rolesOf(places([few, { ...DIRECT, fromUs: 5 }], ["b7"])), "gw bypass, b1 bypass")
  })

  test("there is neither failover nor second front", () => {
    const named = places([few], ["gw"])
    count(named, eventsOf([{ ...GATEWAY, at: "b1", fromUs: DAY_US, count: 500 }]))
    assert.equal(rolesOf(named), "gw gateway, b1 bypass")
  })

  test("may be met after they were named", () => {
    const named = new Places(32)
    named.name(["gw:443"])
    count(named, eventsOf([few, { ...DIRECT, fromUs: 5 }]))
    assert.equal(rolesOf(named), "gw gateway, b1 bypass")
  })

  test("named no more, what was counted decides again", () => {
    const named = places([GATEWAY, after(100), DIRECT], ["b1"])
    assert.equal(rolesOf(named), "gw bypass, b1 gateway")
    named.name([])
    assert.equal(rolesOf(named), "gw gateway, b1 unknown")
  })
})

test("places without end: those beyond the limit are not told apart", () => {
  const places = new Places(3)
  count(places, eventsOf(Array.from({ length: 9 }, (_, i) => ({ ...DIRECT, at: `b${i}` }))))
  assert.equal(places.records().length, 3)
})

async function findingsOf(
  traffic: readonly Traffic[],
  limits: { readonly listeners?: number } = {},
): Promise<{ findings: FindingRecord[]; news: string[]; reached: number }> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds(), limits })
  inventory.apply(batch(eventsOf(traffic)))
  await inventory.checkpoint()
  const findings = (await store.documents("finding")).map(({ record }) => record)
  const changes = await store.changes(0, 1000)
  const news = changes.filter(({ kind }) => kind === "server.new").map(({ sentence }) => sentence)
  const reached = (await store.ledger()).limits.listeners ?? 0
  await store.close()
  return { findings: findings.filter(({ kind }) => !kind.startsWith("auth.")), news, reached }
}

test("a bypass is one finding with counts, places and consumers; a new server is news", async () => {
  const { findings, news } = await findingsOf([GATEWAY, after(100), DIRECT, { ...DIRECT, at: "b2", count: 1 }])
  assert.deepEqual(
    findings.map(({ kind, count }) => [kind, count]),
    [
      ["server.new", 2],
      ["gateway.bypass", 7],
    ],
  )
  assert.equal(
    findings[1]?.sentence,
    "7 exchanges with api.example.com went past its gateway gw:443 (1200 exchanges, 99.4 %), 7 of them successful: at b1:443 (6), b2:443 (1), by p9 (7).",
  )
  assert.match(findings[1]?.consumer ?? "", /^consumer-/)
  assert.equal(
    findings[0]?.sentence,
    "A new server, b2:443 (private), answers for api.example.com; in 8 days of watching the plain network nothing was seen to answer there. It is new server 2 of this service.",
  )
  assert.deepEqual(news, [
    "New server b1:443 answers for api.example.com.",
    "New server b2:443 answers for api.example.com.",
  ])
})

test("servers are no news in the first week, nor when nobody answers there", async () => {
  const young = { ...GATEWAY, count: 20, everyUs: HOUR_US }
  assert.deepEqual((await findingsOf([young, { ...DIRECT, fromUs: 6 * DAY_US }])).findings, [])
  const silent = { ...DIRECT, fromUs: 8 * DAY_US, status: 404 }
  assert.deepEqual((await findingsOf([young, silent])).findings, [])
  assert.deepEqual(
    (await findingsOf([young, { ...silent, status: 401 }])).findings.map(({ kind }) => kind),
    ["server.new"],
  )
})

test("limit: servers beyond it are no news and counted", async () => {
  const young = { ...GATEWAY, count: 20, everyUs: HOUR_US }
  const more = ["b1", "b2", "b3"].map((at) => ({ ...DIRECT, at, fromUs: 8 * DAY_US, count: 1 }))
  const { news, reached } = await findingsOf([young, ...more], { listeners: 2 })
  assert.equal(news.length, 1)
  assert.equal(reached, 2)
})
