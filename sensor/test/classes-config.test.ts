// Data classes as a user meets them: found in a capture, configured in a file, refused with sentences.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { TcpConversation } from "../../shared/testing/packet-builder.ts"

const MAIN = join(import.meta.dirname, "../main.ts")
const folder = mkdtempSync(join(tmpdir(), "sonde-classes-"))
after(() => rmSync(folder, { recursive: true }))

function placed(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const body = JSON.stringify({ email: "jane.roe@example.com", patientNo: "P12345678" })
const talk = new TcpConversation()
talk
  .open()
  .toServer("GET /v1/patients/7 HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
  .toClient(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  .finish()
const capture = placed("patients.pcap", pcapFile(talk.frames))

function read(...args: readonly string[]): { code: number | null; classes: unknown; err: string } {
  const done = spawnSync(process.execPath, [MAIN, "read", "--ledger", "none", ...args, capture], { encoding: "utf8" })
  const line = done.stdout.split("\n")[0]!
  return { code: done.status, classes: line === "" ? null : JSON.parse(line).dataClasses, err: done.stderr }
}

test("a capture of one answer with an address of mail says so", () => {
  assert.deepEqual(read().classes, { request: {}, response: { email: 1 } })
  assert.deepEqual(read("--classes-off=email").classes, { request: {}, response: {} })
})

test("a class of one's own, and every mistake at once", () => {
  const good = placed(
    "good.toml",
    '[[classes.custom]]\nname = "patient"\npattern = "P[0-9]{8}"\nnames = ["patient no"]\n',
  )
  assert.deepEqual(read("--config", good).classes, { request: {}, response: { email: 1, patient: 1 } })
  const bad = placed(
    "bad.toml",
    '[[classes.custom]]\nname = "a"\npattern = "(x+)+\\\\1"\n[[classes.custom]]\nname = "b"\nvalidator = "crc"\n[classes]\noff = ["emial"]\n',
  )
  const { code, err } = read("--config", bad)
  assert.equal(code, 2)
  const sentences = err.trim().split("\n")
  assert.equal(sentences.length, 3, err)
  for (const part of ['classes.custom "a": "pattern"', 'classes.custom "b": "validator"', '"classes.off"', "emial"])
    assert.ok(err.includes(part), part)
})
