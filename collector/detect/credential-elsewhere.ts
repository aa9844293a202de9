// 4, credential from elsewhere: a consumer comes from a network, or with a client, that it never had.
//
// Statistic: bits of surprise of the exchange (B6, baseline/fingerprints.ts). From 18 bits on it is a finding at once, not less likely than
// 10^-5: at the first request nobody can tell a thief from a move. Then what happens decides: when the former network and client are
// seen again after the new one, both are in use at once, and the bits count in full, with 2^-7 for the coincidence.
// A new network alone (under 18 bits) is a finding only when both networks are in use within five minutes, three times in turn.
// Gates: a consumer under 3 days, or with fewer than 6 active hours, has no usual place. Refused exchanges weigh half.
// Known false positives: change of egress, failover (both in turn, same client: 10^-3 only), a client upgrade, a move to another platform.
import type { Baselines } from "../baseline/baselines.ts"
import { DIMENSION_NAMES, Dimension } from "../baseline/fingerprints.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"
import type { Doubt, FindingSample } from "./finding.ts"

const DAY_US = 86_400_000_000
const TURN_US = 300_000_000
/** A nightly job has one a day. */
const HOURS_MIN = 6
/** Changes between the new and a former network that make "in turn". */
const TURNS = 3
const P_FIRST = 1e-5
const P_BOTH_NETWORKS = 1e-3
const COINCIDENCE_BITS = 7
/** How long a new network is looked at for turns, µs. */
const OPEN_US = 2 * DAY_US
const OPEN_MAX = 4096

interface Newcomer {
  /** Values by which it is told from what was usual. */
  network: number
  software: number
  bits: number
  dimensions: string[]
  sinceUs: number
  requests: number
  turns: number
  isNow: boolean
  lastFormerUs: number
  /** Raised so far: 0 nothing, 1 at first sight, 2 both in use. */
  raised: number
  samples: FindingSample[]
}

const spec: DetectorSpec = {
  name: "credential-elsewhere",
  number: 4,
  title: "Credential used from elsewhere",
  owasp: ["API2"],
  family: "identity",
  about: "Network, client software, order of fields and TLS of a consumer against what it has always shown.",
  falsePositives: ["change of egress", "failover between two networks", "client upgrade", "move to another platform"],
  settings: {
    bits: {
      unit: "bits",
      default: 18,
      min: 8,
      max: 40,
      why: "A new network alone has at most 12; two things that are new at once have more.",
    },
  },
}

