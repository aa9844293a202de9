// What an exchange is told to hold stands in its own body: whatever packets are lost, however TCP cuts it, pipelined or not.
//
// Each operation has one sort of body, all of one length. A class or a shape of another operation in an exchange is a leak.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Frame, START_US, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { type ExchangeLine, runFrames } from "./frame-run.ts"
import { Dice } from "./mirror.ts"
import { get, json } from "./scenes.ts"

const SORTS = [
  { path: "/v1/people", classes: ["email"], body: (n: number) => ({ email: `jane${n}@example.com` }) },
  { path: "/v1/accounts", classes: ["iban"], body: () => ({ iban: "DE89370400440532013000" }) },
  { path: "/v1/events", classes: [], body: (n: number) => ({ events: [{ step: "scan", at: [n, "hub"] }] }) },
  { path: "/v1/notes", classes: [], body: (n: number) => ({ email: `see page ${n}`, old: true }) },
] as const
const EXCHANGES = 24

interface Talk {
  readonly seed: number
  /** Requests sent before the first is answered. */
  readonly depth: number
  readonly segmentBytes: number
}

/** Three clients, each over one connection, in random order of operations. */
function framesOf({ seed, depth, segmentBytes }: Talk): Frame[] {
  const dice = new Dice(seed)
  const talks = [0, 1, 2].map((i) => {
    const talk = new TcpConversation({
      client: `10.0.0.1:${40_000 + i}`,
      startUs: START_US + i * 7,
      segmentBytes,
    }).open()
    for (let n = 0; n < EXCHANGES; n += depth) {
      const sorts = Array.from({ length: depth }, () => SORTS[dice.below(SORTS.length)]!)
      for (const { path } of sorts) talk.toServer(get(path))
      for (const { body } of sorts) talk.toClient(json(JSON.stringify(body(n)).padEnd(240)))
    }
    return talk.finish().frames
  })
  return talks.flat().sort((a, b) => a.timeUs - b.timeUs)
}

const sortOf = ({ target }: ExchangeLine) => SORTS.find(({ path }) => path === target)!

async function shapes(): Promise<Map<string | null, string | null>> {
  const { exchanges } = await runFrames(framesOf({ seed: 1, depth: 1, segmentBytes: 1460 }))
  return new Map(exchanges.map(({ target, response }) => [target, response.shape]))
}

test("whole: the classes and shapes are those of the operation, in segments of any size", async () => {
  const wanted = await shapes()
  assert.equal(new Set(wanted.values()).size, SORTS.length)
  for (const segmentBytes of [7, 1460])
    for (const depth of [1, 4])
      for (const line of (await runFrames(framesOf({ seed: 2, depth, segmentBytes }))).exchanges) {
        assert.deepEqual(Object.keys(line.dataClasses.response), sortOf(line).classes)
        assert.equal(line.response.shape, wanted.get(line.target))
      }
})

test("property: with packets lost no exchange has what only others have", async () => {
  const wanted = await shapes()
  const talk = fc.record({
    seed: fc.nat(1e6),
    depth: fc.constantFrom(1, 2, 4),
    segmentBytes: fc.constantFrom(60, 150, 1460),
    lossPercent: fc.constantFrom(2, 5, 10),
  })
  let resynchronised = 0
  await fc.assert(
    fc.asyncProperty(talk, async ({ lossPercent, ...rest }) => {
      const dice = new Dice(rest.seed + 1)
      const frames = framesOf(rest).filter(() => dice.below(100) >= lossPercent)
      for (const line of (await runFrames(frames)).exchanges) {
        if (line.target === null) continue
        if (line.flags.includes("resynchronised")) resynchronised++
        const { classes } = sortOf(line)
        const told = Object.keys(line.dataClasses.response)
        assert.ok(
          told.every((one) => (classes as readonly string[]).includes(one)),
          `${line.target}: ${told.join()}`,
        )
        const { shape } = line.response
        if (shape !== null && line.state === "complete")
          assert.equal(shape, wanted.get(line.target), String(line.target))
      }
    }),
    { numRuns: 8 },
  )
  assert.ok(resynchronised > 5, `${resynchronised}`)
})
