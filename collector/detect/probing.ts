// 17, probing: requests that are wrong in many ways, to see what the service says to them.
//
// Statistic: of a consumer's window (an hour, or 500 requests), forms of requests (path, parameter names and told values; ids left out) that
// were answered with 4xx, each once, among its requests, exchanges at no endpoint included: beta-binomial with the usual share of such forms,
// its own and what is usual anywhere, times the looks at a window (15) and the windows of a day (8); or, where a busy consumer's own requests
// hide them, the forms of the window by themselves: NB(mean of its windows, 0.5), times the windows of a day. The smaller one, twice.
// Threshold 10^-4. Gates: 12 requests; 8 forms; lossy and late ones, 401 and 429 are not counted (a key that expired; a quota).
// Known false positives: a broken client, which sends the same over and over: a form counts once; one whose address changed (404 to all its
// usual forms: more than it has endpoints is asked for); ids that are gone have one form.

import { mix } from "../../shared/bytes/hash.ts"
import { type SavedSlab, Slab } from "../baseline/columns.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import { lnUpperTail } from "../baseline/negative-binomial.ts"
import { formOf } from "../baseline/shapes-names.ts"
import { betaBinomialTail } from "../baseline/share-tails.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import { findingOf, weightOf } from "./novelty-findings.ts"
import { shareText, spanText } from "./wording.ts"

const HOUR_US = 3_600_000_000
const REQUESTS_MIN = 12
const REQUESTS_MAX = 500
const FORMS_MIN = 8
/** 256 bits: about 400 forms are told apart, more count as 400. */
const WORDS = 8
const FORMS_MAX = 400
const LOOKS = 15
const WINDOWS_A_DAY = 8
const FADE = 0.9
/** Until then whoever writes a client is wrong in many ways: half the weight. */
const YOUNG_DAYS = 3
/** Usual share of wrong forms while nothing is known, as so many requests; and the width of the Beta. */
const PRIOR_SHARE = 0.02
const PRIOR_REQUESTS = 50
const WIDTH = 20
/** Wrong forms of a window while nothing is known, as so many windows; and the shape of their distribution. */
const PRIOR_FORMS = 0.5
const PRIOR_WINDOWS = 5
const SHAPE = 0.5

const ROWS = {
  startUs: [Float64Array, 1],
  requests: [Uint32Array, 1],
  wrong: [Uint32Array, 1],
  forms: [Uint32Array, WORDS],
  formCount: [Uint16Array, 1],
  /** Of windows that closed, fading. */
  usualRequests: [Float32Array, 1],
  usualForms: [Float32Array, 1],
  usualWindows: [Float32Array, 1],
  isRaised: [Uint8Array, 1],
} as const

const spec: DetectorSpec = {
  name: "probing",
  number: 17,
  title: "Probes for weak places",
  owasp: ["API8"],
  family: "novelty",
  about: "Many different requests that are answered with an error of the client's, paths that do not exist among them.",
  falsePositives: ["a broken client that repeats one request", "a client whose service has moved"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-4,
      min: 1e-12,
      max: 1e-2,
      why: "Honest clients are wrong in one or two ways; eight ways in an hour are seldom chance.",
    },
  },
}

class Probing implements Detector {
  readonly spec = spec
  readonly #settings: SettingValues
  #rows = new Slab(ROWS)
  #episodes = new Episodes()

