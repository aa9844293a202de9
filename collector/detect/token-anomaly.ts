// 3, token anomaly and downgrade: a credential of a kind that this consumer, or this service, does not use.
//
// What is looked at, with its surprise in bits, -log2((new values so far + 0.5) / (tokens so far + 1)), at most 12:
//   algorithm of a JWT   by issuer and service; "none" with a success is a fact; from a signature by key pair (RS, ES, PS) to a shared
//                        secret (HS) counts 7 bits more: the classic confusion attack
//   key id               by issuer: half its bits, because rotation is what key ids are for
//   lifetime             by consumer: 16 times longer than ever before
//   expired              a token that had run out by more than a day was taken
//   scheme               by endpoint: one in two hundred successes of at least three consumers at most
// Learning: from 200 tokens of an issuer at a service (or of a consumer, an endpoint) on.
// Gates: only what was answered with success. Known false positives: a migration of the identity provider (a second consumer with the same
// new value within a day: the value is learned, and nothing more is said), key rotation.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { hashOf } from "../baseline/fingerprints.ts"
import type { Sight } from "../baseline/sight.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"
import { shareText } from "./wording.ts"

const TOKENS_MIN = 200
const BITS_MAX = 12
const PLACES_MAX = 16_384
const VALUES_MAX = 32
/** log2 of how much longer a lifetime must be: 16 times. */
const LONGER_LOG2 = 4
const CONFUSION_BITS = 7
const YOUNG_US = 3 * 86_400_000_000

interface Place {
  tokens: number
  news: number
  /** Value to the consumer that brought it first, -1 when others have it, too. */
  readonly values: Map<number, number>
  /** Of lifetimes: greatest so far, log2 seconds. */
  greatest: number
}

const spec: DetectorSpec = {
  name: "token-anomaly",
  number: 3,
  title: "Unusual token or weaker authentication",
  owasp: ["API2"],
  family: "identity",
  about: "Scheme, algorithm, key id, lifetime and expiry of credentials that are taken, against what is usual.",
  falsePositives: ["migration of the identity provider", "key rotation"],
  settings: {
    bits: { unit: "bits", default: 9, min: 4, max: 20, why: "A value that appears once in some 500 tokens." },
  },
}

/** Tokens and services of a consumer that are remembered; the one met first makes place. */
const SHOWN_MAX = 4

/** A token that a consumer showed at a service, and the places that it counts at. All its values are known there. */
interface Shown {
  readonly algorithm: string
  readonly issuer: string
  readonly authority: string
  readonly keyIdHash: number
  readonly lifetimeLog2: number
  readonly places: readonly Place[]
}

/** What an endpoint's schemes count at, and one of them that several consumers have: nothing of it is new any more. */
interface SchemePlace {
  readonly place: Place
  shared: string
}

interface Oddity {
  readonly what: string
  readonly bits: number
  readonly isFact: boolean
  readonly sentence: string
  readonly facts: Record<string, number | string>
}

class TokenAnomaly implements Detector {
  readonly spec = spec
  readonly #settings: SettingValues
  /** By hash of kind and scope; the one met first makes place. */
  #places = new Map<number, Place>()
  /** Last record of identity by consumer: the same record again has nothing new. */
  readonly #last: unknown[] = []
  /** By consumer and by endpoint, what would be looked up otherwise; emptied whenever a place or a value is forgotten. */
  readonly #shown: (Shown[] | undefined)[] = []
  readonly #schemes: (SchemePlace | undefined)[] = []

