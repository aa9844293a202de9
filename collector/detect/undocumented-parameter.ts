// 14, undocumented parameter: a request has what no request to this endpoint had, and is answered with success (mass assignment).
//
// Statistic: chance that a day of this consumer has such news (baseline/novelty-rate.ts), times how few of the news are of such a kind:
// names of privileges (role, isAdmin, price) one in thirty, and those that only answers had so far one in three hundred.
// Threshold 10^-2: plain news are evidence that supports others; privileges are for review.
// Gates: endpoints with 50 requests in three days (up to 200 news are likelier in proportion); refused requests prove no parameter; not split within a day (baseline/shapes.ts).
// Known false positives: client upgrades (fields of heads weigh least; what a third party starts within 14 days is none, and explains what was
// raised of the first), a release (plain news are never below 2 in 1,000 while the service has endpoints that have just come up), a consumer's first
// weeks (ten times as likely).
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import { NoveltyRate, type SavedNoveltyRate } from "../baseline/novelty-rate.ts"
import { hasReleased } from "../baseline/novelty-takers.ts"
import { isPrivilegeName } from "../baseline/novelty-words.ts"
import type { ShapeNews } from "../baseline/shapes.ts"
import { leafOf, Place } from "../baseline/shapes-names.ts"
import type { Sight } from "../baseline/sight.ts"
import { type ConsumerSubject, type EndpointSubject, learningOf } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { findingOf, named, weightOf } from "./novelty-findings.ts"
import { shareText } from "./wording.ts"

/** Chance of the news of a kind, given that there are news. */
const SHARES = { head: 1, plain: 0.3, fromAnswers: 0.1, privilege: 0.03, escalation: 0.003 } as const
type Kind = keyof typeof SHARES
const PRIOR = 0.01
/** From so many parties within days on it is an upgrade. */
const UPGRADE_PARTIES = 3
/** ... of what names a privilege. */
const PRIVILEGE_PARTIES = 5
/** Plain news while the service has a release are not less likely than this. */
const RELEASED_P = 2e-3
const YOUNG_FACTOR = 10
/** Characters of a name that tell evidence apart. */
const NAME_MAX = 64
/** With fewer requests to the endpoint than this news are likelier, in proportion. */
const KNOWN_REQUESTS = 200

const spec: DetectorSpec = {
  name: "undocumented-parameter",
  number: 14,
  title: "Parameter that nobody used",
  owasp: ["API3"],
  family: "novelty",
  about: "A parameter or a field of a request that this endpoint never had, above all one that only answers had.",
  falsePositives: ["client upgrades", "a consumer's first weeks"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-2,
      min: 1e-12,
      max: 0.5,
      why: "Plain news support other evidence; a new field that names a privilege is a hundred times less likely.",
    },
  },
}

const PLACES: readonly string[] = ["parameter", "header", "cookie", "field"]

