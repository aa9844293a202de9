// What threat-model.md claims is shown by tests that are there, or it says that it is not.
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"

const ROOT = join(import.meta.dirname, "../..")
const ROWS = readFileSync(join(import.meta.dirname, "threat-model.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| can it"))

test("each claim names tests that exist, or says that it is not defended", () => {
  let named = 0
  for (const row of ROWS) {
    const files = [...row.matchAll(/`([\w/.-]+\.test\.ts)`: /g)]
    assert.ok(files.length > 0 || /not\s+defended|the same test|by limit/i.test(row), row)
    for (const { 1: file, index, 0: found } of files) {
      assert.ok(existsSync(join(ROOT, file!)), file)
      const names = [...readFileSync(join(ROOT, file!), "utf8").matchAll(/test\(\s*(["'`])(.+?)\1,/g)].map(
        ([, , name]) => name!.replace(/ \$\{.*/, ""),
      )
      const claim = row.slice(index + found.length)
      assert.ok(
        names.some((name) => claim.startsWith(name)),
        `${file}: ${claim}`,
      )
      named++
    }
  }
  assert.ok(named > 30)
})
