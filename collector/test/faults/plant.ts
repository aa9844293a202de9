// What faults happen to: a sensor's publishing half, a relay on each side of a real nats-server, a real collector; and small disks under
// sensor and collector where this process may mount some (root on Linux).
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { freePort } from "../../../shared/testing/free-port.ts"
import { NatsServer } from "../../../shared/testing/nats-server.ts"
import type { FaultSensorSettings } from "./fault-sensor.ts"
import { Relay } from "./relay.ts"

const ROOT = resolve(import.meta.dirname, "../../..")
const SPOOL_BYTES = 64 << 20
const DISK = "96m"
/** Where Debian has the library that gives a process another clock: it asks a file at each look. Its monotonic clock stays. */
const CLOCKS = ["x86_64", "aarch64"].map((one) => `/usr/lib/${one}-linux-gnu/faketime/libfaketime.so.1`)
const STATE = join("collector", "state")
/** 2026-09-01, in µs: packet time of the first event. */
const START_US = 1_788_220_800_000_000

export class Plant {
  readonly folder = mkdtempSync(join(tmpdir(), "sonde-faults-"))
  readonly hasDisks: boolean
  /** Shift of the wall clock of sensor and collector, in faketime's words ("-2d"). */
  readonly #clock = join(this.folder, "clock")
  readonly nats: NatsServer
  readonly sensorSide: Relay
  readonly collectorSide: Relay
  readonly book = join(this.folder, "book")
  readonly #port: number
  /** What the processes said last, for whoever looks for the cause of a failure. */
  said = ""
  readonly #spoolBytes: number
  #runs = 0
  #startUs = START_US
  #sensor: ChildProcess | null = null
  #collector: ChildProcess | null = null

  private constructor(nats: NatsServer, sensorSide: Relay, collectorSide: Relay, port: number, spoolBytes: number) {
    this.#spoolBytes = spoolBytes
    this.nats = nats
    this.sensorSide = sensorSide
    this.collectorSide = collectorSide
    this.#port = port
    for (const name of ["sensor", "collector"]) mkdirSync(join(this.folder, name), { mode: 0o700 })
    writeFileSync(this.book, "")
    this.moveClock(0)
    this.hasDisks = process.getuid?.() === 0 && ["sensor", "collector"].every((name) => mount(join(this.folder, name)))
  }

  static async start(spoolBytes = SPOOL_BYTES): Promise<Plant> {
    const nats = await NatsServer.start()
    const plant = new Plant(nats, await Relay.to(nats.port), await Relay.to(nats.port), await freePort(), spoolBytes)
    plant.startSensor()
    plant.startCollector()
    return plant
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get #spoolPlace(): string {
    return join(this.folder, "sensor", "spool")
  }

