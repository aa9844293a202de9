// 19, URL-valued parameter: an address where none was before, for the server to call (SSRF).
//
// Statistic: chance that a day of this consumer has a first URL in any parameter (baseline/novelty-rate.ts), by one in fifty where the
// endpoint never was sent a URL, by one where it was. Threshold 10^-2.
// Gates: endpoints with 200 requests in three days (baseline/shapes.ts).
// Known false positives: webhooks (their endpoints are sent URLs as a rule), clients that start to say where they come from (fields of heads
// count like endpoints that know URLs), an upgrade (others start it, too: half the bits).
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import { NoveltyRate, type SavedNoveltyRate } from "../baseline/novelty-rate.ts"
import { Place } from "../baseline/shapes-names.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { counted, findingOf, named, weightOf } from "./novelty-findings.ts"

const PRIOR = 0.002
const NEVER_BEFORE = 0.02
const WEIGHT = 1.2

const spec: DetectorSpec = {
  name: "url-parameter",
  number: 19,
  title: "Address in a parameter",
  owasp: ["API7"],
  family: "novelty",
  about: "A parameter has the value of a URL, which it never had, at an endpoint that is not sent any.",
  falsePositives: ["webhooks", "client upgrades"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-2,
      min: 1e-12,
      max: 0.5,
      why: "Where no URL was ever sent the first one is about a hundred times less likely than that.",
    },
  },
}

class UrlParameter implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  #rate = new NoveltyRate(PRIOR)

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { consumer, atUs } = sight
    const day = Math.floor(atUs / DAY_US)
    this.#rate.meet(consumer.ordinal, day)
    const { news } = this.#baselines.shapes
    if (news.length === 0) return
    const first = news.find(({ isFirstUrl }) => isFirstUrl)
    if (first === undefined) return
    const { part, urlsBefore, parties, isKindOnly } = first
    const newsChance = this.#rate.chance(consumer.ordinal, day)
    this.#rate.note(consumer.ordinal, day)
    const isUsual = urlsBefore > 0 || part.place === Place.header || part.place === Place.cookie
    const p = Math.min(1, newsChance * (isUsual ? 1 : NEVER_BEFORE)) ** (parties > 1 && !isKindOnly ? 0.5 : 1)
    if (p > this.#settings.chance!) return
    const endpoint = sight.endpoint!
    const was = isKindOnly ? "which had other values before" : "which is new itself"
    report.raise(
      findingOf(spec, sight, {
        p,
        weight: weightOf(isUsual ? 0.7 : WEIGHT),
        key: `${spec.name} e${endpoint.ordinal}`,
        sentence: `sent a URL in "${part.name}", ${was}, to ${named(endpoint)} with success; ${counted(urlsBefore, "part", "parts")} of ${endpoint.requests} requests there had one before`,
        facts: { name: part.name, urlsBefore, requestsBefore: endpoint.requests, newsChanceADay: newsChance },
        doubts: [
          {
            what: "webhook",
            explains: urlsBefore > 0,
            sentence: `${counted(urlsBefore, "part", "parts")} of requests to this endpoint had URLs before`,
          },
        ],
      }),
    )
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    this.#rate.merge(former.ordinal, successor.ordinal)
  }

  save(): SavedNoveltyRate {
    return this.#rate.save()
  }

  restore(saved: unknown): void {
    this.#rate = new NoveltyRate(PRIOR, saved as SavedNoveltyRate)
  }
}

export const URL_PARAMETER: DetectorKind = { spec, create: (parts) => new UrlParameter(parts) }
