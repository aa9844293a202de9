// The store contract on SQLite, and what only a file can show: reopening, locks, damage, newer schemas, a killed process.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { Database } from "./database.ts"
import {
  change,
  checkpoint,
  consumer,
  count,
  DAY_START_US,
  endpoint,
  endpointHour,
  minute,
  service,
} from "./fake-records.ts"
import { MIGRATIONS, migrate } from "./migrations.ts"
import { DATABASE_FILE, LOCK_FILE } from "./sqlite-open.ts"
import { openSqliteStore } from "./sqlite-store.ts"
import { storeContract } from "./store.contract.ts"
import { StoreError } from "./store.ts"

const root = mkdtempSync(join(tmpdir(), "sonde-store-"))
after(() => {
  rmSync(root, { recursive: true })
})
let directories = 0
const newDirectory = (): string => join(root, `d${++directories}`)

storeContract("sqlite in memory", () => openSqliteStore(":memory:"))
storeContract("sqlite in a file", () => openSqliteStore(newDirectory()))

async function codeOf(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof StoreError, String(error))
  assert.match(error.message, /\.$/)
  return error.code
}

test("what was committed is there after closing and opening again", async () => {
  const directory = newDirectory()
  const first = await openSqliteStore(directory)
  await first.commit(checkpoint(1, { services: [service("s1")], endpoints: [endpoint("e1")] }))
  const before = await first.load()
  await first.close()
  await first.close()
  const second = await openSqliteStore(directory)
  assert.deepEqual(await second.load(), before)
  await second.commit(checkpoint(2, { hours: [count("e1", "c1", DAY_START_US)] }))
  assert.equal((await second.series({ service: "s1" }, "hour", 0, Number.MAX_SAFE_INTEGER, 9)).length, 1)
  await second.close()
})

test("a directory in use by another store is refused, and free again when that one closes", async () => {
  const directory = newDirectory()
  const first = await openSqliteStore(directory)
  assert.equal(await codeOf(openSqliteStore(directory)), "locked")
  await first.close()
  await (await openSqliteStore(directory)).close()
})

test("a failed opening leaves no lock behind", async () => {
  const directory = newDirectory()
  mkdirSync(directory)
  writeFileSync(join(directory, DATABASE_FILE), "not a database, certainly not one with a proper header at all")
  assert.equal(await codeOf(openSqliteStore(directory)), "corrupt")
  rmSync(join(directory, DATABASE_FILE))
  await (await openSqliteStore(directory)).close()
})

test("a damaged database is refused as such", async () => {
  const directory = newDirectory()
  const store = await openSqliteStore(directory)
  const services = Array.from({ length: 500 }, (_, i) => service(`s${i}`))
  await store.commit(checkpoint(1, { services }))
  await store.close()
  const path = join(directory, DATABASE_FILE)
  const bytes = readFileSync(path)
  bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 20_000)
  writeFileSync(path, bytes)
  assert.equal(await codeOf(openSqliteStore(directory)), "corrupt")
})

test("a place where no directory can be made is refused in a sentence", async () => {
  const file = join(root, "file")
  writeFileSync(file, "")
  assert.equal(await codeOf(openSqliteStore(join(file, "store"))), "io")
})

/** Runs SQL on a closed store through the one owner of the database library: the store itself has no such door. */
async function alter(directory: string, sql: string): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite")
  const database = new DatabaseSync(join(directory, DATABASE_FILE))
  database.exec(sql)
  database.close()
}

test("a newer schema is refused, and nothing in it is touched", async () => {
  const directory = newDirectory()
  await (await openSqliteStore(directory)).close()
  await alter(directory, "INSERT INTO migrations VALUES (999, 'from the future', '')")
  assert.equal(await codeOf(openSqliteStore(directory)), "newer-schema")
  await alter(directory, "DELETE FROM migrations WHERE number = 999")
  await (await openSqliteStore(directory)).close()
})

