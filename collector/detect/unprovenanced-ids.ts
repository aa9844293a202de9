// 8, unprovenanced ids (BOLA): asks for ids that nobody gave it, where those who ask were given them.
//
// Statistic: hits of the day against NB(mean, shape) of baseline/provenance.ts, and their CUSUM over days once the pair has ten days of
// history; the smaller chance, times 3 for the looks of a day (each after a quarter more hits), 2 for the two statistics, and the
// consumer's endpoints of the day. Threshold 10^-4: below what any one consumer reaches in a year of honest days.
// Gates: at least three hits a day; off where the usual share is above .5 and while lists go unseen (baseline/blindness.ts); in its first
// three days a consumer is compared with those that are known at the endpoint, and not at all where there are none.
// Known false positives: ids by mail or file; a new key (key-change.ts); both are looked at before it says anything.
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import type { UsualShare } from "../baseline/provenance-chances.ts"
import { CARRIERS, type Today } from "../baseline/provenance-rows.ts"
import type { Sight } from "../baseline/sight.ts"
import { learningOf } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import type { Doubt, Finding } from "./finding.ts"
import { ownerDoubts, resyncDoubt } from "./key-change.ts"
import { nounOf, shareText, spanText } from "./wording.ts"

const LOOKS = 3
const STATISTICS = 2

/** Of what looks like a re-sync. */
const P_RESYNC = 1e-3

const spec: DetectorSpec = {
  name: "unprovenanced-ids",
  number: 8,
  title: "Asks for ids that were never given to it",
  owasp: ["API1"],
  family: "object",
  about:
    "Ids in requests that no answer ever gave to the consumer, at endpoints whose ids are usually given before they are asked for.",
  falsePositives: [
    "ids that come by mail, file or webhook",
    "a new key of a known consumer",
    "lists that the sensor did not see",
  ],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-4,
      min: 1e-12,
      max: 1e-2,
      why: "A finding of this chance is half of what a review needs; honest consumers reach it about once in 27 years each.",
    },
    hits: {
      unit: "ids a day",
      default: 3,
      min: 1,
      max: 1000,
      why: "One or two ids without provenance happen to everybody.",
    },
  },
}