class UndocumentedParameter implements Detector {
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
    const all = news.filter(({ part, isKindOnly }) => part.place <= Place.body && !isKindOnly)
    const asked = all.filter(({ parties }) => parties < UPGRADE_PARTIES)
    if (asked.length < all.length) this.#explain(sight, all, report)
    if (asked.length === 0) return
    const heaviest = asked.reduce((a, b) => (SHARES[kindOf(b)] < SHARES[kindOf(a)] ? b : a))
    const kind = kindOf(heaviest)
    const newsChance = this.#rate.chance(consumer.ordinal, day)
    this.#rate.note(consumer.ordinal, day)
    const isYoung = learningOf(consumer, atUs) === "rules"
    const thinness = Math.max(1, KNOWN_REQUESTS / sight.endpoint!.requests)
    // Another one has just started the same: half the bits.
    const chance =
      Math.min(1, newsChance * SHARES[kind] * thinness * (isYoung ? YOUNG_FACTOR : 1)) **
      (heaviest.parties > 1 ? 0.5 : 1)
    // Fields of bodies are what a client says, not how it asks.
    const isPlain = !isPrivileged(kind) && heaviest.part.place !== Place.body
    const isReleased = isPlain && hasReleased(this.#baselines.subjects, sight.endpoint!.service, atUs)
    const p = isReleased ? Math.max(RELEASED_P, chance) : chance
    if (p > this.#settings.chance!) return
    this.#raise(sight, asked, heaviest, { p, newsChance, isYoung, isReleased }, report)
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

  /** What three parties have taken up was no doing of the first. */
  #explain({ endpoint, atUs }: Sight, news: readonly ShapeNews[], report: Report): void {
    for (const { part, parties } of news) {
      if (parties < (isPrivilegeName(leafOf(part.name)) ? PRIVILEGE_PARTIES : UPGRADE_PARTIES)) continue
      const doubt = {
        what: "release",
        explains: true,
        sentence: `${parties} parties started to use "${part.name}" within days`,
      }
      report.explain({
        detector: spec.name,
        endpoint: endpoint!.ordinal,
        key: keyOf(endpoint!, part.name),
        atUs,
        doubt,
      })
    }
  }

  #raise(
    sight: Sight,
    asked: readonly ShapeNews[],
    heaviest: ShapeNews,
    chance: { p: number; newsChance: number; isYoung: boolean; isReleased: boolean },
    report: Report,
  ): void {
    const endpoint = sight.endpoint!
    const { p, newsChance, isYoung, isReleased } = chance
    const { part, parties, isKnownFromAnswers } = heaviest
    const kind = kindOf(heaviest)
    const isPrivilege = isPrivileged(kind)
    const more = asked.length > 1 ? ` and ${asked.length - 1} more` : ""
    const from = isKnownFromAnswers ? ", which only answers had so far," : ""
    report.raise(
      findingOf(spec, sight, {
        p,
        weight: weightOf(isPrivilege ? Math.max(1.5, endpoint.sensitivity) : 1),
        key: keyOf(endpoint, part.name),
        sentence:
          `sent the ${PLACES[part.place] ?? "field"} "${part.name}"${more} to ${named(endpoint)}${from} with success; ` +
          `none of ${endpoint.requests} requests there had it`,
        facts: {
          name: part.name,
          place: PLACES[part.place] ?? "field",
          kind: part.kind,
          newNames: asked.length,
          requestsBefore: endpoint.requests,
          partiesOfName: parties,
          newsChanceADay: newsChance,
        },
        doubts: [
          {
            what: "release",
            explains: false,
            sentence: `${parties} of at least ${UPGRADE_PARTIES} parties that a release would show use it so far${isReleased ? ", although the service has new endpoints, too" : ""}; this one starts something new on ${shareText(newsChance)} of its days`,
          },
          ...(isYoung
            ? [{ what: "short history", explains: false, sentence: "so little is known of it that news are likelier" }]
            : []),
        ],
      }),
    )
  }
}

const isPrivileged = (kind: Kind): boolean => kind === "privilege" || kind === "escalation"

function keyOf({ ordinal }: EndpointSubject, name: string): string {
  return `${spec.name} e${ordinal} ${name.slice(0, NAME_MAX)}`
}

function kindOf({ part, isKnownFromAnswers, isKnownElsewhere }: ShapeNews): Kind {
  const { place, name } = part
  const isPrivilege = isPrivilegeName(leafOf(name))
  // What other endpoints of the service are asked with (page, limit, user_id) is how it is called there.
  if (isKnownElsewhere) return isPrivilege ? "plain" : "head"
  if (isPrivilege && place !== Place.cookie)
    return isKnownFromAnswers && place !== Place.header ? "escalation" : "privilege"
  if (place === Place.header || place === Place.cookie) return "head"
  return isKnownFromAnswers && place === Place.body ? "fromAnswers" : "plain"
}

export const UNDOCUMENTED_PARAMETER: DetectorKind = { spec, create: (parts) => new UndocumentedParameter(parts) }
