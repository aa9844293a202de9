// The real nats-server for integration tests: JetStream in a folder of its own, a free port of the loopback interface.
//
// `kill` ends it as a power switch would (SIGKILL); `restart` starts it again on the same port and store. `stop` ends it
// and removes the folder; a test calls it in `after`.
import { type ChildProcess, spawn } from "node:child_process"
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { freePort } from "./free-port.ts"

const START_TIMEOUT_MS = 10_000
const POLL_MS = 20

export interface NatsServerOptions {
  /** Extra arguments, as for nats-server. */
  readonly args?: readonly string[]
  /** Default true. */
  readonly jetStream?: boolean
}

/** Path of the program, or an error that says what to install. */
export function findNatsServer(): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/usr/bin"]
  for (const folder of folders) {
    if (folder === "") continue
    const path = join(folder, "nats-server")
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  throw new Error("nats-server is not installed: apt-get install nats-server")
}

export class NatsServer {
  readonly port: number
  readonly #program: string
  readonly #folder: string
  readonly #args: readonly string[]
  #child: ChildProcess | null = null
  #output = ""

  private constructor(port: number, program: string, options: NatsServerOptions) {
    this.port = port
    this.#program = program
    this.#folder = mkdtempSync(join(tmpdir(), "sonde-nats-"))
    const jetStream = options.jetStream === false ? [] : ["-js", "-sd", this.#folder]
    this.#args = ["-a", "127.0.0.1", "-p", String(port), ...jetStream, ...(options.args ?? [])]
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), findNatsServer(), options)
    try {
      await server.restart()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  get isRunning(): boolean {
    return this.#child !== null
  }

  /** Ends the server without a chance to tidy up. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL")
  }

  /** Has the server read its configuration again. */
  reload(): void {
    this.#child?.kill("SIGHUP")
  }

  /** Starts the server on the same port and store, ending it first if it runs. Resolves when it takes connections. */
  async restart(): Promise<void> {
    await this.#end("SIGTERM")
    const child = spawn(this.#program, this.#args, { stdio: ["ignore", "pipe", "pipe"] })
    this.#child = child
    this.#output = ""
    const collect = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-4000)
    }
    child.stdout.on("data", collect)
    child.stderr.on("data", collect)
    child.once("exit", () => {
      if (this.#child === child) this.#child = null
    })
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!/Server is ready/.test(this.#output) || !(await accepts(this.port))) {
      if (this.#child !== child) throw new Error(`nats-server ended at its start:\n${this.#output}`)
      if (Date.now() > deadline) throw new Error(`nats-server does not get ready:\n${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM")
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child
    if (child === null) return
    this.#child = null
    await new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once("exit", () => resolve())
      child.kill(signal)
    })
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })
}
