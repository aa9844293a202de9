// Worlds are what they say: deterministic, in order, labelled, with provenance and owners.
import assert from "node:assert/strict"
import { test } from "node:test"
import { batchesOf } from "./batches.ts"
import { startOfDay } from "./calendar.ts"
import { hashText } from "./draws.ts"
import { DETECTOR_NAMES } from "./labels.ts"
import { World, type WorldOptions } from "./world.ts"

const SMALL: Partial<WorldOptions> = { seed: 5, days: 4, consumers: 16 }

function digest(options: Partial<WorldOptions>): number {
  let hash = 0
  for (const { batch } of batchesOf(new World(options)))
    for (const event of batch.events) hash = hashText(`${hash} ${JSON.stringify(event)}`)
  return hash
}

test("the same options give the same events, another seed others", () => {
  const options = { ...SMALL, days: 1, consumers: 12, loss: 0.02 }
  assert.equal(digest(options), digest(options))
  assert.notEqual(digest(options), digest({ ...options, seed: 6 }))
})

test("events ascend in time, each at its own, within the days of the world", () => {
  let last = 0
  let watermark = 0
  for (const { batch } of batchesOf(new World(SMALL))) {
    for (const { startUs } of batch.events) {
      assert.ok(startUs > last && Number.isInteger(startUs))
      last = startUs
    }
    assert.ok(batch.envelope.watermarkUs >= watermark)
    watermark = batch.envelope.watermarkUs
  }
  assert.ok(last < startOfDay(4))
})

test("partners of habit ask for what they were given; those that are told by mail do not", () => {
  const world = new World({ ...SMALL, consumers: 20 })
  const given = new Map<number, Set<number>>()
  const asked = new Map<string, [number, number]>()
  for (const { batch, exchanges } of batchesOf(world))
    batch.events.forEach((event, k) => {
      const { partner: index, route, status } = exchanges[k]!
      const known = given.get(index) ?? new Set<number>()
      given.set(index, known)
      if (route.action === "get" && status === 200) {
        const counts = asked.get(world.partners[index]!.archetype) ?? [0, 0]
        const object = event.objects[0] ?? event.weakObjects[0]!
        counts[known.has(object % 2 ** 32) ? 0 : 1]++
        asked.set(world.partners[index]!.archetype, counts)
      }
      for (const id of event.returned) known.add(id)
    })
  const share = (archetype: string): number => {
    const [yes, no] = asked.get(archetype)!
    return no / (yes + no)
  }
  for (const archetype of ["erp-sync", "nightly-batch", "reseller"]) assert.ok(share(archetype) < 0.1, archetype)
  assert.ok(share("event-driven") > 0.5)
})

test("each attack has exchanges of its own, in its days", () => {
  const days = 8
  const kinds = DETECTOR_NAMES.filter(
    (kind) => kind !== "dormant-credential" && kind !== "slow-exfiltration" && kind !== "scraping",
  )
  const world = new World({ ...SMALL, days, attacks: kinds, intensity: 3 })
  for (const day of world.days()) for (const { label } of day) assert.ok(label === 0 || world.labels.at(label) !== null)
  assert.deepEqual(new Set(world.labels.attacks.map(({ kind }) => kind)), new Set(kinds))
  for (const { kind, exchanges, firstUs, fromDay, untilDay } of world.labels.attacks) {
    if (kind === "sensor-blind") continue
    assert.ok(exchanges > 0, kind)
    assert.ok(firstUs >= startOfDay(fromDay) && firstUs < startOfDay(untilDay + 1), kind)
  }
})

test("a world of 60 days has every attack, one who knows, one who was there before, and a campaign", () => {
  const { labels, partners } = new World({
    seed: 3,
    days: 60,
    consumers: 60,
    attacks: DETECTOR_NAMES,
    hasVariants: true,
  })
  assert.deepEqual(new Set(labels.attacks.map(({ kind }) => kind)), new Set(DETECTOR_NAMES))
  assert.equal(labels.attacks.filter(({ variant }) => variant === "campaign").length, 4)
  assert.equal(labels.attacks.filter(({ variant }) => variant === "learning").length, 2)
  const dormant = labels.attacks.find(({ kind }) => kind === "dormant-credential")!
  assert.ok(dormant.fromDay - partners[dormant.partner]!.untilDay >= 30)
})

test("loss, one-way hours and blindness take away what they say", () => {
  const states = (options: Partial<WorldOptions>): number[] => {
    const counts = [0, 0, 0, 0]
    for (const { batch } of batchesOf(new World({ ...SMALL, days: 1, ...options })))
      for (const { state, returnedTotal } of batch.events) {
        counts[state]!++
        assert.ok(returnedTotal < 0 || state === 0)
      }
    return counts
  }
  const [whole] = states({})
  assert.deepEqual(states({}).slice(1), [0, 0, 0])
  const lossy = states({ loss: 0.02 })
  assert.ok(lossy[0]! > whole! * 0.93 && lossy[0]! < whole! * 0.98)
  assert.ok(lossy[2]! > 0 && lossy[3]! > 0)
  assert.ok(states({ oneWayHours: 2 })[2]! > 0)
})
