// Backup while a collector runs, restore, and what is refused, through the commands themselves.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { test } from "node:test"
import { openSqliteStore } from "./store/sqlite-store.ts"
import { RunningCollector } from "./test/running-collector.ts"

const ROOT = resolve(import.meta.dirname, "..")
const command = (...argv: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "collector/main.ts"), ...argv], { encoding: "utf8" })

test("a backup made while it runs is the store; restored it is served, and read again nothing counts twice", async (at) => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-backup-"))
  at.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ["one", "two"]) mkdirSync(join(folder, name))
  const demo = join(ROOT, "deploy/demo/demo.pcap")
  const collector = await RunningCollector.start([demo], join(folder, "one"))
  at.after(() => collector.remove())
  const data = join(folder, "one/state")
  const file = join(folder, "copy.sqlite")
  const made = command("backup", "--data", data, "--out", file)
  assert.equal(made.status, 0, made.stderr)
  assert.match(made.stdout, /copy\.sqlite: \d+ bytes, 2550 exchanges, checked\.\n/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(existsSync(`${file}.part`), false)
  const busy = command("restore", "--data", data, file)
  assert.deepEqual([busy.status, /a collector is using this store/.test(busy.stderr)], [1, true], busy.stderr)
  await collector.stop()
  const restored = command("restore", "--data", join(folder, "two/state"), file)
  assert.equal(restored.status, 0, restored.stderr)
  // The key of the embedded sensor is in no backup; without it the same capture is another input.
  copyFileSync(join(data, "pseudonym.key"), join(folder, "two/state/pseudonym.key"))
  const again = command("restore", "--data", join(folder, "two/state"), file)
  assert.match(again.stdout, /The former store is .*before-/)
  const second = await RunningCollector.start([demo], join(folder, "two"))
  at.after(() => second.remove())
  const ledger = await second.get<{ exchanges: number; duplicateBatches: number }>("/ledger")
  assert.equal(ledger.exchanges, 2550)
  assert.ok(ledger.duplicateBatches > 0)
})

test("what is refused: one sentence each", (at) => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-backup-"))
  at.after(() => rmSync(folder, { recursive: true, force: true }))
  const text = join(folder, "text")
  writeFileSync(text, "no store")
  for (const [argv, status, sentence] of [
    [["backup", "--data", folder], 2, /needs --out/],
    [["backup", "--data", folder, "--out", text], 2, /is there already/],
    [["backup", "--data", folder, "--out", join(folder, "x")], 1, /There is no store in/],
    [["restore", "--data", folder], 2, /needs one FILE/],
    [["restore", "--data", folder, join(folder, "none")], 2, /there is no/],
    [["restore", "--data", folder, text], 1, /is no backup of a store/],
    [["check", "--db", join(folder, "none")], 2, /there is no/],
    [["check", "--db", text], 1, /text is damaged/],
    [["check", "--db", folder], 2, /--db: \S+ is a folder; --data takes the folder of a store, --db a file\.$/m],
    [["check", "--data", folder], 2, /--data: there is no \S+sonde\.sqlite/],
  ] as const) {
    const run = command(...argv)
    assert.equal(run.status, status, run.stderr)
    assert.match(run.stderr, sentence)
    assert.equal(run.stderr.split("\n").length, 2, run.stderr)
  }
})

test("check reads all of a store; run refuses a damaged and a newer one in one sentence with exit code 1", async (at) => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-check-"))
  at.after(() => rmSync(folder, { recursive: true, force: true }))
  await (await openSqliteStore(folder)).close()
  const file = join(folder, "sonde.sqlite")
  const well = command("check", "--db", file)
  assert.equal(well.status, 0, well.stderr)
  assert.match(
    well.stdout,
    /sonde\.sqlite: [\d,]+ bytes.*\n {2}schema \d+, 0 exchanges.*\n(.*\n)* {2}endpoints +[\d,]+\n(.*\n)* {2}well\n$/,
  )
  assert.equal(command("check", "--data", folder).stdout, well.stdout)
  const { well: isWell, damage } = JSON.parse(command("check", "--db", file, "--format", "json").stdout)
  assert.deepEqual([isWell, damage], [true, []])
  const database = new DatabaseSync(file)
  database.exec("INSERT INTO migrations VALUES (999, 'from the future', '')")
  database.close()
  const run = (): string => {
    const ended = command("run", "--data", folder, "--listen", "127.0.0.1:0")
    assert.equal(ended.status, 1)
    assert.equal(ended.stderr.split("\n").length, 2, ended.stderr)
    return ended.stderr
  }
  assert.match(run(), /sonde\.sqlite has schema 999, and this program knows \d+: use the program that wrote it/)
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xa5, 4096, 12_000))
  assert.match(
    run(),
    /sonde\.sqlite is damaged \(.*"sonde-collector restore --data DIR FILE" \(deploy\/docs\/backup\.md\)/,
  )
  assert.equal(command("check", "--db", file).status, 1)
})
