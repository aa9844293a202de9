// The sensor on a live mirror: real nginx, curl and wrk in namespaces, a bridge that floods like a SPAN port.
//
// What the sensor publishes is compared with what the server logged; what it read and what the kernel dropped, with what was
// sent. Needs root on Linux and nginx, curl, wrk, tcpreplay, iproute2, ethtool.
import assert from "node:assert/strict"
import type { ChildProcess } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { type LabOptions, MirrorLab } from "../../shared/testing/mirror-lab.ts"
import { TcpConversation } from "../../shared/testing/packet-builder.ts"

const MAIN = join(import.meta.dirname, "../main.ts")

interface Ledger {
  readonly capture: {
    readonly packets: number
    readonly kernelDrops: number
    readonly interfaces: readonly string[]
    readonly ports?: Readonly<Record<string, { readonly packets: number }>>
  }
  readonly decoder: Readonly<Record<string, number>>
  readonly tcp: { readonly gapBytes: number }
  readonly zones: Readonly<Record<string, { readonly packets: number }>>
  readonly http: { readonly exchanges: number; readonly complete: number }
  readonly published: { readonly exchanges: number; readonly acknowledged: number }
  readonly overload: { readonly stepMax: number }
  readonly balance: { readonly holds: boolean; readonly equations: readonly unknown[] }
  readonly died?: { readonly restarts: number; readonly exchanges: number }
  readonly workers?: Readonly<Record<string, { readonly packets: number; readonly starts: number }>>
}

/** A sensor on the lab's mirror port: started, stopped, and asked for its ledger. */
class Sensor {
  readonly child: ChildProcess
  #err = ""

  constructor(lab: MirrorLab, args: readonly string[] = [], environment: NodeJS.ProcessEnv = process.env) {
    const base = ["run", "--interface", lab.port, "--format", "null", "--ledger", "json", "--log-level", "info"]
    this.child = started(lab.atTap(process.execPath, [MAIN, ...base, ...args], environment))
    this.child.stderr!.on("data", (text) => {
      this.#err += text
    })
  }

  get said(): string {
    return this.#err
  }

