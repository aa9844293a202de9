// A store as the release before joining across sensors wrote it goes on: nothing is lost, the new fields say what is known.
import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, test } from "node:test"
import { batch, event, START_US } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { MIGRATIONS, migrate } from "./migrations.ts"
import { DATABASE_FILE, openSqliteStore } from "./sqlite-store.ts"

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
    },
  ])
  assert.deepEqual(before.ledger, {
    ...JSON.parse(LEDGER_1),
    received: 3,
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
