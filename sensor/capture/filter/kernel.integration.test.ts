// The programs in the kernel that they are for: it must accept them, and decide about real frames on a cable as the
// machine beside them does, for packets that arrive and for packets that this host sends, with tags taken off by the
// kernel, and with frames that do not lie in one piece.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { test } from "node:test"
import { concatBytes, ethernet, fromHex, ipv4, ipv6, tcp } from "../../../shared/testing/packet-builder.ts"
import { BpfMachine } from "./bpf-machine.ts"
import { type BpfProgram, encodeProgram, Op, PROGRAM_INSTRUCTIONS_MAX } from "./bpf-program.ts"
import { fanoutProgram } from "./fanout-program.ts"
import { compileFilter } from "./filter-compiler.ts"
import { parseFilter } from "./filter-parser.ts"
import { FRAMES, packetOf } from "./testing/filter-frames.ts"
import { arriving, leaving, WRAPPINGS, WRAPPINGS_OF_IPV4, WRAPPINGS_OF_IPV6 } from "./testing/tunnel-frames.ts"

/** kernel-sockets.pl in a namespace of its own, which ends with it. */
class KernelSockets {
  readonly #child
  readonly #lines
  #errors = ""

  constructor() {
    const isRoot = process.getuid?.() === 0
    const script = join(import.meta.dirname, "testing", "kernel-sockets.pl")
    this.#child = spawn("unshare", [...(isRoot ? [] : ["--map-root-user"]), "--net", "perl", script], {
      env: { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
      stdio: ["pipe", "pipe", "pipe"],
    })
    this.#child.stderr.on("data", (text) => {
      this.#errors += text
    })
    this.#child.stdin.on("error", () => {})
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`)
    const answer = await this.#lines.next()
    if (answer.done !== true) return answer.value
    if (this.#child.stderr.readable) await once(this.#child.stderr, "end")
    const advice = /unshare/.test(this.#errors)
      ? "; this test needs root, or a kernel that lets users make namespaces"
      : ""
    throw new Error(`the sockets ended: ${this.#errors.trim()}${advice}`)
  }

  fanout(sockets: number, program: BpfProgram): Promise<string> {
    return this.#ask(`fanout ${sockets} ${encodeProgram(program).toString("hex")}`)
  }

  filter(program: BpfProgram): Promise<string> {
    return this.#ask(`filter ${encodeProgram(program).toString("hex")}`)
  }

  /** Sockets that got the frame: numbers in the order opened, those of the sending end of the cable first. */
  async send(frame: Uint8Array): Promise<number[]> {
    const answer = await this.#ask(`send ${Buffer.from(frame).toString("hex")}`)
    return answer === "" ? [] : answer.split(" ").map(Number)
  }

  /** Resolves with the exit code when the namespace is gone. */
  async close(): Promise<number | null> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null) await once(this.#child, "exit")
    return this.#child.exitCode
  }
}

async function withSockets(run: (sockets: KernelSockets) => Promise<void>): Promise<void> {
  const sockets = new KernelSockets()
  try {
    await run(sockets)
  } finally {
    await sockets.close()
  }
}

/** Frames of a few flows in every wrapping, in both directions, small ones and ones of several pages. */
function* wrappedFrames(): Generator<readonly [string, Uint8Array]> {
  for (const [name, wrap] of Object.entries({ ...WRAPPINGS, ...WRAPPINGS_OF_IPV4, ...WRAPPINGS_OF_IPV6 }))
    for (const isReply of [false, true])
      for (const isIpv6 of [false, true])
        for (const [port, payload] of [
          [40_000, 10],
          [40_001, 10],
          [40_002, 6000],
        ] as const) {
          if (Object.hasOwn(isIpv6 ? WRAPPINGS_OF_IPV4 : WRAPPINGS_OF_IPV6, name)) continue
          const [sourcePort, destinationPort] = isReply ? [80, port] : [port, 80]
          const segment = tcp({
            sourcePort: sourcePort!,
            destinationPort: destinationPort!,
            payload: "x".repeat(payload),
          })
          const [source, destination] = isIpv6 ? ["2001:db8::1", "2001:db8::2"] : ["10.0.0.1", "10.0.0.2"]
          const ends = isReply
            ? { source: destination!, destination: source! }
            : { source: source!, destination: destination! }
          const packet = isIpv6 ? ipv6(segment, ends) : ipv4(segment, ends)
          yield [
            `${name}, port ${port}${isReply ? ", reply" : ""}`,
            wrap(packet, { isReply, entropy: 50_000 + (port % 7) }),
          ]
        }
}

