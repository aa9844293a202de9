// The lock file, without the network: every package has a hash, comes from npm's own registry, and has a licence of the list.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { test } from "node:test"
import { LICENCES } from "../debian/papers.ts"

const ROOT = resolve(import.meta.dirname, "../..")

interface Locked {
  readonly integrity?: string
  readonly resolved?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}
const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Readonly<Record<string, Locked>>
}

/** Tools beside the programs: their licences bind nobody who only runs them. */
const TOOL_LICENCES = new Set([...LICENCES, "MPL-2.0", "MIT OR Apache-2.0"])
/** Packages whose licence stands elsewhere than npm looks: read there, and packed by nobody. */
const READ_BY_HAND = new Set(["node_modules/cap"])

/** For a system that Sonde does not run on: npm writes down that there is such a package, and never fetches it. */
function isElsewhere({ optional, os, cpu, libc }: Locked): boolean {
  const isHere =
    (os?.includes("linux") ?? true) &&
    (cpu === undefined || cpu.includes("x64") || cpu.includes("arm64")) &&
    (libc?.includes("glibc") ?? true)
  return optional === true && !isHere
}

/** What is wrong with the lock file, a sentence each. */
function faultsOf(lock: Readonly<Record<string, Locked>>): string[] {
  const faults: string[] = []
  for (const [path, locked] of Object.entries(lock)) {
    const isBare = locked.integrity === undefined && locked.license === undefined
    if (path === "" || isElsewhere(locked) || (locked.optional === true && isBare && /-musl$/.test(path))) continue
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(locked.integrity ?? "")) faults.push(`${path} has no SHA-512.`)
    if (locked.resolved !== undefined && !locked.resolved.startsWith("https://registry.npmjs.org/"))
      faults.push(`${path} comes from elsewhere than npm's registry.`)
    const known = locked.dev === true ? TOOL_LICENCES : LICENCES
    if (!known.has(locked.license ?? "") && !READ_BY_HAND.has(path))
      faults.push(`${path} has the licence "${locked.license ?? ""}", which is not in the list.`)
  }
  return faults
}

test("every package of the lock file has a hash, npm's registry and a known licence", () => {
  assert.deepEqual(faultsOf(packages), [])
})

test("a package without one of them is noticed", () => {
  const integrity = `sha512-${"A".repeat(86)}==`
  const table: readonly [Locked, RegExp][] = [
    [{ license: "MIT" }, /no SHA-512/],
    [{ integrity: `sha1-${"A".repeat(27)}=`, license: "MIT" }, /no SHA-512/],
    [{ integrity, license: "MIT", resolved: "https://packages.example/x.tgz" }, /elsewhere/],
    [{ integrity, license: "MIT", resolved: "git+ssh://git@host/x.git" }, /elsewhere/],
    [{ integrity, license: "GPL-3.0-only" }, /"GPL-3.0-only"/],
    [{ integrity }, /licence ""/],
    [{ integrity, license: "MPL-2.0" }, /"MPL-2.0"/],
    [{ license: "MIT", optional: true, os: ["linux"], cpu: ["x64"] }, /no SHA-512/],
  ]
  for (const [locked, expected] of table) assert.match(faultsOf({ "node_modules/x": locked }).join(" "), expected)
  assert.deepEqual(faultsOf({ "node_modules/x": { integrity, license: "MPL-2.0", dev: true } }), [])
  assert.deepEqual(faultsOf({ "node_modules/x": { optional: true, os: ["darwin"], cpu: ["arm64"] } }), [])
})
