import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { test } from "node:test"
import { fileURLToPath } from "node:url"

test("the growth benchmark still runs", () => {
  const script = fileURLToPath(new URL("growth.ts", import.meta.url))
  const text = execFileSync(process.execPath, [script, "--smoke"], { encoding: "utf8" })
  assert.match(text, /^ +3000 +10 +\d+\.\d\d +1\.00 +\d+$/m)
})

test("a soak: memory stays flat, limits are reached and counted, time is packet time, the ledger adds up", () => {
  const script = fileURLToPath(new URL("soak.ts", import.meta.url))
  const text = execFileSync(process.execPath, [script, "--smoke"], { encoding: "utf8" })
  const number = (what: string): number => Number(new RegExp(`^${what} +(\\d+)$`, "m").exec(text)?.[1])
  assert.match(text, /^ledger +adds up$/m)
  assert.equal(number("most at once"), 65_536)
  assert.ok(number("evicted") > 0 && number("closed by timeout") > 100_000 && number("gaps") > 100, text)
  assert.ok(number("of them complete") > 0.97 * 3 * 20_000, text)
  const memory = /tenth +([\d ]+)$/m.exec(text)![1]!.split(" ").map(Number)
  assert.ok(memory.at(-1)! < 1.25 * memory[4]!, text)
})
