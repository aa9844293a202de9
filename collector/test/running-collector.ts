// A real sonde-collector in a process of its own, on captures or a NATS server, driven over HTTP only: for tests and evaluations that look
// at it from outside.
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

const ROOT = resolve(import.meta.dirname, "../..")
const PATIENCE_MS = 600_000
/** For what follows from something that was done. */
const CONDITION_PATIENCE_MS = 120_000
const PAGE = 200

export interface Answer {
  readonly status: number
  /** JSON where it is JSON, else the text. */
  readonly body: unknown
}

/** One that reads has its hands full, and may let a connection go. */
const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  )

export class RunningCollector {
  readonly url: string
  readonly folder: string
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #heard: { text: string }

  private constructor(
    child: ChildProcess,
    ended: Promise<number | null>,
    url: string,
    folder: string,
    heard: { text: string },
  ) {
    this.#heard = heard
    this.#child = child
    this.#ended = ended
    this.url = url
    this.folder = folder
  }

  /**
   * Resolves when all of the captures is read and applied, or the bus is consumed. `folder`: where it keeps its state; another start may go
   * on there. `more`: further arguments.
   */
  static async start(
    captures: readonly string[],
    folder = mkdtempSync(join(tmpdir(), "sonde-outside-")),
    more: readonly string[] = [],
  ): Promise<RunningCollector> {
    const read = captures.flatMap((capture) => ["--read", capture])
    const argv = ["run", ...read, "--data", join(folder, "state"), "--listen", "127.0.0.1:0", ...more]
    const child = spawn(process.execPath, [join(ROOT, "collector/main.ts"), ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    const ended = new Promise<number | null>((done) => child.once("close", done))
    const heard = { text: "" }
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        heard.text += chunk.toString()
      })
    for (const from = performance.now(); performance.now() - from < PATIENCE_MS; await pause(50)) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(heard.text)?.[0]
      if (url !== undefined && (await isReady(url))) return new RunningCollector(child, ended, url, folder, heard)
      if (child.exitCode !== null) break
    }
    child.kill("SIGKILL")
    throw new Error(`The collector did not get ready: ${heard.text}`)
  }

  /** Resident memory, MiB. */
  get residentMib(): number {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "latin1"))![1]) / 1024
  }

  /** All that it wrote to its standard output and error. */
  get said(): string {
    return this.#heard.text
  }

  async ask(method: string, path: string, body?: string, contentType = "application/json"): Promise<Answer> {
    const sent = body === undefined ? { method } : { method, body, headers: { "content-type": contentType } }
    const response = await fetch(`${this.url}/api/v1${path}`, sent)
    const text = await response.text()
    const isJson = /json/.test(response.headers.get("content-type") ?? "")
    return { status: response.status, body: isJson && text !== "" ? JSON.parse(text) : text }
  }

  async get<Body>(path: string): Promise<Body> {
    const { status, body } = await this.ask("GET", path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
    return body as Body
  }

  /** All items of a list, page by page. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = []
    let cursor: string | null = ""
    while (cursor !== null) {
      const at = `${path}${path.includes("?") ? "&" : "?"}limit=${PAGE}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`
      const page: { items: Item[]; next: string | null } = await this.get(at)
      items.push(...page.items)
      cursor = page.next
    }
    return items
  }

  /** Throws, with the end of what it said, when the condition does not become true. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const from = performance.now(); !(await condition()); await pause(50))
      if (performance.now() - from > CONDITION_PATIENCE_MS)
        throw new Error(`${what} does not happen; the collector says: ${this.said.slice(-2000)}`)
  }

  /** Asks it to end, as systemd would, and keeps its folder for another start. Its exit code; null: killed. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal)
    return this.#ended
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL")
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true })
  }
}
