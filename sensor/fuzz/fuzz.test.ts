// The fuzzer in smoke form: its rules hold on a few thousand packets, it finds what is broken, and a failure can be repeated.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { PacketBatch } from "../capture/packet-batch.ts"
import { type CampaignOptions, fuzz, growthOf, isGrowing, replay } from "./campaign.ts"
import { shrink } from "./failing-capture.ts"
import { hold } from "./failure.ts"
import { FuzzSource, type TimedFrame } from "./fuzz-source.ts"
import { Random } from "./random.ts"
import { readFrames, seedConversations } from "./seed-frames.ts"
import { STAGES, type Stage } from "./stages.ts"
import { FuzzTraffic } from "./traffic.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-fuzz-test-"))
after(() => rmSync(folder, { recursive: true }))

const seeds = await seedConversations()
const options = (fields: Partial<CampaignOptions>): CampaignOptions => ({
  stages: STAGES,
  seeds,
  seed: 20261124,
  packetsMax: 4000,
  secondsMax: 60,
  round: null,
  folder,
  ...fields,
})

for (const stage of STAGES)
  test(`${stage.name}: every rule holds on 4,000 packets, and on as many with tight limits`, async () => {
    for (const isTight of [false, true]) {
      const traffic = new FuzzTraffic(seeds, 20261124, isTight ? 1 : 0)
      await stage.run(new FuzzSource(() => traffic.next(), 4000, new Random(1)), isTight)
    }
  })

test("the same seed gives the same packets, another seed others", () => {
  const digest = (seed: number): string => {
    const traffic = new FuzzTraffic(seeds, seed, 0)
    const source = new FuzzSource(() => traffic.next(), 500, new Random(seed))
    const batch = new PacketBatch()
    while (source.next(batch));
    return source.kept
      .map(({ bytes, timeUs, wire }) => `${timeUs} ${wire} ${Buffer.from(bytes).toString("hex")}`)
      .join()
  }
  assert.equal(digest(7), digest(7))
  assert.notEqual(digest(7), digest(8))
})

/** Breaks on two packets together: one with a RST, later one with payload. */
const broken: Stage = {
  name: "broken",
  sentence: "Fails on purpose.",
  async run(source) {
    const batch = new PacketBatch()
    let hasReset = false
    while (source.next(batch)) {
      for (let i = 0; i < batch.count; i++) {
        const at = batch.start[i]!
        if (batch.link[i] !== 1 || batch.captured[i]! < 54) continue
        if (batch.bytes[at + 23] !== 6 || batch.bytes[at + 12] !== 8) continue
        if ((batch.bytes[at + 47]! & 4) !== 0) hasReset = true
        hold(!hasReset || batch.captured[i]! < 1000, () => "a large packet after a reset")
      }
    }
  },
}

test("what is broken is found, made small, written down, and fails again from its file", async () => {
  const { failure } = await fuzz(options({ stages: [broken], packetsMax: 200_000 }))
  assert.ok(failure !== null)
  assert.equal(failure.message, "a large packet after a reset")
  assert.equal(failure.isRepeatable, true)
  assert.equal(failure.packets, 2)
  const frames: TimedFrame[] = (await readFrames([failure.capture])).map((frame) => ({
    ...frame,
    timeUs: frame.afterUs,
  }))
  assert.equal(frames.length, 2)
  assert.equal((await replay(broken, frames, false))?.message, failure.message)
  const again = await fuzz(options({ stages: [broken], round: failure.round }))
  assert.equal(again.failure?.message, failure.message)
})

test("what does not fail again is kept whole", async () => {
  const frames = [{ bytes: new Uint8Array(1), wire: 1, link: 1, afterUs: 0, vlan: -1, timeUs: 0 }]
  assert.deepEqual(await shrink(frames, async () => false), frames)
})

test("growth is the last quarter against the first", () => {
  const MIB = 2 ** 20
  assert.equal(growthOf([1, 2, 3]), 0)
  assert.equal(isGrowing(Array.from({ length: 40 }, (_, i) => (50 + (i % 5)) * MIB)), false)
  assert.equal(isGrowing(Array.from({ length: 40 }, (_, i) => (50 + 4 * i) * MIB)), true)
})

test("the command: a seed, a report, and a sentence for a stage that there is not", () => {
  const main = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { encoding: "utf8", timeout: 30_000 })
  const done = main("decode", "--seed", "5", "--packets", "2000")
  assert.equal(done.status, 0, done.stderr)
  assert.match(done.stdout, /^seed 5, decode,/)
  assert.match(done.stdout, /2000 packets in 1 rounds: every rule held/)
  const unknown = main("nonsense")
  assert.equal(unknown.status, 2)
  assert.match(unknown.stderr, /There is no stage nonsense/)
})
