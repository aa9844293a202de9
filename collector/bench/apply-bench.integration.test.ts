// The bench still runs: a small round of it, whose numbers mean nothing.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"

test("apply.bench --smoke applies every event of each scene", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "apply.bench.ts"), "--smoke"],
    {
      encoding: "utf8",
    },
  )
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^small: 2000 events, 2 services, 12 endpoints, 40 consumers/m)
  assert.match(stdout, /^split: 4000 events, 2 services, 12 endpoints, 40 consumers.*\n {2}2000 joined, 0 waiting/m)
  assert.match(stdout, /^large: 2000 events, 2 services, \d+ endpoints, \d+ consumers/m)
  assert.match(stdout, /^wide: 2000 events, 2 services, \d+ endpoints, 200 consumers/m)
  assert.match(stdout, /GET \/endpoints\?sort=-requests: median/)
})