  constructor({ settings }: DetectorParts) {
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    if (!sight.isSuccess || sight.isLossy) return
    const { event, consumer } = sight
    const { identity } = event
    if (sight.endpoint !== null) this.#lookAtScheme(sight, report)
    if (identity.scheme !== "bearer-jwt") return
    // A batch has one record a token: it is looked at once.
    if (this.#last[consumer.ordinal] === identity) return
    this.#last[consumer.ordinal] = identity
    const known = this.#shown[consumer.ordinal]?.find((shown) => isSame(shown, event))
    if (known !== undefined) {
      for (const place of known.places) place.tokens++
      return
    }
    for (const oddity of this.#odditiesOf(event, consumer.ordinal)) this.#raise(sight, oddity, report)
    this.#remember(event, consumer.ordinal)
  }

  save(): Map<number, Place> {
    return this.#places
  }

  restore(saved: unknown): void {
    this.#places = saved as Map<number, Place>
  }

  /** Of one that has not run out: nothing of it is odd when it comes again. */
  #remember({ identity, server }: ApiEvent, consumer: number): void {
    const { algorithm, issuer, keyIdHash, lifetimeLog2, expired } = identity
    if (expired || /^none$/i.test(algorithm)) return
    const places: Place[] = []
    if (algorithm !== "") places.push(this.#place(algorithmName(server.authority, issuer)))
    if (keyIdHash !== 0) places.push(this.#place(`kid ${issuer}`))
    if (lifetimeLog2 >= 0) places.push(this.#place(`life ${consumer}`))
    while (this.#shown.length <= consumer) this.#shown.push(undefined)
    const shown = this.#shown[consumer] ?? []
    if (shown.length >= SHOWN_MAX) shown.shift()
    shown.push({ algorithm, issuer, authority: server.authority, keyIdHash, lifetimeLog2, places })
    this.#shown[consumer] = shown
  }

  #forgetShown(): void {
    this.#shown.length = 0
    this.#schemes.length = 0
  }

  *#odditiesOf({ identity, server, startUs }: ApiEvent, consumer: number): Iterable<Oddity> {
    const { algorithm, issuer, keyIdHash, lifetimeLog2, ageLog2 } = identity
    if (/^none$/i.test(algorithm)) {
      const sentence = "was let in with a token that is not signed (alg none)"
      yield { what: "alg none", bits: BITS_MAX, isFact: true, sentence, facts: { algorithm } }
    } else if (algorithm !== "") {
      const place = this.#place(algorithmName(server.authority, issuer))
      const isConfusion =
        algorithm.startsWith("HS") &&
        [...place.values.keys()].every((known) => known !== hashOf("HS")) &&
        place.tokens > 0
      const bits = this.#bits(place, hashOf(algorithm.slice(0, 2)), consumer)
      const share = shareText(1 / (place.tokens + 1))
      const sentence = `uses a token signed with ${algorithm}, which ${share} of ${place.tokens} tokens of its issuer did at most`
      const facts = { algorithm, tokensBefore: place.tokens, kindsBefore: place.values.size }
      if (bits > 0)
        yield { what: "algorithm", bits: bits + (isConfusion ? CONFUSION_BITS : 0), isFact: false, sentence, facts }
    }
    if (keyIdHash !== 0) {
      const place = this.#place(`kid ${issuer}`)
      const bits = this.#bits(place, keyIdHash, consumer) / 2
      const sentence = `uses a token with a key id that none of ${place.tokens} tokens of its issuer had`
      if (bits > 0) yield { what: "key id", bits, isFact: false, sentence, facts: { tokensBefore: place.tokens } }
    }
    if (lifetimeLog2 >= 0) yield* this.#lifetime(lifetimeLog2, consumer)
    if (
      identity.expired &&
      ageLog2 > 0 &&
      lifetimeLog2 >= 0 &&
      2 ** ageLog2 - 2 ** (lifetimeLog2 + 1) > 86_400 &&
      startUs > 0
    ) {
      const sentence = "was let in with a token that had run out more than a day ago"
      yield {
        what: "expired",
        bits: BITS_MAX,
        isFact: false,
        sentence,
        facts: { ageLog2Seconds: ageLog2, lifetimeLog2Seconds: lifetimeLog2 },
      }
    }
  }

  *#lifetime(lifetimeLog2: number, consumer: number): Iterable<Oddity> {
    const place = this.#place(`life ${consumer}`)
    place.tokens++
    const before = place.greatest
    if (lifetimeLog2 <= before) return
    place.greatest = lifetimeLog2
    // Tokens are few where each lasts long: twenty are a habit.
    if (place.tokens < 20 || before < 0 || lifetimeLog2 < before + LONGER_LOG2) return
    const times = 2 ** (lifetimeLog2 - before)
    const sentence = `uses a token that is valid ${times} times longer than any of its ${place.tokens - 1} before`
    yield {
      what: "lifetime",
      bits: 10,
      isFact: false,
      sentence,
      facts: { timesLonger: times, tokensBefore: place.tokens - 1 },
    }
  }

  /** A scheme that an endpoint's consumers do not use. No credential at all is what auth-missing looks at. */
  #lookAtScheme(sight: Sight, report: Report): void {
    const { event, endpoint, consumer } = sight
    const { scheme } = event.identity
    if (scheme === "none") return
    const known = this.#schemes[endpoint!.ordinal] ?? this.#schemesOf(endpoint!.ordinal)
    const { place } = known
    if (scheme === known.shared) {
      place.tokens++
      return
    }
    const value = hashOf(scheme)
    const bits = this.#bits(place, value, consumer.ordinal)
    // Not the one above where a value had to make place: then what is known of places was forgotten.
    if (place.values.get(value) === -1) known.shared = scheme
    // Who has used it elsewhere for long is no downgrade: another scheme makes another consumer.
    if (bits === 0 || (consumer.requests > 0 && sight.atUs - consumer.firstUs > YOUNG_US)) return
    const sentence = `was let in with ${scheme}, which none of ${place.tokens} successes at ${endpoint!.method} ${endpoint!.template} used`
    const facts = { scheme, successesBefore: place.tokens, schemesBefore: place.values.size - 1 }
    this.#raise(sight, { what: "scheme", bits, isFact: false, sentence, facts }, report)
  }

  #schemesOf(endpoint: number): SchemePlace {
    const known: SchemePlace = { place: this.#place(`scheme ${endpoint}`), shared: "" }
    while (this.#schemes.length <= endpoint) this.#schemes.push(undefined)
    this.#schemes[endpoint] = known
    return known
  }

  /** Bits of a value that is new at a place, 0 for one that is known; it is known from then on. */
  #bits(place: Place, value: number, consumer: number): number {
    place.tokens++
    const first = place.values.get(value)
    if (first !== undefined) {
      if (first !== consumer) place.values.set(value, -1)
      return 0
    }
    const bits = Math.min(BITS_MAX, -Math.log2((place.news + 0.5) / place.tokens))
    const isLearned = place.tokens > TOKENS_MIN
    if (place.values.size >= VALUES_MAX) {
      place.values.delete(place.values.keys().next().value!)
      this.#forgetShown()
    }
    place.values.set(value, consumer)
    if (!isLearned) return 0
    place.news++
    return bits
  }

  #place(name: string): Place {
    const key = hashOf(name)
    let place = this.#places.get(key)
    if (place === undefined) {
      if (this.#places.size >= PLACES_MAX) {
        this.#places.delete(this.#places.keys().next().value!)
        this.#forgetShown()
      }
      place = { tokens: 0, news: 0, values: new Map(), greatest: -1 }
      this.#places.set(key, place)
    }
    return place
  }

