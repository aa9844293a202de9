// One live interface read through libpcap in a child process (libpcap-child/main.ts): the fallback for systems and
// processors that the AF_PACKET ring does not serve.
//
// In:  frames from the child's standard output. Out: packets, times of arrival, never a count of losses: kernelDrops is
// null. The child dies when the link goes down (cap ends its process): it is started again, later each time, and said.
// Given up: VLAN tags apart from the frame (libpcap leaves them in it), wire lengths beyond 65,535 bytes, fanout.
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { FrameReader } from "./libpcap-frames.ts"
import type { LiveClock } from "./live-clock.ts"
import { LiveCaptureError } from "./live-error.ts"
import type { LiveFilter, LivePort } from "./live-port.ts"
import type { PacketBlock } from "./packet-block.ts"
import type { PortCounters } from "./packet-source.ts"

export const LIBPCAP_BUILD_COMMAND = "sh sensor/capture/libpcap-child/build.sh"
/** Pauses before a child that ended is started again, ms: doubled each time, and short again after a good run. */
const RESTART_MS_MIN = 250
const RESTART_MS_MAX = 8000
const GOOD_RUN_MS = 30_000
/** The child's clock and this one's may differ by this, µs. */
const CLOCKS_US_MAX = 10_000
/** Longer than this a child that says nothing does not hold up the time of others, µs. */
const SILENT_US_MAX = 5_000_000
const STDERR_CHARS_MAX = 500
const CHILD = join(import.meta.dirname, "libpcap-child", "main.ts")

/** Throws LiveCaptureError "unavailable" with the command that builds what is missing; `why` ends its sentence. */
export function requireLibpcap(why = ""): void {
  let folder: string
  try {
    folder = dirname(createRequire(import.meta.url).resolve("cap/package.json"))
  } catch {
    throw new LiveCaptureError("unavailable", `libpcap cannot be used: the npm package cap is not installed${why}`)
  }
  if (!existsSync(join(folder, "build", "Release", "cap.node"))) {
    const sentence = `libpcap cannot be used: the npm package cap is not built; run: ${LIBPCAP_BUILD_COMMAND}${why}`
    throw new LiveCaptureError("unavailable", sentence)
  }
}

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly frames: FrameReader
  readonly startedMs: number
  stderr: string
  /** How it ended, null while it runs. */
  end: string | null
}

export class PipePort implements LivePort {
  readonly counters: PortCounters = {
    packets: 0,
    offered: null,
    bytes: 0,
    kernelDrops: null,
    freezes: 0,
    linkDowns: 0,
    reopened: 0,
  }
  link = 1
  readonly #name: string
  #filter: string
  readonly #log: (sentence: string) => void
  readonly #clock: LiveClock
  /** Null between two children. */
  #child: Child | null
  #isFirst = true
  #isStopped = false
  #restartMs = RESTART_MS_MIN
  #restartAtMs = 0
  #lastSentence = ""

  constructor(name: string, filter: string, log: (sentence: string) => void, clock: LiveClock) {
    this.#name = name
    this.#filter = filter
    this.#log = log
    this.#clock = clock
    this.#child = this.#start()
  }

  /** Of the child at work, for tests that end it. */
  get pid(): number | undefined {
    return this.#child?.process.pid
  }

  get isDone(): boolean {
    return this.#isStopped && this.#child === null
  }

  take(block: PacketBlock): number {
    const child = this.#child
    if (child === null) return 0
    const { frames, process } = child
    const wasOpen = frames.link >= 0
    let count = frames.take(block)
    if (count === 0) {
      const chunk = process.stdout.read() as Buffer | null
      if (chunk !== null && !frames.isBroken) {
        frames.add(chunk)
        count = frames.take(block)
      } else if (chunk === null && child.end !== null) this.#bury(child)
    }
    if (!wasOpen && frames.link >= 0) this.#greet()
    if (frames.link >= 0) this.link = frames.link
    if (frames.isBroken) process.kill("SIGKILL")
    return count
  }

