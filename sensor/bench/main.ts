// npm run bench: what reading a capture costs, beside the tools of today, in one run on one machine.
//
//   npm run bench                               records workloads (root; nginx, wrk, tcpdump), then measures
//   npm run bench -- --workloads DIR            measures every *.pcap in DIR
//   npm run bench -- --peer 'NAME=COMMAND {}'   one more tool beside; {} is the capture
//   npm run bench -- --smoke                    the demo capture, once: proves that the benchmark itself still works
//
// CPU seconds are user + system of the whole process, the median of alternated rounds. Peers that are not installed are named.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { type Options, settle } from "../../shared/config/options.ts"
import { type Cost, measure, median } from "./measure.ts"

const ROOT = resolve(import.meta.dirname, "../..")

const OPTIONS = {
  workloads: { kind: "text", sentence: "Folder of captures.", default: "" },
  peer: { kind: "list", sentence: "More tools.", default: [] },
  rounds: { kind: "number", sentence: "Rounds.", default: 3, min: 1, max: 100 },
  seconds: { kind: "number", sentence: "Length of a recorded workload.", default: 4, min: 1, max: 60 },
  smoke: { kind: "flag", sentence: "Small and once.", default: false },
} as const satisfies Options

interface Tool {
  readonly name: string
  argv(capture: string): readonly string[]
}

interface Ledger {
  readonly published: { readonly exchanges: number; readonly bytes: number }
  readonly capture: { readonly bytes: number }
}

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program))) ||
  existsSync(join("/usr/sbin", program))

const SONDE: Tool = {
  name: "sonde",
  argv: (capture) => [
    process.execPath,
    join(ROOT, "sensor/main.ts"),
    "read",
    "--format",
    "null",
    "--ledger",
    "json",
    capture,
  ],
}
const PEERS: readonly (Tool & { readonly program: string })[] = [
  { name: "httpry", program: "httpry", argv: (capture) => ["httpry", "-r", capture, "-o", "/dev/null"] },
  { name: "tcpdump", program: "tcpdump", argv: (capture) => ["tcpdump", "-r", capture, "-w", "/dev/null"] },
]

function peerOf(text: string): Tool {
  const equals = text.indexOf("=")
  if (equals < 1) throw new Error(`--peer takes NAME=COMMAND, not "${text}".`)
  const words = text.slice(equals + 1).split(/\s+/)
  return { name: text.slice(0, equals), argv: (capture) => words.map((word) => (word === "{}" ? capture : word)) }
}

async function measureCapture(capture: string, tools: readonly Tool[], rounds: number): Promise<void> {
  const costs = new Map<Tool, Cost[]>(tools.map((tool) => [tool, []]))
  for (let round = 0; round < rounds; round++)
    for (const tool of tools) costs.get(tool)!.push(await measure(tool.argv(capture)))
  const sonde = costs.get(SONDE)!
  const failed = sonde.find((cost) => cost.exitCode !== 0)
  if (failed !== undefined) throw new Error(`sonde-sensor failed on ${capture}: ${failed.stderr.slice(-500)}`)
  const ledger = JSON.parse(sonde[0]!.stderr.trim().split("\n").at(-1)!) as Ledger
  const { exchanges, bytes } = ledger.published
  const hash = createHash("sha256")
    .update(readFileSync(capture).subarray(0, 1 << 20))
    .digest("hex")
    .slice(0, 12)
  console.log(
    `\n${basename(capture)}  sha256 of the first MiB ${hash}  ${exchanges} exchanges, ${(bytes / Math.max(1, exchanges)).toFixed(1)} bytes an event, ${((100 * bytes) / Math.max(1, ledger.capture.bytes)).toFixed(2)} % of the captured bytes`,
  )
  console.log("tool         CPU s   min..max       wall s   µs/exchange   RSS MB   sonde/tool")
  const own = median(sonde.map((cost) => cost.cpuSeconds))
  for (const [tool, runs] of costs) {
    const cpu = runs.map((cost) => cost.cpuSeconds)
    console.log(
      [
        tool.name.padEnd(11),
        median(cpu).toFixed(2).padStart(6),
        `${Math.min(...cpu).toFixed(2)}..${Math.max(...cpu).toFixed(2)}`.padStart(13),
        median(runs.map((cost) => cost.wallSeconds))
          .toFixed(2)
          .padStart(9),
        ((median(cpu) * 1e6) / Math.max(1, exchanges)).toFixed(2).padStart(12),
        (Math.max(...runs.map((cost) => cost.rssBytes)) / 1e6).toFixed(0).padStart(9),
        (own / median(cpu)).toFixed(2).padStart(11),
      ].join(" "),
    )
  }
}

async function main(): Promise<void> {
  const settled = settle(OPTIONS, { argv: process.argv.slice(2) })
  if (settled.mistakes.length > 0) {
    console.error(settled.mistakes.join("\n"))
    process.exit(2)
  }
  const { values } = settled
  const tools: Tool[] = [SONDE, ...PEERS.filter((peer) => isInstalled(peer.program)), ...values.peer.map(peerOf)]
  for (const peer of PEERS)
    if (!isInstalled(peer.program))
      console.log(`${peer.name} is not installed; Debian's package of that name brings it.`)
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? "processor"}, Node ${process.version}`)
  if (values.smoke) return measureCapture(join(ROOT, "deploy/demo/demo.pcap"), tools, 1)
  const made = values.workloads === "" ? mkdtempSync(join(tmpdir(), "sonde-bench-")) : null
  try {
    if (made !== null)
      execFileSync(join(import.meta.dirname, "record.sh"), [made, String(values.seconds)], { stdio: "inherit" })
    const folder = made ?? values.workloads
    for (const name of readdirSync(folder)
      .filter((name) => name.endsWith(".pcap"))
      .sort())
      await measureCapture(join(folder, name), tools, values.rounds)
  } finally {
    if (made !== null) rmSync(made, { recursive: true, force: true })
  }
}

await main()
