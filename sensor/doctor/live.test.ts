// The doctor on a live source (a fake one: the interface of capture), and the command as its user meets it.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { after, describe, test } from "node:test"
import { settle } from "../../shared/config/options.ts"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import type { Frame } from "../../shared/testing/packet-builder.ts"
import { BATCH_PACKETS_MAX, PacketBatch } from "../capture/packet-batch.ts"
import type { CaptureCounters, PacketSource, PortCounters } from "../capture/packet-source.ts"
import { doctor } from "./command.ts"
import { type Diagnosis, diagnose } from "./diagnosis.ts"
import { Examination } from "./examination.ts"
import { goodTraffic, inVxlan, twice } from "./fake-mirrors.ts"
import type { Finding, Verdict } from "./finding.ts"
import { type HostFacts, readHostFacts } from "./host-facts.ts"
import { DOCTOR_OPTIONS } from "./options.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-doctor-"))
after(() => rmSync(folder, { recursive: true }))

interface LiveFrame extends Frame {
  readonly port?: number
}

const quiet: PortCounters = { packets: 0, offered: 0, bytes: 0, kernelDrops: 0, freezes: 0, linkDowns: 0, reopened: 0 }

/** Gives its frames in batches, then waits for `stop`, like a wire that has fallen silent. */
class FakeLive implements PacketSource {
  readonly isLive = true
  readonly problems = []
  readonly progress = { consumed: 0, total: null }
  readonly counters: CaptureCounters
  stops = 0
  closes = 0
  readonly #frames: readonly LiveFrame[]
  #next = 0
  readonly #stopped = Promise.withResolvers<boolean>()

  constructor(frames: readonly LiveFrame[], ports: Record<string, PortCounters>) {
    this.#frames = frames
    const drops = Object.values(ports).map((port) => port.kernelDrops)
    this.counters = {
      packets: 0,
      bytes: 0,
      kernelDrops: drops.includes(null) ? null : drops.reduce<number>((sum, one) => sum + one!, 0),
      snapped: 0,
      problems: 0,
      interfaces: Object.keys(ports),
      ports,
    }
  }

  next(batch: PacketBatch): boolean | Promise<boolean> {
    batch.count = 0
    const frames = this.#frames.slice(this.#next, this.#next + BATCH_PACKETS_MAX)
    if (frames.length === 0) return this.stops > 0 ? false : this.#stopped.promise
    this.#next += frames.length
    batch.bytes = Buffer.concat(frames.map((frame) => frame.bytes))
    let at = 0
    for (const frame of frames) {
      const i = batch.count++
      batch.start[i] = at
      batch.captured[i] = frame.bytes.length
      batch.wire[i] = frame.wire ?? frame.bytes.length
      batch.timeUs[i] = frame.timeUs
      batch.link[i] = 1
      batch.port[i] = frame.port ?? 0
      batch.vlan[i] = -1
      at += frame.bytes.length
    }
    return true
  }

  stop(): void {
    this.stops++
    this.#stopped.resolve(false)
  }

  close(): void {
    this.closes++
  }
}

const facts = (name: string, fields: Partial<HostFacts> = {}): HostFacts => ({
  name,
  exists: true,
  hasCarrier: true,
  address: "02:aa:aa:aa:aa:aa",
  speedBits: null,
  missed: 0,
  damaged: 0,
  ...fields,
})

interface LiveFields {
  readonly ports?: Record<string, PortCounters>
  readonly before?: readonly HostFacts[]
  readonly after?: readonly HostFacts[]
  /** Clock on the wall minus packet time, µs. */
  readonly skewUs?: number
  readonly seconds?: number
}

function examine(frames: readonly LiveFrame[], fields: LiveFields = {}): Diagnosis {
  const source = new FakeLive(frames, fields.ports ?? { eth1: quiet })
  const before = fields.before ?? source.counters.interfaces.map((name) => facts(name))
  const examination = new Examination(source, before)
  const batch = new PacketBatch()
  while (source.next(batch) === true) examination.look(batch, batch.timeUs[batch.count - 1]! + (fields.skewUs ?? 3000))
  return diagnose(examination.finish(fields.seconds ?? 12, fields.after ?? before))
}

