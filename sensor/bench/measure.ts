// Runs a command as a whole process and says what it cost: CPU seconds (user + system, children included), wall seconds,
// greatest resident memory. Commands are alternated by the caller, so that a machine whose speed drifts stays fair.
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"

export interface Cost {
  readonly cpuSeconds: number
  readonly wallSeconds: number
  /** 0 when it ended before it could be looked at. */
  readonly rssBytes: number
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const RSS_POLL_MS = 20

/** High-water mark of resident memory, from /proc; 0 when the process is gone. */
function peakRss(pid: number): number {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
    return match === null ? 0 : Number(match[1]) * 1024
  } catch {
    return 0
  }
}

/** `exec` keeps the process id of the shell that bash times from outside. */
export function measure(argv: readonly string[]): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")
    const script = `TIMEFORMAT='%U %S %R'; time { ${quoted} 2>&3 & echo "$!" >&4; wait "$!"; }`
    const child = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"] })
    let stdout = ""
    let times = ""
    let stderr = ""
    let pid = 0
    let rssBytes = 0
    child.stdout!.on("data", (chunk: Buffer) => {
      if (stdout.length < 1 << 20) stdout += chunk.toString("latin1")
    })
    child.stderr!.on("data", (chunk: Buffer) => (times += chunk.toString("latin1")))
    child.stdio[3]!.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")))
    child.stdio[4]!.on("data", (chunk: Buffer) => (pid = Number(chunk.toString("latin1"))))
    const poll = setInterval(() => {
      if (pid > 0) rssBytes = Math.max(rssBytes, peakRss(pid))
    }, RSS_POLL_MS)
    child.on("error", reject)
    child.on("close", (code) => {
      clearInterval(poll)
      const [user, system, wall] = times.trim().split("\n").at(-1)!.split(" ").map(Number)
      resolve({ cpuSeconds: user! + system!, wallSeconds: wall!, rssBytes, exitCode: code ?? 1, stdout, stderr })
    })
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
