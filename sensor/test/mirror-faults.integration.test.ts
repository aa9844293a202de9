// Recorded captures with the faults of mirrors: drops, packets up to 20 places late, copies, cuts, fragments, one direction only, a
// late start. Whatever is done to them, no request is paired with another's response, and the ledger adds up.
//
// The tests run a few seeded trials; `node sensor/test/mirror-faults.test.ts --trials 500 --from 100` runs more, and
// `--one 42` a single one, saying what it did.
import assert from "node:assert/strict"
import { join } from "node:path"
import { test } from "node:test"
import type { Frame } from "../../shared/testing/packet-builder.ts"
import { type ExchangeLine, type FrameRun, readFrames, runFrames } from "./frame-run.ts"
import { Dice, disordered, fragmented, later, routed, snapped, tagged } from "./mirror.ts"

const CAPTURES = [
  join(import.meta.dirname, "captures/nginx-curl.pcap"),
  join(import.meta.dirname, "../../deploy/demo/demo.pcap"),
]

const argument = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}

/** What is late is so by 50 ms at most; `--far`: by any time, as long as it is 20 places. */
const WITHIN_US = process.argv.includes("--far") ? Number.POSITIVE_INFINITY : 50_000

interface Faults {
  readonly drop: number
  readonly late: number
  readonly copies: number
  readonly cuts: number
  /** Packets in fragments of 256 bytes. */
  readonly fragments: number
  /** All packets are cut to so many bytes; 0: none. */
  readonly snapLength: number
  /** Directions that are missing: none, the one towards the lower address, or the other, of some or all flows. */
  readonly oneWay: "no" | "up" | "down" | "some"
  /** Packets missing at the start. */
  readonly start: number
}

function rollFaults(dice: Dice, packets: number): Faults {
  return {
    drop: dice.pick([0, 0.001, 0.005, 0.02, 0.1]),
    late: dice.pick([0, 0.002, 0.02, 0.2]),
    copies: dice.pick([0, 0, 0.02, 0.5, 1]),
    cuts: dice.pick([0, 0, 0, 0.002, 0.02]),
    fragments: dice.pick([0, 0, 0, 0.1, 1]),
    snapLength: dice.pick([0, 0, 0, 0, 0, 96, 200]),
    oneWay: dice.pick(["no", "no", "no", "no", "up", "down", "some"]),
    start: dice.pick([0, 0, 0, dice.below(packets)]),
  }
}

/** Source address, destination address and ports of a frame without tags, as text that both directions share or not. */
function addresses(frame: Frame): { readonly source: string; readonly destination: string } {
  const bytes = Buffer.from(frame.bytes)
  const isFour = bytes[14]! >>> 4 === 4
  const [from, length] = isFour ? [26, 4] : [22, 16]
  const at = isFour ? 14 + (bytes[14]! & 15) * 4 : 54
  return {
    source: bytes.toString("hex", from, from + length) + bytes.toString("hex", at, at + 2),
    destination: bytes.toString("hex", from + length, from + 2 * length) + bytes.toString("hex", at + 2, at + 4),
  }
}

function isMissingWay(frame: Frame, { oneWay }: Faults): boolean {
  if (oneWay === "no") return false
  const { source, destination } = addresses(frame)
  const isUp = source < destination
  if (oneWay === "some" && Number.parseInt(isUp ? source.slice(-4) : destination.slice(-4), 16) % 3 > 0) return false
  return oneWay === "down" ? !isUp : isUp
}

