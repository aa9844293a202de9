// The doctor on a live mirror: one that is good, and one on which nothing comes.
import assert from "node:assert/strict"
import type { ChildProcess } from "node:child_process"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { MirrorLab } from "../../shared/testing/mirror-lab.ts"

const MAIN = join(import.meta.dirname, "../main.ts")
const labs: MirrorLab[] = []
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill("SIGKILL")
  for (const lab of labs) lab.stop()
})

interface Report {
  readonly verdict: string
  readonly checks: readonly { readonly check: string; readonly verdict: string; readonly advice: string }[]
}

async function examine(lab: MirrorLab, work: () => void): Promise<{ report: Report; code: number | null }> {
  const child = lab.atTap(process.execPath, [
    MAIN,
    "doctor",
    "--interface",
    lab.port,
    "--seconds",
    "4",
    "--format",
    "json",
  ])
  children.push(child)
  let out = ""
  let err = ""
  child.stdout!.on("data", (text) => {
    out += text
  })
  child.stderr!.on("data", (text) => {
    err += text
  })
  for (const from = performance.now(); !/Watching/.test(err); await pause(20))
    assert.ok(performance.now() - from < 15_000 && child.exitCode === null, err)
  work()
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve))
  return { report: JSON.parse(out) as Report, code }
}

const verdictOf = (report: Report, check: string): string | undefined =>
  report.checks.find((one) => one.check === check)?.verdict

test("a mirror of both directions is good: directions, loss, drops, content", async () => {
  const lab = MirrorLab.start()
  labs.push(lab)
  const { report, code } = await examine(lab, () => {
    for (let i = 0; i < 30; i++) lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-20]`])
  })
  assert.equal(code, 0, JSON.stringify(report, null, 1))
  for (const check of ["traffic", "directions", "loss", "drops", "content", "duplicates"])
    assert.equal(
      verdictOf(report, check),
      "good",
      `${check}: ${JSON.stringify(report.checks.find((one) => one.check === check))}`,
    )
})

test("an interface on which nothing comes is bad, with advice", async () => {
  const lab = MirrorLab.start()
  labs.push(lab)
  const { report, code } = await examine(lab, () => undefined)
  assert.equal(code, 1)
  assert.equal(verdictOf(report, "traffic"), "bad")
  assert.ok(report.checks[0]!.advice.length > 20)
})
