import assert from "node:assert/strict"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { makeFile, replaceFile } from "./whole-file.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-whole-"))
after(() => rmSync(folder, { recursive: true }))
const codeOf = (act: () => void): unknown => {
  try {
    act()
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

test("made once, with its mode; replaced whole", () => {
  const path = join(folder, "key")
  makeFile(path, "one", 0o600)
  assert.equal(
    codeOf(() => makeFile(path, "two", 0o600)),
    "EEXIST",
  )
  assert.equal(statSync(path).mode & 0o777, 0o600)
  replaceFile(path, "three", 0o600)
  assert.equal(readFileSync(path, "utf8"), "three")
  assert.deepEqual(readdirSync(folder), ["key"])
})

test("what is in the way is told, and left; what fails leaves nothing", () => {
  const path = join(folder, "other")
  writeFileSync(`${path}.new`, "of somebody else")
  assert.equal(
    codeOf(() => replaceFile(path, "x", 0o600)),
    "EEXIST",
  )
  assert.equal(readFileSync(`${path}.new`, "utf8"), "of somebody else")
  rmSync(`${path}.new`)
  // A folder stands where the file should be: the last step fails.
  mkdirSync(path)
  assert.notEqual(
    codeOf(() => replaceFile(path, "x", 0o600)),
    null,
  )
  assert.ok(!existsSync(`${path}.new`))
})
