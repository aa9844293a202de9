// The bench still runs: a small round of it, whose times mean nothing.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"

test("path-trie.bench --smoke: each scene ends with the templates that it has", () => {
  const file = join(import.meta.dirname, "path-trie.bench.ts")
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, "--smoke"], { encoding: "utf8" })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^strong ids: .* 100 templates/m)
  assert.match(stdout, /^names and codes: .* 1 templates/m)
  assert.match(stdout, /^made-up paths: .* \d templates/m)
})