  async until(words: RegExp, seconds = 15): Promise<void> {
    const deadline = performance.now() + seconds * 1000
    while (!words.test(this.#err)) {
      assert.ok(performance.now() < deadline && this.child.exitCode === null, `waiting for ${words}: ${this.#err}`)
      await pause(20)
    }
  }

  async stop(): Promise<Ledger> {
    const exited = new Promise<number | null>((resolve) => this.child.once("close", resolve))
    this.child.kill("SIGTERM")
    assert.equal(await exited, 0, this.#err)
    assert.doesNotMatch(this.#err, /\n {4}at /)
    const line = this.#err.split("\n").findLast((one) => one.startsWith('{"capture"'))
    assert.ok(line !== undefined, this.#err)
    const ledger = JSON.parse(line) as Ledger
    assert.ok(ledger.balance.holds, JSON.stringify(ledger.balance.equations))
    return ledger
  }
}

const labs: MirrorLab[] = []
const children: ChildProcess[] = []
/** A process that a test which fails leaves behind is ended with the others. */
function started(child: ChildProcess): ChildProcess {
  children.push(child)
  return child
}
after(() => {
  for (const child of children) child.kill("SIGKILL")
  for (const lab of labs) lab.stop()
})
function startLab(options: LabOptions = {}): MirrorLab {
  const lab = MirrorLab.start(options)
  labs.push(lab)
  return lab
}

/** Some requests of a real curl, one after the other on one connection, and each on a connection of its own. */
function browse(lab: MirrorLab): void {
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-200]`])
  for (let i = 0; i < 20; i++) lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/site/large.json`])
  lab.client("curl", ["-s", "-o", "/dev/null", "-I", `${lab.url}/v1/head`])
  lab.client("curl", [
    "-s",
    "-o",
    "/dev/null",
    "-d",
    '{"a":1}',
    "-H",
    "Content-Type: application/json",
    `${lab.url}/v1/new`,
  ])
}

async function settled(sensor: Sensor): Promise<Ledger> {
  // The kernel hands over a block that is not full after its retire timeout; the stop waits for that, too.
  await pause(100)
  return sensor.stop()
}

for (const [name, options] of [
  ["plain", {}],
  ["inside VXLAN of the kernel", { vxlan: true }],
  ["super-frames", { offloads: true }],
] as const) {
  test(`events are the requests that the server logged: ${name}`, async () => {
    const lab = startLab(options)
    const sensor = new Sensor(lab)
    await sensor.until(/Watching mirror0/)
    browse(lab)
    const ledger = await settled(sensor)
    assert.equal(lab.logged.length, 222)
    assert.equal(ledger.published.exchanges, 222)
    assert.equal(ledger.http.complete, 222)
    assert.equal(ledger.capture.kernelDrops, 0)
    assert.equal(ledger.tcp.gapBytes, 0)
    assert.deepEqual(ledger.capture.interfaces, ["mirror0"])
  })
}

test("wrk at moderate load: every request, no drop; two workers: the same, split between them", async () => {
  for (const workers of [1, 2]) {
    const lab = startLab()
    const sensor = new Sensor(lab, ["--workers", String(workers)])
    await sensor.until(
      workers === 1
        ? /Watching/
        : /Worker 0: Watching[\s\S]*Worker 1: Watching|Worker 1: Watching[\s\S]*Worker 0: Watching/,
    )
    lab.client("wrk", ["-t1", "-c8", "-d2s", `${lab.url}/v1/items/7`])
    const ledger = await settled(sensor)
    assert.ok(lab.logged.length > 1000)
    // wrk hangs up in the middle of its last requests; each is an exchange all the same, or was never sent.
    assert.ok(Math.abs(ledger.published.exchanges - lab.logged.length) <= 8, `${ledger.published.exchanges}`)
    assert.ok(ledger.http.complete >= lab.logged.length - 8)
    assert.equal(ledger.capture.kernelDrops, 0)
    if (workers === 1) continue
    const shares = Object.values(ledger.workers!).map((one) => one.packets)
    assert.equal(shares.length, 2)
    assert.equal(shares[0]! + shares[1]!, ledger.capture.packets)
    assert.ok(Math.min(...shares) > 0, String(shares))
  }
})

test("a worker that dies is started again, and its loss is stated so that the sum adds up", async () => {
  const lab = startLab()
  const child = started(lab.atTap(process.execPath, [join(import.meta.dirname, "fake-worker-death.ts"), lab.port]))
  let out = ""
  child.stdout!.on("data", (text) => {
    out += text
  })
  child.stderr!.on("data", (text) => {
    out += text
  })
  const until = async (words: RegExp): Promise<void> => {
    for (const from = performance.now(); !words.test(out); await pause(20))
      assert.ok(performance.now() - from < 15_000 && child.exitCode === null, `waiting for ${words}: ${out}`)
  }
  await until(/Worker 0: Watching/)
  await until(/Worker 1: Watching/)
  for (let i = 0; i < 40; i++) lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/${i}`])
  child.stdin!.write("kill\n")
  await until(/Worker 0 died[\s\S]*Worker 0: Watching/)
  for (let i = 0; i < 40; i++) lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/${i}`])
  await pause(100)
  child.stdin!.end()
  assert.equal(await new Promise((resolve) => child.once("close", resolve)), 0, out)
  const ledger = JSON.parse(out.split("\n").find((line) => line.startsWith("{"))!) as Ledger
  assert.ok(ledger.balance.holds, JSON.stringify(ledger.balance.equations))
  assert.equal(ledger.died!.restarts, 1)
  assert.equal(ledger.workers!.w0!.starts, 2)
  assert.ok(ledger.published.exchanges + ledger.died!.exchanges <= 80)
  assert.ok(ledger.published.exchanges >= 40)
})

