// One world before its judges: every exchange once, to the analysis and to the anchors' figures.
import type { ApiEvent, ShapeNote } from "../../../shared/event/api-event.ts"
import type { Finding } from "../../detect/finding.ts"
import { batchesOf } from "../../simulate/batches.ts"
import { World, type WorldOptions } from "../../simulate/world.ts"
import { AnalysisJudge } from "./analysis-judge.ts"
import { DayFeatures, type PartnerDay } from "./anchors/day-features.ts"
import { Cast } from "./cast.ts"
import type { Actor } from "./judge.ts"
import type { JudgedCase } from "./scores.ts"
import { type Attack, AttackLog } from "./truth.ts"

/** What an ablation takes away from events and detectors. */
export interface Ablation {
  readonly name: string
  /** Another event in its place; the same one where nothing changes. */
  readonly event?: (event: ApiEvent) => ApiEvent
  /** Whether a finding is heard. */
  readonly keeps?: (finding: Finding) => boolean
  /** Each consumer before an analysis of its own: nothing is known of others. */
  readonly isAlone?: boolean
}

export interface Trial {
  readonly world: World
  readonly actors: ReadonlyMap<string, Actor>
  readonly events: number
  readonly attacks: readonly Attack[]
  readonly cases: readonly JudgedCase[]
  readonly rows: readonly PartnerDay[]
  /** CPU of the analysis and all around it, µs an event. */
  readonly costUs: number
}

export function runTrial(options: Partial<WorldOptions>, ablation: Ablation = { name: "" }): Trial {
  const world = new World(options)
  const cast = new Cast(world)
  const judges = new Map<number, AnalysisJudge>()
  const shapes: ShapeNote[] = []
  const judgeOf = (partner: number): AnalysisJudge => {
    const place = ablation.isAlone === true ? partner : 0
    let judge = judges.get(place)
    if (judge === undefined) {
      judge = new AnalysisJudge(world, ablation.keeps)
      judge.learnShapes(shapes)
      judges.set(place, judge)
    }
    return judge
  }
  const log = new AttackLog(world)
  const features = new DayFeatures()
  const before = process.cpuUsage()
  let events = 0
  for (const { batch, exchanges } of batchesOf(world)) {
    shapes.push(...batch.shapes)
    for (const judge of judges.values()) judge.learnShapes(batch.shapes)
    batch.events.forEach((made, k) => {
      const exchange = exchanges[k]!
      const event = ablation.event?.(made) ?? made
      const actor = cast.actor(event, exchange)
      const place = cast.place(event, exchange)
      judgeOf(exchange.partner).note(event, actor, place)
      log.note(exchange.label, made, place)
      features.note(made, exchange.partner, exchange.route.index)
    })
    events += batch.events.length
  }
  features.close()
  const { user, system } = process.cpuUsage(before)
  const partnerOf = (id: string): number => cast.actors.get(id)?.partner ?? -1
  const cases = [...judges.values()].flatMap((judge) =>
    judge
      .cases()
      .map((one) => ({ ...one, partners: [one.consumer, ...one.consumers].map(partnerOf).filter((k) => k >= 0) })),
  )
  return {
    world,
    actors: cast.actors,
    events,
    attacks: log.attacks(),
    cases,
    rows: features.rows,
    costUs: (user + system) / Math.max(1, events),
  }
}