test("migrations: missing ones run in order and once; a failing one leaves the schema as it was", async () => {
  const { DatabaseSync } = await import("node:sqlite")
  const database: Database = new DatabaseSync(":memory:")
  const one = { number: 1, name: "one", sql: "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)" }
  const two = { number: 2, name: "two", sql: "INSERT INTO a VALUES (2)" }
  const broken = { number: 3, name: "three", sql: "INSERT INTO a VALUES (3); INSERT INTO nowhere VALUES (1)" }
  const values = () => database.prepare("SELECT group_concat(x) AS xs FROM a").get()?.xs
  migrate(database, [one])
  migrate(database, [one, two])
  migrate(database, [one, two])
  assert.equal(values(), "1,2")
  assert.throws(() => {
    migrate(database, [one, two, broken])
  })
  assert.equal(values(), "1,2")
  assert.throws(() => {
    migrate(database, [one])
  }, StoreError)
})

test("migrations are numbered 1, 2, 3, ...", () => {
  assert.deepEqual(
    MIGRATIONS.map((migration) => migration.number),
    MIGRATIONS.map((_, i) => i + 1),
  )
})

test("limits: changes and positions that are kept", async () => {
  const store = await openSqliteStore(":memory:", { limits: { changes: 2, positions: 2 } })
  const position = (boot: string) => ({ sensor: "t", boot, sequence: 1, holes: [], lost: 0, ledger: {} })
  await store.commit(checkpoint(1, { changes: [1, 2, 3, 4].map(change), positions: ["a", "b", "c"].map(position) }))
  assert.deepEqual(
    (await store.changes(0, 10)).map((each) => each.sequence),
    [3, 4],
  )
  assert.equal((await store.load()).lastChange, 4)
  await store.commit(checkpoint(256, { positions: [position("a"), position("d")] }))
  assert.deepEqual(
    (await store.load()).positions.map((each) => each.boot),
    ["a", "d"],
  )
  await store.close()
})

test("limits: how far back a sensor's minutes and hours go, and how many rows there are in all", async () => {
  const MINUTE = 60_000_000
  const history = { minutesUs: 10 * MINUTE, hoursUs: 180 * MINUTE, rowsMax: 14 }
  const store = await openSqliteStore(":memory:", { limits: { changes: 9, positions: 9, history } })
  const at = (name: string, minutes: number) => minute(name, DAY_START_US + minutes * MINUTE)
  const kept = async (name: string, step: "minute" | "hour") =>
    (await store.sensorHistory(name, step, 0, Number.MAX_SAFE_INTEGER, 99)).map(
      (one) => (one.windowUs - DAY_START_US) / MINUTE,
    )
  await store.commit(checkpoint(1, { minutes: [0, 60, 235, 240, 245].map((m) => at("a", m)) }))
  assert.deepEqual(await kept("a", "minute"), [0, 60, 235, 240, 245])
  await store.commit(checkpoint(64, { minutes: [at("a", 250)] }))
  assert.deepEqual(await kept("a", "minute"), [240, 245, 250])
  assert.deepEqual(await kept("a", "hour"), [60, 180, 240])
  // Twelve more rows make fifteen: the oldest of all go, whoever's they are.
  await store.commit(checkpoint(128, { minutes: Array.from({ length: 12 }, (_, i) => at(`b${i}`, 260)) }))
  assert.deepEqual(await kept("a", "minute"), [245, 250])
  assert.deepEqual(await kept("b11", "minute"), [260])
  await store.close()
})

test("limits: former ids that are remembered, the oldest forgotten", async () => {
  const store = await openSqliteStore(":memory:", { limits: { changes: 9, positions: 9, merges: 2 } })
  const merges = ["c1", "c2", "c3"].map((from) => ({ kind: "consumer", from, into: "c9" }) as const)
  await store.commit(checkpoint(1, { consumers: ["c1", "c2", "c3", "c9"].map((id) => consumer(id)) }))
  await store.commit(checkpoint(2, { merges }))
  assert.deepEqual((await store.load()).merges, merges.slice(1))
  assert.equal(await store.consumer("c1"), null)
  assert.equal((await store.consumer("c3"))?.id, "c9")
  await store.close()
})

