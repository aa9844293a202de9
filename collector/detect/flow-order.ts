// 13, flow order: does to an object what others do only after something else ("ship" without "confirm").
//
// Statistic: objects of the day on which the strongest rule of an operation was broken, of those that it was done on; beta-binomial around
// the share of breaks that the rule was learned with, this consumer's own history counting in full and everybody's as 20 objects.
// Thresholds: a rule has 60 objects and a Wilson lower bound of .93 at least, from three other consumers. The design's 200 and .98 take
// months where 20 partners ship ten things a week; with fewer the chance of a break is greater (.5 / 61), and two of them are needed instead
// of one. Repeated, or sensitive: two objects, or one at a sensitive endpoint.
// Gates: see baseline/order.ts; exchanges with lost bytes, and an hour in which much was lost for everybody, prove nothing.
// Known false positives: retries (each object counts once), gaps, a new client that works in another way: of one that never did it
// otherwise the chance is not taken below 10^-5.
import type { Baselines } from "../baseline/baselines.ts"
import { type SavedSlab, Slab } from "../baseline/columns.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import { SENSITIVE } from "../baseline/sensitivity.ts"
import { betaBinomialTail, wilsonLower } from "../baseline/share-tails.ts"
import type { Sight } from "../baseline/sight.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import type { Finding } from "./finding.ts"
import { ownerDoubts } from "./key-change.ts"
import { nounOf, shareText } from "./wording.ts"

const ROWS = {
  day: [Int32Array, 1],
  objects: [Float32Array, 1],
  broken: [Float32Array, 1],
  usualObjects: [Float32Array, 1],
  usualBroken: [Float32Array, 1],
} as const
const FADE = 0.95
const EVERYBODY = 20
/** Of a day no more than this many breaks are learned beyond the usual. */
const LEARNED_MAX = 2
/** Looks of a day, and operations that have rules, of one consumer. */
const LOOKS = 10
/** Reading leaves a step out more easily: only at sensitive endpoints, and by the design's rule. */
const READ_OBJECTS = 200
const READ_SHARE = 0.98
const OWN_OBJECTS_MIN = 5
const OWN_WAY_P = 1e-5

const spec: DetectorSpec = {
  name: "flow-order",
  number: 13,
  title: "Leaves out a step",
  owasp: ["API6"],
  family: "flow",
  about: "An operation on an object without the one that comes before it on nearly all objects.",
  falsePositives: ["retries", "exchanges that the sensor did not see", "a new client that works in another way"],
  settings: {
    objects: { unit: "objects", default: 60, min: 20, max: 10_000, why: "With fewer, chance makes rules." },
    share: {
      unit: "lower bound of the share",
      default: 0.93,
      min: 0.5,
      max: 0.999,
      why: "What 60 objects without a break reach; 200 reach .98.",
    },
    consumers: {
      unit: "other consumers",
      default: 3,
      min: 1,
      max: 100,
      why: "One client's habit is no rule of the API.",
    },
    chance: {
      unit: "probability",
      default: 1e-3,
      min: 1e-12,
      max: 0.05,
      why: "Two breaks of a rule that 60 objects kept.",
    },
  },
}

