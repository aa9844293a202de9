// Scraping, slow exfiltration and mass change on days that vary: what is told, what is not, and what is weighed.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { readVolume } from "../baseline/volume-reads.ts"
import { DAY_US, Days, type Habit } from "./fake-days.ts"
import { MASS_CHANGE } from "./mass-change.ts"
import { SCRAPING } from "./scraping.ts"
import { SLOW_EXFILTRATION } from "./slow-exfiltration.ts"

const KINDS = [SCRAPING, SLOW_EXFILTRATION, MASS_CHANGE]
const HABITS: readonly Habit[] = [
  { consumer: "acme", perDay: 20 },
  { consumer: "globex", perDay: 30 },
  { consumer: "initech", perDay: 12 },
  { consumer: "umbrella", perDay: 40 },
  { consumer: "hooli", perDay: 25 },
]

function learned(seed: string, days = 21, habits = HABITS): { lab: Lab; days: Days } {
  const lab = new Lab(KINDS)
  const made = new Days(lab, seed)
  for (let day = 0; day < days; day++) made.run(habits)
  return { lab, days: made }
}

test("four weeks as always say nothing", () => {
  const { lab } = learned("quiet", 28)
  assert.deepEqual(
    lab.findings.map(({ sentence }) => sentence),
    [],
  )
})

test("three times as much for some days is scraping, told while it happens, with its numbers", () => {
  const { lab, days } = learned("thrice")
  for (let day = 0; day < 4; day++) days.run(HABITS, 3)
  const found = lab.found("scraping")
  assert.ok(found.length > 0)
  assert.ok(found.every(({ consumer }) => lab.analysis.subjects.consumers[consumer]!.id === "acme"))
  assert.ok(Math.min(...found.map(({ p }) => p)) < 3e-4)
  const { facts, sentence, sinceUs, atUs } = found.at(-1)!
  assert.match(sentence, /^read \d+ objects that it had never asked for before in \d days?; usually \d/)
  assert.ok(Number(facts.count) > Number(facts.usual))
  assert.ok(atUs - sinceUs < Number(facts.windowDays) * DAY_US)
})

test("half as much again for two weeks is found by summing up", () => {
  const { lab, days } = learned("slow", 28)
  for (let day = 0; day < 14; day++) days.run(HABITS, 1.6)
  const found = lab.found("scraping")
  assert.ok(found.some(({ facts, p }) => Number(facts.windowDays) >= 4 && p < 1e-3))
})

test("a tenth more for three days is nothing, nor a good day", () => {
  const { lab, days } = learned("near")
  for (let day = 0; day < 3; day++) days.run(HABITS, 1.1)
  days.run(HABITS)
  days.run(HABITS, 1.5)
  assert.equal(lab.findings.length, 0)
})

test("a night's synchronisation is explained: weak evidence, and no week of findings after it", () => {
  const { lab, days } = learned("resync")
  days.run(HABITS, 15)
  const first = lab.found("scraping")
  assert.ok(first.length > 0)
  for (const { doubts, p, weight } of first) {
    assert.ok(doubts.some(({ what, explains }) => what === "re-sync" && explains))
    assert.ok(p > 1e-3 && weight < 0.5)
  }
  const before = lab.findings.length
  for (let day = 0; day < 7; day++) days.run(HABITS)
  assert.equal(lab.findings.length, before)
})

test("what moves everybody is nobody's scraping", () => {
  const { lab, days } = learned("release")
  for (let day = 0; day < 3; day++)
    days.run(
      HABITS.map((habit) => ({ ...habit, perDay: habit.perDay * (habit.consumer === "acme" ? 1 : 3) })),
      3,
    )
  assert.ok(lab.findings.every(({ p }) => p > 1e-6))
  const alone = learned("release")
  for (let day = 0; day < 3; day++) alone.days.run(HABITS, 3)
  const least = (of: Lab): number => {
    const { ordinal } = of.consumer("acme")
    return Math.min(1, ...of.findings.filter(({ consumer }) => consumer === ordinal).map(({ p }) => p))
  }
  assert.ok(least(alone.lab) < least(lab) / 10, `${least(alone.lab)} ${least(lab)}`)
})