test("limits: hours of endpoints that are old go into their days, old days go, and there are so many rows", async () => {
  const HOUR = 3_600_000_000
  const endpointHours = { hoursUs: 10 * HOUR, daysUs: 100 * HOUR, rowsMax: 5 }
  const store = await openSqliteStore(":memory:", { limits: { changes: 9, positions: 9, endpointHours } })
  const at = (id: string, hours: number) => endpointHour(id, DAY_START_US + hours * HOUR)
  const kept = async (id: string, size: "hour" | "day") =>
    (await store.endpointHours(id, size, 0, Number.MAX_SAFE_INTEGER, 99)).map(
      ({ windowUs, requests }) => `${(windowUs - DAY_START_US) / HOUR}:${requests}`,
    )
  await store.commit(checkpoint(1, { endpointHours: [0, 1, 30, 31, 39].map((hours) => at("e1", hours)) }))
  await store.commit(checkpoint(64, { endpointHours: [at("e1", 41)] }))
  assert.deepEqual(
    [await kept("e1", "hour"), await kept("e1", "day")],
    [
      ["31:1", "39:1", "41:1"],
      ["0:2", "24:4"],
    ],
  )
  // Five other hours: of nine rows the oldest four go into their days.
  await store.commit(checkpoint(128, { endpointHours: [42, 43, 44, 45, 46].map((hours) => at("e2", hours)) }))
  assert.deepEqual([await kept("e1", "hour"), await kept("e2", "hour")], [[], ["42:1", "43:1", "44:1", "45:1", "46:1"]])
  assert.deepEqual(await kept("e1", "day"), ["0:2", "24:4"])
  await store.commit(checkpoint(192, { endpointHours: [at("e2", 101)] }))
  assert.deepEqual(await kept("e1", "day"), ["24:4"])
  await store.close()
})

test("a process killed between commits leaves a whole checkpoint and no lock", async () => {
  const directory = newDirectory()
  const program = `
    import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "sqlite-store.ts"))}
    import { checkpoint, count, endpoint, service } from ${JSON.stringify(join(import.meta.dirname, "fake-records.ts"))}
    const store = await openSqliteStore(${JSON.stringify(directory)})
    await store.commit(checkpoint(1, { services: [service("s1")], endpoints: [endpoint("e1")] }))
    for (let n = 2; ; n++) {
      await store.commit(checkpoint(n, { hours: [count("e1", "c1", 0)], days: [count("e1", "c1", 0)] }))
      if (n === 20) process.stdout.write("ready")
    }`
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  await once(child.stdout, "data")
  assert.equal(await codeOf(openSqliteStore(directory)), "locked")
  child.kill("SIGKILL")
  await once(child, "exit")
  const store = await openSqliteStore(directory)
  const { lastCheckpoint } = await store.load()
  assert.ok(lastCheckpoint >= 20)
  assert.equal((await store.pairs({}, 1))[0]?.requests, lastCheckpoint - 1)
  assert.equal((await store.ledger()).exchanges, lastCheckpoint)
  await store.close()
})

test("the lock is a file of its own, so that other programs may read the database", async () => {
  const directory = newDirectory()
  const store = await openSqliteStore(directory)
  await store.commit(checkpoint(1, { services: [service("s1")] }))
  const { DatabaseSync } = await import("node:sqlite")
  const reader = new DatabaseSync(join(directory, DATABASE_FILE), { readOnly: true })
  assert.equal(reader.prepare("SELECT count(*) AS n FROM services").get()?.n, 1)
  reader.close()
  assert.ok(readFileSync(join(directory, LOCK_FILE)).length >= 0)
  await store.close()
})
