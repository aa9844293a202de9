import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { fileURLToPath } from "node:url"

test("the benchmark still runs", () => {
  const script = fileURLToPath(new URL("defragmenter.bench.ts", import.meta.url))
  const text = execFileSync(process.execPath, [script, "--smoke"], { encoding: "utf8" })
  assert.match(text, /first fragment of a flood +\d+ ns/)
})