class FlowOrder implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  #rows = new Slab(ROWS)
  #episodes = new Episodes()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { order, subjects, objects } = this.#baselines
    const { pair, endpoint, atUs } = sight
    if (!order.hasObject || pair === null || endpoint === null || sight.isLate) return
    if (!sight.isWrite && endpoint.sensitivity < SENSITIVE) return
    if (objects.blindness.isPatchy(atUs)) return
    const row = this.#turnTo(pair.ordinal, Math.floor(atUs / DAY_US))
    const { columns } = this.#rows
    columns.objects[row]!++
    if (!order.isBroken || !this.#isRule(subjects.pairsOf(endpoint).length, sight.isWrite)) return
    if (this.#isFormersWork(sight)) return
    columns.broken[row]!++
    this.#episodes.note(row, sight, order.missing.object)
    const broken = columns.broken[row]!
    if (broken < 2 && endpoint.sensitivity < SENSITIVE) return
    const { p, usualShare } = this.#chance(row)
    if (p > this.#settings["chance"]! || !this.#episodes.isNews(row, p, broken, atUs)) return
    report.raise(this.#finding(sight, row, p, usualShare))
  }

  save(): { rows: SavedSlab<typeof ROWS>; episodes: SavedEpisodes } {
    return { rows: this.#rows.save(), episodes: this.#episodes.save() }
  }

  restore(saved: unknown): void {
    const { rows, episodes } = saved as ReturnType<FlowOrder["save"]>
    this.#rows = new Slab(ROWS, rows)
    this.#episodes = new Episodes(episodes)
  }

  /** What a consumer's former key began, its new one ends: "of its own" is the partner's. */
  #isFormersWork(sight: Sight): boolean {
    const { order, subjects, objects } = this.#baselines
    if (!order.missing.isOwn) return false
    const doubts = ownerDoubts(subjects, objects, {
      consumer: sight.consumer,
      endpoint: sight.endpoint!,
      lows: [order.missing.object],
      samples: [],
      atUs: sight.atUs,
      isToldElsewhere: false,
      hasLikePeers: false,
    })
    return doubts.some(({ what, explains }) => what === "key change" && explains)
  }

  #isRule(consumers: number, isWrite: boolean): boolean {
    const { hits, objects } = this.#baselines.order.missing
    const objectsMin = this.#settings["objects"]!
    const share = this.#settings["share"]!
    return (
      objects >= (isWrite ? objectsMin : Math.max(objectsMin, READ_OBJECTS)) &&
      wilsonLower(hits, objects) >= (isWrite ? share : Math.max(share, READ_SHARE)) &&
      consumers > this.#settings["consumers"]!
    )
  }

  #chance(row: number): { p: number; usualShare: number } {
    const { missing } = this.#baselines.order
    const { objects, broken, usualObjects, usualBroken } = this.#rows.columns
    const everybody = (missing.objects - missing.hits + 0.5) / (missing.objects + 1)
    const a = usualBroken[row]! + everybody * EVERYBODY
    const b = usualObjects[row]! - usualBroken[row]! + (1 - everybody) * EVERYBODY
    const p = Math.min(1, betaBinomialTail(broken[row]!, objects[row]!, a, b) * LOOKS)
    const hasOwnWay = usualObjects[row]! - usualBroken[row]! < OWN_OBJECTS_MIN
    return { p: hasOwnWay ? Math.max(p, OWN_WAY_P) : p, usualShare: a / (a + b) }
  }

  #turnTo(row: number, day: number): number {
    this.#rows.reserve(row)
    const { columns } = this.#rows
    if (columns.day[row]! >= day) return row
    if (columns.objects[row]! > 0) {
      const expected = (columns.usualBroken[row]! / Math.max(1, columns.usualObjects[row]!)) * columns.objects[row]!
      columns.usualObjects[row] = columns.usualObjects[row]! * FADE + columns.objects[row]!
      columns.usualBroken[row] =
        columns.usualBroken[row]! * FADE + Math.min(columns.broken[row]!, expected + LEARNED_MAX)
    }
    columns.day[row] = day
    columns.objects[row] = 0
    columns.broken[row] = 0
    return row
  }

  #finding(sight: Sight, row: number, p: number, usualShare: number): Finding {
    const { endpoint, consumer, atUs } = sight
    const { order, subjects } = this.#baselines
    const { before, hits, objects, isOwn } = order.missing
    const { columns } = this.#rows
    const broken = columns.broken[row]!
    const own = columns.usualObjects[row]!
    const first = subjects.endpoints[before]
    const step = first === undefined ? "what comes before" : `${first.method} ${first.template}`
    return {
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: this.#episodes.sinceUs(row),
      consumer: consumer.ordinal,
      endpoint: endpoint!.ordinal,
      p,
      isRule: false,
      weight: Math.max(1, endpoint!.sensitivity),
      key: `${spec.name} e${endpoint!.ordinal}`,
      sentence:
        `did ${endpoint!.method} ${endpoint!.template} to ${broken} of ${columns.objects[row]!} ${nounOf(endpoint!.template)} today ` +
        `without ${step}${isOwn ? " of its own" : ""} before; ${Math.round(hits)} of ${Math.round(objects)} had it, of all consumers`,
      facts: {
        objectsBroken: broken,
        objectsOfDay: columns.objects[row]!,
        ruleKept: Math.round(hits),
        ruleObjects: Math.round(objects),
        stepBefore: step,
        ownObjectsBefore: Math.round(own),
        usualShareBroken: usualShare,
      },
      doubts: [
        {
          what: "another way of working",
          explains: false,
          sentence:
            own - columns.usualBroken[row]! < OWN_OBJECTS_MIN
              ? `it did this to ${Math.round(own)} objects in the weeks before: it may never have worked otherwise`
              : `it kept the order with ${Math.round(own - columns.usualBroken[row]!)} of ${Math.round(own)} objects in the weeks before`,
        },
        {
          what: "retries",
          explains: false,
          sentence: "each object counts once, however often it was tried, and exchanges with lost bytes are left out",
        },
        {
          what: "usual share",
          explains: false,
          sentence: `usually it is left out with ${shareText(usualShare)} of objects`,
        },
      ],
      samples: this.#episodes.samples(row),
      lossyShare: 0,
    }
  }
}

export const FLOW_ORDER: DetectorKind = { spec, create: (parts) => new FlowOrder(parts) }