  reachedUs(): number {
    if (this.isDone) return Number.POSITIVE_INFINITY
    const nowUs = this.#clock.nowUs() - CLOCKS_US_MAX
    const frames = this.#child?.frames
    if (frames === undefined || frames.link < 0) return nowUs
    return Math.max(Math.min(frames.reachedUs, nowUs), nowUs - SILENT_US_MAX)
  }

  count(): void {}

  check(): void {
    if (this.#child !== null || this.#isStopped || this.#clock.elapsedMs() < this.#restartAtMs) return
    this.#child = this.#start()
  }

  /** The child at work ends, as if it had died, and the next one has the new filter. */
  refilter({ text }: LiveFilter): void {
    if (text === this.#filter) return
    this.#filter = text
    this.#child?.process.kill("SIGKILL")
  }

  stop(): void {
    this.#isStopped = true
    this.#child?.process.stdin.end()
  }

  close(): void {
    this.#isStopped = true
    const child = this.#child
    this.#child = null
    if (child === null) return
    child.process.kill("SIGKILL")
    child.process.stdout.destroy()
    child.process.stderr.destroy()
    child.process.stdin.destroy()
  }

  #start(): Child {
    const started = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", CHILD, this.#name, this.#filter],
      {
        stdio: ["pipe", "pipe", "pipe"],
      },
    )
    const child: Child = {
      process: started,
      frames: new FrameReader(),
      startedMs: this.#clock.elapsedMs(),
      stderr: "",
      end: null,
    }
    // Someone who listens keeps what the child wrote last from being thrown away when it ends.
    started.stdout.on("readable", () => {})
    started.stdin.on("error", () => {})
    started.stderr.on("data", (chunk: Buffer) => {
      child.stderr = (child.stderr + chunk.toString()).slice(-STDERR_CHARS_MAX)
    })
    started.on("error", (error) => {
      child.end = error.message
    })
    started.on("close", (code, signal) => {
      child.end = signal ?? `exit code ${code}`
    })
    return child
  }

  #greet(): void {
    if (!this.#isFirst) {
      this.counters.reopened++
      this.#say("capture goes on")
    }
    this.#isFirst = false
  }

  /** All that the child wrote was taken. */
  #bury(child: Child): void {
    this.#child = null
    if (this.#isStopped) return
    const nowMs = this.#clock.elapsedMs()
    this.#restartMs = nowMs - child.startedMs > GOOD_RUN_MS ? RESTART_MS_MIN : this.#restartMs
    this.#restartAtMs = nowMs + this.#restartMs
    this.#restartMs = Math.min(RESTART_MS_MAX, this.#restartMs * 2)
    if (child.frames.link >= 0) {
      this.counters.linkDowns++
      const sentence = "its capture process ended, as it does when the link goes down; it is started again"
      this.#say(`${sentence}; how many packets are lost is unknown (${child.end})`)
      return
    }
    const why = child.stderr.trim().split("\n").at(-1) || child.end!
    if (this.#isFirst && !/no such device|not up|is down/i.test(why)) throw refusal(this.#name, why)
    this.#say(`capture cannot begin and is tried again: ${why}`)
  }

  #say(what: string): void {
    if (this.#lastSentence !== what) this.#log(`${this.#name}: ${what}`)
    this.#lastSentence = what
  }
}

function refusal(name: string, why: string): LiveCaptureError {
  if (/permission|not permitted/i.test(why)) {
    const cure = "run as root, or give the service AmbientCapabilities=CAP_NET_RAW"
    return new LiveCaptureError("permission", `${name}: capturing needs the capability CAP_NET_RAW; ${cure} (${why})`)
  }
  const code = /syntax|filter|expression/i.test(why) ? "filter" : "system"
  return new LiveCaptureError(code, `${name}: libpcap cannot capture: ${why}`)
}
