// The packages as an administrator meets them: installed, used, upgraded over a changed configuration, removed, purged — in an empty root,
// whose only programs are those of the packages. Needs Debian's dpkg; no network, no root.
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { gunzipSync } from "node:zlib"

const ROOT = join(import.meta.dirname, "../..")
const CAPTURE = join(ROOT, "deploy/demo/demo.pcap")
const folder = mkdtempSync(join(tmpdir(), "sonde-packages-"))
const root = join(folder, "root")
after(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ["sonde-sensor", "sonde-collector"] as const

function build(out: string, only = ""): Map<string, string> {
  const path = join(folder, out)
  execFileSync(process.execPath, [join(import.meta.dirname, "main.ts"), "--out", path, "--only", only], {
    stdio: "pipe",
  })
  return new Map(
    readdirSync(path)
      .filter((name) => name.endsWith(".deb"))
      .map((name) => [name.split("_")[0]!, join(path, name)]),
  )
}
const hashOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex")

/** dpkg in that root: scripts run outside of it and are told where it is (DPKG_ROOT), since it has no shell. */
function dpkg(...args: string[]): string {
  const forces = [
    "--force-script-chrootless",
    "--force-not-root",
    "--force-depends",
    "--force-confold",
    "--force-bad-path",
    "--force-unsafe-io",
  ]
  const result = spawnSync("dpkg", [`--root=${root}`, `--log=${join(folder, "log")}`, ...forces, ...args], {
    encoding: "utf8",
  })
  assert.equal(result.status, 0, result.stderr)
  return result.stdout
}
const at = (path: string): string => join(root, path)
/** A program of the packages with an environment in which there is nothing else to find. */
const run = (name: string, ...args: string[]) =>
  spawnSync(at(`usr/bin/${name}`), args, { encoding: "utf8", maxBuffer: 1 << 28, env: { PATH: "/usr/bin:/bin" } })

let debs: Map<string, string>
before(() => {
  debs = build("first")
  for (const path of ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"])
    mkdirSync(at(path), { recursive: true })
  for (const path of ["var/lib/dpkg/status", "var/lib/dpkg/available"]) writeFileSync(at(path), "")
})

test("built twice, byte for byte the same", () => {
  assert.deepEqual([...debs.keys()].sort(), [...NAMES].sort())
  const again = build("second", "sensor")
  assert.equal(hashOf(again.get("sonde-sensor")!), hashOf(debs.get("sonde-sensor")!))
})

test("installed side by side: programs, units, users, manual, completion, papers", () => {
  for (const name of NAMES) dpkg("--install", debs.get(name)!)
  for (const name of NAMES) {
    const { status, stdout, stderr } = run(name, "--version")
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^\S+ \d+\.\d+\.\d+|^\d+\.\d+\.\d+/)
    const manual = gunzipSync(readFileSync(at(`usr/share/man/man8/${name}.8.gz`))).toString()
    assert.match(manual, /^\.TH SONDE/)
    assert.match(manual, /\\-\\-config/)
    const completion = join("usr/share/bash-completion/completions", name)
    const tried = `source ${at(completion)}; COMP_WORDS=(${name} run --lis); COMP_CWORD=2; _${name.replace("-", "_")} ${name} --m run; echo "\${COMPREPLY[@]}"`
    if (name === "sonde-sensor") assert.match(execFileSync("bash", ["-c", tried], { encoding: "utf8" }), /--metrics/)
    assert.match(
      readFileSync(at(`usr/share/zsh/vendor-completions/_${name}`), "utf8"),
      new RegExp(`^#compdef ${name}\n`),
    )
    const papers = JSON.parse(readFileSync(at(`usr/share/doc/${name}/bill-of-materials.cdx.json`), "utf8")) as {
      components: { name: string; licenses: unknown[] }[]
    }
    assert.ok(papers.components.some((one) => one.name.startsWith("node-linux")))
    assert.ok(papers.components.every((one) => one.licenses.length === 1))
    assert.ok(existsSync(at(`usr/share/doc/${name}/copyright`)))
    assert.match(readFileSync(at(`usr/lib/sysusers.d/${name}.conf`), "utf8"), new RegExp(`^u ${name} `, "m"))
  }
  for (const unit of ["sonde-sensor@.service", "sonde-sensor.service", "sonde-collector.service"]) {
    const text = readFileSync(at(`usr/lib/systemd/system/${unit}`), "utf8")
    assert.match(text, /^ExecStart=\/usr\/bin\/sonde-/m)
    assert.doesNotMatch(text, /\/opt\//)
  }
  assert.equal(statSync(at("etc/sonde/collector.toml")).mode & 0o777, 0o600)
  assert.equal(statSync(at("etc/sonde/sensor.toml")).mode & 0o777, 0o640)
  assert.ok(
    !readdirSync(at("usr/lib/sonde-sensor"), { recursive: true }).some((path) => String(path).endsWith(".test.ts")),
  )
})

test("used: a capture is read by the one, taken into an inventory by the other", () => {
  const read = run("sonde-sensor", "read", CAPTURE)
  assert.equal(read.status, 0, read.stderr)
  const expected = JSON.parse(readFileSync(join(ROOT, "deploy/demo/demo.expected.json"), "utf8")) as {
    requests: number
  }
  assert.ok(read.stdout.trim().split("\n").length >= expected.requests)
  assert.match(read.stderr, /The ledger adds up/)
  const data = join(folder, "data")
  const collected = run(
    "sonde-collector",
    "run",
    "--read",
    CAPTURE,
    "--exit",
    "--data",
    data,
    "--listen",
    "127.0.0.1:0",
  )
  assert.equal(collected.status, 0, collected.stderr)
  for (const args of [
    ["backup", "--data", data, "--out", join(folder, "backup")],
    ["token", "create", "soc", "--data", data],
    ["nats", "init", "--dir", join(folder, "nats")],
    [
      "simulate",
      "--days",
      "1",
      "--consumers",
      "3",
      "--out",
      join(folder, "week.pcap"),
      "--labels",
      join(folder, "week.json"),
    ],
  ])
    assert.equal(run("sonde-collector", ...args).status, 0, `${args[0]}: ${run("sonde-collector", ...args).stderr}`)
})

test("upgraded: what an administrator changed stays; removed: the configuration stays; purged: nothing does", () => {
  const configuration = at("etc/sonde/sensor.toml")
  appendFileSync(configuration, "# ours\n")
  mkdirSync(at("var/lib/sonde/sensor"), { recursive: true })
  writeFileSync(at("var/lib/sonde/sensor/spool"), "")
  dpkg("--install", debs.get("sonde-sensor")!)
  assert.match(readFileSync(configuration, "utf8"), /# ours/)
  assert.equal(run("sonde-sensor", "--version").status, 0)
  dpkg("--remove", "sonde-sensor")
  assert.ok(!existsSync(at("usr/bin/sonde-sensor")) && !existsSync(at("usr/lib/sonde-sensor")))
  assert.ok(existsSync(configuration) && existsSync(at("var/lib/sonde/sensor/spool")))
  assert.equal(run("sonde-collector", "--version").status, 0)
  dpkg("--purge", "sonde-sensor")
  assert.ok(!existsSync(configuration) && !existsSync(at("var/lib/sonde/sensor")))
  dpkg("--purge", "sonde-collector")
  assert.ok(!existsSync(at("etc/sonde")))
  assert.ok(!existsSync(at("usr/lib")) && !existsSync(at("var/lib/sonde")) && !existsSync(at("usr/bin")))
})
