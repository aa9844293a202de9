// 23 Mix shift, off-profile time: does other things than usual, or at hours at which it is never there. Supporting evidence only.
//
// Statistic: G of the day's shares of operations against the usual ones, corrected for how much its days differ (baseline/mix.ts), at the
// close of a day; and the share of like days on which it was there at that hour, at the first request of an hour. Threshold: 10^-3, and
// one like day in 20. p is never smaller than 10^-3, the weight .5: alone it makes no incident, because partners change what they do.
// Gates: ten days with activity, twenty requests on the day.

import type { Turn } from "../baseline/event-clock.ts"
import type { Sight } from "../baseline/sight.ts"
import { learningOf } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./volume-findings.ts"

const DAY_US = 86_400_000_000
const P_MIN = 1e-3
const WEIGHT = 0.5

const spec: DetectorSpec = {
  name: "mix-shift",
  number: 23,
  title: "Mix shift",
  owasp: [],
  family: "novelty",
  about: "Does other things than usual, or at hours at which it is never there; supports other findings.",
  falsePositives: ["new features of the partner", "changes of schedules", "clock changes", "deadlines"],
  settings: {
    chance: {
      unit: "-log10 of the chance",
      default: 3,
      min: 2,
      max: 12,
      why: "a day in a thousand differs so much by chance after correction",
    },
    hourShare: {
      unit: "share of like days",
      default: 0.05,
      min: 0.005,
      max: 0.2,
      why: "an hour at which it was there on less than one day in 20 is not its hour",
    },
  },
}

class MixShift implements Detector {
  readonly spec = spec
  readonly #parts: DetectorParts
  /** Day on which a consumer was last said to be there at an odd hour: once a day. */
  #saidDays = new Map<number, number>()

  constructor(parts: DetectorParts) {
    this.#parts = parts
  }

  onSight(sight: Sight, report: Report): void {
    const share = this.#parts.baselines.mix.hourShare
    if (share < 0 || share > this.#parts.settings.hourShare!) return
    const { consumer, atUs } = sight
    const day = Math.floor(atUs / DAY_US)
    if (learningOf(consumer, atUs) !== "full" || this.#saidDays.get(consumer.ordinal) === day) return
    this.#saidDays.set(consumer.ordinal, day)
    const hourUtc = Math.floor((atUs % DAY_US) / 3_600_000_000)
    const percent = Math.round(share * 1000) / 10
    report.raise({
      ...EMPTY,
      atUs,
      sinceUs: atUs,
      consumer: consumer.ordinal,
      p: Math.max(P_MIN, share),
      key: `${spec.name} hour`,
      sentence: `was there at ${hourUtc}:00 UTC, an hour of about ${percent} % of its like days`,
      facts: { hourUtc, likeDaysPercent: percent },
      samples: [sampleOf(sight)],
      lossyShare: sight.isLossy ? 1 : 0,
    })
  }

  onTurn({ kind, startUs, endUs }: Turn, report: Report): void {
    if (kind !== "day") return
    const { baselines, settings } = this.#parts
    const threshold = -Math.LN10 * settings.chance!
    for (const shift of baselines.mix.shifts(Math.floor(startUs / DAY_US))) {
      if (shift.lnP > threshold) continue
      const consumer = baselines.subjects.consumers[shift.consumer]!
      if (learningOf(consumer, endUs) === "rules") continue
      const sharePercent = Math.round(shift.share * 1000) / 10
      const usualPercent = Math.round(shift.usualShare * 1000) / 10
      report.raise({
        ...EMPTY,
        atUs: endUs,
        sinceUs: startUs,
        consumer: shift.consumer,
        p: Math.max(P_MIN, Math.exp(shift.lnP)),
        key: `${spec.name} operations`,
        sentence: `did other things than usual on a day of ${shift.requests} requests: ${sharePercent} % of them at one endpoint that usually has ${usualPercent} %`,
        facts: { requests: shift.requests, endpoints: shift.pairs, sharePercent, usualPercent },
        samples: [],
        lossyShare: 0,
      })
    }
  }

  save(): unknown {
    return { saidDays: this.#saidDays }
  }

  restore(saved: unknown): void {
    this.#saidDays = (saved as { saidDays: Map<number, number> } | null)?.saidDays ?? new Map<number, number>()
  }
}

const EMPTY = {
  detector: spec.name,
  family: spec.family,
  endpoint: -1,
  isRule: false,
  isSupporting: true,
  weight: WEIGHT,
  doubts: [],
} as const

export const MIX_SHIFT: DetectorKind = { spec, create: (parts) => new MixShift(parts) }
