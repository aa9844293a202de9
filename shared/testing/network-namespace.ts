// Tests that send raw packets run in a network namespace of their own: nothing that they do is seen outside, nothing from
// outside disturbs their counts, and the kernel takes their interfaces away with their last process.
//
//   if (inNamespace(import.meta.filename)) { ... tests ... }
//
// The test runner starts the file; that run starts it again behind unshare(1), where `inNamespace` is true, and fails if
// that fails. Root is not needed where the kernel lets users make namespaces.
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { pcapFile } from "./capture-builder.ts"
import type { Frame } from "./packet-builder.ts"

const MARK = "SONDE_TEST_NAMESPACE"
/** How long the tests of a file may take inside. */
const TIMEOUT_MS = 120_000
const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`

/** True inside the namespace. Outside, adds one test that runs the whole file inside. */
export function inNamespace(file: string): boolean {
  if (process.env[MARK] !== undefined) {
    prepareNamespace()
    return true
  }
  test("in a network namespace of its own", { timeout: TIMEOUT_MS + 10_000 }, async (context) => {
    const isRoot = process.getuid?.() === 0
    const probe = isRoot ? ["--net"] : ["--map-root-user", "--net"]
    const { [MARK]: _, NODE_TEST_CONTEXT: __, ...env } = process.env
    const run = spawn("unshare", [...probe, process.execPath, "--test", "--test-reporter=spec", file], {
      env: { ...env, [MARK]: "1", PATH },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
    })
    let output = ""
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    run.stdout.on("data", collect)
    run.stderr.on("data", collect)
    const code = await new Promise<number | null>((resolve, reject) => {
      run.once("close", resolve)
      run.once("error", reject)
    })
    context.diagnostic(output)
    if (/unshare: .*(not permitted|failed)/i.test(output))
      throw new Error(
        `this test needs root, or a kernel that lets users make namespaces (unshare --map-root-user --net):\n${output}`,
      )
    if (code !== 0 || !/pass [1-9]/.test(output)) throw new Error(`the tests inside failed:\n${output}`)
  })
  return false
}

/** A loopback interface, and no chatter of IPv6 on new interfaces. */
export function prepareNamespace(): void {
  ip("link set lo up")
  writeFileSync("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1")
}

/** ip(8) with its arguments in one text. */
export function ip(args: string): string {
  return execFileSync("ip", args.split(" "), { encoding: "utf8", env: { ...process.env, PATH } })
}

/** Two ends of one cable: what is sent into one comes out of the other. No protocol of the kernel speaks on them. */
export function cable(one: string, other: string, mtu = 1500): void {
  ip(`link add ${one} mtu ${mtu} type veth peer name ${other} mtu ${mtu}`)
  for (const end of [one, other]) ip(`link set ${end} up arp off`)
}

/** Sends frames as they are; resolves when all are on their way, with their number. Rate in packets a second, 0 the fastest. */
export async function replay(port: string, frames: readonly Frame[], rate = 0, loops = 1): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "sonde-replay-"))
  try {
    const file = join(folder, "frames.pcap")
    writeFileSync(file, pcapFile(frames))
    const sent = await replayFile(port, file, rate, loops)
    if (sent !== frames.length * loops) throw new Error(`tcpreplay sent ${sent} of ${frames.length * loops} packets`)
    return sent
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same with a capture file: resolves with the packets that tcpreplay says it sent. */
export async function replayFile(port: string, file: string, rate = 0, loops = 1): Promise<number> {
  const speed = rate === 0 ? ["--topspeed"] : [`--pps=${rate}`]
  const run = spawn("tcpreplay", ["-q", "-i", port, ...speed, `--loop=${loops}`, "--preload-pcap", file], {
    env: { ...process.env, PATH },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  run.stdout.on("data", collect)
  run.stderr.on("data", collect)
  const code = await new Promise((resolve) => run.once("close", resolve))
  const sent = Number(/Successful packets:\s+(\d+)/.exec(output)?.[1])
  if (code !== 0 || Number.isNaN(sent)) throw new Error(`tcpreplay on ${port}:\n${output}`)
  return sent
}
