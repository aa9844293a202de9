// The embedded sensor takes the sensor's settings: on the command line, in the environment, in the file, and with the same judge.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { StoredState } from "../store/store.ts"

const ROOT = join(import.meta.dirname, "../..")
const DEMO = join(ROOT, "deploy/demo/demo.pcap")
const folder = mkdtempSync(join(tmpdir(), "sonde-embedded-"))
after(() => rmSync(folder, { recursive: true }))

function collector(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "collector/main.ts"), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  })
  return { status, stdout, stderr }
}

function toml(text: string): string {
  const path = join(folder, "collector.toml")
  writeFileSync(path, text)
  return path
}

/** What the store holds after the demo capture was read with these options. */
async function read(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<StoredState> {
  const path = join(folder, name)
  const input = ["run", "--read", DEMO, "--exit", "--data", path, "--listen", "127.0.0.1:0"]
  const { status, stderr } = collector([...input, ...args], environment)
  assert.equal(status, 0, stderr)
  const store = await openSqliteStore(path)
  const state = await store.load()
  await store.close()
  return state
}

test("paths, rules and classes of a reading are those of the file, the environment and the command line", async () => {
  const file = toml(`[privacy]
addresses = "class"
[[identity.rule]]
name = "house_key"
from = "authorization"
`)
  const config = ["--config", file, "--privacy-paths", "closed"]
  const { endpoints, services, sensors } = await read("closed", config, { SONDE_BODY_PREFIX: "0" })
  // The demo's API has /v2/trackers, as asymmetric.test.ts reads it.
  const words = endpoints.flatMap(({ template }) => template.split("/"))
  assert.ok(words.length > 4 && !words.includes("trackers"), words.join(" "))
  assert.ok(services.every(({ addresses }) => addresses.every((address) => !/^[0-9a-f]{12}:/.test(address))))
  assert.ok(sensors.some(({ rules }) => Object.keys(rules).some((rule) => rule.startsWith("house_key "))))
  assert.ok(endpoints.every(({ shapes }) => Object.keys(shapes).length === 0))
})

test("config shows them; every mistake is said at once", () => {
  const { stdout } = collector(["config"], { SONDE_PRIVACY_PATHS: "strict" })
  assert.match(stdout, /^privacy\.paths +strict +\(SONDE_PRIVACY_PATHS\)$/m)
  const file = toml('[privacy]\npaths = "loose"\n[[identity.rule]]\nname = "x"\nfrom = "nowhere"\n')
  const { status, stderr } = collector(["run", "--read", DEMO, "--config", file, "--body-prefix", "lots"])
  assert.equal(status, 2)
  for (const part of ["privacy.paths", "identity", "--body-prefix"]) assert.ok(stderr.includes(part), stderr)
})

test("with --nats they belong to the sensors: a mistake, but for what the environment says to all", () => {
  const nats = ["run", "--nats", "nats://127.0.0.1:1", "--privacy-paths", "strict"]
  const { status, stderr } = collector(nats)
  assert.deepEqual([status, /at the sensors: --privacy-paths\.$/m.test(stderr)], [2, true])
})
