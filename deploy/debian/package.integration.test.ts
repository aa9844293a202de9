// The packages as an administrator meets them: installed, used, upgraded over a changed configuration, removed, purged — in an empty root,
// whose only programs are those of the packages, and as root in a bare Debian, where their scripts run. Needs Debian's dpkg; no network.
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  appendFileSync,
  copyFileSync,
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
import { makeBareRoot, runInRoot } from "./bare-root.ts"

const ROOT = join(import.meta.dirname, "../..")
const CAPTURE = join(ROOT, "deploy/demo/demo.pcap")
const folder = mkdtempSync(join(tmpdir(), "sonde-packages-"))
const root = join(folder, "root")
after(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ["sonde-sensor", "sonde-collector"] as const

function build(out: string, only = ""): Map<string, string> {
  const path = join(folder, out)
  execFileSync(
    process.execPath,
    [join(import.meta.dirname, "main.ts"), "--out", path, "--only", only, "--level", "1"],
    {
      stdio: "pipe",
    },
  )
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
  ]) {
    const { status, stderr } = run("sonde-collector", ...args)
    assert.equal(status, 0, `${args[0]}: ${stderr}`)
  }
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

/** The same package with another version and another shipped configuration, as a next release would have. */
function nextRelease(deb: string, configuration: string): string {
  const tree = join(folder, "next")
  execFileSync("dpkg-deb", ["--raw-extract", deb, tree])
  const control = join(tree, "DEBIAN/control")
  writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/m, "Version: 99.0"))
  appendFileSync(join(tree, configuration), "# theirs\n")
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, join(folder, "next.deb")])
  rmSync(tree, { recursive: true })
  return join(folder, "next.deb")
}

const ADMINISTRATOR = `
dpkg() { command dpkg --force-unsafe-io --force-confold "$@" >/dev/null; }
dpkg --install sonde-sensor.deb sonde-collector.deb
echo "installed: $(sonde-sensor --version), $(sonde-collector --version)"
command dpkg --verify sonde-sensor sonde-collector
stat -c '%n %a %U:%G' /etc/sonde/* /var/lib/sonde/*
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -s /usr/lib/systemd/system/sonde-sensor@.service /etc/systemd/system/multi-user.target.wants/sonde-sensor@eth1.service
sonde-sensor keygen /etc/sonde/pseudonym.key 2>/dev/null
setpriv --reuid=sonde-sensor --regid=sonde-sensor --clear-groups sonde-sensor config --config /etc/sonde/sensor.toml | grep -c nats://
setpriv --reuid=sonde-sensor --regid=sonde-sensor --clear-groups sonde-sensor read --format null /usr/share/doc/sonde-sensor/demo.pcap 2>&1 | tail -n 1
setpriv --reuid=sonde-collector --regid=sonde-collector --clear-groups sonde-collector token create soc --data /var/lib/sonde/collector 2>&1 | head -n 1
echo '# ours' >>/etc/sonde/sensor.toml
touch /var/lib/sonde/sensor/spool
chmod 0600 /etc/sonde/sensor.toml
dpkg --install next.deb
tail -n 1 /etc/sonde/sensor.toml
stat -c 'upgraded %a' /etc/sonde/sensor.toml
dpkg --remove sonde-sensor
ls -d /usr/lib/sonde-* /etc/sonde/sensor.toml /var/lib/sonde/sensor/spool
dpkg --purge sonde-sensor sonde-collector
echo "left: $(find /etc /usr /var -path '*sonde*' ! -path '/var/lib/dpkg/*' ! -path '/var/log/*' | sort | tr '\\n' ' ')"
command dpkg --audit | grep sonde || true
`

test("in a bare Debian, as root: users, owners, an upgrade, what a purge leaves", (t) => {
  if (process.getuid?.() !== 0 || spawnSync("unshare", ["--mount", "--pid", "--net", "--fork", "true"]).status !== 0) {
    t.diagnostic("not root here, or no namespaces: the scripts of the packages were run with DPKG_ROOT only")
    return
  }
  const bare = join(folder, "bare")
  mkdirSync(bare)
  makeBareRoot(bare, ["systemd", "libstdc++6", "procps"])
  for (const name of NAMES) copyFileSync(debs.get(name)!, join(bare, `${name}.deb`))
  copyFileSync(nextRelease(debs.get("sonde-sensor")!, "etc/sonde/sensor.toml"), join(bare, "next.deb"))
  const { status, stdout, stderr } = runInRoot(bare, ADMINISTRATOR)
  assert.equal(status, 0, stdout + stderr)
  const version = /(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  assert.deepEqual(
    stdout.trim().split("\n"),
    [
      `installed: sonde-sensor ${version}, sonde-collector ${version}`,
      "/etc/sonde/collector.toml 600 root:root",
      "/etc/sonde/sensor.toml 640 root:sonde-sensor",
      "/var/lib/sonde/collector 700 sonde-collector:sonde-collector",
      "/var/lib/sonde/sensor 700 sonde-sensor:sonde-sensor",
      "1",
      "The ledger adds up.",
      "sonde-collector: the token of soc (viewer), shown once:",
      "# ours",
      "upgraded 600",
      "/etc/sonde/sensor.toml",
      "/usr/lib/sonde-collector",
      "/var/lib/sonde/sensor/spool",
      // A key that only people can make again.
      "left: /etc/sonde /etc/sonde/pseudonym.key ",
    ].map((line) => line.trim()),
  )
})