test("the kernel splits real frames as the machine does, on arrival and on departure", { timeout: 60_000 }, () =>
  withSockets(async (sockets) => {
    const workers = 4
    const program = fanoutProgram({ seed: 0x1234_5678 })
    const machine = new BpfMachine(program)
    assert.equal(await sockets.fanout(workers, program), "ok")
    const used = new Set<number>()
    let frames = 0
    for (const [name, frame] of wrappedFrames()) {
      const [left, arrived] = [machine.run(leaving(frame)) % workers, machine.run(arriving(frame)) % workers]
      assert.equal(left, arrived, name)
      assert.deepEqual(await sockets.send(frame), [left, workers + arrived], name)
      used.add(arrived)
      frames++
    }
    assert.ok(frames > 400 && used.size > 2, `${frames} frames on ${used.size} sockets`)

    const lldp = fromHex(`020000000011 020000000022 88cc ${"00".repeat(60)}`)
    const cut = WRAPPINGS.VXLAN!(ipv4(tcp()), { isReply: false, entropy: 1 }).subarray(0, 70)
    for (const frame of [lldp, cut]) {
      const socket = machine.run(arriving(frame)) % workers
      assert.deepEqual(await sockets.send(frame), [socket, workers + socket])
    }
  }),
)

const FILTERS = [
  "",
  "tcp port 80",
  "not port 80",
  "host 10.0.0.1",
  "src net 192.168.0.0/16",
  "ip6 and tcp port 80",
  "arp",
  "udp or sctp",
  "greater 900",
  "ether src 02:00:00:00:00:01",
  "vlan",
  "not vlan",
  "vlan 10",
  "vlan 10 and 20",
  "vlan 30 or arp",
  "vlan 0",
  "vlan 10 and udp",
  "host 10.0.0.1 and not vlan 20",
]

const HTTP = ipv4(tcp({ sourcePort: 40_000, destinationPort: 80 }))

const TAGGED: Readonly<Record<string, Uint8Array>> = {
  "one tag": ethernet(HTTP, { vlans: [10] }),
  "one tag with priority": ethernet(HTTP, { vlans: [0xe00a] }),
  "a priority tag": ethernet(HTTP, { vlans: [0xe000] }),
  "an 802.1ad tag": ethernet(HTTP, { vlans: [10], tagTypes: [0x88a8] }),
  "two tags": ethernet(HTTP, { vlans: [10, 20] }),
  "two tags of one type": ethernet(HTTP, { vlans: [20, 10], tagTypes: [0x8100, 0x8100] }),
  "three tags": ethernet(HTTP, { vlans: [10, 20, 30] }),
  "tags that the kernel leaves": ethernet(HTTP, { vlans: [10, 20], tagTypes: [0x9100, 0x8100] }),
}

/** A frame as a filter sees it when it arrives: the outermost tag taken off, if the kernel knows its type. */
function untagged(frame: Uint8Array): { readonly bytes: Uint8Array; readonly vlan: number } {
  const { vlan } = arriving(frame)
  return { bytes: vlan < 0 ? frame : concatBytes(frame.subarray(0, 12), frame.subarray(16)), vlan }
}

test("the kernel's filters keep what the machine keeps, tags taken off or not", { timeout: 60_000 }, () =>
  withSockets(async (sockets) => {
    const programs = FILTERS.flatMap((text) =>
      [false, true].map((dropOutgoing) =>
        compileFilter(parseFilter(text), { link: 1, snapBytes: 262_144, dropOutgoing }),
      ),
    )
    for (const program of programs) assert.equal(await sockets.filter(program), "ok")
    const machines = programs.map((program) => new BpfMachine(program))
    let kept = 0
    for (const [name, frame] of Object.entries({ ...FRAMES, ...TAGGED })) {
      const { bytes, vlan } = untagged(frame)
      // The sockets of each filter: first the sending end, whose frames leave as they were written.
      const expected = machines.flatMap((machine, i) => [
        ...(machine.run(packetOf(frame, { packetType: 4 })) === 0 ? [] : [2 * i]),
        ...(machine.run(packetOf(bytes, { vlan })) === 0 ? [] : [2 * i + 1]),
      ])
      assert.deepEqual(await sockets.send(frame), expected, name)
      kept += expected.length
    }
    assert.ok(kept > 400, `${kept} frames kept`)
  }),
)

test("the kernel takes the longest filter and the largest fanout program, and refuses one instruction more", () =>
  withSockets(async (sockets) => {
    const end = { code: Op.returnK, jt: 0, jf: 0, k: 1 }
    assert.equal(await sockets.filter(new Array(PROGRAM_INSTRUCTIONS_MAX).fill(end)), "ok")
    assert.match(await sockets.filter(new Array(PROGRAM_INSTRUCTIONS_MAX + 1).fill(end)), /^filter: /)
    const ports = Array.from({ length: 64 }, (_, i) => i + 1)
    assert.equal(
      await sockets.fanout(2, fanoutProgram({ seed: 1, tunnelsMax: 3, vxlanPorts: ports, genevePorts: ports })),
      "ok",
    )
    const long = `tcp port ${Array.from({ length: 650 }, (_, i) => 2 * i + 1).join(" or ")}`
    assert.equal(await sockets.filter(compileFilter(parseFilter(long), { link: 1, snapBytes: 1 })), "ok")
  }))
