// 6, dormant credential: a consumer that was silent for long is back.
//
// Statistic: the gap before this exchange against the longest gap that is usual for it. A finding when the gap is at least `idleDays` and
// `factor` times the longest one so far, or `briefDays` and `briefFactor` times of one that came on seven days, or in twenty hours of three days (p = 10^-3: for
// review, because holidays are as long). The more active days it has shown without such a gap, the less likely: p = 1 / (active days)^2,
// 10^-3 to 10^-7; 0.03 on fewer than 7 days with fewer than 20 active hours; a tenth with a network or client that it never had. It is said with the first exchange that is answered with success.
// Known false positives: a partner that comes once a quarter (its gaps are long: the factor is not reached), holidays (all are silent:
// the silence that all consumers share does not count).
import type { Baselines } from "../baseline/baselines.ts"
import { type SavedSlab, Slab } from "../baseline/columns.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"

const ROWS = {
  /** Longest silence so far, µs. */
  gapUs: [Float64Array, 1],
  /** End of the last exchange that was answered with success, µs. */
  lastUs: [Float64Array, 1],
} as const
/** Nobody at all was seen for longer than this (a night is shorter): no silence of a consumer. */
const SHARED_SILENCE_US = 36 * 3_600_000_000
const DAYS_MIN = 3
/** Of a silence that a long holiday has, too. */
const BRIEF_P = 1e-3
/** With fewer days and hours than these nobody knows how often it comes. A poller of three days has 72 hours. */
const FEW_DAYS = 7
const FEW_HOURS = 20

const spec: DetectorSpec = {
  name: "dormant-credential",
  number: 6,
  title: "Dormant credential is back",
  owasp: ["API2"],
  family: "identity",
  about: "The silence before an exchange against the longest one that is usual for the consumer.",
  falsePositives: ["a partner that comes once a quarter", "holidays"],
  settings: {
    idleDays: {
      unit: "days",
      default: 30,
      min: 1,
      max: 3650,
      why: "A month of silence outlasts holidays and monthly jobs.",
    },
    factor: {
      unit: "times its longest silence",
      default: 3,
      min: 1,
      max: 100,
      why: "Who was silent for two weeks once may be so for a month.",
    },
    briefDays: {
      unit: "days",
      default: 10,
      min: 1,
      max: 3650,
      why: "Who comes every day or nearly so and then not for ten has stopped; captures of some weeks show no longer silence.",
    },
    briefFactor: {
      unit: "times its longest silence",
      default: 4,
      min: 1,
      max: 100,
      why: "Weekends and bridge days are two to five days long.",
    },
  },
}

class DormantCredential implements Detector {
  readonly spec = spec
  readonly #settings: SettingValues
  readonly #baselines: Baselines
  #rows = new Slab(ROWS)
  /** Of anybody, µs; and for how long nobody was seen, summed. */
  #latestUs = 0
  #darkUs = 0
  /** `darkUs` when each consumer was seen last. */
  #dark: number[] = []

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { atUs, consumer } = sight
    if (this.#latestUs > 0 && atUs - this.#latestUs > SHARED_SILENCE_US) this.#darkUs += atUs - this.#latestUs
    if (atUs > this.#latestUs) this.#latestUs = atUs
    if (!sight.isSuccess || sight.isLate || consumer.scheme === "none") return
    const { ordinal } = consumer
    this.#rows.reserve(ordinal)
    const { columns } = this.#rows
    const lastUs = columns.lastUs[ordinal]!
    const before = this.#dark[ordinal] ?? this.#darkUs
    columns.lastUs[ordinal] = Math.max(lastUs, atUs)
    this.#dark[ordinal] = this.#darkUs
    const gapUs = lastUs === 0 ? 0 : atUs - lastUs - (this.#darkUs - before)
    const usualUs = columns.gapUs[ordinal]!
    if (gapUs <= usualUs) return
    columns.gapUs[ordinal] = gapUs
    const { idleDays, factor, briefDays, briefFactor } = this.#settings
    const isLong = gapUs >= idleDays! * DAY_US && gapUs >= factor! * usualUs && consumer.activeDays >= DAYS_MIN
    const isBrief = gapUs >= briefDays! * DAY_US && gapUs >= briefFactor! * usualUs && this.#isRegular(consumer)
    if (isLong || isBrief) this.#raise(sight, gapUs, usualUs, isLong, report)
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    if (former.ordinal >= this.#rows.rows) return
    this.#rows.reserve(successor.ordinal)
    const { columns } = this.#rows
    columns.lastUs[successor.ordinal] = Math.max(columns.lastUs[successor.ordinal]!, columns.lastUs[former.ordinal]!)
    columns.gapUs[successor.ordinal] = Math.max(columns.gapUs[successor.ordinal]!, columns.gapUs[former.ordinal]!)
  }

  save(): { rows: SavedSlab<typeof ROWS>; latestUs: number; darkUs: number; dark: number[] } {
    return { rows: this.#rows.save(), latestUs: this.#latestUs, darkUs: this.#darkUs, dark: this.#dark }
  }

  restore(saved: unknown): void {
    const { rows, latestUs, darkUs, dark } = saved as ReturnType<DormantCredential["save"]>
    this.#rows = new Slab(ROWS, rows)
    this.#latestUs = latestUs
    this.#darkUs = darkUs
    this.#dark = dark
  }

  /** It came often enough for ten days without it to mean something. */
  #isRegular(consumer: ConsumerSubject): boolean {
    if (consumer.activeDays >= FEW_DAYS) return true
    return consumer.activeDays >= DAYS_MIN && this.#baselines.fingerprints.hoursOf(consumer) >= FEW_HOURS
  }

  #raise(sight: Sight, gapUs: number, usualUs: number, isLong: boolean, report: Report): void {
    const { consumer, atUs } = sight
    const days = (us: number): number => Math.round((us / DAY_US) * 10) / 10
    const { surprise } = this.#baselines.fingerprints
    const isElsewhere = surprise > 0
    const p = isLong ? chanceOf(consumer.activeDays, this.#baselines.fingerprints.hoursOf(consumer)) : BRIEF_P
    report.raise({
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: atUs,
      consumer: consumer.ordinal,
      endpoint: -1,
      p: isElsewhere ? p / 10 : p,
      isRule: false,
      // Coming back after months is what an old key does that somebody found; it is worth a look by itself.
      weight: 1.4,
      key: spec.name,
      sentence:
        `is back after ${days(gapUs)} days of silence; on ${consumer.activeDays} active days before, ` +
        `its longest was ${days(usualUs)} days` +
        (isElsewhere ? ", and it comes with something that it never had" : ""),
      facts: {
        silenceDays: days(gapUs),
        longestBeforeDays: days(usualUs),
        activeDays: consumer.activeDays,
        surpriseBits: Math.round(surprise),
      },
      doubts: [
        {
          what: "partner that comes once a quarter",
          explains: false,
          sentence: `its longest silence was ${days(usualUs)} days`,
        },
      ],
      samples: [sampleOf(sight, 0)],
      lossyShare: 0,
    })
  }
}

/** Of a longest silence on so many active days. On a few of them nobody knows how often it comes. */
function chanceOf(activeDays: number, activeHours: number): number {
  return activeDays < FEW_DAYS && activeHours < FEW_HOURS ? 0.03 : Math.min(1e-3, Math.max(1e-7, 1 / activeDays ** 2))
}

export const DORMANT_CREDENTIAL: DetectorKind = { spec, create: (parts) => new DormantCredential(parts) }
