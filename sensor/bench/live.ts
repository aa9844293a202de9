// What live capture costs and loses: tcpreplay sends a capture at top speed on one core, a reader takes it on the other.
//
//   node sensor/bench/live.ts CAPTURE...        root on Linux; Debian: tcpreplay tcpdump iproute2 ethtool util-linux
//
// Two network namespaces and a veth pair of its own. The sensor does all its work (full events, discarded); tcpdump only
// writes packets to /dev/null. CPU seconds are user + system of the reader's whole process after its start, so without the loading
// of its program. Prints delivered, dropped and sent: the first two must add up to the third.
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"

const MAIN = join(import.meta.dirname, "../main.ts")
const SENDER = `sonde-sends-${process.pid}`
const READER = `sonde-reads-${process.pid}`
/** Clock ticks a second in /proc/PID/stat. */
const TICKS = 100

interface Reading {
  readonly delivered: number
  readonly dropped: number
  readonly cpuSeconds: number
  readonly note: string
}

interface Reader {
  readonly name: string
  readonly argv: readonly string[]
  /** What the reader says of packets when it has ended. */
  counts(said: string): { readonly delivered: number; readonly dropped: number; readonly note: string }
}

const READERS: readonly Reader[] = [
  {
    name: "sonde",
    argv: [process.execPath, MAIN, "run", "--interface", "down0", "--format", "null", "--ledger", "json"],
    counts(said) {
      const ledger = JSON.parse(said.split("\n").findLast((line) => line.startsWith('{"capture"'))!)
      const { packets, kernelDrops } = ledger.capture
      return { delivered: packets, dropped: kernelDrops, note: `${ledger.published.exchanges} events` }
    },
  },
  {
    name: "tcpdump",
    argv: ["tcpdump", "-Z", "root", "-n", "-i", "down0", "-B", "65536", "-s", "0", "-w", "/dev/null"],
    counts(said) {
      const number = (words: RegExp): number => Number(words.exec(said)?.[1] ?? Number.NaN)
      return { delivered: number(/(\d+) packets captured/), dropped: number(/(\d+) packets dropped/), note: "" }
    },
  },
]

/** CPU seconds of a process so far. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ")
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("close", resolve))
}

async function read(
  reader: Reader,
  capture: string,
): Promise<Reading & { readonly seconds: number; readonly sent: number }> {
  const child = spawn("ip", ["netns", "exec", READER, "taskset", "-c", "1", ...reader.argv])
  let said = ""
  child.stderr!.on("data", (text) => {
    said += text
  })
  await pause(1500)
  const before = cpuOf(child.pid!)
  const from = performance.now()
  const sender = spawn("ip", [
    "netns",
    "exec",
    SENDER,
    "taskset",
    "-c",
    "0",
    "tcpreplay",
    "-q",
    "--topspeed",
    "-i",
    "up0",
    capture,
  ])
  let sent = ""
  sender.stdout!.on("data", (text) => {
    sent += text
  })
  await ended(sender)
  const seconds = (performance.now() - from) / 1000
  // What is in the ring is read within a moment; a reader that is behind gets the time.
  await pause(1000)
  const cpuSeconds = cpuOf(child.pid!) - before
  const closed = ended(child)
  child.kill("SIGINT")
  await closed
  return { ...reader.counts(said), cpuSeconds, seconds, sent: Number(/Successful packets: +(\d+)/.exec(sent)?.[1]) }
}

function wire(): void {
  const ip = (...args: readonly string[]): void => void execFileSync("ip", args, { stdio: "ignore" })
  for (const name of [SENDER, READER]) {
    ip("netns", "add", name)
    ip(
      "netns",
      "exec",
      name,
      "sh",
      "-c",
      "for one in all default; do echo 1 >/proc/sys/net/ipv6/conf/$one/disable_ipv6; done",
    )
  }
  ip("-n", SENDER, "link", "add", "up0", "type", "veth", "peer", "name", "down0", "netns", READER)
  for (const [name, port] of [
    [SENDER, "up0"],
    [READER, "down0"],
  ] as const) {
    ip("netns", "exec", name, "ethtool", "-K", port, "gro", "off", "gso", "off", "tso", "off")
    ip("-n", name, "link", "set", port, "up")
  }
}

async function main(captures: readonly string[]): Promise<void> {
  try {
    wire()
    for (const capture of captures) {
      console.log(`\n${basename(capture)}, live at the top speed of tcpreplay`)
      console.log("reader      sent      delivered  dropped     packets/s   CPU s   ns/packet")
      for (const reader of READERS) {
        const { sent, delivered, dropped, seconds, cpuSeconds, note } = await read(reader, capture)
        const sum = delivered + dropped === sent ? "" : `  delivered + dropped is not what was sent`
        console.log(
          `${reader.name.padEnd(8)}${String(sent).padStart(9)} ${String(delivered).padStart(12)} ${String(dropped).padStart(8)} ${(sent / seconds).toFixed(0).padStart(13)} ${cpuSeconds.toFixed(2).padStart(7)} ${((cpuSeconds * 1e9) / sent).toFixed(0).padStart(11)}  ${note}${sum}`,
        )
      }
    }
  } finally {
    for (const name of [SENDER, READER]) execFileSync("ip", ["netns", "del", name], { stdio: "ignore" })
  }
}

await main(process.argv.slice(2))