const finding = (diagnosis: Diagnosis, check: string): Finding => diagnosis.checks.find((one) => one.check === check)!

const good = goodTraffic()

interface LiveMirror extends LiveFields {
  readonly name: string
  readonly frames?: () => readonly LiveFrame[]
  readonly check: string
  readonly verdict: Verdict
  readonly sentence: RegExp
}

const MIRRORS: readonly LiveMirror[] = [
  { name: "a good one", check: "drops", verdict: "good", sentence: /dropped nothing/ },
  {
    name: "the kernel dropped one in a hundred",
    ports: { eth1: { ...quiet, kernelDrops: 21 } },
    check: "drops",
    verdict: "bad",
    sentence: /1\.0 % of the packets were dropped at this host: 21 by the kernel/,
  },
  {
    name: "the kernel dropped one packet",
    ports: { eth1: { ...quiet, kernelDrops: 1 } },
    check: "drops",
    verdict: "warning",
    sentence: /: 1 by the kernel/,
  },
  {
    name: "nobody counts what the kernel drops",
    ports: { eth1: { ...quiet, kernelDrops: null } },
    check: "drops",
    verdict: "unknown",
    sentence: /does not say/,
  },
  {
    name: "the link went down",
    ports: { eth1: { ...quiet, linkDowns: 2, freezes: 1 } },
    check: "drops",
    verdict: "warning",
    sentence: /link went down 2 times and the ring was full 1 time/,
  },
  {
    name: "the card was out of buffers",
    after: [facts("eth1", { missed: 500 })],
    check: "drops",
    verdict: "bad",
    sentence: /500 by the card for want of buffers/,
  },
  {
    name: "the card received damaged frames",
    after: [facts("eth1", { damaged: 500 })],
    check: "drops",
    verdict: "bad",
    sentence: /500 by the card as damaged/,
  },
  {
    name: "nothing, and no link",
    frames: () => [],
    after: [facts("eth1", { hasCarrier: false })],
    check: "traffic",
    verdict: "bad",
    sentence: /eth1 has no link/,
  },
  {
    name: "nothing, no such interface",
    frames: () => [],
    after: [facts("eth1", { exists: false, hasCarrier: null })],
    check: "traffic",
    verdict: "bad",
    sentence: /There is no interface eth1/,
  },
  {
    name: "nothing, the link is up",
    frames: () => [],
    check: "traffic",
    verdict: "bad",
    sentence: /No packet arrived on eth1 in 12 s/,
  },
  {
    name: "this host's own traffic only, as where the servers run on it",
    before: [facts("eth1", { address: "02:00:00:00:00:01" })],
    check: "traffic",
    verdict: "warning",
    sentence: /Only this host's own traffic .*, HTTP among it: no mirror/,
  },
  {
    name: "this host's own traffic only, no HTTP",
    frames: () => goodTraffic({ port: 22, request: () => "SSH-2.0-client", answer: () => "SSH-2.0-server" }),
    before: [facts("eth1", { address: "02:00:00:00:00:01" })],
    check: "traffic",
    verdict: "bad",
    sentence: /Only this host's own traffic .*, and no HTTP: no mirror/,
  },
  {
    name: "one of two interfaces is silent",
    ports: { eth1: quiet, eth2: quiet },
    check: "traffic",
    verdict: "bad",
    sentence: /Nothing arrives on eth2;/,
  },
  {
    name: "each direction on its own interface, as a tap gives it",
    frames: () => good.map((frame) => ({ ...frame, port: frame.fromClient ? 0 : 1 })),
    ports: { eth1: quiet, eth2: quiet },
    check: "directions",
    verdict: "good",
    sentence: /100 %/,
  },
  {
    name: "the same on both interfaces",
    frames: () => [...twice(good, 15, (frame) => frame)].map((frame, i) => ({ ...frame, port: i % 2 })),
    ports: { eth1: quiet, eth2: quiet },
    check: "duplicates",
    verdict: "bad",
    sentence: /on another interface, 15 µs apart/,
  },
  {
    name: "segments overtaken by those of another interface",
    frames: () =>
      good
        .map((frame, i) =>
          i % 5 === 0 && frame.bytes.length > 1000 ? { ...frame, timeUs: frame.timeUs + 900, port: 1 } : frame,
        )
        .sort((a, b) => a.timeUs - b.timeUs),
    ports: { eth1: quiet, eth2: quiet },
    check: "reordering",
    verdict: "warning",
    sentence: /come late/,
  },
  {
    name: "a port that is nearly full",
    before: [facts("eth1", { speedBits: 1_200_000 })],
    check: "load",
    verdict: "bad",
    sentence: /eth1 is \d+ % full on average/,
  },
  {
    name: "a port with bursts",
    before: [facts("eth1", { speedBits: 5_000_000 })],
    check: "load",
    verdict: "warning",
    sentence: /in its busiest 10 ms/,
  },
  {
    name: "a port with room",
    before: [facts("eth1", { speedBits: 1e10 })],
    check: "load",
    verdict: "good",
    sentence: /full on average/,
  },
  {
    name: "a clock three seconds behind",
    skewUs: 3e6,
    check: "clock",
    verdict: "warning",
    sentence: /3\.0 s before this host/,
  },
  {
    name: "a clock an hour ahead",
    skewUs: -3600e6,
    check: "clock",
    verdict: "bad",
    sentence: /3600 s after this host/,
  },
]