/** A capture of `packets` packets in many flows. */
function manyFlows(lab: MirrorLab, conversations: number): { file: string; packets: number } {
  const frames = []
  for (let i = 0; i < conversations; i++) {
    const talk = new TcpConversation({ client: `10.0.${i >> 14}.1:${1024 + (i & 0x3fff)}` })
    talk.open()
    for (let k = 0; k < 4; k++)
      talk
        .toServer(`GET /v1/orders/${i} HTTP/1.1\r\nHost: api.example.com\r\n\r\n`)
        .toClient("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    frames.push(...talk.finish().frames)
  }
  const file = join(lab.folder, "flows.pcap")
  writeFileSync(file, pcapFile(frames))
  return { file, packets: frames.length }
}

async function replayed(lab: MirrorLab, file: string, ...rate: readonly string[]): Promise<void> {
  const code = await new Promise((resolve) => lab.replay(file, ...rate).once("close", resolve))
  assert.equal(code, 0)
}

test("a cloud's mirror, VXLAN to this host's own address, is read without a listener", async () => {
  const lab = startLab()
  const talk = new TcpConversation()
  talk.open()
  for (let i = 0; i < 5; i++)
    talk.toServer(`GET /v1/${i} HTTP/1.1\r\nHost: a\r\n\r\n`).toClient("HTTP/1.1 204 No Content\r\n\r\n")
  const frames = talk.finish().frames.map((frame) => Buffer.from(frame.bytes).toString("hex"))
  const file = join(lab.folder, "frames.json")
  writeFileSync(file, JSON.stringify(frames))
  const sensor = new Sensor(lab)
  await sensor.until(/Watching/)
  const script = `const socket = require("node:dgram").createSocket("udp4")
    const frames = require(process.argv[1])
    const send = (i) => i === frames.length ? socket.close()
      : socket.send(Buffer.concat([Buffer.from("0800000000004d00", "hex"), Buffer.from(frames[i], "hex")]), 4789, process.argv[2],
        () => setTimeout(send, 2, i + 1))
    send(0)`
  lab.client(process.execPath, ["-e", script, file, lab.addressPort()])
  const ledger = await settled(sensor)
  assert.equal(ledger.http.complete, 5)
  assert.equal(ledger.zones["vni-77"]!.packets, frames.length)
})

test("two ports with a direction each, two workers: every exchange of the demo, none torn", async () => {
  const lab = startLab()
  const sensor = new Sensor(lab, ["--interface", lab.secondPort, "--workers", "2"])
  await sensor.until(/(?:Worker [01]: Watching[\s\S]*){2}/)
  const demo = join(import.meta.dirname, "../../deploy/demo/demo.pcap")
  assert.equal(await new Promise((resolve) => lab.replaySplit(demo, "--multiplier", "25").once("close", resolve)), 0)
  const ledger = await settled(sensor)
  const ports = ledger.capture.ports!
  assert.deepEqual(Object.keys(ports).sort(), ["mirror0", "mirror1"])
  assert.ok(ports.mirror0!.packets > 1000 && ports.mirror1!.packets > 1000)
  assert.equal(ledger.http.complete, 2550)
  assert.equal(ledger.capture.kernelDrops, 0)
})

describe("exactly what was sent", () => {
  test("to two workers, from the moment at which the first says that it watches", async () => {
    const lab = startLab()
    const { file, packets } = manyFlows(lab, 200)
    const sensor = new Sensor(lab, ["--workers", "2"])
    await sensor.until(/Worker 0: Watching/)
    await replayed(lab, file, "--pps", "3000")
    const ledger = await settled(sensor)
    assert.deepEqual([ledger.capture.packets, ledger.capture.kernelDrops], [packets, 0])
    assert.equal(ledger.http.complete, 800)
  })

  test("at the top speed of tcpreplay, and at rest: read + dropped = sent", async () => {
    const lab = startLab()
    const { file, packets } = manyFlows(lab, 2000)
    const sensor = new Sensor(lab)
    await sensor.until(/Watching/)
    await replayed(lab, file, "--topspeed", "--loop", "5")
    const ledger = await settled(sensor)
    assert.equal(ledger.capture.packets + ledger.capture.kernelDrops, 5 * packets)
  })

  test("a sensor that is held up: the ring overflows, the sum stays exact, overload is stated and ends", async () => {
    const lab = startLab()
    const { file, packets } = manyFlows(lab, 3000)
    const sensor = new Sensor(lab, ["--capture-ring", "1MiB"])
    await sensor.until(/Watching/)
    sensor.child.kill("SIGSTOP")
    await replayed(lab, file, "--topspeed")
    sensor.child.kill("SIGCONT")
    await sensor.until(/Overload, step 1/)
    await replayed(lab, file, "--mbps", "20")
    const ledger = await settled(sensor)
    assert.ok(ledger.capture.kernelDrops > 0)
    assert.equal(ledger.capture.packets + ledger.capture.kernelDrops, 2 * packets)
    assert.ok(ledger.overload.stepMax >= 1)
  })
})

test("the link goes down and up: nobody dies, it is counted, reading goes on", async () => {
  const lab = startLab()
  const sensor = new Sensor(lab)
  await sensor.until(/Watching/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/before`])
  await pause(100)
  lab.setPort("down")
  await sensor.until(/is down/)
  lab.setPort("up")
  await sensor.until(/is up again/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/after`])
  const ledger = await settled(sensor)
  assert.equal(ledger.published.exchanges, 2)
})

test("a filter keeps out what does not match, and a reload changes it", async () => {
  const lab = startLab()
  const config = join(lab.folder, "sensor.toml")
  writeFileSync(config, 'filter = "tcp port 81"\n')
  const sensor = new Sensor(lab, ["--config", config])
  await sensor.until(/Watching/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/unseen`])
  writeFileSync(config, 'filter = "prot 80"\n')
  sensor.child.kill("SIGHUP")
  await sensor.until(/Reload refused/)
  writeFileSync(config, 'filter = "tcp port 80"\nworkers = 4\n')
  sensor.child.kill("SIGHUP")
  await sensor.until(/\\"workers\\" has changed, and takes a restart[\s\S]*is in force/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/seen`])
  const ledger = await settled(sensor)
  assert.equal(ledger.published.exchanges, 1)
})

test("an interface that cannot be had is said in one sentence", async () => {
  const lab = startLab()
  const child = lab.atTap("setpriv", [
    "--reuid=65534",
    "--clear-groups",
    process.execPath,
    MAIN,
    "run",
    "--interface",
    lab.port,
    "--format",
    "null",
  ])
  let err = ""
  child.stderr!.on("data", (text) => {
    err += text
  })
  const code = await new Promise((resolve) => child.once("close", resolve))
  assert.equal(code, 1, err)
  assert.match(err, /CAP_NET_RAW/)
  assert.doesNotMatch(err, /\n {4}at /)
})