  get #data(): readonly string[] {
    return ["--data", join(this.folder, STATE)]
  }

  startSensor(): void {
    const run = ++this.#runs
    const settings: FaultSensorSettings = {
      url: `nats://127.0.0.1:${this.sensorSide.port}`,
      place: this.#spoolPlace,
      book: this.book,
      boot: `run${run}`,
      run,
      spoolBytes: this.#spoolBytes,
      startUs: this.#startUs,
    }
    this.#startUs += 60_000_000
    this.#sensor = this.#spawn([join(import.meta.dirname, "fault-sensor.ts"), JSON.stringify(settings)])
  }

  /** `SIGKILL`, or `SIGTERM` for an end in order. */
  async endSensor(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    await end(this.#sensor, signal)
  }

  tellSensor(line: string): void {
    this.#sensor?.stdin?.write(`${line}\n`)
  }

  /** Half a record at the end of the newest file, as a power cut leaves it. */
  tearSpool(): void {
    const place = this.#spoolPlace
    const files = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith(".spool")) : []
    const newest = files.sort().at(-1)
    if (newest !== undefined) appendFileSync(join(place, newest), Buffer.alloc(777, 0x5a))
  }

  /** Moves the wall clock of sensor and collector, those that run too, to `seconds` from the true time. That of nats-server stays. */
  moveClock(seconds: number): void {
    writeFileSync(`${this.#clock}.next`, `${seconds < 0 ? "" : "+"}${Math.round(seconds)}\n`)
    renameSync(`${this.#clock}.next`, this.#clock)
  }

  startCollector(): void {
    const bus = ["--nats", `nats://127.0.0.1:${this.collectorSide.port}`, "--checkpoint-interval", "200ms"]
    const argv = [join(ROOT, "collector/main.ts"), "run", ...bus, ...this.#data, "--listen", `127.0.0.1:${this.#port}`]
    this.#collector = this.#spawn(argv)
  }

  async endCollector(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    await end(this.#collector, signal)
  }

  /** sonde-collector backup, while it runs. False when there is nothing to copy yet. */
  backup(file: string): boolean {
    return this.#command(["backup", ...this.#data, "--out", join(this.folder, file)])
  }

  restore(file: string): void {
    if (!this.#command(["restore", ...this.#data, join(this.folder, file)])) throw new Error(`restore: ${this.said}`)
    const state = join(this.folder, STATE)
    for (const name of readdirSync(state)) if (name.includes(".before-")) rmSync(join(state, name))
  }

  /** Leaves no byte of the disk of "sensor" or "collector" free. */
  fillDisk(name: string): void {
    const path = join(this.folder, name, "filler")
    try {
      for (let size = 1 << 20; size >= 4096; size /= 4) {
        try {
          for (;;) appendFileSync(path, Buffer.alloc(size))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error
        }
      }
    } catch {
      // As full as it gets.
    }
  }

  freeDisk(name: string): void {
    rmSync(join(this.folder, name, "filler"), { force: true })
  }

  /** Events that the collector has in its store; null while it does not answer. */
  async applied(): Promise<number | null> {
    try {
      const response = await fetch(`${this.url}/api/v1/ledger`, { signal: AbortSignal.timeout(5000) })
      return Number(((await response.json()) as { received: number }).received)
    } catch {
      return null
    }
  }

  async stop(): Promise<void> {
    await this.endSensor("SIGKILL")
    await this.endCollector("SIGKILL")
    this.sensorSide.close()
    this.collectorSide.close()
    await this.nats.stop()
    if (this.hasDisks)
      for (const name of ["sensor", "collector"]) execFileSync("umount", ["-l", join(this.folder, name)])
    rmSync(this.folder, { recursive: true, force: true })
  }

  #spawn(argv: readonly string[]): ChildProcess {
    const clock = CLOCKS.find((path) => existsSync(path))
    if (clock === undefined) throw new Error("libfaketime is not installed: apt-get install faketime")
    const faked = { LD_PRELOAD: clock, FAKETIME_TIMESTAMP_FILE: this.#clock, FAKETIME_NO_CACHE: "1" }
    const env = { ...process.env, ...faked, FAKETIME_DONT_FAKE_MONOTONIC: "1" }
    const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "pipe"], env })
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        this.said = (this.said + chunk.toString()).slice(-6000)
      })
    child.stdin.on("error", () => undefined)
    return child
  }

  #command(args: readonly string[]): boolean {
    try {
      execFileSync(process.execPath, [join(ROOT, "collector/main.ts"), ...args], { stdio: "pipe" })
      return true
    } catch (error) {
      this.said = String((error as { stderr?: Buffer }).stderr ?? error)
      return false
    }
  }
}

/** What the sensors have handed over, and how much of it they dropped, by their book. */
export function expectedOf(book: string): { readonly events: number; readonly dropped: number } {
  let events = 0
  let dropped = 0
  let before = 0
  let boot = ""
  let open: { readonly key: string; readonly events: number } | null = null
  for (const line of readFileSync(book, "utf8").split("\n")) {
    const [kind, name = "", sequence = "", number = ""] = line.split(" ")
    if (kind === "intent") {
      // One that was under way at a kill and is not in the spool was never handed over.
      if (open !== null) events -= open.events
      if (name !== boot) {
        dropped += before
        before = 0
        boot = name
      }
      events += Number(number)
      open = { key: `${name} ${sequence}`, events: Number(number) }
    } else if (kind === "done") {
      open = null
      before = Number(number)
    } else if (kind === "found" && open !== null && open.key === `${name} ${sequence}`) open = null
  }
  if (open !== null) events -= open.events
  return { events, dropped: dropped + before }
}

/** Exchanges that the sensor still holds, by the last line of its book that says so. */
export function heldOf(book: string): number {
  const line = readFileSync(book, "utf8")
    .trimEnd()
    .split("\n")
    .findLast((one) => one.startsWith("held "))
  return line === undefined ? Number.POSITIVE_INFINITY : Number(line.slice(5))
}

async function end(child: ChildProcess | null, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once("close", done))
  child.kill(signal)
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000)
  await ended
  clearTimeout(timer)
}

function mount(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK},mode=700`, "sonde-faults", folder], { stdio: "pipe" })
    return true
  } catch {
    return false
  }
}

/** Polls until `found` says so; false when it takes longer than `ms`. */
export async function until(ms: number, found: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const from = performance.now(); performance.now() - from < ms; await pause(100)) if (await found()) return true
  return false
}