describe("live", () => {
  for (const { name, frames, check, verdict, sentence, ...fields } of MIRRORS)
    test(`mirror: ${name}`, () => {
      const found = finding(examine(frames?.() ?? good, fields), check)
      assert.equal(found.verdict, verdict, JSON.stringify(found))
      assert.match(found.sentence, sentence)
      assert.equal(found.advice === null, verdict === "good", found.advice ?? "no advice")
    })

  test("tunnels that end at this host are no traffic of its own", () => {
    const before = [facts("eth1", { address: "02:00:00:00:00:02" })]
    assert.match(finding(examine(good, { before }), "traffic").sentence, /own traffic/)
    const tunnelled = good.map((frame) => inVxlan(frame, 5))
    assert.doesNotMatch(finding(examine(tunnelled, { before }), "traffic").sentence, /own traffic/)
  })

  test("counters by interface stand in the report", () => {
    const frames = good.map((frame) => ({ ...frame, port: frame.fromClient ? 0 : 1 }))
    const { interfaces } = examine(frames, { ports: { eth1: { ...quiet, kernelDrops: 3 }, eth2: quiet } })
    assert.deepEqual(
      interfaces.map(({ name, packets, kernelDrops }) => ({ name, packets, kernelDrops })),
      [
        { name: "eth1", packets: good.filter((frame) => frame.fromClient).length, kernelDrops: 3 },
        { name: "eth2", packets: good.filter((frame) => !frame.fromClient).length, kernelDrops: 0 },
      ],
    )
  })
})

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function command(
  argv: readonly string[],
  source: PacketSource,
  interrupted = new Promise(() => {}),
): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const settled = settle(DOCTOR_OPTIONS, { argv })
  assert.deepEqual(settled.mistakes, [])
  const code = await doctor(settled, {
    openSource: () => source,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    interrupted,
  })
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? ""
  return { code, out: text(stdout), err: text(stderr) }
}