function broken(frames: readonly Frame[], faults: Faults, dice: Dice): Frame[] {
  const out: Frame[] = []
  const sent = frames
    .slice(faults.start)
    .filter((frame) => !isMissingWay(frame, faults))
    .flatMap((frame, i) => (dice.next() < faults.fragments ? fragmented(frame, 256, i & 0xffff) : [frame]))
  for (const frame of sent) {
    if (dice.next() < faults.drop) continue
    let kept = faults.snapLength > 0 ? snapped(frame, faults.snapLength) : frame
    if (dice.next() < faults.cuts) kept = snapped(kept, 54 + dice.below(200))
    out.push(kept)
    if (dice.next() < faults.copies) {
      const copy = dice.pick([later, tagged, routed])
      out.push(copy === tagged ? tagged(kept, 7) : copy === routed ? routed(kept) : later(kept, 1))
    }
  }
  return disordered(out, faults.late, 20, WITHIN_US, dice)
}

const isWhole = (line: ExchangeLine): boolean =>
  line.state === "complete" && !line.flags.includes("truncated") && !line.flags.includes("gap")

/** What identifies a pair, as far as it was seen. */
function pairName(line: ExchangeLine): string {
  const sizes = isWhole(line) ? ` ${line.requestBytes} ${line.responseBytes}` : ""
  return `${line.client.ip}:${line.client.port} ${line.method} ${line.target} ${line.status}${sizes}`
}

const isPair = (line: ExchangeLine): boolean => line.state === "complete" || line.state === "bodyGap"

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** Pairs that the whole capture does not have, or not as often. */
function wrongPairs(whole: FrameRun, run: FrameRun): string[] {
  const pairs = whole.exchanges.filter(isPair)
  const complete = counted(pairs.map(pairName))
  const any = counted(pairs.map((line) => pairName({ ...line, state: "bodyGap" })))
  const wrong: string[] = []
  for (const line of run.exchanges.filter(isPair)) {
    const known = isWhole(line) ? complete : any
    const name = pairName(line)
    const left = known.get(name) ?? 0
    known.set(name, left - 1)
    if (left <= 0) wrong.push(`${line.state} ${name}`)
  }
  return wrong
}

const loaded = new Map<string, Promise<{ frames: Frame[]; run: FrameRun }>>()

function load(path: string): Promise<{ frames: Frame[]; run: FrameRun }> {
  let one = loaded.get(path)
  if (one === undefined) {
    one = readFrames(path).then(async (frames) => ({ frames, run: await runFrames(frames) }))
    loaded.set(path, one)
  }
  return one
}

async function trial(seed: number): Promise<{ faults: Faults; wrong: string[]; run: FrameRun; path: string }> {
  const dice = new Dice(seed)
  const path = CAPTURES[seed % 4 === 0 ? 0 : 1]!
  const { frames, run: whole } = await load(path)
  const faults = rollFaults(dice, frames.length)
  const run = await runFrames(broken(frames, faults, dice))
  return { faults, run, path, wrong: [...wrongPairs(whole, run), ...run.wrong] }
}

const one = argument("--one", -1)
const from = one >= 0 ? one : argument("--from", 1)
const trials = one >= 0 ? 1 : argument("--trials", 12)

test("no fault of a mirror makes a wrong pair, and the ledger adds up", async () => {
  let pairs = 0
  const failures: string[] = []
  for (let seed = from; seed < from + trials; seed++) {
    const { faults, wrong, run, path } = await trial(seed)
    pairs += run.exchanges.filter(isPair).length
    for (const sentence of wrong) failures.push(`seed ${seed}, ${path.split("/").at(-1)}: ${sentence}`)
    if (one >= 0) console.log(faults, run.counters)
  }
  assert.deepEqual(failures, [])
  assert.ok(pairs > trials * 10, `the trials are worth something: ${pairs} pairs`)
})

test("canary: a pair that the capture does not have is noticed", async () => {
  const { frames, run: whole } = await load(CAPTURES[0]!)
  const run = await runFrames(frames)
  assert.deepEqual(wrongPairs(whole, run), [])
  const [first, ...rest] = run.exchanges
  const swapped = { ...run, exchanges: [{ ...first!, status: 418 }, ...rest] }
  assert.equal(wrongPairs(whole, swapped).length, 1)
})
