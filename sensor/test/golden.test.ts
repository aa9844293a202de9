// Every scene and every recorded capture through the whole sensor: its events and all its non-zero counters are kept in
// golden/NAME.golden, a line each, so that a silent drop shows as a difference. `npm run golden:update` writes them anew;
// the difference is reviewed like code. On each of them the ledger must add up and no planted secret may leave.
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { flattenCounters } from "../../shared/telemetry/counters.ts"
import { BODY_SCENES } from "./body-scenes.ts"
import { runSensor } from "./run-sensor.ts"
import { SCENES as PLAIN_SCENES } from "./scenes.ts"
import { FRAGMENT_SCENES, MIRROR_SCENES } from "./scenes-mirror.ts"
import { REQUEST_SCENES } from "./scenes-requests.ts"
import { TUNNEL_SCENES } from "./tunnel-scenes.ts"

const SCENES = [
  ...PLAIN_SCENES,
  ...REQUEST_SCENES,
  ...MIRROR_SCENES,
  ...FRAGMENT_SCENES,
  ...TUNNEL_SCENES,
  ...BODY_SCENES,
]
const GOLDEN = join(import.meta.dirname, "golden")
const CAPTURES = join(import.meta.dirname, "captures")
const UPDATE = process.env.SONDE_GOLDEN === "update"
const folder = mkdtempSync(join(tmpdir(), "sonde-golden-"))
after(() => rmSync(folder, { recursive: true }))

/** What stands in the scenes as credential, personal data or free text, and must not be in anything that is published. */
const SECRETS = [
  "not-a-secret",
  "cGFydG5lcjpub3QtYS1zZWNyZXQ",
  "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  "key-of-partner",
  "0123456789ABCDEF0123456789ABCDEF",
  "c2lnbmF0dXJl",
  "buyer@example.com",
  "jane.doe@partner-nine.example",
  "ops@example.com",
  "buyer%40example.com",
  "ada@example.com",
  "ada%40example.com",
  "10.0.0.1",
  "2001:db8",
  "S3cretToken99",
  "6f1c2b9e-9f52-4a2b-8a7c-3d1f0f8e2a11",
]

function check(name: string, sentence: string, path: string, keys: string | null = null): void {
  test(`${name}: ${sentence}`, async () => {
    const { recorder, pipeline } = await runSensor(path, keys)
    const published = recorder.published.join("\n")
    for (const secret of SECRETS) assert.ok(!published.includes(secret), `"${secret}" left the sensor`)
    const { interfaces: _, ...capture } = pipeline.counters.capture
    const counters = Object.entries(flattenCounters({ ...pipeline.counters, capture })).filter(
      ([key]) => !key.endsWith("published.bytes"),
    )
    const lines = [
      `# ${sentence}`,
      ...recorder.revealed,
      ...recorder.notes,
      ...counters.map(([key, value]) => `${key} ${value}`),
      "",
    ]
    const golden = join(GOLDEN, `${name}.golden`)
    if (UPDATE) writeFileSync(golden, lines.join("\n"))
    else assert.deepEqual(lines, readFileSync(golden, "utf8").split("\n"))
  })
}

for (const scene of SCENES) {
  const path = join(folder, `${scene.name}.pcap`)
  writeFileSync(path, scene.capture())
  check(scene.name, scene.sentence, path)
}
for (const name of readdirSync(CAPTURES).filter((one) => /\.pcap(ng)?$/.test(one)))
  check(name.replace(/\.\w+$/, ""), "recorded from real programs; see captures/README.md", join(CAPTURES, name))

for (const name of readdirSync(CAPTURES).filter((one) => one.endsWith(".keys"))) {
  const stem = name.slice(0, -".keys".length)
  check(`${stem}-read`, "the same, read with its keys", join(CAPTURES, `${stem}.pcap`), join(CAPTURES, name))
}

test("a golden that nobody makes any more is removed", () => {
  const made = new Set([
    ...SCENES.map((scene) => scene.name),
    ...readdirSync(CAPTURES).map((name) => name.replace(/\.keys$/, "-read").replace(/\.\w+$/, "")),
  ])
  const stale = readdirSync(GOLDEN).filter((name) => !made.has(name.replace(/\.golden$/, "")))
  assert.deepEqual(stale, [])
})
