// 16, failures then success: credentials or passwords were tried until one fitted.
//
// Statistic: refusals (401, and 403 without a principal) of a source (client address) at a service, the distinct credentials or principals
// among them, in a window of 15 minutes that each refusal prolongs. A success of a credential that was among what was tried, or at the
// endpoint that refused (a login), ends it: a finding when at least `guesses` different guesses came before.
//   p = beta-binomial tail of the guesses among the tries; its mean is the usual share of refusals of the source, shrunk to that of all
// Guesses are what is counted: an expired key is one credential, however often it is refused.
// Known false positives: an expired key (one guess), clocks, a proxy for many people (its usual share is higher).

import { hashOf } from "../baseline/fingerprints.ts"
import { betaBinomialTail } from "../baseline/share-tails.ts"
import type { Sight } from "../baseline/sight.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"
import type { FindingSample } from "./finding.ts"

const WINDOW_US = 900_000_000
const SOURCES_MAX = 16_384
const GUESSES_MAX = 64
const SAMPLES_MAX = 8
/** Exchanges that the tenant's share counts for. */
const PRIOR = 50

interface Source {
  /** Of all time: exchanges and refusals. */
  requests: number
  refusals: number
  /** Of the window. */
  sinceUs: number
  lastUs: number
  tried: number
  readonly guesses: Set<number>
  /** Hash of service and path of what refused. */
  readonly places: Set<number>
  samples: FindingSample[]
}

const spec: DetectorSpec = {
  name: "failures-then-success",
  number: 16,
  title: "Refused many times, then let in",
  owasp: ["API2"],
  family: "identity",
  about: "Different credentials or logins of one source that were refused, and one that was not.",
  falsePositives: ["an expired key", "a proxy for many people"],
  settings: {
    guesses: {
      unit: "different guesses",
      default: 8,
      min: 2,
      max: 10_000,
      why: "People mistype three times, a rotated key fails as one guess; scripts try tens.",
    },
  },
}

class FailuresThenSuccess implements Detector {
  readonly spec = spec
  readonly #settings: SettingValues
  /** By hash of the client's address; the one quiet longest makes place. */
  #sources = new Map<number, Source>()
  #requests = 0
  #refusals = 0

  constructor({ settings }: DetectorParts) {
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { event, answer } = sight
    const isGuess = answer === 401 || (answer === 403 && event.identity.scheme === "none")
    this.#requests++
    if (isGuess) this.#refusals++
    const key = hashOf(event.client.address)
    const known = this.#sources.get(key)
    if (known === undefined && !isGuess) return
    const source = known ?? this.#add(key)
    source.requests++
    if (isGuess) this.#refuse(key, source, sight)
    else if (sight.isSuccess && source.tried > 0) this.#letIn(source, sight, report)
  }

  save(): { sources: Map<number, Source>; requests: number; refusals: number } {
    return { sources: this.#sources, requests: this.#requests, refusals: this.#refusals }
  }

  restore(saved: unknown): void {
    const { sources, requests, refusals } = saved as ReturnType<FailuresThenSuccess["save"]>
    this.#sources = sources
    this.#requests = requests
    this.#refusals = refusals
  }

  #add(key: number): Source {
    if (this.#sources.size >= SOURCES_MAX) this.#sources.delete(this.#sources.keys().next().value!)
    const source = {
      requests: 0,
      refusals: 0,
      sinceUs: 0,
      lastUs: 0,
      tried: 0,
      guesses: new Set<number>(),
      places: new Set<number>(),
      samples: [],
    }
    this.#sources.set(key, source)
    return source
  }

  #refuse(key: number, source: Source, sight: Sight): void {
    const { event, atUs } = sight
    source.refusals++
    if (atUs - source.lastUs > WINDOW_US) this.#reset(source, atUs)
    // The one that is refused now is the last to make place.
    this.#sources.delete(key)
    this.#sources.set(key, source)
    source.lastUs = Math.max(source.lastUs, atUs)
    source.tried++
    const { identity } = event
    // A login that carries the password in its body is a guess each time: nothing tells one from another.
    const guess = identity.scheme === "none" ? source.tried : hashOf(`${identity.credential}\n${identity.principal}`)
    if (source.guesses.size < GUESSES_MAX) source.guesses.add(guess)
    if (source.places.size < GUESSES_MAX) source.places.add(placeOf(sight))
    if (source.samples.length < SAMPLES_MAX) source.samples.push(sampleOf(sight, 0))
  }

  #letIn(source: Source, sight: Sight, report: Report): void {
    const { event, atUs } = sight
    if (atUs - source.lastUs > WINDOW_US) {
      this.#reset(source, atUs)
      return
    }
    const isLogin = source.places.has(placeOf(sight))
    // Somebody else behind the same address.
    if (!isLogin && event.identity.scheme === "none") return
    const guesses = source.guesses.size
    if (guesses >= this.#settings["guesses"]!) this.#raise(source, sight, guesses, report)
    this.#reset(source, atUs)
  }

  #raise(source: Source, sight: Sight, guesses: number, report: Report): void {
    const { consumer, endpoint, atUs } = sight
    const all = (this.#refusals + 0.5) / (this.#requests + 1)
    const before = source.requests - source.tried
    const usualShare = (source.refusals - source.tried + PRIOR * all) / (Math.max(0, before) + PRIOR)
    const share = Math.min(0.5, usualShare)
    const p = betaBinomialTail(guesses, source.tried + 1, share * PRIOR, (1 - share) * PRIOR)
    const minutes = Math.max(1, Math.round((atUs - source.sinceUs) / 60_000_000))
    report.raise({
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: source.sinceUs,
      consumer: consumer.ordinal,
      endpoint: endpoint?.ordinal ?? -1,
      p: Math.max(p, 1e-12),
      isRule: false,
      weight: Math.max(1, endpoint?.sensitivity ?? 1),
      key: spec.name,
      sentence: `was let in after ${source.tried} refusals with ${guesses} different guesses in ${minutes} min from the same address`,
      facts: { refusals: source.tried, guesses, minutes, usualRefusedShare: Number(usualShare.toPrecision(3)) },
      doubts: [{ what: "expired key", explains: false, sentence: `that would be 1 guess, these are ${guesses}` }],
      samples: [...source.samples.slice(0, SAMPLES_MAX - 1), sampleOf(sight, 0)],
      lossyShare: 0,
    })
  }

  #reset(source: Source, atUs: number): void {
    source.sinceUs = atUs
    source.tried = 0
    source.guesses.clear()
    source.places.clear()
    source.samples = []
  }
}

function placeOf({ event }: Sight): number {
  return hashOf(`${event.server.authority} ${event.operation.method} ${event.operation.path}`)
}

export const FAILURES_THEN_SUCCESS: DetectorKind = { spec, create: (parts) => new FailuresThenSuccess(parts) }
