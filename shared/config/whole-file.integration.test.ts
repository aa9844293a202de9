// A disk without room, a real one: a small tmpfs. Needs root on Linux.
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { makeFile, replaceFile } from "./whole-file.ts"

test("no room: ENOSPC, nothing half, and what was there is as it was", () => {
  const disk = mkdtempSync(join(tmpdir(), "sonde-full-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "sonde-full", disk])
  try {
    writeFileSync(join(disk, "key"), "old")
    assert.throws(() => writeFileSync(join(disk, "filler"), Buffer.alloc(1 << 20)), { code: "ENOSPC" })
    for (const act of [makeFile, replaceFile])
      assert.throws(() => act(join(disk, act === makeFile ? "new" : "key"), "x".repeat(100), 0o600), { code: "ENOSPC" })
    assert.deepEqual(readdirSync(disk).sort(), ["filler", "key"])
    assert.equal(readFileSync(join(disk, "key"), "utf8"), "old")
  } finally {
    execFileSync("umount", ["-l", disk])
    rmSync(disk, { recursive: true })
  }
})
