// 5, credential sharing: two that use one credential, or one that uses many.
//
// Two users: at the end of a day, two networks of a consumer, each seen on at least 3 days and today, that came with different client
// software; the second one began after a week of the first alone. Many credentials: an address that is new to three or more consumers
// within a day, each of which had a network of its own before; p falls with each further one.
// Known false positives: integrators and shared NAT (they are not new to their consumers); a proxy put in front of everybody (when a
// quarter of the active consumers come from a new place on one day, it is the place that has changed).
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US, type Turn } from "../baseline/event-clock.ts"
import { Dimension, hashOf } from "../baseline/fingerprints.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"
import type { FindingSample } from "./finding.ts"

const SOURCES_MAX = 8192
const NEWCOMERS_MAX = 64
const DAYS_MIN = 3
const ALONE_US = 7 * DAY_US
const MOVED_SHARE = 0.25
/** Active hours of a consumer that has a place of its own. */
const HOURS_MIN = 24

interface Source {
  day: number
  /** Consumers to which it is new since yesterday, with the time. */
  readonly newcomers: Map<number, number>
  samples: FindingSample[]
}

const spec: DetectorSpec = {
  name: "credential-sharing",
  number: 5,
  title: "Credential used by two, or many by one",
  owasp: ["API2"],
  family: "identity",
  about:
    "Two networks with different clients on one credential for days; one address that begins to use the credentials of several.",
  falsePositives: ["integrators and shared NAT", "a proxy put in front of everybody"],
  settings: {
    consumers: { unit: "consumers", default: 3, min: 2, max: 1000, why: "Two may be a test of a colleague." },
  },
}

class CredentialSharing implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  /** By hash of the client's address. */
  #sources = new Map<number, Source>()
  /** Consumers for whom two users were said. */
  #said = new Set<number>()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { fingerprints } = this.#baselines
    if (!fingerprints.isNew || fingerprints.bits[Dimension.network] === 0 || !sight.isSuccess) return
    if (fingerprints.hoursOf(sight.consumer) < HOURS_MIN || sight.consumer.scheme === "none") return
    const key = hashOf(sight.event.client.address)
    const day = Math.floor(sight.atUs / DAY_US)
    let source = this.#sources.get(key)
    if (source === undefined || day - source.day > 1) {
      if (source === undefined && this.#sources.size >= SOURCES_MAX)
        this.#sources.delete(this.#sources.keys().next().value!)
      source = { day, newcomers: new Map(), samples: [] }
      this.#sources.set(key, source)
    }
    source.day = day
    if (source.newcomers.size >= NEWCOMERS_MAX || source.newcomers.has(sight.consumer.ordinal)) return
    source.newcomers.set(sight.consumer.ordinal, sight.atUs)
    if (source.samples.length < 8) source.samples.push(sampleOf(sight, 0))
    const parties = this.#parties(source)
    if (parties >= this.#settings["consumers"]!) this.#raiseMany(sight, source, parties, report)
  }

  onTurn({ kind, endUs }: Turn, report: Report): void {
    if (kind !== "day") return
    for (const [key, { day }] of this.#sources) if (day * DAY_US < endUs - 2 * DAY_US) this.#sources.delete(key)
    for (const consumer of this.#baselines.subjects.consumers) {
      if (consumer.id === "" || consumer.scheme === "none" || consumer.lastUs < endUs - DAY_US) continue
      if (!this.#said.has(consumer.ordinal)) this.#lookForTwo(consumer, endUs, report)
    }
  }

  save(): { sources: Map<number, Source>; said: Set<number> } {
    return { sources: this.#sources, said: this.#said }
  }

  restore(saved: unknown): void {
    const { sources, said } = saved as ReturnType<CredentialSharing["save"]>
    this.#sources = sources
    this.#said = said
  }

  /** A partner's consumers are one. */
  #parties({ newcomers }: Source): number {
    const parties = new Set<string | number>()
    for (const ordinal of newcomers.keys()) {
      const { partner } = this.#baselines.subjects.consumers[ordinal]!
      parties.add(partner === "" ? ordinal : partner)
    }
    return parties.size
  }

  #raiseMany(sight: Sight, source: Source, parties: number, report: Report): void {
    const sinceUs = Math.min(...source.newcomers.values())
    const active = this.#baselines.subjects.consumers.filter(
      ({ id, lastUs }) => id !== "" && lastUs > sight.atUs - DAY_US,
    ).length
    if (parties > 5 && parties > MOVED_SHARE * active) return
    for (const ordinal of source.newcomers.keys()) {
      report.raise({
        detector: spec.name,
        family: spec.family,
        atUs: sight.atUs,
        sinceUs,
        consumer: ordinal,
        endpoint: -1,
        p: Math.max(1e-12, 10 ** -(2 + parties)),
        isRule: false,
        weight: 1,
        key: `${spec.name} many`,
        sentence: `is used from an address that began to use the credentials of ${parties} consumers within a day, all of which had a place of their own`,
        facts: { consumers: parties, activeConsumers: active },
        doubts: [
          {
            what: "proxy in front of everybody",
            explains: false,
            sentence: `${parties} of ${active} active consumers come from there`,
          },
        ],
        samples: source.samples,
        lossyShare: 0,
      })
    }
  }

  #lookForTwo(consumer: ConsumerSubject, endUs: number, report: Report): void {
    const { fingerprints } = this.#baselines
    const today = (dimension: number) =>
      fingerprints
        .valuesOf(consumer, dimension)
        .filter(({ lastUs, days }) => lastUs >= endUs - DAY_US && days >= DAYS_MIN)
    const networks = today(Dimension.network)
    const software = today(Dimension.software)
    if (networks.length < 2 || software.length < 2) return
    const second = networks.reduce((latest, each) => (each.firstUs > latest.firstUs ? each : latest))
    const first = networks.reduce((oldest, each) => (each.firstUs < oldest.firstUs ? each : oldest))
    const client = software.reduce((latest, each) => (each.firstUs > latest.firstUs ? each : latest))
    if (second.firstUs - first.firstUs < ALONE_US) return
    // The second client came with the second network.
    if (Math.abs(client.firstUs - second.firstUs) > DAY_US) return
    this.#said.add(consumer.ordinal)
    const days = Math.round((endUs - second.firstUs) / DAY_US)
    report.raise({
      detector: spec.name,
      family: spec.family,
      atUs: endUs - 1,
      sinceUs: second.firstUs,
      consumer: consumer.ordinal,
      endpoint: -1,
      p: 1e-4,
      isRule: false,
      weight: 1,
      key: `${spec.name} two`,
      sentence: `is used from two networks with different clients at the same time, for ${days} days now; before it had one for ${Math.round((second.firstUs - first.firstUs) / DAY_US)} days`,
      facts: {
        days,
        daysAlone: Math.round((second.firstUs - first.firstUs) / DAY_US),
        networks: networks.length,
        clients: software.length,
      },
      doubts: [
        { what: "second site of the same partner", explains: false, sentence: "it came with another client, too" },
      ],
      samples: [],
      lossyShare: 0,
    })
  }
}

export const CREDENTIAL_SHARING: DetectorKind = { spec, create: (parts) => new CredentialSharing(parts) }
