// npm run fuzz: the sensor's stages on packets that no wire would carry.
//
//   npm run fuzz                                    a million packets through all stages, another seed each time
//   npm run fuzz -- tcp --seed 7 --packets 10000000 one stage, the same packets each time
//   npm run fuzz -- --seconds 3600                  as long as that
//   npm run fuzz -- tcp --seed 7 --round 12         one round again
//   npm run fuzz -- --replay FILE                   a capture through all stages, with roomy and with tight limits
//
// A failure ends it: the seed, the round, the rule that broke, and the fewest packets that break it, in .sonde/fuzz/.
import { join } from "node:path"
import { type Options, settle } from "../../shared/config/options.ts"
import { type CampaignResult, fuzz, growthOf, isGrowing, replay } from "./campaign.ts"
import { readFrames, seedConversations } from "./seed-frames.ts"
import { STAGES, type Stage } from "./stages.ts"

const FOLDER = join(import.meta.dirname, "../../.sonde/fuzz")
const MIB = 2 ** 20

const OPTIONS = {
  seed: {
    kind: "number",
    sentence: "Start of the random numbers; 0: another each time.",
    default: 0,
    min: 0,
    max: 2 ** 48,
  },
  packets: { kind: "number", sentence: "Packets in all.", default: 1_000_000, min: 1, max: 1e12 },
  seconds: { kind: "number", sentence: "Time at most; 0: no limit.", default: 0, min: 0, max: 1e7 },
  round: { kind: "number", sentence: "The only round to run; -1: all.", default: -1, min: -1, max: 1e9 },
  replay: { kind: "text", sentence: "A capture in place of made packets.", default: "" },
} as const satisfies Options

function chosen(names: readonly string[]): readonly Stage[] {
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name))
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(", ")}; there are ${STAGES.map((stage) => stage.name).join(", ")}.`)
    process.exit(2)
  }
  return names.length === 0 ? STAGES : STAGES.filter((stage) => names.includes(stage.name))
}

async function replayFile(path: string, stages: readonly Stage[]): Promise<number> {
  let timeUs = 0
  const timed = (await readFrames([path])).map((frame) => {
    timeUs += frame.afterUs
    return { ...frame, timeUs }
  })
  let failures = 0
  for (const stage of stages)
    for (const isTight of [false, true]) {
      const error = await replay(stage, timed, isTight)
      if (error !== null) failures++
      console.log(
        `${stage.name}${isTight ? ", tight limits" : ""}: ${error === null ? "holds" : (error.stack ?? error.message)}`,
      )
    }
  return failures === 0 ? 0 : 1
}

function report(result: CampaignResult, seed: number, argv: string): number {
  for (const [name, { packets, seconds }] of result.byStage)
    console.log(
      `${name.padEnd(9)} ${String(packets).padStart(10)} packets in ${seconds.toFixed(1)} s, ${Math.round(packets / seconds)} a second`,
    )
  const memory = ([name, samples]: readonly [string, readonly number[]]): string =>
    `${name} ${Math.round(samples[0]! / MIB)} MiB after the first round, ${Math.round(samples.at(-1)! / MIB)} after the last, ${Math.round(Math.max(...samples) / MIB)} at most, ${Math.round(growthOf(samples) / MIB)} grown`
  console.log(
    (
      [
        ["heap", result.heap],
        ["resident", result.rss],
      ] as const
    )
      .map(memory)
      .join("\n"),
  )
  const { failure } = result
  if (failure !== null) {
    console.log(`\n${failure.stage} failed in round ${failure.round}: ${failure.stack}`)
    console.log(
      failure.isRepeatable
        ? `${failure.packets} packets that still fail: ${failure.capture}`
        : `The packets alone do not fail again; the last ${failure.packets} of them: ${failure.capture}`,
    )
    console.log(`Again: npm run fuzz -- ${failure.stage} --replay ${failure.capture}`)
    console.log(`   or: npm run fuzz -- ${argv} --seed ${seed} --round ${failure.round}`)
    return 1
  }
  if (isGrowing(result.heap)) {
    console.log(`\nThe heap grows: npm run fuzz -- ${argv} --seed ${seed}`)
    return 1
  }
  console.log(`${result.packets} packets in ${result.rounds} rounds: every rule held.`)
  return 0
}

async function main(): Promise<number> {
  const { values, operands, mistakes } = settle(OPTIONS, { argv: process.argv.slice(2) })
  if (mistakes.length > 0) {
    console.error(mistakes.join("\n"))
    return 2
  }
  const stages = chosen(operands)
  if (values.replay !== "") return replayFile(values.replay, stages)
  const seed = values.seed === 0 ? 1 + Math.floor(Math.random() * 2 ** 32) : values.seed
  console.log(`seed ${seed}, ${stages.map((stage) => stage.name).join(", ")}, Node ${process.version}`)
  let shownMs = performance.now()
  const result = await fuzz({
    stages,
    seeds: await seedConversations(),
    seed,
    packetsMax: values.packets,
    secondsMax: values.seconds === 0 ? Number.POSITIVE_INFINITY : values.seconds,
    round: values.round < 0 ? null : values.round,
    folder: FOLDER,
    onRound: ({ packets, rounds }) => {
      if (!process.stderr.isTTY || performance.now() - shownMs < 1000) return
      shownMs = performance.now()
      process.stderr.write(`\r${packets} packets, ${rounds} rounds\u001b[K`)
    },
  })
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K")
  return report(result, seed, operands.join(" "))
}

process.exit(await main())
