// 15, excess exposure: answers of an endpoint hold what they never held.
//
// Statistic: chance that a day of this consumer has such news (baseline/novelty-rate.ts), times how few news are of such a kind: a new data
// class together with a new field one in fifty, a new field with the name of a secret one in ten, a class alone three in ten, because the
// sensor may have only just decided what a known field holds. Other new fields are no finding.
// Gates: endpoints with 200 requests in three days (baseline/shapes.ts).
// What a second party is given, too, is the endpoint's doing: its case, and that of the first is explained.
// Known false positive: a release. When a third party is given the same within 14 days it is one.
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import { NoveltyRate, type SavedNoveltyRate } from "../baseline/novelty-rate.ts"
import { isSecretName } from "../baseline/novelty-words.ts"
import { sensitivityOf } from "../baseline/sensitivity.ts"
import type { ShapeNews } from "../baseline/shapes.ts"
import { leafOf, Place } from "../baseline/shapes-names.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { counted, findingOf, named, weightOf } from "./novelty-findings.ts"

const PRIOR = 0.002
const BOTH = 0.02
const SECRET = 0.1
const CLASS_ALONE = 0.3
const ENDPOINT_PARTIES = 2
const RELEASE_PARTIES = 3
/** What a release leaves open: somebody should know that it gives more. */
const RELEASE_P = 1e-3

const spec: DetectorSpec = {
  name: "excess-exposure",
  number: 15,
  title: "Answers give more than before",
  owasp: ["API3"],
  family: "novelty",
  about: "A data class, or a field with the name of a secret, that the answers of an endpoint did not have before.",
  falsePositives: ["a release", "a class of a known field that was decided late"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-2,
      min: 1e-12,
      max: 0.5,
      why: "A class alone supports other evidence; together with a new field it is a tenth of that or less.",
    },
  },
}

class ExcessExposure implements Detector {
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
    const fields = news.filter(({ part, isKindOnly }) => part.place === Place.answer && !isKindOnly)
    const classes = news.filter(({ part }) => part.place === Place.dataClass)
    const secrets = fields.filter(({ part }) => isSecretName(leafOf(part.name)))
    if (classes.length === 0 && secrets.length === 0) return
    const newsChance = this.#rate.chance(consumer.ordinal, day)
    this.#rate.note(consumer.ordinal, day)
    const share = classes.length === 0 ? SECRET : fields.length > 0 ? BOTH : CLASS_ALONE
    const parties = Math.max(...[...classes, ...secrets].map((each) => each.parties))
    const isRelease = parties >= RELEASE_PARTIES
    const p = isRelease ? RELEASE_P : Math.min(1, newsChance * share)
    if (p > this.#settings.chance!) return
    if (parties >= ENDPOINT_PARTIES) this.#explain(sight, parties, report)
    this.#raise(sight, { fields, classes, secrets, parties, p, newsChance, isRelease }, report)
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

  #explain({ endpoint, atUs }: Sight, parties: number, report: Report): void {
    const doubt = { what: "change of the endpoint", explains: true, sentence: `${parties} parties are given the same` }
    const { ordinal } = endpoint!
    report.explain({ detector: spec.name, endpoint: ordinal, key: `${spec.name} e${ordinal}`, atUs, doubt })
  }

  #raise(sight: Sight, shown: Shown, report: Report): void {
    const endpoint = sight.endpoint!
    const { fields, classes, secrets, parties, p, newsChance, isRelease } = shown
    const isOfEndpoint = parties >= ENDPOINT_PARTIES
    const names = [...new Set([...classes, ...secrets].map(({ part }) => part.name))].slice(0, 4)
    report.raise(
      findingOf(spec, sight, {
        p,
        consumer: isOfEndpoint ? -1 : sight.consumer.ordinal,
        weight: weightOf(Math.max(sensitivityOf(classes.map(({ part }) => part.name)), secrets.length > 0 ? 1 : 0.5)),
        key: `${spec.name} e${endpoint.ordinal}${isOfEndpoint ? " all" : ""}`,
        sentence:
          `got ${names.join(", ")}${isOfEndpoint ? "" : ` from ${named(endpoint)}`}, ${counted(fields.length, "new field", "new fields")} in all, ` +
          `which none of ${endpoint.requests} exchanges there had; ${isOfEndpoint ? `${parties} parties so far` : "nobody else so far"}`,
        facts: {
          names: names.join(", "),
          newFields: fields.length,
          newClasses: classes.length,
          exchangesBefore: endpoint.requests,
          parties,
          newsChanceADay: newsChance,
        },
        doubts: [
          {
            what: "release",
            explains: isRelease,
            sentence: `${counted(parties, "party was", "parties were")} given it within days; from ${RELEASE_PARTIES} on it is a release`,
          },
          {
            what: "late decision on a class",
            explains: false,
            sentence:
              fields.length > 0
                ? `${fields.length} fields are new with it`
                : "no new field came with it: a known one may have been told apart only now",
          },
        ],
      }),
    )
  }
}

interface Shown {
  readonly fields: readonly ShapeNews[]
  readonly classes: readonly ShapeNews[]
  readonly secrets: readonly ShapeNews[]
  readonly parties: number
  readonly p: number
  readonly newsChance: number
  readonly isRelease: boolean
}

export const EXCESS_EXPOSURE: DetectorKind = { spec, create: (parts) => new ExcessExposure(parts) }
