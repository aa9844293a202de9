// What audit.sh makes of npm's answers, with an npm that answers as it is told.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"

const folder = mkdtempSync(join(tmpdir(), "sonde-audit-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const stamp = join(folder, "stamp")

/** Runs the audit; npm says `answer` and ends with `code`. */
function audit(answer: string, code: number): { readonly code: number | null; readonly said: string } {
  writeFileSync(join(folder, "npm"), `#!/bin/sh\necho '${answer}'\nexit ${code}\n`)
  chmodSync(join(folder, "npm"), 0o755)
  const { status, stdout, stderr } = spawnSync("sh", [join(import.meta.dirname, "audit.sh")], {
    encoding: "utf8",
    env: { PATH: `${folder}:/usr/bin:/bin`, SONDE_AUDIT_STAMP: stamp },
  })
  return { code: status, said: stdout + stderr }
}

test("a known hole fails, silence of the registry does not, an answer is kept for the day", () => {
  assert.match(audit('{"error":{"code":"ENOTFOUND"}}', 1).said, /^audit: the npm registry did not answer[^\n]*\n$/)
  assert.equal(audit("", 1).code, 0)
  assert.ok(!existsSync(stamp))

  const found = audit('{"auditReportVersion":2,"vulnerabilities":{"x":{"severity":"high"}}}', 1)
  assert.equal(found.code, 1)
  assert.match(found.said, /known hole/)
  assert.ok(!existsSync(stamp))

  assert.deepEqual(audit('{"auditReportVersion":2,"vulnerabilities":{}}', 0), { code: 0, said: "" })
  assert.ok(existsSync(stamp))
  // Not asked again.
  assert.deepEqual(audit("", 1), { code: 0, said: "" })
})
