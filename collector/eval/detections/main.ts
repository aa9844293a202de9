// npm run eval:detections: what the analysis shows of simulated attacks, how soon, and what it shows that is none.
//
//   npm run eval:detections                                         three seeds of the development half
//   npm run eval:detections -- --half judging --seed 11,12 --by-intensity --ablations
//   npm run eval:detections -- --kind scraping --intensity 2 --repeats 20 --failures 10
//   npm run eval:detections -- --clean --loss 2 --one-way 1 --failures 20     nothing may be invented
import { settle } from "../../../shared/config/options.ts"
import { DETECTOR_NAMES } from "../../simulate/labels.ts"
import type { WorldOptions } from "../../simulate/world.ts"
import { ABLATIONS } from "./ablations.ts"
import { type Evaluation, evaluate, laneResults, type Plan } from "./evaluation.ts"
import { median } from "./intervals.ts"
import { OPTIONS } from "./options.ts"
import { falseLine, missLine, outcomeTable, table, targetTable, withBounds } from "./report.ts"
import { summaryOf } from "./scores.ts"
import { UNSEEN_KINDS } from "./truth.ts"

const { values, mistakes, operands } = settle(OPTIONS, { argv: process.argv.slice(2), environment: {} })
const print = (text: string): void => void process.stdout.write(`${text}\n`)

const world: Partial<WorldOptions> = {
  days: values.days,
  consumers: values.consumers,
  half: values.half as "development" | "judging",
  intensity: values.intensity,
  loss: values.loss / 100,
  oneWayHours: values["one-way"],
}

const plan: Plan = {
  seeds: values.seed.map(Number),
  world,
  // A sensor that is blind would hide other attacks.
  kinds: DETECTOR_NAMES.filter((kind) =>
    values.kind.length === 0 ? !UNSEEN_KINDS.has(kind) : values.kind.includes(kind),
  ),
  hasVariants: values.kind.length === 0,
  repeats: values.repeats,
  isClean: values.clean,
}

function printLanes(evaluation: Evaluation): void {
  const rows = [["lane", "false a week and 1,000 consumers", "recall", "precision"]]
  for (const { lane, falses, recall, precision } of laneResults(evaluation, values["base-rate"] / 10))
    rows.push([lane, withBounds(falses), withBounds(recall), precision.toFixed(2)])
  print(`\nlanes; precision where ${values["base-rate"] / 10} of 1,000 consumers are attacked a week`)
  print(table(rows))
}

function printAnchors({ anchors, outcomes }: Evaluation): void {
  const rows = [["judge", "recall", "hours"]]
  const { recall, hours } = summaryOf(outcomes)
  rows.push(["analysis (its own budget)", withBounds(recall), withBounds(hours, 1)])
  for (const anchor of anchors) rows.push([anchor.name, withBounds(anchor.recall), withBounds(median(anchor.hours), 1)])
  print("\nanchors on the same events, at 1 false alert a day and 1,000 consumers")
  print(table(rows))
}

function printFailures({ outcomes, falses }: Evaluation): void {
  if (values.failures === 0) return
  print("")
  for (const outcome of outcomes.filter(({ shownUs }) => shownUs === null).slice(0, values.failures))
    print(missLine(outcome))
  for (const { trial, one } of falses.slice(0, values.failures)) print(falseLine(trial, one))
}

function main(): number {
  if (operands.length > 0 || mistakes.length > 0) {
    for (const mistake of mistakes) console.error(mistake)
    if (operands.length > 0) console.error(`Only options are taken, not "${operands[0]}".`)
    return 2
  }
  const evaluation = evaluate(plan)
  print(
    `half: ${values.half}; seeds ${values.seed.join(", ")}; ${values.consumers} partners, ${values.days} days; ${evaluation.events} events, ${evaluation.costUs.toFixed(1)} µs of CPU each, worlds included`,
  )
  if (!plan.isClean)
    print(`\n${outcomeTable(evaluation.outcomes, values["by-intensity"])}\n\n${targetTable(evaluation.outcomes)}`)
  printLanes(evaluation)
  if (!plan.isClean) {
    print(`\n${evaluation.falseBesides} more incidents in the worlds with attacks show none of them.`)
    printAnchors(evaluation)
  }
  printFailures(evaluation)
  if (!values.ablations) return 0
  for (const ablation of ABLATIONS) {
    const without = evaluate({ ...plan, ablation })
    const { recall } = summaryOf(without.outcomes)
    print(`\n${ablation.name}: recall ${withBounds(recall)}`)
    printLanes(without)
  }
  return 0
}

process.exitCode = main()