  #raise(sight: Sight, { what, bits, isFact, sentence, facts }: Oddity, report: Report): void {
    if (bits < this.#settings["bits"]! && !isFact && what !== "key id") return
    const { consumer, endpoint, atUs } = sight
    report.raise({
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: atUs,
      consumer: consumer.ordinal,
      endpoint: what === "scheme" ? endpoint!.ordinal : -1,
      p: isFact ? 0 : 2 ** -bits,
      isRule: isFact,
      weight: Math.max(1, endpoint?.sensitivity ?? 1),
      key: `${spec.name} ${what}`,
      sentence,
      facts: { ...facts, surpriseBits: Math.round(bits * 10) / 10 },
      doubts: [
        {
          what: "migration of the identity provider",
          explains: false,
          sentence: "no other consumer shows the same so far",
        },
      ],
      samples: [sampleOf(sight, 0)],
      lossyShare: 0,
    })
  }
}

const algorithmName = (authority: string, issuer: string): string => `alg ${authority} ${issuer}`

function isSame(shown: Shown, { identity, server }: ApiEvent): boolean {
  return (
    shown.keyIdHash === identity.keyIdHash &&
    shown.lifetimeLog2 === identity.lifetimeLog2 &&
    !identity.expired &&
    shown.algorithm === identity.algorithm &&
    shown.authority === server.authority &&
    shown.issuer === identity.issuer
  )
}

export const TOKEN_ANOMALY: DetectorKind = { spec, create: (parts) => new TokenAnomaly(parts) }
