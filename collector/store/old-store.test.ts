// A store as earlier releases wrote it goes on: nothing is lost, the new fields say what is known.
import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, test } from "node:test"
import { batch, event, identity, START_US, server, tlsNote } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { MIGRATIONS, migrate } from "./migrations.ts"
import { DATABASE_FILE } from "./sqlite-open.ts"
import { openSqliteStore } from "./sqlite-store.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-old-store-"))
after(() => rmSync(folder, { recursive: true }))

/** Rows of schema 1, byte for byte as its program wrote them. */
const SENSOR_1 =
  '{"sensor":"tap-1","tenant":"default","boot":"boot-1","sequence":2,"keyEpoch":1,"watermarkUs":1795428000000000,' +
  '"firstBatchUs":1795428000000000,"exchanges":3,"batches":2,"ledger":{"capture.packets":25,"tcp.gap_bytes":3},' +
  '"flags":{"gap":1},"finished":false}'
const POSITION_1 =
  '{"sensor":"tap-1","boot":"boot-1","sequence":2,"holes":[],"lost":0,"ledger":{"capture.packets":25,"tcp.gap_bytes":3}}'
const LEDGER_1 =
  '{"exchanges":3,"batches":2,"duplicateBatches":1,"missingBatches":0,"refused":{},"states":{"complete":3},' +
  '"unlisted":{"notFound":3},"limits":{}}'

/** Rows of schema 2: what was added to services, endpoints and consumers since stood in none of them. */
const SERVICE_2 = '{"addresses":["5eed00000001:443"],"ports":[443],"protocols":["http/1.1"],"unlisted":{"notFound":3}}'
const ENDPOINT_2 =
  '{"states":{"complete":3},"statuses":{"200":3},"requestTypes":{},"responseTypes":{},"schemes":{"basic":3},' +
  '"anomalies":{},"dataClasses":{},"shapes":{},"requestShapes":{},"protocols":{"http/1.1":3},"parameters":[]}'
const CONSUMER_2 =
  '{"principal":"bbbbbbbbbbbb","issuer":"","rule":"basic","credentials":[],"userAgents":[],"prefixes":[]}'

/** Rows of schema 3: no owners, labels, routes, judgements; data classes and parameters stood in the detail only. */
const SERVICE_3 = SERVICE_2.replace(/}$/, ',"conversations":0,"rules":{"basic basic":3}}')
const ENDPOINT_3 =
  '{"states":{"complete":3},"statuses":{"200":3},"requestTypes":{},"responseTypes":{},"schemes":{"basic":3},"anomalies":{},' +
  '"dataClasses":{"request:email":1,"response:card":2,"response:email":2},"shapes":{},"requestShapes":{},' +
  '"protocols":{"http/1.1":3},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},' +
  '"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[' +
  '{"in":"query","name":"expand","requests":3,"kinds":{"word":3},"firstSeenUs":1,"lastSeenUs":1},' +
  '{"in":"cookie","name":"expand","requests":3,"kinds":{"word":3},"firstSeenUs":1,"lastSeenUs":1},' +
  '{"in":"query","name":"Cursor","requests":3,"kinds":{"word":3},"firstSeenUs":1,"lastSeenUs":1}]}'
const QUIET_ENDPOINT_3 = ENDPOINT_3.replace(/"dataClasses":{[^}]*}/, '"dataClasses":{}').replace(
  /"parameters":.*/,
  '"parameters":[]}',
)
const CONSUMER_3 = CONSUMER_2.replace(/}$/, ',"formerPrincipals":[]}')

