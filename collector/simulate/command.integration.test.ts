// sonde-collector simulate, in process: two files that fit, and refusals in one sentence.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { settle } from "../../shared/config/options.ts"
import { UsageError, WorldError } from "../../shared/config/program.ts"
import { runSimulate } from "./command.ts"
import { parseShare, SIMULATE_OPTIONS } from "./options.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-simulate-"))
after(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)

function run(...argv: string[]): string {
  let text = ""
  const settled = settle(SIMULATE_OPTIONS, { argv, environment: {} })
  assert.deepEqual(settled.mistakes, [])
  assert.equal(
    runSimulate(settled, (line) => {
      text += line
    }),
    0,
  )
  return text
}

test("writes a capture and its truth, the same for the same seed", () => {
  const options = ["--seed", "4", "--days", "3", "--consumers", "8", "--attacks", "enumeration", "--loss", "2%"]
  assert.match(
    run(...options, "--out", path("a.pcap"), "--labels", path("a.json")),
    /^\d+ exchanges of 8 partners .* 1 attacks/,
  )
  run(...options, "--out", path("b.pcap"), "--labels", path("b.json"))
  assert.ok(readFileSync(path("a.pcap")).equals(readFileSync(path("b.pcap"))))
  const truth = JSON.parse(readFileSync(path("a.json"), "utf8"))
  assert.equal(readFileSync(path("b.json"), "utf8"), readFileSync(path("a.json"), "utf8"))
  assert.equal(truth.attacks[0].kind, "enumeration")
  assert.ok(truth.attacks[0].exchanges.length > 20)
  assert.equal(truth.partners.length, 8)
  assert.ok(statSync(path("a.pcap")).size > 100_000)
})

test("mistakes are one sentence", () => {
  const settled = (...argv: string[]) => settle(SIMULATE_OPTIONS, { argv, environment: {} })
  assert.throws(() => runSimulate(settled(), () => {}), new UsageError("simulate needs --out FILE.pcap."))
  assert.throws(
    () => runSimulate(settled("--out", path("no/such.pcap"), "--days", "1", "--consumers", "1"), () => {}),
    (error: Error) => error instanceof WorldError && /^--out: .* cannot be written \(ENOENT\)\.$/.test(error.message),
  )
  assert.match(settled("--attacks", "enumeration,foo").mistakes[0]!, /^--attacks takes all, none, or names of/)
  assert.match(settled("--loss", "80%").mistakes[0]!, /^--loss takes a share up to a half/)
  assert.deepEqual([parseShare("2%"), parseShare("0.02"), parseShare("x")], [0.02, 0.02, null])
})