class CredentialElsewhere implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  /** By consumer; the one that came first makes place. */
  #open = new Map<number, Newcomer>()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { consumer } = sight
    const { fingerprints } = this.#baselines
    const open = this.#open.get(consumer.ordinal)
    if (!fingerprints.isNew && open === undefined) return
    if (open !== undefined) this.#follow(open, sight, report)
    if (!fingerprints.isNew || !this.#hasUsualPlace(consumer, sight.atUs)) return
    const bits = fingerprints.surprise
    if (open !== undefined && bits <= open.bits) return
    const fresh = this.#newcomer(sight, bits)
    if (bits < this.#settings["bits"]!) {
      // Only a network can be in use in turn with another.
      if (fingerprints.bits[Dimension.network]! > 0) this.#keep(consumer.ordinal, fresh)
      return
    }
    this.#keep(consumer.ordinal, fresh)
    fresh.raised = 1
    this.#raise(fresh, sight, Math.max(P_FIRST, 2 ** -bits), report)
  }

  mergeConsumers(former: ConsumerSubject): void {
    this.#open.delete(former.ordinal)
  }

  save(): Map<number, Newcomer> {
    return this.#open
  }

  restore(saved: unknown): void {
    this.#open = saved as Map<number, Newcomer>
  }

  #hasUsualPlace(consumer: ConsumerSubject, atUs: number): boolean {
    return atUs - consumer.firstUs >= 3 * DAY_US && this.#baselines.fingerprints.hoursOf(consumer) >= HOURS_MIN
  }

  #newcomer(sight: Sight, bits: number): Newcomer {
    const { fingerprints } = this.#baselines
    return {
      network: fingerprints.bits[Dimension.network]! > 0 ? fingerprints.valueOf(Dimension.network) : 0,
      software: fingerprints.bits[Dimension.software]! > 0 ? fingerprints.valueOf(Dimension.software) : 0,
      bits,
      dimensions: DIMENSION_NAMES.filter((_, dimension) => fingerprints.bits[dimension]! > 0),
      sinceUs: sight.atUs,
      requests: 1,
      turns: 0,
      isNow: true,
      lastFormerUs: 0,
      raised: 0,
      samples: [sampleOf(sight, 0)],
    }
  }

  #keep(consumer: number, newcomer: Newcomer): void {
    if (this.#open.size >= OPEN_MAX) this.#open.delete(this.#open.keys().next().value!)
    this.#open.set(consumer, newcomer)
  }

  /** An exchange of a consumer with a newcomer: is it the new one, or what was usual? */
  #follow(open: Newcomer, sight: Sight, report: Report): void {
    const { fingerprints } = this.#baselines
    if (sight.atUs - open.sinceUs > OPEN_US) {
      this.#open.delete(sight.consumer.ordinal)
      return
    }
    const isNew =
      open.network !== 0
        ? fingerprints.valueOf(Dimension.network) === open.network
        : fingerprints.valueOf(Dimension.software) === open.software
    if (isNew) {
      open.requests++
      if (open.samples.length < 8) open.samples.push(sampleOf(sight, 0))
      if (!open.isNow && sight.atUs - open.lastFormerUs <= TURN_US) open.turns++
    } else {
      open.lastFormerUs = sight.atUs
      if (open.isNow) open.turns++
    }
    open.isNow = isNew
    if (open.raised === 2 || open.turns < TURNS) return
    const isSure = open.bits >= this.#settings["bits"]!
    open.raised = 2
    this.#raise(open, sight, isSure ? 2 ** -(open.bits + COINCIDENCE_BITS) : P_BOTH_NETWORKS, report)
  }

  #raise(open: Newcomer, sight: Sight, p: number, report: Report): void {
    const { consumer, endpoint, atUs } = sight
    const bits = Math.round(open.bits * 10) / 10
    const what = open.dimensions.join(", ")
    const both = open.raised === 2
    report.raise({
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: open.sinceUs,
      consumer: consumer.ordinal,
      endpoint: -1,
      p,
      isRule: false,
      weight: Math.max(1, endpoint?.sensitivity ?? 1) * (sight.isSuccess ? 1 : 0.5),
      key: spec.name,
      sentence:
        `comes with a ${what} that it never had in ${this.#baselines.fingerprints.hoursOf(consumer)} active hours ` +
        `(${bits} bits of surprise, ${open.requests} requests so far)` +
        (both ? ", while what it always had is in use, too" : ""),
      facts: {
        surpriseBits: bits,
        newDimensions: what,
        activeHours: this.#baselines.fingerprints.hoursOf(consumer),
        requests: open.requests,
        turns: open.turns,
      },
      doubts: [this.#doubt(open)],
      samples: open.samples,
      lossyShare: sight.isLossy ? 1 : 0,
    })
  }

  #doubt({ turns, dimensions, raised }: Newcomer): Doubt {
    const isEgress = dimensions.length === 1 && dimensions[0] === DIMENSION_NAMES[Dimension.network]
    const times = `${turns} changes between the two so far`
    return raised === 2
      ? {
          what: isEgress ? "failover" : "egress change",
          explains: isEgress,
          sentence: `the former one is still in use, ${times}`,
        }
      : { what: "egress change", explains: false, sentence: `it is one if the former place stays silent; ${times}` }
  }
}

export const CREDENTIAL_ELSEWHERE: DetectorKind = { spec, create: (parts) => new CredentialElsewhere(parts) }