function writeStore3(directory: string): void {
  mkdirSync(directory)
  const database = new DatabaseSync(join(directory, DATABASE_FILE))
  migrate(database, MIGRATIONS.slice(0, 3))
  const seen = `${START_US}, ${START_US}, 3, 0`
  const nothing = "x'', x'', x'', x''"
  const counted = `${START_US}, 3, 0, 30.0, 300.0, 0.0`
  database.exec(`
    INSERT INTO services VALUES ('s_1', 'api.example.com', 'api.example.com', '', ${seen}, 1);
    INSERT INTO service_details VALUES ('s_1', '${SERVICE_3}');
    INSERT INTO endpoints VALUES ('e_1', 's_1', 'GET', '/v1/orders/{int}', '', 'unknown', ${seen}, 0, 1);
    INSERT INTO endpoint_details VALUES ('e_1', '${ENDPOINT_3}', ${nothing});
    INSERT INTO endpoints VALUES ('e_2', 's_1', 'GET', '/v1/health', '', 'unknown', ${seen}, 0, 0);
    INSERT INTO endpoint_details VALUES ('e_2', '${QUIET_ENDPOINT_3}', ${nothing});
    INSERT INTO consumers VALUES ('c_1', 'partner', 'basic', NULL, ${seen}, 1);
    INSERT INTO consumer_details VALUES ('c_1', '${CONSUMER_3}');
    INSERT INTO pairs VALUES ('e_1', 'c_1', ${counted});
    INSERT INTO pair_days VALUES ('e_1', 'c_1', ${counted});
    INSERT INTO series_days VALUES ('endpoint', 'e_1', ${counted});`)
  database.close()
}

function writeStore2(directory: string): void {
  mkdirSync(directory)
  const database = new DatabaseSync(join(directory, DATABASE_FILE))
  migrate(database, MIGRATIONS.slice(0, 2))
  const seen = `${START_US}, ${START_US}, 3, 0`
  const nothing = "x'', x'', x'', x''"
  database.exec(`
    INSERT INTO services VALUES ('s_1', 'api.example.com', 'api.example.com', '', ${seen}, 1);
    INSERT INTO service_details VALUES ('s_1', '${SERVICE_2}');
    INSERT INTO endpoints VALUES ('e_1', 's_1', 'GET', '/v1/orders/{int}', '', 'unknown', ${seen}, 0, 1);
    INSERT INTO endpoint_details VALUES ('e_1', '${ENDPOINT_2}', ${nothing});
    INSERT INTO consumers VALUES ('c_1', 'partner', 'basic', NULL, ${seen}, 1);
    INSERT INTO consumer_details VALUES ('c_1', '${CONSUMER_2}');`)
  database.close()
}

function writeOldStore(directory: string): void {
  mkdirSync(directory)
  const database = new DatabaseSync(join(directory, DATABASE_FILE))
  migrate(database, MIGRATIONS.slice(0, 1))
  database.prepare("INSERT INTO sensors VALUES (?, ?)").run("tap-1", SENSOR_1)
  database.prepare("INSERT INTO positions VALUES (?, ?, ?, ?)").run("tap-1", "boot-1", 7, POSITION_1)
  database.prepare("INSERT INTO progress VALUES (1, 7, ?)").run(LEDGER_1)
  database.close()
}

test("an older store is brought up to date, and its sensor's run goes on in it", async () => {
  const directory = join(folder, "running")
  writeOldStore(directory)
  const store = await openSqliteStore(directory)
  const before = await store.load()
  assert.deepEqual(before.sensors, [
    {
      ...JSON.parse(SENSOR_1),
      run: "boot-1",
      workers: [],
      runs: 1,
      lastHeardUs: 0,
      silent: false,
      missingBatches: 0,
      copies: 0,
      rules: {},
    },
  ])
  assert.deepEqual(before.ledger, {
    ...JSON.parse(LEDGER_1),
    received: 3,
    conversations: 0,
    tlsSessions: 0,
    joined: 0,
    copies: 0,
    betterCopies: 0,
    halvesExpired: 0,
    waiting: 0,
  })
  assert.deepEqual([before.window, before.waiting, before.lastCheckpoint], [[], [], 7])

  const inventory = await Inventory.open(store)
  const again = { sequence: 2, ledger: { "capture.packets": 25 } }
  assert.equal(inventory.apply(batch([event()], again)), "duplicate")
  const next = { sequence: 3, ledger: { "capture.packets": 40, "tcp.gap_bytes": 3 } }
  assert.equal(inventory.apply(batch([event({ exchangeKey: 5 })], next), START_US), "applied")
  await inventory.checkpoint()
  const [sensor] = await store.sensors()
  assert.deepEqual(
    [sensor?.ledger, sensor?.runs, sensor?.workers.length, sensor?.lastHeardUs],
    [{ "capture.packets": 40, "tcp.gap_bytes": 3 }, 1, 1, START_US],
  )
  const { exchanges, received } = await store.ledger()
  assert.deepEqual([exchanges, received], [4, 4])
  assert.equal((await store.sensorHistory("tap-1", "minute", 0, Number.MAX_SAFE_INTEGER, 10))[0]?.packets, 15)
  await store.close()
})