class UnprovenancedIds implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  #episodes = new Episodes()
  /** Hits at which a row is looked at next, by row; forgotten each day. */
  #nextLook = new Map<number, number>()
  #day = 0

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    if (sight.unprovenanced === 0 || sight.pair === null) return
    const day = Math.floor(sight.atUs / DAY_US)
    if (day > this.#day) {
      this.#day = day
      this.#nextLook.clear()
    }
    for (let carrier = 0; carrier < CARRIERS; carrier++) this.#look(sight, carrier, day, report)
  }

  save(): { episodes: SavedEpisodes; nextLook: ReadonlyMap<number, number>; day: number } {
    return { episodes: this.#episodes.save(), nextLook: this.#nextLook, day: this.#day }
  }

  restore(saved: unknown): void {
    const { episodes, nextLook, day } = saved as ReturnType<UnprovenancedIds["save"]>
    this.#episodes = new Episodes(episodes)
    this.#nextLook = new Map(nextLook)
    this.#day = day
  }

  #look(sight: Sight, carrier: number, day: number, report: Report): void {
    const { objects } = this.#baselines
    const pair = sight.pair!
    const counts = objects.provenance.today(pair, carrier, day)
    const { hits } = counts
    const row = pair.ordinal * CARRIERS + carrier
    if (hits === 0 || !objects.provenance.works(pair, carrier, day)) return
    this.#episodes.note(row, sight, objects.lastUnprovenanced)
    this.#episodes.tally(row, counts.hitIds)
    const next = this.#nextLook.get(row) ?? this.#settings["hits"]!
    if (hits < next) return
    this.#nextLook.set(row, Math.max(hits + 1, hits * 1.25))
    const { today, score } = objects.provenance.chances(
      pair,
      carrier,
      day,
      objects.blindness.unseenLists(pair.consumer),
    )
    const factor = LOOKS * STATISTICS * objects.provenance.activeRows(pair.consumer, day)
    let p = Math.min(1, Math.min(today, score) * factor)
    const limit = this.#settings["chance"]!
    if (p > limit) return
    const usual = objects.provenance.usual(pair, carrier, day)
    const doubts = this.#doubts(sight, row, usual, counts)
    // What is explained is not said at all; a re-sync is never certain.
    if (doubts.some(({ what, explains }) => explains && !what.startsWith("re-sync"))) p = 1
    else if (doubts.some(({ explains }) => explains)) p = Math.max(p, P_RESYNC)
    if (p > limit || !this.#episodes.isNews(row, p, hits, sight.atUs)) return
    report.raise(this.#finding(sight, carrier, { p, today, score }, usual, doubts))
  }

  #finding(
    sight: Sight,
    carrier: number,
    chance: { readonly p: number; readonly today: number; readonly score: number },
    usual: UsualShare,
    doubts: readonly Doubt[],
  ): Finding {
    const { endpoint, consumer, pair, atUs } = sight
    const { objects } = this.#baselines
    const day = Math.floor(atUs / DAY_US)
    const { trials, trialIds, hitIds } = objects.provenance.today(pair!, carrier, day)
    const row = pair!.ordinal * CARRIERS + carrier
    const samples = this.#episodes.samples(row)
    const usualHits = trials * usual.share
    const total = this.#episodes.total(row)
    const sinceUs = this.#episodes.sinceUs(row)
    const isRefused = samples.length > 0 && samples.every(({ status }) => status >= 400)
    const weight = Math.max(1, endpoint!.sensitivity) * (isRefused ? 0.5 : 1)
    return {
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs,
      consumer: consumer.ordinal,
      endpoint: endpoint!.ordinal,
      p: chance.p,
      isRule: false,
      weight: learningOf(consumer, atUs) === "full" ? weight : Math.max(0.5, weight * 0.75),
      key: `${spec.name} e${endpoint!.ordinal} ${carrier}`,
      sentence:
        `asked for ${hitIds} ${nounOf(endpoint!.template)} today that were never given to it, of ${trialIds} that were new ` +
        `to it; usually ${shareText(usual.share)} of them, its peers ${shareText(usual.peerShare)}` +
        (total > hitIds ? `; ${total} in all in ${spanText(atUs - sinceUs)}` : ""),
      facts: {
        idsNeverGiven: hitIds,
        idsNew: trialIds,
        idsNeverGivenInAll: Math.max(total, hitIds),
        spanMinutes: Math.round((atUs - sinceUs) / 60_000_000),
        expectedIds: Number(usualHits.toPrecision(2)),
        usualShare: usual.share,
        peerShare: usual.peerShare,
        historyDays: usual.days,
        historyIds: Math.round(usual.trials),
        chanceOfDay: chance.today,
        chanceOverDays: chance.score,
      },
      doubts,
      samples,
      lossyShare: 0,
    }
  }

  #doubts(sight: Sight, row: number, usual: UsualShare, today: Today): Doubt[] {
    const { objects, subjects } = this.#baselines
    return [
      resyncDoubt(objects, sight.consumer, this.#episodes.objects(row), this.#episodes.samples(row), today.hits),
      {
        what: "ids by mail or file",
        explains: false,
        sentence: `usually ${shareText(usual.share)} of its ids come another way than by answers`,
      },
      ...ownerDoubts(subjects, objects, {
        consumer: sight.consumer,
        endpoint: sight.endpoint!,
        lows: this.#episodes.objects(row),
        samples: this.#episodes.samples(row),
        atUs: sight.atUs,
        isToldElsewhere: 2 * (today.hits + usual.trials * usual.share) > today.trials + usual.trials,
        hasLikePeers: objects.provenance.hasLikePeers(sight.pair!, row % CARRIERS),
      }),
    ]
  }
}

export const UNPROVENANCED_IDS: DetectorKind = { spec, create: (parts) => new UnprovenancedIds(parts) }
