// 9, foreign object: reads or changes what belongs to another consumer.
//
// Statistic: objects of the day that are another's (95 % of at least five uses), that were never given to this consumer and that it never
// asked for before, among the ids that are new to it; NB(mean, shape) with the consumer's own history at the endpoint as evidence and one
// in a thousand as what is known without. Threshold as for unprovenanced ids.
// Gates: collections in which the others cross, too, are shared (catalogues): more than a tenth of the consumers that use it crossed twice
// in the last weeks. A partner's consumers are one. Refusals count half.
// Known false positives: shared catalogues, a new key (key-change.ts), integrators (their own crossing is their usual).
import type { Baselines } from "../baseline/baselines.ts"
import { type SavedSlab, Slab } from "../baseline/columns.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import { lnUpperTail } from "../baseline/negative-binomial.ts"
import type { Sight } from "../baseline/sight.ts"
import type { EndpointSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import type { Doubt, Finding } from "./finding.ts"
import { ownerDoubts } from "./key-change.ts"
import { nounOf } from "./wording.ts"

const ROWS = {
  day: [Int32Array, 1],
  /** Today; and on closed days, fading by 5 % an active day. */
  fresh: [Float32Array, 1],
  foreign: [Float32Array, 1],
  /** The same as a number of objects, unweighted. */
  foreignIds: [Float32Array, 1],
  usualFresh: [Float32Array, 1],
  usualForeign: [Float32Array, 1],
} as const
const FADE = 0.95
const UNKNOWN_SHARE = 0.001
const UNKNOWN_FRESH = 300
/** Crossings in the last weeks that make a consumer one that crosses. */
const CROSSINGS = 2
const LOOKS = 3
/** More days than this are no comparison: a day's crossing is learned up to so many. */
const LEARNED_MAX = 5

const spec: DetectorSpec = {
  name: "foreign-object",
  number: 9,
  title: "Touches objects of another consumer",
  owasp: ["API1"],
  family: "object",
  about: "Objects that one other consumer uses nearly alone, in collections where consumers keep to their own.",
  falsePositives: ["shared catalogues", "a new key of a known consumer", "integrators that act for several partners"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-4,
      min: 1e-12,
      max: 1e-2,
      why: "Two objects of others on one day, where that happens to nobody.",
    },
    crossingShare: {
      unit: "share of consumers",
      default: 0.1,
      min: 0,
      max: 1,
      why: "In a private collection nobody crosses; one attacker among ten is not yet a habit.",
    },
  },
}

