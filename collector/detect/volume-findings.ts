// What the three volume detectors have in common: from looks to findings, each episode once.
//
// An episode is raised when its chance falls below the threshold, again when it is ten times smaller or the
// day's count has doubled, and again a day later.
import { quantile } from "../baseline/negative-binomial.ts"
import { sensitivityOf } from "../baseline/sensitivity.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject, Subjects } from "../baseline/subjects.ts"
import type { Look, Volume } from "../baseline/volume.ts"
import { type Lane, Measure } from "../baseline/volume-measures.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingSpec } from "./detector.ts"
import type { FindingSample } from "./finding.ts"
import { days, round, VolumeDoubts, type Weighed } from "./volume-doubts.ts"

const DAY_US = 86_400_000_000
const TEN_TIMES = Math.LN10
const LN_Q99 = Math.log(0.01)
/** What is explained is no evidence beyond that chance, and weak evidence below. */
const LN_EVIDENCE = Math.log(0.01)

export const CHANCE: SettingSpec = {
  unit: "-log10 of the chance",
  default: 3,
  min: 1.5,
  max: 12,
  why: "one consumer-day in a thousand shows so much by chance; incidents need more than that",
}

/** "12 days" of what, in words, by measure. */
const WORDS: Readonly<Record<number, string>> = {
  [Measure.items]: "items of lists",
  [Measure.bytes]: "bytes",
  [Measure.fresh]: "objects that it had never asked for before",
  [Measure.changes]: "changes",
  [Measure.deletes]: "deletions",
  [Measure.sensitive]: "sensitive items",
  [Measure.requests]: "changes",
}

interface Episode {
  lnP: number
  /** Of the day in progress. */
  count: number
  atUs: number
}

export class VolumeDetector implements Detector {
  readonly spec: DetectorSpec
  protected readonly volume: Volume
  protected readonly subjects: Subjects
  readonly #lane: Lane
  readonly #verb: string
  readonly #doubts: VolumeDoubts
  readonly #settings: DetectorParts["settings"]
  /** By consumer ordinal; those of former days are overwritten, so there are never more than consumers. */
  #episodes = new Map<number, Episode>()

  constructor(spec: DetectorSpec, lane: Lane, verb: string, parts: DetectorParts) {
    this.spec = spec
    this.#lane = lane
    this.#verb = verb
    this.volume = parts.baselines.volume
    this.subjects = parts.baselines.subjects
    this.#doubts = new VolumeDoubts(parts)
    this.#settings = parts.settings
  }

  onSight(sight: Sight, report: Report): void {
    if (this.volume.looks.length === 0) return
    const threshold = -TEN_TIMES * this.#settings.chance!
    let best: Look | null = null
    let bestWeighed: Weighed | null = null
    for (const look of this.volume.looks) {
      if (look.lane !== this.#lane || look.lnP > threshold || !this.#isNews(look, look.lnP, sight.atUs)) continue
      const weighed = this.#doubts.weigh(look, sight.atUs)
      if (weighed.lnP > LN_EVIDENCE || (bestWeighed !== null && weighed.lnP >= bestWeighed.lnP)) continue
      best = look
      bestWeighed = weighed
    }
    if (best === null || bestWeighed === null || !this.#isNews(best, bestWeighed.lnP, sight.atUs)) return
    this.#episodes.set(best.consumer, { lnP: bestWeighed.lnP, count: best.today, atUs: sight.atUs })
    this.#raise(best, bestWeighed, sight, report)
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    const episode = this.#episodes.get(former.ordinal)
    if (episode === undefined) return
    this.#episodes.delete(former.ordinal)
    if (!this.#episodes.has(successor.ordinal)) this.#episodes.set(successor.ordinal, episode)
  }

  save(): unknown {
    return { episodes: this.#episodes }
  }

  restore(saved: unknown): void {
    this.#episodes = (saved as { episodes: Map<number, Episode> } | null)?.episodes ?? new Map<number, Episode>()
  }

  #isNews({ consumer, today }: Look, lnP: number, atUs: number): boolean {
    const episode = this.#episodes.get(consumer)
    if (episode === undefined || atUs - episode.atUs >= DAY_US) return true
    return lnP <= episode.lnP - TEN_TIMES || (lnP < episode.lnP && today >= 2 * episode.count)
  }

  #raise(look: Look, { lnP, weight, doubts }: Weighed, sight: Sight, report: Report): void {
    const { excess, measure } = look
    const endpoint = look.endpoint >= 0 ? this.subjects.endpoints[look.endpoint]! : sight.endpoint
    const facts = this.#factsOf(look)
    report.raise({
      detector: this.spec.name,
      family: this.spec.family,
      atUs: sight.atUs,
      sinceUs: (this.volume.dayOf(look) - excess.days + 1) * DAY_US,
      consumer: look.consumer,
      endpoint: look.endpoint,
      p: Math.exp(lnP),
      isRule: false,
      weight: weight * (endpoint?.sensitivity ?? sensitivityOf([])),
      key: this.spec.name,
      sentence: sentenceOf(this.#verb, WORDS[measure]!, facts, look),
      facts,
      doubts,
      samples: [sampleOf(sight)],
      lossyShare: 0,
    })
  }

  #factsOf(look: Look): Record<string, number> {
    const { excess, today, consumer, pair, measure } = look
    const facts: Record<string, number> = {
      count: round(excess.count),
      windowDays: excess.days,
      usual: round(excess.mean),
      today: round(today),
    }
    const peers = Float64Array.from(this.volume.peersOf(consumer, pair, measure)).sort()
    if (peers.length >= 3) facts.peersMost = round(peers[Math.ceil(0.99 * peers.length) - 1]!)
    if (look.isOwn) {
      const { level } = this.volume.levelOf(consumer, pair, measure)
      const phi = level.phiAt(level.rate)
      facts.usualDay = round(level.rate)
      facts.usualQ99 = round(phi * quantile(LN_Q99, level.rate / phi + 1e-9 + level.total / phi, level.rate / phi))
      facts.historyDays = level.days
    }
    if (measure === Measure.fresh) {
      facts.withoutProvenance = round(this.volume.recent(consumer, Measure.unprovenanced, excess.days))
      facts.ofOthers = round(this.volume.recent(consumer, Measure.foreign, excess.days))
    }
    return facts
  }
}

function sentenceOf(verb: string, what: string, facts: Readonly<Record<string, number>>, look: Look): string {
  const usual = look.isOwn
    ? `; usually ${facts.usual}, at most about ${facts.usualQ99} a day`
    : "; it has hardly ever done that before"
  const peers = facts.peersMost === undefined ? "" : `, its peers at most ${facts.peersMost} a day`
  const strange =
    (facts.withoutProvenance ?? 0) > 0 ? `; ${facts.withoutProvenance} were never given to it in an answer` : ""
  return `${verb} ${facts.count} ${what} in ${days(facts.windowDays!)}${usual}${peers}${strange}`
}

export function sampleOf(sight: Sight): FindingSample {
  const { event } = sight
  const { method, path } = event.operation
  return {
    atUs: sight.atUs,
    operation: `${method} ${path}`,
    status: event.status,
    exchange: event.exchangeKey === 0 ? "" : event.exchangeKey.toString(16).padStart(12, "0"),
    object: event.objects.length === 0 ? "" : event.objects.at(-1)!.toString(16).padStart(12, "0"),
  }
}
