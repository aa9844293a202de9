// 12, new endpoint: a consumer does what it never did, above all what few may do.
//
// Statistic: chance that a day of this consumer has such news, times the rarity of the endpoint among its peers, times the new endpoints
// of the day (baseline/novelty.ts). Grave news (names like admin or export, deletes, the first write of a reader, answers with a sensitive data class
// that it was never given, each where few do it) are a kind of their own with a rate of their own, and weigh more.
// Threshold 10^-2, because it is supporting evidence as a rule; a grave one is about 10^-5 and is for review at once.
// Gates: consumers known for three days; endpoints not split within a day. A refusal (4xx) weighs half, the success after it is news again.
// Known false positives: a partner's new feature (one episode a day), a release (a quarter of the bits), templates that were learned anew.
import type { Baselines } from "../baseline/baselines.ts"
import type { Uptake, Why } from "../baseline/novelty.ts"
import { RELEASE_PARTIES } from "../baseline/novelty-takers.ts"
import type { Sight } from "../baseline/sight.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import type { Doubt } from "./finding.ts"
import { counted, findingOf, named, weightOf } from "./novelty-findings.ts"
import { shareText } from "./wording.ts"

/** A single one that was refused is for review, too. */
const GRAVE_WEIGHT = 1.8
const ANSWERS_WEIGHT = 1.5

const spec: DetectorSpec = {
  name: "new-endpoint",
  number: 12,
  title: "Uses what it never used",
  owasp: ["API5"],
  family: "novelty",
  about: "The first use of an endpoint or a method by a consumer that seldom takes up any, most of all where few do.",
  falsePositives: ["a partner's new feature", "a release", "templates that were learned anew"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-2,
      min: 1e-12,
      max: 0.5,
      why: "Evidence that supports others; what few may do is a thousand times less likely than that.",
    },
  },
}

const WHY: Readonly<Record<Exclude<Why, "">, string>> = {
  words: "its name says that it is for few",
  method: "it changes what the consumer only read before",
  answers: "it answers with a sensitive kind of field that this consumer was never given",
}

class NewEndpoint implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  /** By pair. */
  #episodes = new Episodes()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { novelty } = this.#baselines
    if (!novelty.isFirst && !novelty.isFirstTry) return
    const uptake = novelty.takeUp(sight)
    const endpoint = sight.endpoint!
    const key = sight.pair!.ordinal
    if (novelty.parties >= RELEASE_PARTIES)
      report.explain({
        detector: spec.name,
        endpoint: endpoint.ordinal,
        key: "",
        atUs: sight.atUs,
        doubt: releaseOf(uptake),
      })
    this.#episodes.note(key, sight, 0)
    if (uptake.p > this.#settings["chance"]!) return
    // What was refused and succeeds now is twice as much.
    if (!this.#episodes.isNews(key, uptake.p, novelty.isFirst ? 2 : 1, sight.atUs)) return
    const weight = weightIn(uptake) * (sight.isSuccess ? 1 : 0.5)
    report.raise(
      findingOf(spec, sight, {
        p: uptake.p,
        weight: weightOf(weight),
        key: `${spec.name} e${endpoint.ordinal}`,
        sentence: sentenceOf(sight, uptake),
        facts: factsOf(uptake),
        doubts: doubtsOf(uptake),
        sinceUs: this.#episodes.sinceUs(key),
        samples: this.#episodes.samples(key),
      }),
    )
  }

  save(): SavedEpisodes {
    return this.#episodes.save()
  }

  restore(saved: unknown): void {
    this.#episodes = new Episodes(saved as SavedEpisodes)
  }
}

function weightIn({ grave, sensitivity }: Uptake): number {
  // That it is sensitive is what makes it grave: not counted twice.
  if (grave === "answers") return ANSWERS_WEIGHT
  return grave === "" ? 1 : Math.max(GRAVE_WEIGHT, sensitivity)
}

function sentenceOf(sight: Sight, { users, consumers, before, grave, ofDay }: Uptake): string {
  const endpoint = sight.endpoint!
  const verb = sight.isSuccess ? "used" : `tried (${sight.answer})`
  const others = `${users} of ${consumers} others use it`
  const why = grave === "" ? "" : `; ${WHY[grave]}`
  const more = ofDay > 1 ? `; ${ofDay} new endpoints today` : ""
  return `${verb} ${named(endpoint)} for the first time, after ${counted(before, "endpoint", "endpoints")} before; ${others}${why}${more}`
}

function factsOf(uptake: Uptake): Record<string, number | string> {
  const { newsChance, rarity, users, consumers, peers, peersUsing, group, before, ofDay, grave } = uptake
  return {
    newsChanceADay: newsChance,
    rarity,
    users,
    consumers,
    peers,
    peersUsing,
    peerGroup: group,
    endpointsBefore: before,
    newToday: ofDay,
    ...(grave === "" ? {} : { why: WHY[grave] }),
  }
}

function doubtsOf(uptake: Uptake): Doubt[] {
  const { peersUsing, peers, newsChance, ofDay, isMonthTurn } = uptake
  return [
    releaseOf(uptake),
    {
      what: "new feature",
      explains: false,
      sentence: `${peersUsing} of ${peers} consumers like it use it; it takes up something new on ${shareText(newsChance)} of its days; ${counted(ofDay, "endpoint", "endpoints")} on this one`,
    },
    ...(isMonthTurn
      ? [{ what: "month's end", explains: false, sentence: "it has not been seen at one before; half of the weight" }]
      : []),
  ]
}

/** A release, or a cause that several have in common. */
function releaseOf({ parties, isRelease, isNewborn, users }: Uptake): Doubt {
  const sentence = isRelease
    ? `${parties} parties took it up within days`
    : isNewborn
      ? `it came up lately, so that few can have used it; ${counted(parties, "party has", "parties have")} taken it up so far, a release shows by ${RELEASE_PARTIES}`
      : `${counted(users, "other uses", "others use")} it, and ${counted(parties, "party", "parties")} took it up lately, a release or a campaign shows by ${RELEASE_PARTIES}`
  return { what: "release", explains: isRelease, sentence }
}

export const NEW_ENDPOINT: DetectorKind = { spec, create: (parts) => new NewEndpoint(parts) }
