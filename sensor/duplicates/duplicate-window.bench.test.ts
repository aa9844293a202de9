import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { fileURLToPath } from "node:url"

test("the benchmark still runs, and finds the copies that it makes", () => {
  const script = fileURLToPath(new URL("duplicate-window.bench.ts", import.meta.url))
  const text = execFileSync(process.execPath, [script, "--smoke"], { encoding: "utf8" })
  assert.match(text, /one in 32 asked about +[\d.]+ ns/)
})
