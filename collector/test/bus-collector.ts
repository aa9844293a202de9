// A real sonde-collector on a NATS server, in a process of its own: for tests that take its disk, its store or its server away.
import { type ChildProcess, spawn } from "node:child_process"
import { join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

const ROOT = resolve(import.meta.dirname, "../..")
const PATIENCE_MS = 60_000

export class BusCollector {
  readonly url: string
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #said: string[]

  private constructor(child: ChildProcess, ended: Promise<number | null>, said: string[], url: string) {
    this.#child = child
    this.#ended = ended
    this.#said = said
    this.url = url
  }

  /** Resolves when its API answers. */
  static async start(nats: string, data: string, ...more: readonly string[]): Promise<BusCollector> {
    const argv = ["run", "--nats", nats, "--data", data, "--listen", "127.0.0.1:0", ...more]
    const child = spawn(process.execPath, [join(ROOT, "collector/main.ts"), ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    const ended = new Promise<number | null>((done) => child.once("close", done))
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => void said.push(chunk.toString()))
    for (const from = performance.now(); performance.now() - from < PATIENCE_MS; await pause(20)) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said.join(""))?.[0]
      if (url !== undefined) return new BusCollector(child, ended, said, url)
      if (child.exitCode !== null) break
    }
    child.kill("SIGKILL")
    throw new Error(`The collector did not get ready: ${said.join("")}`)
  }

  /** Everything it wrote, log included. */
  get said(): string {
    return this.#said.join("")
  }

  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.url}/readyz`)
    return { status: response.status, text: await response.text() }
  }

  async ledger(): Promise<{ readonly exchanges: number; readonly missingBatches: number }> {
    return (await (await fetch(`${this.url}/api/v1/ledger`)).json()) as { exchanges: number; missingBatches: number }
  }

  /** Throws when it does not become true. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const from = performance.now(); !(await condition()); await pause(50))
      if (performance.now() - from > PATIENCE_MS) throw new Error(`${what} does not happen:\n${this.said}`)
  }

  /** Its exit code. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal)
    return this.#ended
  }
}
