// Rounds of fuzzing: each runs one stage on traffic of its own, which follows from the seed and the number of the round.
//
// In:  stages, a seed, an end. Out: what was done, how memory went, the first failure with its capture. Rounds take turns: of each
// stage one with roomy limits and short, one with tight limits and short, now and then a long one, in which nothing may grow.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { captureOf, shrink } from "./failing-capture.ts"
import type { FuzzFrame } from "./fuzz-frame.ts"
import { FuzzSource, type TimedFrame } from "./fuzz-source.ts"
import { Random } from "./random.ts"
import type { Stage } from "./stages.ts"
import { FuzzTraffic } from "./traffic.ts"

export const ROUND_PACKETS = 20_000
/** One round in so many is this much longer. */
const LONG_EVERY = 10
const LONG_FACTOR = 20

// What is garbage is no growth.
setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

/** Memory may differ by this much between the first and the last quarter of a campaign. */
const GROWTH_BYTES = 64 * 2 ** 20

export interface CampaignOptions {
  readonly stages: readonly Stage[]
  readonly seeds: readonly (readonly FuzzFrame[])[]
  readonly seed: number
  readonly packetsMax: number
  readonly secondsMax: number
  /** The only round to run; null: all from the first. */
  readonly round: number | null
  /** Where the capture of a failure goes; made when needed. */
  readonly folder: string
  readonly onRound?: (result: CampaignResult) => void
}

export interface CampaignFailure {
  readonly stage: string
  readonly round: number
  readonly isTight: boolean
  readonly message: string
  readonly stack: string
  /** The capture written, and its packets; it fails by itself unless `isRepeatable` is false. */
  readonly capture: string
  readonly packets: number
  readonly isRepeatable: boolean
}

export interface CampaignResult {
  rounds: number
  packets: number
  /** Packets and seconds by stage. */
  readonly byStage: Map<string, { packets: number; seconds: number }>
  /** Bytes of heap and resident memory after each round. */
  readonly heap: number[]
  readonly rss: number[]
  failure: CampaignFailure | null
}

interface Round {
  readonly number: number
  readonly stage: Stage
  readonly isTight: boolean
  readonly packets: number
}

function roundOf({ stages }: CampaignOptions, number: number, packetsLeft: number): Round {
  const turn = Math.floor(number / stages.length)
  const packets = turn % LONG_EVERY === LONG_EVERY - 1 ? ROUND_PACKETS * LONG_FACTOR : ROUND_PACKETS
  return {
    number,
    stage: stages[number % stages.length]!,
    isTight: turn % 2 === 1,
    packets: Math.min(packets, packetsLeft),
  }
}

export async function fuzz(options: CampaignOptions): Promise<CampaignResult> {
  const result: CampaignResult = { rounds: 0, packets: 0, byStage: new Map(), heap: [], rss: [], failure: null }
  const began = performance.now()
  let number = options.round ?? 0
  while (result.packets < options.packetsMax && (performance.now() - began) / 1000 < options.secondsMax) {
    const round = roundOf(options, number, options.round === null ? options.packetsMax - result.packets : Infinity)
    const start = performance.now()
    const traffic = new FuzzTraffic(options.seeds, options.seed, round.number)
    const source = new FuzzSource(() => traffic.next(), round.packets, new Random(options.seed, ~round.number))
    try {
      await round.stage.run(source, round.isTight)
    } catch (error) {
      result.failure = await keep(options, round, source, error as Error)
    }
    note(result, round, source.counters.packets, (performance.now() - start) / 1000)
    options.onRound?.(result)
    if (result.failure !== null || options.round !== null) break
    number++
  }
  return result
}

function note(result: CampaignResult, { stage }: Round, packets: number, seconds: number): void {
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  result.rounds++
  result.packets += packets
  result.heap.push(heapUsed)
  result.rss.push(rss)
  const sum = result.byStage.get(stage.name) ?? { packets: 0, seconds: 0 }
  sum.packets += packets
  sum.seconds += seconds
  result.byStage.set(stage.name, sum)
}

/** Runs a stage on recorded frames; the error when it fails, else null. */
export async function replay(stage: Stage, frames: readonly TimedFrame[], isTight: boolean): Promise<Error | null> {
  let at = 0
  let lastUs = frames[0]?.timeUs ?? 0
  const next = (): FuzzFrame | undefined => {
    const frame = frames[at++]
    if (frame === undefined) return undefined
    const afterUs = frame.timeUs - lastUs
    lastUs = frame.timeUs
    return { ...frame, afterUs }
  }
  try {
    await stage.run(new FuzzSource(next, frames.length, new Random(1)), isTight)
    return null
  } catch (error) {
    return error as Error
  }
}

async function keep(
  options: CampaignOptions,
  round: Round,
  source: FuzzSource,
  error: Error,
): Promise<CampaignFailure> {
  const { stage, isTight, number } = round
  const fails = async (frames: readonly TimedFrame[]): Promise<boolean> =>
    (await replay(stage, frames, isTight)) !== null
  const isRepeatable = await fails(source.kept)
  const fewest = isRepeatable ? await shrink(source.kept, fails) : source.kept
  mkdirSync(options.folder, { recursive: true })
  const capture = join(options.folder, `${stage.name}-${options.seed}-${number}.pcapng`)
  writeFileSync(capture, captureOf(fewest))
  return {
    stage: stage.name,
    round: number,
    isTight,
    message: error.message,
    stack: error.stack ?? "",
    capture,
    packets: fewest.length,
    isRepeatable,
  }
}

/** How much more memory the last quarter of the rounds used than the first, bytes; 0 when there are too few rounds to tell. */
export function growthOf(samples: readonly number[]): number {
  const quarter = samples.length >> 2
  if (quarter < 2) return 0
  return median(samples.slice(-quarter)) - median(samples.slice(0, quarter))
}

export const isGrowing = (samples: readonly number[]): boolean => growthOf(samples) > GROWTH_BYTES

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
