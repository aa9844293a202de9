// What is found out at a start, and by `check`.
import assert from "node:assert/strict"
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, test } from "node:test"
import { CONTENTS } from "./contract-contents.ts"
import { checkpoint, service } from "./fake-records.ts"
import { backupStore, checkBackup, restoreStore } from "./sqlite-backup.ts"
import { checkFile } from "./sqlite-check.ts"
import { DATABASE_FILE } from "./sqlite-open.ts"
import { type OpenOptions, openSqliteStore } from "./sqlite-store.ts"
import { StoreError } from "./store.ts"

const root = mkdtempSync(join(tmpdir(), "sonde-check-"))
after(() => rmSync(root, { recursive: true }))
let folders = 0

/** A closed store with contents, its last 20 pages of rows of no importance. */
async function storeFolder(): Promise<string> {
  const folder = join(root, String(folders++))
  const store = await openSqliteStore(folder)
  await store.commit(CONTENTS)
  const services = Array.from({ length: 500 }, (_, i) => service(`s${i}`))
  await store.commit(checkpoint(CONTENTS.number + 1, { services }))
  await store.close()
  return folder
}

const failureOf = async (open: () => Promise<unknown>): Promise<StoreError> => {
  const failure = await open().then(
    () => null,
    (error: unknown) => error,
  )
  assert.ok(failure instanceof StoreError, String(failure))
  return failure
}

const ONE_SENTENCE =
  /^\S*sonde\.sqlite is damaged \([^\n]*\): put a backup in its place .*backup\.md\), or move .*anew\.$/

test("property: wherever a file is damaged or cut, a start refuses it in the one sentence, or what it holds is served as it was", async () => {
  const folder = await storeFolder()
  const path = join(folder, DATABASE_FILE)
  const whole = readFileSync(path)
  const untouched = await openSqliteStore(folder)
  const before = JSON.stringify(await untouched.load())
  await untouched.close()
  let refused = 0
  for (let at = 0; at < 20; at++) {
    const bytes = Buffer.from(whole)
    const from = Math.floor((at / 20) * bytes.length)
    if (at % 4 === 3) writeFileSync(path, bytes.subarray(0, from))
    else writeFileSync(path, bytes.fill(0xa5, from, from + 3000))
    const failure = await openSqliteStore(folder).then(
      async (store) => {
        // A file of no bytes is a new store; a page that nobody uses may be anything.
        const state = JSON.stringify(await store.load())
        if (from > 0) assert.equal(state, before, `damage at ${from} is served`)
        await store.close()
        return null
      },
      (error: unknown) => error as StoreError,
    )
    if (failure === null) continue
    assert.equal(failure.code, "corrupt")
    assert.match(failure.message, ONE_SENTENCE)
    refused++
  }
  assert.ok(refused > 15, String(refused))
})

test("a row that is no JSON is damage, too", async () => {
  const folder = await storeFolder()
  const database = new DatabaseSync(join(folder, DATABASE_FILE))
  database.exec("UPDATE sensors SET record = '{'")
  database.close()
  const store = await openSqliteStore(folder)
  const failure = await failureOf(() => store.load())
  await store.close()
  assert.match(failure.message, ONE_SENTENCE)
})

test("a large file is checked in the short form, which is said; damage in what is loaded is found", async () => {
  const folder = await storeFolder()
  const said: string[] = []
  const options: OpenOptions = { checkBytesMax: 1000, say: (sentence) => said.push(sentence) }
  await (await openSqliteStore(folder, options)).close()
  assert.match(said.join("\n"), /^\S+sonde\.sqlite is large: only the tables .* reads all of it\.$/)
  const path = join(folder, DATABASE_FILE)
  const database = new DatabaseSync(path)
  const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?")
  const tables = ["consumers", "pairs", "shapes", "dark", "dark_details", "route_traffic", "stream_places"]
  const pages = tables.map((table) => Number(root.get(table)?.rootpage))
  database.close()
  const bytes = readFileSync(path)
  for (const page of pages) {
    writeFileSync(path, Buffer.from(bytes).fill(0xa5, (page - 1) * 4096, page * 4096))
    assert.match((await failureOf(() => openSqliteStore(folder, options))).message, ONE_SENTENCE)
  }
})

