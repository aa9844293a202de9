import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { LiveCaptureError } from "../live-error.ts"
import { type AfPacketAddon, addonPaths, BUILD_COMMAND, loadAddon } from "./addon.ts"

/** In the order of build.sh. */
const SOURCES = ["af-packet.c", "arguments.c", "arguments.h", "notify.c", "notify.h", "ring.c", "ring.h"]
const DROP_ALL = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)

test("the prebuilt files are of the source beside them, need no newer glibc than the runtime does, hold no path", () => {
  const hash = createHash("sha256")
    .update(Buffer.concat(SOURCES.map((name) => readFileSync(join(import.meta.dirname, name)))))
    .digest("hex")
  for (const arch of ["x64", "arm64"]) {
    const path = addonPaths("linux", arch)[0]!
    const bytes = readFileSync(path).toString("latin1")
    assert.ok(bytes.includes(hash), `${path} is not of these sources; run: ${BUILD_COMMAND} prebuilt`)
    // ELF machine: x86-64 is 62, AArch64 is 183.
    assert.equal(bytes.charCodeAt(18), arch === "x64" ? 62 : 183)
    const needed = [...bytes.matchAll(/GLIBC_2\.(\d+)/g)].map((match) => Number(match[1]))
    assert.ok(needed.length > 0 && Math.max(...needed) <= 28, `glibc 2.${Math.max(...needed)}`)
    assert.doesNotMatch(bytes, /\/(home|root|work|tmp|usr\/src)\//)
  }
  assert.equal(loadAddon().source, hash)
})

test("an addon that is missing or does not load: a typed error that names the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-addon-"))
  try {
    const damaged = join(folder, "damaged.node")
    writeFileSync(damaged, "no program")
    for (const paths of [[join(folder, "missing.node")], [damaged]])
      assert.throws(
        () => loadAddon(paths),
        (error) =>
          error instanceof LiveCaptureError && error.code === "unavailable" && error.message.endsWith(BUILD_COMMAND),
      )
    // What does not load does not keep the one after it from loading.
    assert.equal(typeof loadAddon([damaged, ...addonPaths()]).open, "function")
  } finally {
    rmSync(folder, { recursive: true })
  }
  assert.ok(existsSync(join(import.meta.dirname, "build.sh")))
})

test("a wrong argument throws a TypeError, whatever it is", () => {
  const addon = loadAddon()
  const wrong = [
    undefined,
    null,
    -1,
    1.5,
    Number.NaN,
    "x".repeat(5000),
    {},
    [],
    new Float32Array(2),
    Symbol("s"),
    2n ** 80n,
  ]
  const right: Record<string, unknown[]> = {
    open: ["nowhere", 4096, 4, 20, true, 7, 6, DROP_ALL],
    close: [{}],
    next: [{}, new Uint8Array(9), 0, new Int32Array(1), new Int32Array(1), new Int32Array(1), new Float64Array(1)],
    stats: [{}, new Float64Array(4)],
    state: [{}, new Int32Array(4)],
    setFilter: [{}, DROP_ALL],
    notify: ["/nowhere/at/all", "READY=1"],
  }
  for (const [name, args] of Object.entries(right)) {
    const call = addon[name as keyof AfPacketAddon] as unknown as (...args: unknown[]) => unknown
    assert.throws(() => call(), TypeError)
    for (let i = 0; i < args.length; i++)
      for (const value of wrong) {
        const all = [...args]
        all[i] = value
        if (name === "open" && i === 5 && value === null) continue
        if (name === "notify" && typeof value === "string") continue
        assert.throws(() => call(...all), TypeError, `${name} with ${String(value)} as argument ${i}`)
      }
  }
  assert.throws(() => addon.notify("x".repeat(108), "m"), TypeError)
  assert.throws(() => addon.notify("a\0b", "m"), TypeError)
  assert.throws(() => addon.notify("a", "m".repeat(4096)), TypeError)
  assert.throws(() => addon.open("nowhere", 2 ** 30, 2, 20, true, null, 0, null), /1 GiB/)
  assert.throws(() => addon.open("nowhere", 4096, 4, 20, true, 7, 1, null), /fanout/)
  assert.throws(() => addon.open("nowhere", 4096, 4, 20, true, 7, 6, null), /fanout/)
})

test("what the system refuses comes back", () => {
  const addon = loadAddon()
  assert.deepEqual(addon.notify("/nowhere/at/all", "READY=1"), { errno: 2, syscall: "sendto" })
  assert.deepEqual(addon.notify("@sonde-nobody-listens", "READY=1"), { errno: 111, syscall: "sendto" })
})

test("notify reaches a local socket, in the file system or abstract", async () => {
  const addon = loadAddon()
  const folder = mkdtempSync(join(tmpdir(), "sonde-notify-"))
  const path = join(folder, "socket")
  const name = `sonde-notify-${process.pid}`
  // Node has no such sockets; perl is part of every Debian.
  const script = `use Socket; $| = 1; for my $to ($ARGV[0], "\\0$ARGV[1]") {
    socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, pack_sockaddr_un($to)) or die "bind: $!"; push @s, $s }
    print "ready\\n"; for my $s (@s) { recv($s, my $m, 4096, 0); print "<$m>" }`
  try {
    const out = await new Promise<string>((resolve, reject) => {
      const child = execFile("perl", ["-e", script, path, name], { timeout: 10_000 }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      )
      child.stdout!.once("data", () => {
        assert.equal(addon.notify(path, "READY=1\nSTATUS=ä"), undefined)
        assert.equal(addon.notify(`@${name}`, "STOPPING=1"), undefined)
      })
    })
    assert.equal(Buffer.from(out, "utf8").toString(), "ready\n<READY=1\nSTATUS=ä><STOPPING=1>")
  } finally {
    rmSync(folder, { recursive: true })
  }
})