test("sensitive items a little more each day", () => {
  const sensitive = HABITS.map((habit) => ({ ...habit, items: 1, responseClasses: ["email=1"] }))
  const { lab, days } = learned("sensitive", 24, sensitive)
  for (let day = 0; day < 8; day++) days.run(sensitive, 2)
  const found = lab.found("slow-exfiltration")
  assert.ok(found.length > 0)
  assert.ok(found.some(({ sentence, weight }) => /sensitive items/.test(sentence) && weight >= 1))
})

test("deleting what it never deleted, and a clean-up that is always", () => {
  const cleaner: Habit = { consumer: "cleaner", operation: "DELETE /v1/orders/{int}", perDay: 8 }
  const { lab, days } = learned("delete", 21, [...HABITS, cleaner])
  days.run([...HABITS, cleaner], 15, { operation: "DELETE /v1/orders/{int}" })
  const found = lab.found("mass-change")
  assert.ok(found.length > 0)
  assert.ok(found.every(({ consumer }) => lab.analysis.subjects.consumers[consumer]!.id === "acme"))
  assert.ok(Math.min(...found.map(({ p }) => p)) < 3e-3)
})

test("refused requests are no volume", () => {
  const { lab, days } = learned("refused")
  for (let day = 0; day < 3; day++) days.run(HABITS, 3, { status: 403 })
  assert.equal(lab.found("scraping").length, 0)
})

test("a restart in the middle changes no finding", () => {
  const run = (restartAt: number): unknown => {
    const { lab, days } = learned("restart", 16)
    for (let day = 0; day < 6; day++) {
      if (day === restartAt) lab.restart()
      days.run(HABITS, day < 4 ? 2.5 : 1)
    }
    return lab.findings
  }
  assert.deepEqual(run(2), run(-1))
})

test("what was judged malicious is not learned; what is expected is usual at once", () => {
  const { lab, days } = learned("judged")
  for (let day = 0; day < 4; day++) days.run(HABITS, 3)
  const acme = lab.consumer("acme")
  const { volume } = lab.analysis.baselines
  const usual = (): number =>
    readVolume(volume, acme, -1, lab.nowUs).series.find(({ measure }) => measure === "fresh")!.usual
  const before = usual()
  volume.adopt(acme, null)
  assert.ok(usual() > 1.8 * before, `${usual()} ${before}`)
  const count = lab.findings.length
  days.run(HABITS, 2.5)
  assert.equal(lab.findings.length, count)

  const other = learned("judged")
  const fromUs = other.lab.nowUs
  for (let day = 0; day < 4; day++) other.days.run(HABITS, 3)
  other.lab.analysis.baselines.volume.purge(other.lab.consumer("acme"), fromUs, other.lab.nowUs)
  const reading = readVolume(other.lab.analysis.baselines.volume, other.lab.consumer("acme"), -1, other.lab.nowUs)
  assert.ok(reading.series.every(({ days: counts }) => counts.slice(0, 3).every((known) => known === -1)))
})

test("a key that takes over from another has its history", () => {
  const { lab, days } = learned("rotation")
  const rotated = HABITS.map((habit) => (habit.consumer === "acme" ? { ...habit, consumer: "acme-2" } : habit))
  days.run(rotated)
  lab.note({ kind: "consumers.merged", from: "acme", into: "acme-2" })
  const { volume } = lab.analysis.baselines
  const reading = readVolume(volume, lab.consumer("acme-2"), -1, lab.nowUs)
  const fresh = reading.series.find(({ measure }) => measure === "fresh")!
  assert.ok(fresh.historyDays > 8 && fresh.usual > 10 && fresh.q99 > fresh.q50, JSON.stringify(fresh))
})
