// Links that go down, interfaces that come late, go away, come back: capture goes on, and the counters say what happened.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { afterEach, test } from "node:test"
import { cable, inNamespace, ip, replay } from "../../shared/testing/network-namespace.ts"
import { ethernet, type Frame, ipv4, START_US, udp } from "../../shared/testing/packet-builder.ts"
import { assemble } from "./kernel-filter.ts"
import { openLive } from "./live.ts"
import { LiveReader } from "./live-reader.ts"

function numbered(count: number, first = 0): Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    timeUs: START_US + i,
    bytes: ethernet(ipv4(udp(1, 2, `packet ${first + i}.`), { protocol: 17 })),
  }))
}

const texts = (count: number, first = 0): string[] => Array.from({ length: count }, (_, i) => `packet ${first + i}.`)
const remove = (name: string): string => ip(`link del ${name}`)
const promiscuity = (name: string): string => /promiscuity (\d+)/.exec(ip(`-d link show ${name}`))![1]!

function linkTests(): void {
  afterEach(() => LiveReader.closeAll())

  test("a link that goes down and up again is counted, said, and captured from again", async () => {
    cable("a1", "b1")
    const reader = new LiveReader(["b1"])
    await replay("a1", numbered(10))
    ip("link set b1 down")
    await reader.until("down", () => reader.source.counters.ports!.b1!.linkDowns === 1)
    ip("link set b1 up arp off")
    await reader.until("up", () => reader.sentences.length === 2)
    await replay("a1", numbered(10, 10))
    // The carrier goes with the other end.
    ip("link set a1 down")
    await reader.until("no carrier", () => reader.source.counters.ports!.b1!.linkDowns === 2)
    ip("link set a1 up arp off")
    await reader.until("carrier", () => reader.sentences.length === 4)
    await replay("a1", numbered(10, 20))
    const counters = await reader.finish()
    assert.deepEqual(reader.texts, texts(30))
    assert.deepEqual([counters.packets, counters.kernelDrops], [30, 0])
    assert.deepEqual(reader.sentences, [
      "b1: its link is down; capture goes on when it is up",
      "b1: its link is up again",
      "b1: its link is down; capture goes on when it is up",
      "b1: its link is up again",
    ])
  })

  test("a link that is down only between two looks is counted all the same", async () => {
    cable("a2", "b2")
    const reader = new LiveReader(["b2"])
    await reader.until("the first look", () => reader.silentUs.length > 0)
    ip("link set b2 down")
    ip("link set b2 up arp off")
    await reader.until("counted", () => reader.source.counters.ports!.b2!.linkDowns === 1)
    await reader.until("said that it is up", () => / up( again)?$/.test(reader.sentences.at(-1) ?? ""))
    await reader.finish()
  })

  test("an interface whose link is down at the start", async () => {
    cable("a3", "b3")
    ip("link set b3 down")
    const reader = new LiveReader(["b3"])
    assert.deepEqual(reader.sentences, ["b3: its link is down; capture begins when it is up"])
    ip("link set b3 up arp off")
    await reader.until("up", () => reader.sentences.at(-1) === "b3: its link is up again")
    await replay("a3", numbered(5))
    const counters = await reader.finish()
    assert.deepEqual([counters.packets, counters.ports!.b3!.linkDowns, counters.ports!.b3!.reopened], [5, 0, 0])
  })

  test("an interface that appears later, goes away with packets in its ring, and comes back", async () => {
    const reader = new LiveReader(["b4.5"])
    const port = reader.source.counters.ports!.b4_5!
    assert.deepEqual(reader.sentences, ["b4.5: it is not there; capture begins when it appears"])
    await reader.until("silence", () => reader.silentUs.length > 2)
    cable("a4", "b4.5")
    await reader.until("opened", () => port.reopened === 1)
    await replay("a4", numbered(100))
    // At once: the packets are in a block that the kernel still fills.
    remove("b4.5")
    await reader.until("gone", () => port.linkDowns === 1)
    cable("a4", "b4.5")
    await reader.until("back", () => port.reopened === 2)
    await replay("a4", numbered(50, 100))
    const counters = await reader.finish()
    assert.deepEqual(reader.texts, texts(150))
    assert.deepEqual([counters.packets, counters.kernelDrops], [150, 0])
    assert.deepEqual(reader.sentences.slice(1), [
      "b4.5: it is there; capture goes on",
      "b4.5: it is gone; capture goes on when it appears again",
      "b4.5: it is there; capture goes on",
    ])
  })

  test("an interface replaced by another of the same name is followed by name; one renamed is kept", async () => {
    cable("a5", "b5")
    const reader = new LiveReader(["b5"])
    const port = reader.source.counters.ports!.b5!
    await replay("a5", numbered(5))
    ip("link set b5 down")
    ip("link set b5 name old5")
    ip("link set old5 up arp off")
    await reader.until("renamed", () => reader.sentences.at(-1)?.endsWith("up again") === true)
    await replay("a5", numbered(5, 5))
    await reader.until("packets under the new name", () => reader.seen.length === 10)
    cable("a6", "b5")
    await reader.until("replaced", () => port.reopened === 1)
    await replay("a5", numbered(5, 1000))
    await replay("a6", numbered(5, 10))
    await reader.finish()
    assert.deepEqual(reader.texts, texts(15))
  })

  test("promiscuous mode is asked for as told, and given back", async () => {
    cable("a7", "b7")
    assert.equal(promiscuity("b7"), "0")
    const shy = new LiveReader(["b7"], { promiscuous: false })
    assert.equal(promiscuity("b7"), "0")
    const open = new LiveReader(["b7"])
    assert.equal(promiscuity("b7"), "1")
    await open.finish()
    await shy.finish()
    assert.equal(promiscuity("b7"), "0")
  })

  test("on a silent wire time goes on, behind the clock by little", async () => {
    cable("a8", "b8")
    const reader = new LiveReader(["b8", "missing"])
    const sinceUs = Date.now() * 1000
    await reader.until("ten times", () => reader.silentUs.length >= 10)
    const nowUs = Date.now() * 1000
    const last = reader.silentUs.at(-1)!
    assert.ok(last > sinceUs && last <= nowUs && last > nowUs - 300_000, `${nowUs - last} µs behind`)
    // Not more often than every 100 ms.
    assert.ok(nowUs - sinceUs > 900_000)
    const stopMs = performance.now()
    await reader.finish()
    assert.ok(performance.now() - stopMs < 200)
  })

  test("what cannot be opened says why", () => {
    cable("a9", "b9")
    const rows: { code: string; options: object; sentence: RegExp }[] = [
      {
        code: "filter",
        options: { filter: assemble([[0xffff, 0, 0, 0]]) },
        sentence: /^b9: the filter is not in force, the kernel refused it .*EINVAL/,
      },
      { code: "filter", options: { filter: new Uint8Array(4097 * 8) }, sentence: /filter has 4097 instructions/ },
      {
        code: "fanout",
        options: { fanout: { group: 1, program: assemble([[0xffff, 0, 0, 0]]) } },
        sentence: /^b9: the kernel refused the program that spreads packets/,
      },
    ]
    for (const { code, options, sentence } of rows) {
      assert.throws(
        () => openLive({ interfaces: ["b9"], log: () => {}, ...options }),
        (error: Error & { code: string }) => error.code === code && sentence.test(error.message),
        sentence.source,
      )
    }
    assert.equal(promiscuity("b9"), "0")
  })

  test("without the capability the sentence names it", () => {
    const live = join(import.meta.dirname, "live.ts")
    const script = `import { openLive } from ${JSON.stringify(live)}
      try { openLive({ interfaces: ["lo"], log: () => {} }) } catch (error) { console.log(error.code, error.message) }`
    const args = ["--bounding-set=-net_raw", process.execPath, "--input-type=module", "-e", script]
    const run = spawnSync("setpriv", args, { encoding: "utf8" })
    assert.match(run.stdout, /^permission lo: .*CAP_NET_RAW.*EPERM/, run.stderr)
  })
}

if (inNamespace(import.meta.filename)) linkTests()
