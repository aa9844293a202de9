// Secrets stay in their files: a sensor and a collector that use every kind of one, with troubles that make them talk, show none of them in
// arguments, environment, logs, metrics, status, API, store or backup. Files that others may read are refused. Needs root on Linux.
import assert from "node:assert/strict"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import type { IncomingMessage } from "node:http"
import { request } from "node:https"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { freePort } from "../../shared/testing/free-port.ts"
import { FakeBus } from "../credentials/fake-bus.ts"

const ROOT = resolve(import.meta.dirname, "../..")
const SENSOR = join(ROOT, "sensor/main.ts")
const COLLECTOR = join(ROOT, "collector/main.ts")
const MOST_MS = 60_000
const folder = mkdtempSync(join(tmpdir(), "sonde-secrets-"))
const at = (name: string): string => join(folder, name)
const children: ChildProcess[] = []
let bus: FakeBus

before(async () => {
  bus = await FakeBus.start(["edge"])
  copyFileSync(join(bus.folder, "server.key"), at("tls.key"))
  writeFileSync(at("pseudonym.key"), `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 })
  writeFileSync(at("hook.secret"), randomBytes(24).toString("hex"), { mode: 0o600 })
  mkdirSync(at("state"), { mode: 0o700 })
})
after(async () => {
  for (const child of children) child.kill("SIGKILL")
  await bus?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const text = (path: string): string => readFileSync(path, "latin1")

/** Everything that two running programs must keep, as it could be written somewhere. */
function secrets(token: string): readonly (readonly [name: string, text: string])[] {
  const key = text(at("pseudonym.key")).trim()
  const pem = text(at("tls.key"))
    .split("\n")
    .filter((line) => line.length > 40 && !line.startsWith("-"))
  return [
    ["the sensor's seed", text(bus.seedPath("edge")).trim()],
    ["the collector's seed", text(bus.seedPath("collector")).trim()],
    ["the token", token],
    ["the pseudonym key", key],
    ["the pseudonym key, base 64", Buffer.from(key, "hex").toString("base64").slice(0, 40)],
    ["the pseudonym key, bytes", Buffer.from(key, "hex").toString("latin1")],
    ["the webhook's secret", text(at("hook.secret"))],
    ...pem.map((line) => ["the TLS key", line] as const),
    ["a password", PASSWORD],
  ]
}
const PASSWORD = `pass-${randomBytes(12).toString("hex")}`

const command = (main: string, ...argv: string[]) =>
  spawnSync(process.execPath, [main, ...argv], { encoding: "utf8", timeout: 20_000 })

class Running {
  said = ""
  readonly child: ChildProcess

  constructor(main: string, ...argv: string[]) {
    this.child = spawn(process.execPath, [main, "run", ...argv], { stdio: ["ignore", "pipe", "pipe"] })
    children.push(this.child)
    for (const stream of [this.child.stdout, this.child.stderr])
      stream!.on("data", (chunk: Buffer) => {
        this.said += chunk.toString()
      })
  }

  async until(words: RegExp): Promise<string> {
    for (let i = 0; i < 400 && !words.test(this.said) && this.child.exitCode === null; i++) await pause(50)
    assert.match(this.said, words)
    return words.exec(this.said)![0]
  }

  /** What every user of the machine, and root, sees of the process. */
  get shown(): string {
    return ["cmdline", "environ"].map((name) => text(`/proc/${this.child.pid}/${name}`)).join("\n")
  }
}

async function ask(url: string, token: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((done, fail) => {
    request(url, { ca: text(bus.ca), headers: { authorization: `Bearer ${token}` } }, done)
      .on("error", fail)
      .end()
  })
  let body = `${response.statusCode} ${JSON.stringify(response.headers)} `
  for await (const chunk of response) body += String(chunk)
  return body
}

test("what runs shows no secret, wherever one looks", { timeout: MOST_MS }, async () => {
  const made = command(COLLECTOR, "token", "create", "soc", "--role", "admin", "--data", at("state"))
  const token = made.stdout.trim()
  assert.match(token, /^\S{20,}$/, made.stderr)
  const hook = `[[notify]]\nname = "hook"\nkind = "webhook"\nurl = "https://127.0.0.1:1/"\nsecret = "${at("hook.secret")}"\n`
  writeFileSync(at("collector.toml"), hook, { mode: 0o600 })
  const access = ["--nats-ca", bus.ca, "--nats-certificate", bus.ca, "--nats-key", at("tls.key")]
  const tls = ["--tls-certificate", bus.ca, "--tls-key", at("tls.key"), "--listen", "127.0.0.1:0"]
  const collector = new Running(
    ...([COLLECTOR, "--config", at("collector.toml"), "--nats", bus.url, ...access] as const),
    ...["--nats-credentials", bus.seedPath("collector"), "--durable", "test", ...tls],
    ...["--data", at("state"), "--log-level", "info"],
  )
  const url = await collector.until(/https:\/\/127\.0\.0\.1:\d+/)
  await collector.until(/Consuming SONDE_EVENTS/)
  const port = await freePort()
  const sensor = new Running(
    ...([SENSOR, "--interface", "lo", "--filter", "tcp port 9", "--nats", bus.url, ...access] as const),
    ...["--nats-credentials", bus.seedPath("edge"), "--tenant", "t", "--sensor", "edge"],
    ...["--key-file", at("pseudonym.key"), "--metrics", `127.0.0.1:${port}`, "--status-file", at("status.json")],
    ...["--publish-spool", at("spool"), "--log-level", "info"],
  )
  await sensor.until(/Connected to/)
  // Troubles, which make programs talk: a server that goes, a seed that others may read, one that is unknown, requests with wrong tokens.
  chmodSync(bus.seedPath("edge"), 0o644)
  await bus.server.restart()
  await sensor.until(/open to other users/)
  chmodSync(bus.seedPath("edge"), 0o600)
  const wrong = [await ask(`${url}/api/v1/services`, `${token}x`), await ask(`${url}/api/v1/services?token=wrong`, "")]
  assert.match(wrong.join("\n"), /^401 (.|\n)*\n401 /)
  await pause(500)
  const document = await ask(`${url}/api/v1/openapi.json`, token)
  const { paths } = JSON.parse(document.slice(document.indexOf("} {") + 2)) as {
    paths: Record<string, { get?: object }>
  }
  const routes = Object.keys(paths).filter((path) => paths[path]!.get !== undefined && !path.includes("{"))
  assert.ok(routes.length > 15)
  const answers: string[] = []
  for (const path of [...routes, "/metrics", "/healthz", "/readyz", "/", "/api/v1/none"])
    answers.push(await ask(`${url}${path}`, token))
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  assert.match(metrics, /^sonde_sensor_/m)
  for (let i = 0; i < 100 && !readdirSync(folder).includes("status.json"); i++) await pause(50)
  const backup = command(COLLECTOR, "backup", "--data", at("state"), "--out", at("backup"))
  assert.equal(backup.status, 0, backup.stderr)
  const configs = [[SENSOR, "sensor.toml"] as const, [COLLECTOR, "bus.toml"] as const].map(([main, name]) => {
    writeFileSync(at(name), `nats = "nats://u:${PASSWORD}@127.0.0.1:1"\n`, { mode: 0o600 })
    return command(main, "config", "--config", at(name))
  })
  const failing = command(SENSOR, "run", "--config", at("sensor.toml"), "--key-file", at("pseudonym.key"), ...QUICK)
  assert.equal(failing.status, 1, failing.stderr)
  const places = {
    ...{
      "what the collector said": collector.said,
      "what the sensor said": sensor.said,
      "the API": answers.join("\n"),
    },
    ...{
      "refusals of the API": wrong.join("\n"),
      metrics,
      status: text(at("status.json")),
      backup: text(at("backup")),
    },
    ...{ "the collector's process": collector.shown, "the sensor's process": sensor.shown },
    commands: [backup, failing, ...configs].map(({ stdout, stderr }) => `${stdout}${stderr}`).join("\n"),
    "the state folder": readdirSync(at("state"))
      .map((name) => text(join(folder, "state", name)))
      .join("\n"),
    "the server's accounts":
      text(join(bus.folder, "nats/accounts.conf")) + text(join(bus.folder, "nats/credentials.json")),
  }
  for (const [name, secret] of secrets(token)) {
    assert.ok(secret.length >= 24, name)
    assert.ok(`${places["the API"]}${secret}`.includes(secret), "the canary")
    for (const [place, found] of Object.entries(places)) assert.ok(!found.includes(secret), `${name} is in ${place}`)
  }
  assert.doesNotMatch(collector.said + sensor.said, /\n\s+at /)
})

const QUICK = ["--read", join(ROOT, "deploy/demo/demo.pcap"), "--publish-patience", "1s"]

test("a secret that others may read is refused in one sentence that names the option and the file", {
  timeout: MOST_MS,
}, () => {
  const open = (name: string, from: string): string => {
    copyFileSync(from, at(name))
    chmodSync(at(name), 0o644)
    return at(name)
  }
  const seed = open("open.nk", bus.seedPath("edge"))
  const key = open("open.key", join(bus.folder, "server.key"))
  const pseudonym = open("open.pseudonym", at("pseudonym.key"))
  writeFileSync(at("open.toml"), `nats = "nats://u:${PASSWORD}@127.0.0.1:1"\n`)
  writeFileSync(
    at("hook.toml"),
    `[[notify]]\nname = "h"\nkind = "webhook"\nurl = "https://h.example/"\nsecret = "${pseudonym}"\n`,
  )
  mkdirSync(at("open-state"))
  writeFileSync(at("open-state/tokens.json"), "[]\n", { mode: 0o644 })
  const listen = ["run", "--listen", "127.0.0.1:0", "--data", at("fresh")]
  const toBus = ["--nats", bus.url, "--nats-ca", bus.ca]
  const read = ["run", ...QUICK, "--key-file", at("pseudonym.key")]
  for (const [main, argv, words] of [
    [
      SENSOR,
      [...read, ...toBus, "--nats-credentials", seed],
      /--nats-credentials .*open\.nk is open to other users; chmod 600/,
    ],
    [
      COLLECTOR,
      [...listen, ...toBus, "--nats-credentials", seed],
      /--nats-credentials .*open\.nk is open to other users/,
    ],
    [SENSOR, [...read, ...toBus, "--nats-certificate", bus.ca, "--nats-key", key], /--nats-key .*open\.key is open to/],
    [
      SENSOR,
      ["run", ...QUICK, ...toBus, "--key-file", pseudonym],
      /--key-file .*open\.pseudonym is open to other users/,
    ],
    [
      COLLECTOR,
      [...listen, "--tls-certificate", bus.ca, "--tls-key", key],
      /--tls-key: .*open\.key is open to other users/,
    ],
    [COLLECTOR, ["status", "--token-file", seed], /token-file.* is open to other users/],
    [COLLECTOR, ["run", "--listen", "127.0.0.1:0", "--data", at("open-state")], /tokens\.json is open to other users/],
    [COLLECTOR, [...listen, "--config", at("hook.toml")], /open\.pseudonym is open to other users/],
    [
      COLLECTOR,
      [...listen, "--config", at("open.toml")],
      /open\.toml holds a password or token \("nats"\) and is open to other/,
    ],
    [
      SENSOR,
      [...read, "--config", at("open.toml")],
      /open\.toml holds a password or token \("nats"\) and is open to other users/,
    ],
    [
      SENSOR,
      [...read, "--nats", `nats://u:${PASSWORD}@127.0.0.1:1`],
      /--nats holds a password or token, which every user/,
    ],
  ] as const) {
    const { status, stdout, stderr } = command(main, ...argv)
    assert.match(stderr, words)
    assert.ok(status === 1 || status === 2, `${argv.join(" ")}: ${status} ${stderr}`)
    assert.equal(`${stdout}${stderr}`.trim().split("\n").length, 1, stderr)
    assert.ok(!stderr.includes(PASSWORD))
  }
})
