// A server that others wrote and that publishes what it offers: Debian's jupyter-server, with its Swagger document at /api/spec.yaml.
//
// Started in a folder of its own on a free loopback port, asked for what its document says (files, checkpoints, configuration,
// terminals), while tcpdump records the loopback interface. Root, Linux; Debian: jupyter-server tcpdump.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { freePort } from "../../../shared/testing/free-port.ts"

const TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
const PATIENCE_MS = 30_000

export interface Recording {
  readonly capture: string
  /** Host of its requests. */
  readonly host: string
  /** As the server publishes it. */
  readonly document: string
  /** What was asked, successfully: "GET /api/contents/{path}", in the document's words. */
  readonly exercised: ReadonlySet<string>
  readonly requests: number
  readonly remove: () => void
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const from = performance.now(); performance.now() - from < PATIENCE_MS; await pause(100)) {
    if (await holds().catch(() => false)) return
  }
  throw new Error(`waiting for ${what}`)
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((done) => child.once("close", done))

export async function recordJupyter(): Promise<Recording> {
  const folder = mkdtempSync(join(tmpdir(), "sonde-jupyter-"))
  for (const name of ["files", "home"]) mkdirSync(join(folder, name))
  const port = await freePort()
  const argv = ["--allow-root", "--no-browser", "--ip=127.0.0.1", `--port=${port}`, "--ServerApp.port_retries=0"]
  const settings = [`--ServerApp.token=${TOKEN}`, `--ServerApp.root_dir=${join(folder, "files")}`]
  const environment = { ...process.env, HOME: join(folder, "home"), JUPYTER_CONFIG_DIR: join(folder, "home") }
  // Debian's interpreter and folders, whatever a virtual environment of the user's says.
  const server = spawn("/usr/bin/jupyter-server", [...argv, ...settings], { stdio: "ignore", env: environment })
  const base = `http://127.0.0.1:${port}`
  try {
    await until("jupyter-server", async () => (await fetch(`${base}/api`)).status === 200)
    const capture = join(folder, "jupyter.pcap")
    const tap = ["-Z", "root", "-i", "lo", "-s", "0", "-U", "-B", "8192", "-w", capture, "tcp", "port", String(port)]
    const listener = spawn("tcpdump", tap, { stdio: ["ignore", "ignore", "pipe"] })
    await new Promise<void>((ready) =>
      listener.stderr.on("data", (said: Buffer) => /listening/.test(String(said)) && ready()),
    )
    const { document, exercised, requests } = await exercise(base)
    await pause(1000)
    listener.kill("SIGINT")
    await ended(listener)
    return {
      capture,
      host: `127.0.0.1:${port}`,
      document,
      exercised,
      requests,
      remove: () => rmSync(folder, { recursive: true }),
    }
  } finally {
    server.kill("SIGTERM")
  }
}

/** Speaks as two users of the API; each request says which operation of the document it is. */
async function exercise(base: string): Promise<Pick<Recording, "document" | "exercised" | "requests">> {
  const exercised = new Set<string>()
  let requests = 0
  const ask = async (operation: string, values: readonly string[], body?: object): Promise<string> => {
    const [method, template] = operation.split(" ") as [string, string]
    let k = 0
    const path = template.replace(/\{[^{}]*\}/g, () => encodeURIComponent(values[k++]!))
    const agent = requests++ % 3 === 0 ? "notes-sync/1.4" : "lab-portal/7.0"
    const headers = {
      authorization: `token ${TOKEN}`,
      "user-agent": agent,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    }
    const response = await fetch(`${base}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status >= 400) throw new Error(`${operation} of ${values.join()}: ${response.status} ${text}`)
    exercised.add(operation)
    return text
  }
  const document = await ask("GET /api/spec.yaml", [])
  for (const name of FILES) {
    await ask("PUT /api/contents/{path}", [name], { type: "file", format: "text", content: `of ${name}` })
    for (let i = 0; i < 3; i++) await ask("GET /api/contents/{path}", [name])
    const made = await ask("POST /api/contents/{path}/checkpoints", [name])
    await ask("GET /api/contents/{path}/checkpoints", [name])
    const checkpoint = (JSON.parse(made) as { id: string }).id
    await ask("POST /api/contents/{path}/checkpoints/{checkpoint_id}", [name, checkpoint])
    await ask("DELETE /api/contents/{path}/checkpoints/{checkpoint_id}", [name, checkpoint])
  }
  for (const name of FILES.slice(0, 6)) await ask("PATCH /api/contents/{path}", [name], { path: `old-${name}` })
  for (const name of FILES.slice(6)) await ask("DELETE /api/contents/{path}", [name])
  for (const section of ["notebook", "tree", "edit", "common", "custom", "terminal", "console"]) {
    await ask("PATCH /api/config/{section_name}", [section], { theme: "dark" })
    for (let i = 0; i < 3; i++) await ask("GET /api/config/{section_name}", [section])
  }
  for (let i = 0; i < 4; i++) {
    for (const path of ["status", "kernels", "kernelspecs", "sessions", "terminals"]) await ask(`GET /api/${path}`, [])
    // In no document.
    await ask("GET /api", [])
  }
  for (let i = 0; i < 3; i++) {
    const { name } = JSON.parse(await ask("POST /api/terminals", [])) as { name: string }
    await ask("GET /api/terminals/{terminal_id}", [name])
    await ask("DELETE /api/terminals/{terminal_id}", [name])
  }
  return { document, exercised, requests }
}

const FILES = [
  "budget",
  "forecast",
  "minutes",
  "draft-2",
  "readme",
  "ideas",
  "letter",
  "plan-b",
  "agenda",
  "summary",
].map((stem, i) => `${stem}.${["txt", "md", "csv"][i % 3]}`)
