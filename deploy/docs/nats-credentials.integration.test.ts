// The pages of NATS, followed to the letter under a real systemd and a real nats-server with TLS: two-hosts.md until events arrive, with
// both hosts in one, then nats-credentials.md: rotated, revoked. Needs root; slow.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { SystemdNest } from "../../shared/testing/systemd-nest.ts"

let nest: SystemdNest
let refusal = ""
before(async () => {
  const started = await SystemdNest.start()
  if (typeof started === "string") refusal = started
  else nest = started
})
after(() => nest?.stop())

/** Code of a language below a heading of a page. */
function blocks(page: string, heading: string, language = "sh"): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, page), "utf8")
  const section = text.split(/^## /m).find((part) => part.startsWith(heading))
  assert.ok(section !== undefined, `${page} has ${heading}`)
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, code]) => code!)
}

const PATH = "PATH=/opt/sonde/deploy/bin:/opt/sonde/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin"

/** What a block prints; every line of it must succeed. The addresses of the page are those of this host. */
function run(code: string): string {
  const here = code
    .replaceAll("10.0.0.5", "127.0.0.1")
    .replace(/^apt-get .*$/gm, "")
    .replace(/^systemctl status .*$/gm, "")
  const out = nest.run("env", PATH, "sh", "-euc", `exec 2>&1\n${here}\necho all-done`)
  assert.match(out, /all-done\n$/, `${here}\n${out}`)
  return out
}

/** Puts the lines of a TOML block into a configuration file, each in place of the one of its name. */
function configure(file: string, code: string): void {
  for (const line of code.replaceAll("10.0.0.5", "127.0.0.1").trim().split("\n")) {
    const name = line.slice(0, line.indexOf(" ="))
    run(
      `sed -i '/^\\(# \\)\\?${name} =/d' ${file}\nprintf '%s\\n' '${line}' | cat - ${file} >/tmp/next\ncat /tmp/next >${file}`,
    )
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const from = performance.now(); !holds(); await pause(100))
    assert.ok(performance.now() - from < 20_000, `waiting for ${what}: ${log()}`)
}
const log = (): string => nest.run("sh", "-c", "tail -c 3000 /run/sonde-*.log")
const exchanges = (): string => nest.run("curl", "-s", "http://127.0.0.1:8470/api/v1/ledger")

test("the pages lead from nothing to events, over keys that are rotated and revoked", {
  timeout: 180_000,
}, async (t) => {
  if (refusal !== "") {
    t.diagnostic(`this machine runs no second systemd, so the pages were not followed: ${refusal}`)
    return
  }
  run("install -D -m 0644 /opt/sonde/deploy/systemd/sonde.sysusers.conf /etc/sysusers.d/sonde.conf && systemd-sysusers")
  run("install -d -m 0755 /etc/sonde")
  // No journal in the nest.
  for (const unit of ["sonde-collector", "sonde-sensor@eth1"])
    nest.write(
      `/etc/systemd/system/${unit}.service.d/test.conf`,
      `[Service]\nStandardOutput=append:/run/${unit}.log\nStandardError=append:/run/${unit}.log\n`.replaceAll("@", "-"),
    )
  const nats = blocks("two-hosts.md", "2.")
  for (const code of nats) run(code)
  const [install, start] = blocks("two-hosts.md", "3.")
  run(install!)
  configure("/etc/sonde/collector.toml", blocks("two-hosts.md", "3.", "toml")[0]!)
  run(start!.replace(/^curl .*$/m, ""))
  await until("the collector", () => /"exchanges":0/.test(exchanges()))
  await until("its readiness", () =>
    /200$/.test(nest.run("curl", "-sw", "%{http_code}", "http://127.0.0.1:8470/readyz")),
  )

  const host = nest.run("hostname", "-s").trim()
  const [keys, add, tryOut] = blocks("two-hosts.md", "4.")
  run(keys!)
  run(add!.replaceAll("edge1", host))
  configure("/etc/sonde/sensor.toml", blocks("two-hosts.md", "4.", "toml")[0]!)
  assert.match(run(tryOut!), /\nexit 0\n/)
  await until("the demo's exchanges", () => /"exchanges":2550/.test(exchanges()))

  run("systemctl start sonde-sensor@eth1")
  const sensor = (): string => nest.run("cat", "/run/sonde-sensor-eth1.log")
  const connections = (): number => (sensor().match(/Connected to/g) ?? []).length
  await until("the sensor's connecting", () => connections() === 1)
  const rotate = blocks("nats-credentials.md", "Rotate").map((code) => code.replaceAll("edge1", host))
  for (const code of rotate) run(code)
  await until("the sensor's connecting with the new key", () => connections() === 2)
  await until("the collector's, too", () =>
    /connections_total\{.*\} 2$/m.test(nest.run("curl", "-s", "http://127.0.0.1:8470/metrics")),
  )
  const names = run("sonde-collector nats list")
  assert.match(
    names,
    new RegExp(
      `^collector: collector; U\\w+ of [-\\d]+\\n${host}-eth1: tenant default, speaks as .*try-out; U\\w+ of [-\\d]+\\n`,
    ),
  )
  for (const code of blocks("nats-credentials.md", "Revoke")) run(code.replaceAll("edge1", host))
  await until("the sensor's saying so", () => /refuses these credentials/.test(sensor()))
  const [make, handOut] = blocks("nats-credentials.md", "Hand out").map((code) => code.replaceAll("edge1", host))
  run(`rm /etc/sonde/nats.nk\n${make}`)
  run(handOut!)
  await until("its going on", () => connections() === 3)
  assert.match(run(tryOut!.replace("try-out", `${host}-ring`)), /\nexit 0\n/)
})