test("the write-ahead log of a process that was killed is taken over, and its torn end left out", async () => {
  const folder = await storeFolder()
  const copy = join(root, "killed")
  const store = await openSqliteStore(folder)
  await store.commit(checkpoint(CONTENTS.number + 2, { services: [service("kept")] }))
  const whole = statSync(join(folder, `${DATABASE_FILE}-wal`)).size
  await store.commit(checkpoint(CONTENTS.number + 3, { services: [service("torn")] }))
  cpSync(folder, copy, { recursive: true })
  await store.close()
  const wal = join(copy, `${DATABASE_FILE}-wal`)
  writeFileSync(wal, readFileSync(wal).subarray(0, whole + 5000))
  const said: string[] = []
  const again = await openSqliteStore(copy, { say: (sentence) => said.push(sentence) })
  assert.match(said.join("\n"), /was not closed in order: \d+ bytes of its write-ahead log were taken over\.$/)
  assert.deepEqual([(await again.service("kept"))?.id, await again.service("torn")], ["kept", null])
  await again.close()
  writeFileSync(wal, "the log of a database that somebody took away")
  rmSync(join(copy, DATABASE_FILE))
  assert.match((await failureOf(() => openSqliteStore(copy))).message, ONE_SENTENCE)
  assert.ok(statSync(wal).size > 0)
})

test("check: sizes by table, and damage in an index that a start does not read", async () => {
  const folder = await storeFolder()
  const path = join(folder, DATABASE_FILE)
  const well = checkFile(path)
  assert.deepEqual([well.damage, well.lostReferences, well.schema > 5], [[], 0, true])
  const sum = well.tables.reduce((all, { bytes }) => all + bytes, 0)
  assert.equal(sum + well.freeBytes, well.bytes)
  const database = new DatabaseSync(path)
  const page = Number(
    database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'services_by_authority'").get()?.rootpage,
  )
  database.close()
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xa5, (page - 1) * 4096, page * 4096))
  const damaged = checkFile(path)
  assert.deepEqual(
    [damaged.well, damaged.damage.length > 0, damaged.damage.join().includes("***")],
    [false, true, false],
  )
  assert.throws(() => checkBackup(path), /^Error: \S+sonde\.sqlite is damaged \(Tree [^\n*]*\)\.$/)
})

test("check: rows that refer to nothing", async () => {
  const folder = await storeFolder()
  const path = join(folder, DATABASE_FILE)
  const database = new DatabaseSync(path)
  database.exec("PRAGMA foreign_keys = OFF; DELETE FROM services WHERE id = 's7'")
  database.close()
  assert.equal(checkFile(path).lostReferences, 1)
})

test("a store and a backup of a newer schema are refused by their names; a state of development, too", async () => {
  const folder = await storeFolder()
  const path = join(folder, DATABASE_FILE)
  const copy = join(root, "copy.sqlite")
  assert.equal((await backupStore(folder, copy, () => {})).schema, checkFile(path).schema)
  for (const file of [path, copy]) {
    const database = new DatabaseSync(file)
    database.exec("INSERT INTO migrations VALUES (999, 'from the future', '')")
    database.close()
  }
  const newer = /\.sqlite has schema 999, and this program knows \d+: use the program that wrote it, or a newer one\.$/
  assert.match((await failureOf(() => openSqliteStore(folder))).message, newer)
  assert.throws(() => restoreStore(folder, copy, 0), newer)
  assert.throws(() => checkFile(copy), newer)
  const database = new DatabaseSync(path)
  database.exec("DELETE FROM migrations WHERE number = 999; ALTER TABLE incidents DROP COLUMN version")
  database.close()
  assert.match(
    (await failureOf(() => openSqliteStore(folder))).message,
    /it has no incidents\.version, as a state of dev/,
  )
})