  constructor({ settings }: DetectorParts) {
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    if (sight.isLossy || sight.isLate || sight.answer === 0) return
    const { ordinal } = sight.consumer
    this.#rows.reserve(ordinal)
    const { columns } = this.#rows
    if (sight.atUs - columns.startUs[ordinal]! >= HOUR_US || columns.requests[ordinal]! >= REQUESTS_MAX)
      this.#begin(ordinal, sight.atUs)
    columns.requests[ordinal]!++
    if (!isWrong(sight.answer)) return
    columns.wrong[ordinal]!++
    if (this.#addForm(ordinal, sight)) this.#episodes.note(ordinal, sight, 0)
    const requests = columns.requests[ordinal]!
    if (columns.formCount[ordinal]! < FORMS_MIN || requests < REQUESTS_MIN) return
    this.#look(sight, report)
  }

  mergeConsumers({ ordinal: former }: ConsumerSubject, { ordinal: successor }: ConsumerSubject): void {
    if (former >= this.#rows.rows) return
    this.#rows.reserve(successor)
    const { usualRequests, usualForms, usualWindows } = this.#rows.columns
    usualRequests[successor]! += usualRequests[former]!
    usualForms[successor]! += usualForms[former]!
    usualWindows[successor]! += usualWindows[former]!
    this.#rows.clear(former)
  }

  save(): { rows: SavedSlab<typeof ROWS>; episodes: SavedEpisodes } {
    return { rows: this.#rows.save(), episodes: this.#episodes.save() }
  }

  restore(saved: unknown): void {
    const { rows, episodes } = saved as ReturnType<Probing["save"]>
    this.#rows = new Slab(ROWS, rows)
    this.#episodes = new Episodes(episodes)
  }

  #look(sight: Sight, report: Report): void {
    const { ordinal } = sight.consumer
    const { columns } = this.#rows
    const forms = Math.min(this.#forms(ordinal), columns.wrong[ordinal]!)
    const requests = columns.requests[ordinal]!
    const usual =
      (columns.usualForms[ordinal]! + PRIOR_SHARE * PRIOR_REQUESTS) / (columns.usualRequests[ordinal]! + PRIOR_REQUESTS)
    const share = Math.min(0.95, usual)
    const ofShare = betaBinomialTail(forms, requests, share * WIDTH, (1 - share) * WIDTH) * LOOKS
    const mean =
      (columns.usualForms[ordinal]! + PRIOR_FORMS * PRIOR_WINDOWS) / (columns.usualWindows[ordinal]! + PRIOR_WINDOWS)
    const ofCount = Math.exp(lnUpperTail(forms, SHAPE, mean))
    const p = Math.min(1, 2 * Math.min(ofShare, ofCount) * WINDOWS_A_DAY)
    if (p > this.#settings.chance! || !this.#episodes.isNews(ordinal, p, forms, sight.atUs)) return
    columns.isRaised[ordinal] = 1
    const isYoung = sight.consumer.activeDays < YOUNG_DAYS
    const wrong = columns.wrong[ordinal]!
    const sinceUs = columns.startUs[ordinal]!
    report.raise(
      findingOf(spec, sight, {
        p,
        sinceUs,
        weight: weightOf(isYoung ? 0.5 : 1),
        key: spec.name,
        sentence:
          `sent ${forms} different requests in ${spanText(sight.atUs - sinceUs)} that were answered with 4xx ` +
          `(${wrong} of ${requests} requests in all); usually ${shareText(usual)} of its requests are such`,
        facts: {
          forms,
          wrong,
          requests,
          usualShare: usual,
          windowMinutes: Math.round((sight.atUs - sinceUs) / 60_000_000),
        },
        doubts: [
          {
            what: "broken client",
            explains: false,
            sentence: `${wrong} wrong requests have ${forms} different forms; a broken client repeats one or two`,
          },
          {
            what: "client in development",
            explains: false,
            sentence: `it has been known for ${Math.floor((sight.atUs - sight.consumer.firstUs) / DAY_US)} days; who writes a client is wrong in many ways in the first ones`,
          },
        ],
        samples: this.#episodes.samples(ordinal),
      }),
    )
  }

  /** Closes the window, and learns from it unless it was raised. */
  #begin(ordinal: number, atUs: number): void {
    const { columns } = this.#rows
    if (columns.isRaised[ordinal] === 0 && columns.requests[ordinal]! > 0) {
      columns.usualRequests[ordinal] = columns.usualRequests[ordinal]! * FADE + columns.requests[ordinal]!
      columns.usualForms[ordinal] = columns.usualForms[ordinal]! * FADE + columns.formCount[ordinal]!
      columns.usualWindows[ordinal] = columns.usualWindows[ordinal]! * FADE + 1
    }
    columns.startUs[ordinal] = atUs
    columns.requests[ordinal] = 0
    columns.wrong[ordinal] = 0
    columns.formCount[ordinal] = 0
    columns.isRaised[ordinal] = 0
    columns.forms.fill(0, ordinal * WORDS, (ordinal + 1) * WORDS)
  }

  /** False if it was there (or looks so). */
  #addForm(ordinal: number, { event }: Sight): boolean {
    let form = formOf(event.operation)
    for (const value of event.queryValues) form = mix(form ^ value)
    const bit = form & (WORDS * 32 - 1)
    const { forms, formCount } = this.#rows.columns
    const word = ordinal * WORDS + (bit >>> 5)
    const mask = 1 << (bit & 31)
    if ((forms[word]! & mask) !== 0) return false
    forms[word] = forms[word]! | mask
    formCount[ordinal]!++
    return true
  }

  /** Different forms, those that share a bit estimated (linear counting). */
  #forms(ordinal: number): number {
    const bits = WORDS * 32
    const free = bits - this.#rows.columns.formCount[ordinal]!
    return free <= 0 ? FORMS_MAX : Math.min(FORMS_MAX, Math.floor(bits * Math.log(bits / free)))
  }
}

function isWrong(answer: number): boolean {
  return answer >= 400 && answer < 500 && answer !== 401 && answer !== 429
}

export const PROBING: DetectorKind = { spec, create: (parts) => new Probing(parts) }
