// The fallback: libpcap in a child process. Slower, its losses unknown, and it goes on when its child dies.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, test } from "node:test"
import { cable, inNamespace, ip, replay } from "../../shared/testing/network-namespace.ts"
import { ethernet, type Frame, ipv4, START_US, udp } from "../../shared/testing/packet-builder.ts"
import { openLive } from "./live.ts"
import { LiveReader } from "./live-reader.ts"
import { type AfPacketAddon, loadAddon } from "./native/addon.ts"

function numbered(count: number, first = 0): Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    timeUs: START_US + i,
    bytes: ethernet(ipv4(udp(1000 + ((first + i) % 2), 2, `packet ${first + i}.`), { protocol: 17 })),
  }))
}

const texts = (count: number, first = 0): string[] => Array.from({ length: count }, (_, i) => `packet ${first + i}.`)

/** Process numbers of the capturing children of this process. */
function children(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1])
        return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("libpcap-child")
      } catch {
        return false
      }
    })
}

/** Resolves when the child has its interface open: a first packet came through, sent until it does. */
async function warm(reader: LiveReader, port: string): Promise<void> {
  const before = reader.seen.length
  for (let turn = 0; reader.seen.length === before; turn++) {
    assert.ok(turn < 100, reader.sentences.join(" | "))
    await replay(port, [{ timeUs: START_US, bytes: ethernet(ipv4(udp(1001, 2, "warm"), { protocol: 17 })) }])
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function fallbackTests(): void {
  afterEach(() => LiveReader.closeAll())

  test("packets come through, filtered, in order; the fallback and its unknown losses are said", async () => {
    cable("a1", "b1")
    const reader = new LiveReader(["b1"], { backend: "libpcap", filterText: "udp src port 1001" })
    await warm(reader, "a1")
    const beforeUs = Date.now() * 1000
    await replay("a1", numbered(2000), 20_000)
    await reader.until("the last packet", () => reader.texts.includes("packet 1999."))
    const counters = await reader.finish()
    assert.deepEqual(
      reader.texts.filter((text) => text !== ""),
      Array.from({ length: 1000 }, (_, i) => `packet ${2 * i + 1}.`),
    )
    for (const { timeUs, link, vlan, wire, captured } of reader.seen.slice(-1000)) {
      assert.ok(timeUs > beforeUs - 10_000 && timeUs <= Date.now() * 1000 + 10_000)
      assert.deepEqual([link, vlan, wire], [1, -1, captured])
    }
    assert.deepEqual([counters.kernelDrops, counters.ports!.b1!.kernelDrops], [null, null])
    assert.deepEqual(reader.sentences, [
      "capturing with libpcap in a child process: slower, and how many packets it loses is unknown",
    ])
    assert.deepEqual(children(), [])
  })

  test("tags stay in the frame, and a loopback interface shows each packet once", async () => {
    cable("a2", "b2")
    const reader = new LiveReader(["b2", "lo"], { backend: "libpcap" })
    await warm(reader, "a2")
    await warm(reader, "lo")
    const inner = ipv4(udp(1, 2, "packet 1."), { protocol: 17 })
    await replay("a2", [{ timeUs: START_US, bytes: ethernet(inner, { vlans: [7] }) }])
    await replay("lo", numbered(100, 10))
    await reader.until("all packets", () => reader.texts.includes("packet 109.") && reader.texts.includes("packet 1."))
    await reader.finish()
    const tagged = reader.seen.find(({ text }) => text === "packet 1.")!
    assert.deepEqual([tagged.vlan, Buffer.from(tagged.bytes.subarray(12, 18)).toString("hex")], [-1, "810000070800"])
    assert.deepEqual(
      reader.seen.filter(({ port, text }) => port === 1 && text !== "").map(({ text }) => text),
      texts(100, 10),
    )
  })

  test("time goes on while nothing comes", async () => {
    cable("a3", "b3")
    const reader = new LiveReader(["b3"], { backend: "libpcap" })
    await warm(reader, "a3")
    const sinceUs = Date.now() * 1000
    await reader.until("time", () => (reader.silentUs.at(-1) ?? 0) > sinceUs + 300_000)
    assert.ok(reader.silentUs.at(-1)! <= Date.now() * 1000)
    await reader.finish()
  })

  test("a child that dies is started again, and what is lost is said to be unknown", async () => {
    cable("a4", "b4")
    const reader = new LiveReader(["b4"], { backend: "libpcap" })
    await warm(reader, "a4")
    await replay("a4", numbered(100))
    await reader.until("the packets", () => reader.texts.includes("packet 99."))
    // The link goes down: cap ends its process.
    ip("link set b4 down")
    const port = reader.source.counters.ports!.b4!
    await reader.until("the end of the child", () => port.linkDowns === 1)
    ip("link set b4 up arp off")
    await reader.until("another child", () => port.reopened === 1)
    await warm(reader, "a4")
    process.kill(children()[0]!, "SIGKILL")
    await reader.until("a third child", () => port.reopened === 2)
    assert.equal(port.linkDowns, 2)
    assert.ok(reader.sentences.some((text) => /^b4: its capture process ended.*unknown \(SIGKILL\)$/.test(text)))
    await reader.finish()
  })

  test("an interface that is not there is waited for", async () => {
    const reader = new LiveReader(["b5"], { backend: "libpcap" })
    await reader.until("the sentence", () => reader.sentences.some((text) => /^b5: capture cannot begin/.test(text)))
    cable("a5", "b5")
    await warm(reader, "a5")
    await reader.finish()
  })

  test("where the addon does not load, libpcap takes its place and says why", async () => {
    cable("a7", "b7")
    const load = (): AfPacketAddon => loadAddon(["/nowhere/af-packet.node"])
    const reader = new LiveReader(["b7"], { load })
    assert.match(
      reader.sentences[0]!,
      /^capturing with libpcap in a child process: .*unknown \(.* build it with: sh .*\)$/,
    )
    await warm(reader, "a7")
    assert.equal((await reader.finish()).kernelDrops, null)
    assert.throws(
      () => openLive({ interfaces: ["b7"], backend: "af-packet", load, log: () => {} }),
      (error: Error & { code: string }) => error.code === "unavailable",
    )
  })

  test("a child that is stopped leaves no process behind, closed or not", async () => {
    cable("a6", "b6")
    const { source } = new LiveReader(["b6", "lo"], { backend: "libpcap" })
    assert.equal(children().length, 2)
    source.close()
    for (let turn = 0; children().length > 0; turn++) {
      assert.ok(turn < 100)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })

  test("what can never work ends the source: a filter that makes no sense, no permission", async () => {
    const reader = new LiveReader(["lo"], { backend: "libpcap", filterText: "tcp porrt 80" })
    await assert.rejects(reader.end, (error: Error & { code: string }) => {
      assert.match(error.message, /^lo: libpcap cannot capture: .*syntax error/)
      return error.code === "filter"
    })
    const live = join(import.meta.dirname, "live.ts")
    const batch = join(import.meta.dirname, "packet-batch.ts")
    const script = `import { openLive } from ${JSON.stringify(live)}; import { PacketBatch } from ${JSON.stringify(batch)}
      const source = openLive({ interfaces: ["lo"], backend: "libpcap", log: () => {} })
      try { while (await source.next(new PacketBatch())); } catch (error) { console.log(error.code, error.message) }`
    const args = ["--bounding-set=-net_raw", process.execPath, "--input-type=module", "-e", script]
    const run = spawnSync("setpriv", args, { encoding: "utf8" })
    assert.match(run.stdout, /^permission lo: .*CAP_NET_RAW/, run.stderr)
  })

  test("what libpcap cannot do is refused before anything is opened", () => {
    const options = { interfaces: ["lo"], backend: "libpcap", log: () => {} } as const
    const rows: [object, string][] = [
      [{ fanout: { group: 1, program: null } }, "fanout"],
      [{ filter: Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0) }, "filter"],
    ]
    for (const [more, code] of rows)
      assert.throws(
        () => openLive({ ...options, ...more }),
        (error: Error & { code: string }) => error.code === code,
      )
  })
}

if (inNamespace(import.meta.filename)) fallbackTests()
