// What operators watch is really served: every metric of the page, the alert rules and the dashboard is one that a collector which has read
// the demo and speaks with a channel tells, and the page names every one that is told. promtool judges rules and expressions.
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { RunningCollector } from "./running-collector.ts"

const DEPLOY = join(import.meta.dirname, "../../deploy")
const text = (path: string): string => readFileSync(join(DEPLOY, path), "utf8")
const namesIn = (source: string): readonly string[] => [
  ...new Set(
    [...source.matchAll(/\b(?:sonde_(?:collector|sensors?)|process)_[a-z_]+|\bsonde_sensors\b/g)].map(([name]) => name),
  ),
]

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[]
}
const expressions = (JSON.parse(text("grafana/sonde.json")) as Dashboard).panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => expr),
)

/** Told only with NATS, by a sensor itself, or once something was refused. */
const ELSEWHERE = [
  "sonde_collector_lag_messages",
  "sonde_collector_feed_connections_total",
  "sonde_collector_feed_checkpoint_failures_total",
  "sonde_collector_feed_taken_again_total",
  "sonde_collector_feed_gone_total",
  "sonde_collector_feed_refused_by_reason_total",
  "sonde_sensor_build_info",
  "sonde_sensor_tcp_gap_bytes_total",
]

test("page, rules and dashboard name what is served, and the page all of it", async (at) => {
  const collector = await RunningCollector.start([join(DEPLOY, "demo/demo.pcap")])
  at.after(() => collector.remove())
  const served = await (await fetch(`${collector.url}/metrics`)).text()
  const told = new Set(served.split("\n").flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []))
  assert.match(served, /^sonde_collector_exchanges_total 2550$/m)
  const channels = /^sonde_collector_notifications_/
  const page = namesIn(text("docs/metrics.md"))
  const missing = (names: readonly string[]): readonly string[] =>
    names.filter((name) => !told.has(name) && !ELSEWHERE.includes(name) && !channels.test(name))
  assert.deepEqual(missing(page), [], "named by the page and not served")
  assert.deepEqual(
    [...told].filter((name) => !page.includes(name)),
    [],
    "served and not named by the page",
  )
  for (const source of [text("prometheus/sonde.rules.yml"), expressions.join("\n")]) {
    assert.deepEqual(missing(namesIn(source)), [])
    assert.deepEqual(
      namesIn(source).filter((name) => !page.includes(name)),
      [],
    )
  }
  const status = spawnSync(process.execPath, [join(DEPLOY, "../collector/main.ts"), "status", "--url", collector.url], {
    encoding: "utf8",
  })
  assert.equal(status.status, 0, status.stderr)
  assert.match(status.stdout, /: ready\n {2}exchanges {3}2,550 applied.*\n(.*\n)* {2}well\n$/)
})

test("promtool: rules fire for what they name, and every expression of the dashboard is one", () => {
  const run = (...argv: string[]): string => execFileSync("promtool", argv, { encoding: "utf8", stdio: "pipe" })
  assert.match(run("check", "rules", join(DEPLOY, "prometheus/sonde.rules.yml")), /SUCCESS: \d+ rules/)
  assert.match(run("check", "config", "--syntax-only", join(DEPLOY, "prometheus/prometheus.yml")), /SUCCESS/)
  run("test", "rules", join(DEPLOY, "prometheus/sonde.rules.test.yml"))
  const folder = mkdtempSync(join(tmpdir(), "sonde-rules-"))
  const rules = expressions.map((expr, number) => ({
    record: `dashboard:${number}`,
    expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$sensor", ".*"),
  }))
  writeFileSync(join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }))
  assert.match(run("check", "rules", join(folder, "rules.json")), new RegExp(`SUCCESS: ${rules.length} rules`))
  rmSync(folder, { recursive: true })
})

test("each alert names a section of the runbook", () => {
  const named = [...text("prometheus/sonde.rules.yml").matchAll(/Runbook: ([a-z ]+)\./g)].map((match) => match[1]!)
  assert.ok(named.length >= 14)
  const sections = [...text("docs/runbook.md").matchAll(/^### (.+)$/gm)].map((match) => match[1]!.toLowerCase())
  assert.deepEqual(
    named.filter((name) => !sections.includes(name)),
    [],
  )
  assert.deepEqual(
    sections.filter((name) => !named.includes(name)),
    [],
  )
})

test("a collector that is not there is said in a sentence", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(DEPLOY, "../collector/main.ts"), "status", "--url", "http://127.0.0.1:1"],
    { encoding: "utf8" },
  )
  assert.equal(status, 1)
  assert.match(stderr, /^sonde-collector: No collector answers at http:\/\/127\.0\.0\.1:1 \([^)]+\)[^\n]*\n$/)
})