class ForeignObject implements Detector {
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
    const { pair, endpoint } = sight
    if (sight.fresh === 0 || pair === null || endpoint === null || sight.isLossy || sight.isLate) return
    const day = Math.floor(sight.atUs / DAY_US)
    const row = this.#turnTo(pair.ordinal, day)
    const { columns } = this.#rows
    const weight = sight.isSuccess ? 1 : 0.5
    columns.fresh[row]! += sight.fresh * weight
    if (sight.foreign === 0) return
    columns.foreign[row]! += sight.foreign * weight
    columns.foreignIds[row]! += sight.foreign
    const { objects } = this.#baselines
    this.#episodes.note(row, sight, objects.lastUnprovenanced)
    const foreign = columns.foreign[row]!
    const usualShare =
      (columns.usualForeign[row]! + UNKNOWN_SHARE * UNKNOWN_FRESH) / (columns.usualFresh[row]! + UNKNOWN_FRESH)
    const mean = columns.fresh[row]! * usualShare
    const tail = Math.exp(lnUpperTail(foreign, columns.usualForeign[row]! + 0.5, mean))
    const p = Math.min(1, tail * LOOKS * objects.provenance.activeRows(pair.consumer, day))
    if (p > this.#settings["chance"]! || this.#isShared(endpoint, pair.consumer)) return
    const doubts = this.#doubts(sight, row)
    if (doubts.some(({ explains }) => explains)) return
    if (!this.#episodes.isNews(row, p, foreign, sight.atUs)) return
    report.raise(this.#finding(sight, row, p, usualShare, doubts))
  }

  save(): { rows: SavedSlab<typeof ROWS>; episodes: SavedEpisodes } {
    return { rows: this.#rows.save(), episodes: this.#episodes.save() }
  }

  restore(saved: unknown): void {
    const { rows, episodes } = saved as ReturnType<ForeignObject["save"]>
    this.#rows = new Slab(ROWS, rows)
    this.#episodes = new Episodes(episodes)
  }

  #turnTo(row: number, day: number): number {
    this.#rows.reserve(row)
    const { columns } = this.#rows
    if (columns.day[row]! >= day) return row
    if (columns.fresh[row]! > 0) {
      columns.usualFresh[row] = columns.usualFresh[row]! * FADE + columns.fresh[row]!
      const known = columns.usualForeign[row]!
      // An attacker's first day would make its second one usual: more than it crossed in all the weeks before is learned slowly.
      const learned = Math.min(columns.foreign[row]!, Math.max(LEARNED_MAX, known))
      columns.usualForeign[row] = known * FADE + learned
    }
    columns.day[row] = day
    columns.fresh[row] = 0
    columns.foreign[row] = 0
    columns.foreignIds[row] = 0
    return row
  }

  /** Whether others cross at the endpoint, too. */
  #isShared(endpoint: EndpointSubject, consumer: number): boolean {
    const { columns, rows } = this.#rows
    let users = 0
    let crossing = 0
    for (const { ordinal, consumer: other } of this.#baselines.subjects.pairsOf(endpoint)) {
      if (other === consumer || ordinal >= rows) continue
      if (columns.fresh[ordinal]! + columns.usualFresh[ordinal]! === 0) continue
      users++
      if (columns.foreign[ordinal]! + columns.usualForeign[ordinal]! >= CROSSINGS) crossing++
    }
    return crossing > 1 && crossing > users * this.#settings["crossingShare"]!
  }

  #doubts(sight: Sight, row: number): Doubt[] {
    const { objects, subjects } = this.#baselines
    return ownerDoubts(subjects, objects, {
      consumer: sight.consumer,
      endpoint: sight.endpoint!,
      lows: this.#episodes.objects(row),
      samples: this.#episodes.samples(row),
      atUs: sight.atUs,
      isToldElsewhere: false,
      hasLikePeers: false,
    })
  }

  #finding(sight: Sight, row: number, p: number, usualShare: number, doubts: readonly Doubt[]): Finding {
    const { endpoint, consumer, atUs } = sight
    const { objects } = this.#baselines
    const { columns } = this.#rows
    const foreign = columns.foreignIds[row]!
    const owners = new Set<number>()
    for (const low of this.#episodes.objects(row)) {
      const owner = objects.trace(consumer, endpoint!, low).owned?.owner ?? -1
      if (owner >= 0) owners.add(owner)
    }
    const samples = this.#episodes.samples(row)
    const isRefused = samples.every(({ status }) => status >= 400)
    const noun = nounOf(endpoint!.template)
    return {
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: this.#episodes.sinceUs(row),
      consumer: consumer.ordinal,
      endpoint: endpoint!.ordinal,
      p,
      isRule: false,
      weight: Math.max(1, endpoint!.sensitivity) * (isRefused ? 0.5 : 1),
      key: `${spec.name} e${endpoint!.ordinal}`,
      sentence:
        `asked for ${foreign} ${noun} today that ${owners.size === 1 ? "one other consumer uses" : `${owners.size} other consumers use`} ` +
        `alone and that were never given to it; in the weeks before ${Math.round(columns.usualForeign[row]!)}`,
      facts: {
        foreignObjects: foreign,
        newObjects: columns.fresh[row]!,
        owners: owners.size,
        foreignBefore: Math.round(columns.usualForeign[row]!),
        newBefore: Math.round(columns.usualFresh[row]!),
        usualShare,
      },
      doubts,
      samples,
      lossyShare: 0,
    }
  }
}

export const FOREIGN_OBJECT: DetectorKind = { spec, create: (parts) => new ForeignObject(parts) }