test("opened a second time, nothing is migrated twice", async () => {
  const directory = join(folder, "twice")
  writeOldStore(directory)
  const states: unknown[] = []
  for (let i = 0; i < 2; i++) {
    const store = await openSqliteStore(directory)
    states.push(await store.load())
    await store.close()
  }
  assert.deepEqual(states[1], states[0])
})

test("a store of schema 2: its services, endpoints and consumers have the new fields, empty, and go on", async () => {
  const directory = join(folder, "schema-2")
  writeStore2(directory)
  const store = await openSqliteStore(directory)
  const state = await store.load()
  const { conversations, rules } = state.services[0]!
  assert.deepEqual([conversations, rules], [0, {}])
  const { outcomes, calls, requestMessages, responseMessages, schemes } = state.endpoints[0]!
  assert.deepEqual([outcomes, requestMessages, responseMessages, schemes], [{}, 0, 0, { basic: 3 }])
  assert.deepEqual(calls, { kinds: {}, fields: {}, depth: -1, aliases: -1, batch: 0 })
  assert.deepEqual(state.consumers[0]?.formerPrincipals, [])
  assert.deepEqual([state.dark, await store.darkSums()], [[], []])

  const inventory = await Inventory.open(store)
  const known = server({ authority: "api.example.com" })
  const who = identity({ scheme: "basic", issuer: "", principal: "cccccccccccc", formerPrincipal: "bbbbbbbbbbbb" })
  inventory.apply(batch([event({ server: known, identity: who })], {}, [], [tlsNote()]))
  await inventory.checkpoint()
  assert.equal((await store.endpoint("e_1"))?.requests, 4)
  const consumer = await store.consumer("c_1")
  assert.deepEqual([consumer?.requests, consumer?.principal], [4, "cccccccccccc"])
  assert.equal((await store.dark({}, { limit: 1 })).total, 1)
  await store.close()
})

test("a store of schema 3: endpoints are their own routes, and are filtered by what was known of them", async () => {
  const directory = join(folder, "schema-3")
  writeStore3(directory)
  const store = await openSqliteStore(directory)
  const { routes, services, endpoints } = await store.load()
  const own = { service: "s_1", method: "GET", extension: "", operation: "", leaf: -1, traffic: null }
  assert.deepEqual(routes, [
    { id: "e_1", endpoint: "e_1", path: "/v1/orders/{int}", ...own },
    { id: "e_2", endpoint: "e_2", path: "/v1/health", ...own },
  ])
  assert.deepEqual([services[0]?.owner, services[0]?.labels, services[0]?.listeners], ["", [], []])
  const { posture, drift, labels, derivedFrom } = endpoints[0]!
  assert.deepEqual([posture, drift, labels, derivedFrom], ["unknown", -1, [], ""])
  const found = async (filter: Parameters<typeof store.endpoints>[0]) =>
    (await store.endpoints(filter, { limit: 9, sort: "id" })).items.map(({ id }) => id).join(" ")
  assert.deepEqual(
    [await found({ dataClass: "email" }), await found({ dataClass: "card" }), await found({ dataClass: "ema" })],
    ["e_1", "e_1", ""],
  )
  assert.deepEqual([await found({ search: "cursor" }), await found({ search: "expand" })], ["e_1", "e_1"])
  assert.deepEqual([await found({ hasDrift: false }), await found({ consumer: "c_1" })], ["e_1 e_2", "e_1"])
  const window = [0, Number.MAX_SAFE_INTEGER, 9] as const
  assert.equal((await store.pairs({ endpoint: "e_1" }, 9))[0]?.requests, 3)
  assert.equal((await store.windows({ endpoint: "e_1" }, "day", ...window))[0]?.requests, 3)
  assert.equal((await store.series({ endpoint: "e_1" }, "day", ...window))[0]?.requests, 3)

  const inventory = await Inventory.open(store)
  inventory.apply(batch([event({ server: server({ authority: "api.example.com" }) })]))
  await inventory.checkpoint()
  assert.equal((await store.endpoint("e_1"))?.requests, 4)
  await store.close()
})
