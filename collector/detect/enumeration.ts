// 7, enumeration: somebody goes through ids that are not his.
//
// Statistic: the two strongest signs of a walk (baseline/walks.ts) taken together: with s the sum of their -ln p (each at most 20),
// P(two signs of four are so unlikely) <= 6 (1 + s) e^-s, times the looks at both windows (20) and the consumer's endpoints of the day.
// Threshold 10^-6, because ids are walked through by honest clients, too, and each has a sign or two of it now and then.
// Gates: both signs must be unlikely (p <= .05); 20 requests for another id than before at least; lossy exchanges are not counted.
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import type { Sight } from "../baseline/sight.ts"
import { LOOKS, SCALES, type Sign, type SignChance, type Walk } from "../baseline/walks.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import type { Doubt, Finding } from "./finding.ts"
import { nounOf, shareText, spanText } from "./wording.ts"

const SIGN_MAX = 20
const SECOND_P = 0.05
const PAIRS_OF_SIGNS = 6
/** A window's ids come from so many lists at most, of which one may not have been seen. */
const WINDOW_LISTS = 5

const spec: DetectorSpec = {
  name: "enumeration",
  number: 7,
  title: "Goes through ids",
  owasp: ["API1"],
  family: "object",
  about:
    "Requests for neighbouring ids, ids that do not exist, ids that were never given to the consumer, ids of others.",
  falsePositives: ["back-fill of its own objects", "a client with an old list of ids", "a client that invents ids"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-6,
      min: 1e-12,
      max: 1e-2,
      why: "Honest clients show single signs often, two together about once in ten thousand windows.",
    },
  },
}

const WORDS: Readonly<Record<Sign, (hits: number) => string>> = {
  near: (hits) => `${hits} next to the one before`,
  missed: (hits) => `${hits} answered 401, 403 or 404`,
  guessed: (hits) => `${hits} never given to it before`,
  foreign: (hits) => `${hits} that others use`,
}

class Enumeration implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  #episodes = new Episodes()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { pair, endpoint } = sight
    if (sight.asked === 0 || pair === null || endpoint === null) return
    if (sight.fresh === 0 && sight.event.step === 0) return
    const { walks, objects } = this.#baselines
    if (sight.unprovenanced > 0 || sight.foreign > 0 || sight.answer >= 400)
      this.#episodes.note(pair.ordinal, sight, objects.lastAsked)
    for (let scale = 0; scale < SCALES; scale++) if (walks.takeLook(pair, scale)) this.#look(sight, scale, report)
  }

  save(): SavedEpisodes {
    return this.#episodes.save()
  }

  restore(saved: unknown): void {
    this.#episodes = new Episodes(saved as SavedEpisodes)
  }

  #look(sight: Sight, scale: number, report: Report): void {
    const { walks, objects } = this.#baselines
    const pair = sight.pair!
    const day = Math.floor(sight.atUs / DAY_US)
    const works = objects.provenance.works(pair, 0, day)
    const unseenShare = Math.min(1, objects.blindness.unseenLists(pair.consumer).share * WINDOW_LISTS)
    const walk = walks.walkOf(pair, scale, works ? objects.provenance.usual(pair, 0, day).share : 1, unseenShare)
    const [first, second] = walk.signs as [SignChance, SignChance]
    if (second.p > SECOND_P) return
    const s = strength(first) + strength(second)
    const looks = LOOKS * objects.provenance.activeRows(sight.consumer.ordinal, day)
    const p = Math.min(1, PAIRS_OF_SIGNS * (1 + s) * Math.exp(-s) * looks)
    if (p > this.#settings["chance"]!) return
    if (!this.#episodes.isNews(pair.ordinal, p, walk.requests, sight.atUs)) return
    walks.markRaised(pair)
    report.raise(this.#finding(sight, walk, p, works))
  }

  #finding(sight: Sight, walk: Walk, p: number, works: boolean): Finding {
    const { endpoint, consumer, pair, atUs } = sight
    const facts: Record<string, number> = {
      requests: walk.asks,
      steps: walk.requests,
      newObjects: walk.fresh,
      spanMinutes: Math.round((atUs - walk.sinceUs) / 60_000_000),
    }
    const parts: string[] = []
    for (const { sign, hits, trials, usualShare, p: chance } of walk.signs) {
      facts[sign] = hits
      facts[`${sign}Of`] = trials
      facts[`${sign}UsualShare`] = usualShare
      if (chance <= SECOND_P) parts.push(`${WORDS[sign](hits)} (usually ${shareText(usualShare)})`)
    }
    const missed = walk.signs.find(({ sign }) => sign === "missed")!
    const isAllRefused = missed.hits >= walk.requests * 0.98
    return {
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: walk.sinceUs,
      consumer: consumer.ordinal,
      endpoint: endpoint!.ordinal,
      p,
      isRule: false,
      weight: Math.max(1, endpoint!.sensitivity) * (isAllRefused ? 0.5 : 1),
      key: `${spec.name} e${endpoint!.ordinal}`,
      sentence:
        `asked for ${walk.requests} ${nounOf(endpoint!.template)}, each another one than before, in ` +
        `${spanText(atUs - walk.sinceUs)}: ${parts.join(", ")}`,
      facts,
      doubts: doubtsOf(walk, works),
      samples: this.#episodes.samples(pair!.ordinal),
      lossyShare: 0,
    }
  }
}

function strength({ p }: SignChance): number {
  return Math.min(SIGN_MAX, -Math.log(Math.max(p, 1e-300)))
}

function doubtsOf(walk: Walk, works: boolean): Doubt[] {
  const guessed = walk.signs.find(({ sign }) => sign === "guessed")!
  const given = guessed.trials - guessed.hits
  return [
    {
      what: "back-fill",
      explains: false,
      sentence: works
        ? `${given} of ${guessed.trials} ids were given to it before; a back-fill asks for those that were`
        : "its ids usually come to it by other ways, so that nothing says which were given to it",
    },
    {
      what: "repeating client",
      explains: false,
      sentence: `${walk.asks} requests, ${walk.requests} of them for another id than before: only those count`,
    },
  ]
}

export const ENUMERATION: DetectorKind = { spec, create: (parts) => new Enumeration(parts) }
