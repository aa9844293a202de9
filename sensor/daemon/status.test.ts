import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { type SensorStatus, type StatusFigures, StatusFile } from "./status-file.ts"
import { findStatusFiles, judgeFile, reportText, troublesOf } from "./status-report.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-status-"))
after(() => rmSync(folder, { recursive: true }))

const START = Date.UTC(2026, 10, 25, 8)
const SETTINGS = { sensor: "tap-eth1", tenant: "default", interface: ["eth1"], nats: "nats://u:secret@n:4222" }
const FIGURES = { packets: 6000, kernelDrops: 0, exchanges: 600, acknowledged: 590, dropped: 0 }
const at = (figures: Partial<StatusFigures>, overloadStep = 0) => ({
  figures: { ...FIGURES, ...figures },
  overloadStep,
  ledger: { "capture.packets": 6000 },
})

function written(path = join(folder, "status.json")): SensorStatus {
  return JSON.parse(readFileSync(path, "utf8")) as SensorStatus
}

test("the file says totals and what came of the last minute; it goes at the end", () => {
  const path = join(folder, "status.json")
  const file = new StatusFile(path, SETTINGS, START, assert.fail)
  file.write(at({ packets: 0, exchanges: 0, acknowledged: 0 }), START)
  for (let second = 5; second <= 120; second += 5)
    file.write(at({ packets: second * 100, exchanges: second, acknowledged: second }), START + second * 1000)
  const { lately, total, written: when } = written()
  assert.deepEqual(lately, { seconds: 60, packets: 6000, kernelDrops: 0, exchanges: 60, acknowledged: 60, dropped: 0 })
  assert.equal(total.packets, 12_000)
  assert.equal(when, "2026-11-25T08:02:00.000Z")
  file.close()
  assert.deepEqual(findStatusFiles(folder), [])
})

test("a clock that is set back leaves no negative time, a folder that is missing one sentence", () => {
  const path = join(folder, "status.json")
  const file = new StatusFile(path, SETTINGS, START, assert.fail)
  file.write(at({}), START + 50_000)
  file.write(at({}), START - 50_000)
  assert.equal(written().lately.seconds, 0)
  file.close()
  const said: string[] = []
  const lost = new StatusFile(join(folder, "none", "status.json"), SETTINGS, START, (sentence) => said.push(sentence))
  for (let round = 0; round < 3; round++) lost.write(at({}), START)
  lost.close()
  assert.equal(said.length, 1)
  assert.match(said[0]!, /status\.json cannot be written: ENOENT/)
})

test("table: what is not well", () => {
  const status: SensorStatus = {
    version: "1.2.3",
    sensor: "tap-eth1",
    tenant: "default",
    pid: 7,
    interfaces: ["eth1"],
    server: "n:4222",
    started: new Date(START).toISOString(),
    written: new Date(START).toISOString(),
    total: FIGURES,
    lately: { ...FIGURES, seconds: 60 },
    overloadStep: 0,
    ledger: {},
  }
  const rows: readonly (readonly [name: string, change: Partial<SensorStatus>, ageMs: number, want: RegExp | null])[] =
    [
      ["all is well", {}, 6000, null],
      ["nobody writes", {}, 21_000, /not written for 21 s/],
      ["drops now", { lately: { ...status.lately, kernelDrops: 1200 } }, 0, /dropped 1,200 packets in the last 60 s/],
      ["drops an hour ago", { total: { ...FIGURES, kernelDrops: 1200 } }, 0, null],
      ["loss unknown", { total: { ...FIGURES, kernelDrops: null } }, 0, /not known/],
      ["given up", { lately: { ...status.lately, dropped: 5 } }, 0, /5 exchanges could not be kept/],
      [
        "no acknowledgement",
        { lately: { ...status.lately, acknowledged: 0 } },
        0,
        /acknowledged nothing for 60 s; 10 ex/,
      ],
      ["just begun", { lately: { ...status.lately, acknowledged: 0, packets: 0, seconds: 10 } }, 0, null],
      ["no packet", { lately: { ...status.lately, packets: 0 } }, 0, /No packet came in the last 60 s/],
      ["overload", { overloadStep: 2 }, 0, /step 2/],
    ]
  for (const [name, change, ageMs, want] of rows) {
    const troubles = troublesOf({ ...status, ...change }, START + ageMs)
    if (want === null) assert.deepEqual(troubles, [], name)
    else assert.match(troubles.join(" "), want, name)
  }
})

test("files of several groups are found and shown; what is no status is said", () => {
  for (const group of ["eth1", "tap"]) mkdirSync(join(folder, group))
  new StatusFile(join(folder, "eth1", "status.json"), SETTINGS, START, assert.fail).write(at({}), START + 10_000)
  for (const text of ["", "{", "[]", "null", '{"sensor":"x"}', '{"total":{"packets":"a"}}']) {
    writeFileSync(join(folder, "tap", "status.json"), text)
    const judged = findStatusFiles(folder).map((path) => judgeFile(path, START + 12_000))
    assert.deepEqual(
      judged.map(({ isHealthy }) => isHealthy),
      [true, false],
      text,
    )
    const page = reportText(judged, START + 12_000)
    assert.match(page, new RegExp(`^tap-eth1 \\(\\S+\\) on eth1, process ${process.pid} since`))
    assert.match(page, /server {6}n:4222\n/)
    assert.doesNotMatch(page + JSON.stringify(judged), /secret/)
    assert.match(page, /packets {5}6,000 \(600\/s\), 0 dropped by the kernel\n/)
    assert.match(page, /600 \(60\/s\), 590 acknowledged, 10 held, 0 dropped\n/)
    assert.match(page, /not well {4}This is no status/)
  }
})
