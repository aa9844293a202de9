// The sensor's unit under a real systemd: privileges, readiness, status, reload, watchdog, stop. Root.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { SystemdNest } from "../../shared/testing/systemd-nest.ts"

const UNIT = "sonde-sensor@eth1.service"
let nest: SystemdNest
let refusal = ""

before(async () => {
  const started = await SystemdNest.start()
  if (typeof started === "string") {
    refusal = started
    return
  }
  nest = started
  const opt = "/opt/sonde/deploy/systemd"
  nest.run("sh", "-c", `install -D -m 0644 ${opt}/sonde.sysusers.conf /etc/sysusers.d/sonde.conf && systemd-sysusers`)
  nest.run("sh", "-c", `install -m 0644 ${opt}/sonde-sensor@.service /etc/systemd/system/`)
  nest.run("sh", "-c", "mkdir -p /etc/sonde && /opt/sonde/deploy/bin/sonde-sensor keygen /etc/sonde/pseudonym.key")
  nest.write("/etc/sonde/sensor.toml", 'nats = "nats://127.0.0.1:4222"\nfilter = "tcp port 81"\n')
  nest.run("chown", "root:sonde-sensor", "/etc/sonde/sensor.toml")
  nest.run("chmod", "0640", "/etc/sonde/sensor.toml")
  nest.write("/etc/sonde/sensor-eth1.env", "SONDE_SENSOR=tap1\nSONDE_CAPTURE_RING=8MiB\nSONDE_PUBLISH_PATIENCE=5s\n")
  // No journal in the nest; a watchdog that a test can wait for.
  nest.write(
    `/etc/systemd/system/${UNIT}.d/test.conf`,
    "[Service]\nStandardOutput=append:/run/sonde.log\nStandardError=append:/run/sonde.log\nWatchdogSec=3s\nRestartSec=200ms\n",
  )
  nest.spawn("nats-server", "-js", "-sd", "/run/nats", "-a", "127.0.0.1")
  nest.run("systemctl", "daemon-reload")
})
after(() => nest?.stop())

const show = (property: string): string => nest.run("systemctl", "show", "--value", "-p", property, UNIT).trim()
const log = (): string => nest.run("cat", "/run/sonde.log")

async function until(what: string, holds: () => boolean, seconds = 20): Promise<void> {
  for (const from = performance.now(); !holds(); await pause(100))
    assert.ok(performance.now() - from < seconds * 1000, `waiting for ${what}: ${log()}\n${nest.output.slice(-2000)}`)
}

test("units are sandboxed: systemd-analyze security, without a running systemd", (t) => {
  const units = ["sonde-sensor.service", "sonde-sensor@.service", "sonde-collector.service"]
  const paths = units.map((unit) => join(import.meta.dirname, unit))
  const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--no-pager", "--offline=true", ...paths], {
    encoding: "utf8",
  })
  const scores = [...stdout.matchAll(/Overall exposure level for (\S+): (\d+\.\d)/g)]
  assert.equal(scores.length, units.length, stderr)
  for (const [, unit, score] of scores) {
    t.diagnostic(`${unit} ${score}`)
    // 10 is a service without any sandbox; the sensor's one capability is 0.4 of it.
    assert.ok(Number(score) <= 2, `${unit}: ${score}`)
  }
})

test("the sensor under systemd, from its start to its stop", { timeout: 120_000 }, async (t) => {
  if (refusal !== "") {
    t.diagnostic(`this machine runs no second systemd, so the units were not started: ${refusal}`)
    return
  }
  nest.run("ip", "link", "set", "eth1", "up")

  // Readiness: start returns when READY=1 has come, and the status line is the sensor's.
  nest.run("systemctl", "start", UNIT)
  assert.equal(show("ActiveState"), "active", log())
  assert.equal(show("Type"), "notify")
  assert.match(show("StatusText"), /^eth1: /)

  // Privileges: one capability, no root, nothing to gain.
  const pid = show("MainPID")
  assert.ok(Number(pid) > 1, log())
  const status = nest.run("cat", `/proc/${pid}/status`)
  assert.match(status, /^CapEff:\s+0000000000002000$/m)
  assert.match(status, /^CapBnd:\s+0000000000002000$/m)
  assert.match(status, /^NoNewPrivs:\s+1$/m)
  assert.doesNotMatch(status, /^Uid:\s+0\b/m)
  assert.match(status, /^Seccomp:\s+2$/m)
  const exposure = /Overall exposure level.*?: (\d+\.\d)/.exec(
    nest.run("systemd-analyze", "security", "--no-pager", UNIT),
  )
  assert.ok(Number(exposure?.[1]) <= 2.5, String(exposure))
  t.diagnostic(`systemd-analyze security: ${exposure?.[1]}`)

  // Promiscuous mode with CAP_NET_RAW alone.
  assert.match(nest.run("ip", "-d", "link", "show", "eth1"), /promiscuity 1/)

  // Reload: the file is read again as it is now.
  nest.run("sed", "-i", "s/81/80/", "/etc/sonde/sensor.toml")
  nest.run("systemctl", "reload", UNIT)
  await until("the reload", () => /Reload: the configuration is in force/.test(log()))
  assert.equal(show("MainPID"), pid)

  // Traffic reaches the server; the status line tells.
  nest.run("tcpreplay", "-q", "-i", "wire1", "--topspeed", "/opt/sonde/sensor/test/captures/nginx-curl.pcap")
  await until("acknowledged exchanges", () => /[1-9]\d* exchanges, [1-9]\d* acknowledged/.test(show("StatusText")))

  // A process that hangs is killed by the watchdog and started again.
  nest.run("kill", "-STOP", pid)
  await until("the watchdog", () => Number(show("NRestarts")) >= 1 && show("ActiveState") === "active", 30)
  assert.notEqual(show("MainPID"), pid)

  // A stop flushes and prints the ledger.
  nest.run("systemctl", "stop", UNIT)
  assert.equal(show("Result"), "success", log())
  const ledger = JSON.parse(
    log()
      .split("\n")
      .findLast((line) => line.startsWith('{"capture"'))!,
  )
  assert.ok(ledger.balance.holds)
})