describe("the command", () => {
  test("looks for the time given, stops the source, takes what it still holds, closes it once", async () => {
    const source = new FakeLive(good, { eth1: quiet })
    const { code, out } = await command(["--interface", "eth1", "--seconds", "1", "--format", "json"], source)
    const { summary } = JSON.parse(out) as { summary: { seconds: number; packets: number } }
    assert.ok(summary.seconds >= 0.9 && summary.seconds < 3, `${summary.seconds} s`)
    assert.equal(summary.packets, good.length)
    assert.deepEqual([source.stops, source.closes], [1, 1])
    // Packets of another year than the clock on the wall: bad.
    assert.equal(code, 1)
  })

  test("reports what it has when the user does not want to wait", async () => {
    const source = new FakeLive(good, { eth1: quiet })
    const { out } = await command(["--interface", "eth1", "--seconds", "3600"], source, Promise.resolve())
    assert.match(out, /packets/)
    assert.equal(source.stops, 1)
  })

  test("a source without stop ends, too", async () => {
    const fake = new FakeLive(good, { eth1: quiet })
    const source: PacketSource = {
      counters: fake.counters,
      problems: [],
      progress: fake.progress,
      isLive: true,
      next: (batch) => fake.next(batch),
      close: () => fake.close(),
    }
    const { out } = await command(["--interface", "eth1", "--seconds", "1"], source)
    assert.match(out, /directions +100 %/)
  })

  test("in JSON the keys are those that machines rely on", async () => {
    const { out } = await command(
      ["--interface", "eth1", "--format", "json"],
      new FakeLive(good, { eth1: quiet }),
      Promise.resolve(),
    )
    const report = JSON.parse(out) as { summary: object; interfaces: object[]; checks: Finding[] }
    assert.deepEqual(Object.keys(report), ["summary", "interfaces", "checks"])
    assert.deepEqual(Object.keys(report.summary), [
      "verdict",
      "bad",
      "warning",
      "unknown",
      "good",
      "seconds",
      "packets",
    ])
    for (const check of report.checks)
      assert.deepEqual(Object.keys(check), ["check", "verdict", "measured", "sentence", "advice"])
    const rank = ["bad", "warning", "unknown", "good"]
    const ranks = report.checks.map(({ verdict }) => rank.indexOf(verdict))
    assert.deepEqual(ranks, [...ranks].sort(), "the worst first")
  })

  const MAIN = join(import.meta.dirname, "../main.ts")
  const run = (...args: string[]) => {
    const done = spawnSync(process.execPath, [MAIN, "doctor", ...args], { encoding: "utf8", timeout: 20_000 })
    assert.doesNotMatch(done.stderr, /\n {4}at /, "a stack trace is not for users")
    return done
  }
  const place = (name: string, frames: readonly Frame[]): string => {
    const path = join(folder, name)
    writeFileSync(path, pcapFile(frames))
    return path
  }

  test("exit code 0 for a good mirror, 1 for a bad one, no colour in a pipe", () => {
    const fine = run("--read", place("good.pcap", good))
    assert.equal(fine.status, 0, fine.stderr)
    assert.match(fine.stdout, /This mirror is good: \d+ unknown, \d+ good\.\n$|This mirror is good: \d+ good\.\n$/)
    assert.ok(!fine.stdout.includes("\u001b"))
    assert.ok(fine.stdout.split("\n").every((line) => line.length <= 110))
    const wrong = run(
      "--read",
      place(
        "half.pcap",
        good.filter((frame) => frame.fromClient),
      ),
    )
    assert.equal(wrong.status, 1)
    assert.match(wrong.stdout.split("\n")[2]!, /^bad +directions /)
  })

  const mistakes: readonly [args: readonly string[], code: number, sentence: RegExp][] = [
    [[], 2, /needs --interface NAME or --read FILE/],
    [["--interface", "eth1", "--read", "x.pcap"], 2, /--interface or --read, not both/],
    [["--read", "x.pcap", "--seconds", "0"], 2, /--seconds takes 1 to 3600/],
    [["--read", join(folder, "missing.pcap")], 1, /there is no such file/],
  ]
  for (const [args, code, sentence] of mistakes)
    test(`doctor ${args.map((arg) => arg.replace(folder, "...")).join(" ")} is one sentence and exit code ${code}`, () => {
      const done = run(...args)
      assert.equal(done.status, code)
      assert.match(done.stderr, sentence)
    })
})

test("what the system says of an interface is read from its files, and unknown where they are not", () => {
  const root = join(folder, "net")
  mkdirSync(join(root, "eth9/statistics"), { recursive: true })
  const files = {
    operstate: "up",
    carrier: "1",
    speed: "10000",
    address: "02:00:00:00:00:09",
    "statistics/rx_missed_errors": "4",
    "statistics/rx_fifo_errors": "3",
    "statistics/rx_crc_errors": "2",
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "eth9", name), `${text}\n`)
  assert.deepEqual(readHostFacts("eth9", root), {
    name: "eth9",
    exists: true,
    hasCarrier: true,
    address: "02:00:00:00:00:09",
    speedBits: 1e10,
    missed: 7,
    damaged: null,
  })
  assert.deepEqual(readHostFacts("none", root), {
    name: "none",
    exists: false,
    hasCarrier: null,
    address: "",
    speedBits: null,
    missed: null,
    damaged: null,
  })
})
