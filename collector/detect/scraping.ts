// 10 Scraping: more of a collection than the consumer ever needed (OWASP API4, API6).
//
// Statistic: objects new to the consumer, and items of lists, over windows of 1 to 14 days that end today, per endpoint and over all
// (baseline/scan.ts), honest chances from the pool (baseline/calibration.ts). Objects *new to this consumer* because they show a tenth
// more reading where totals drown it. Threshold: 10^-3 a consumer and day.
// Gates: refused and failed requests do not count; late ones neither. Loss only lowers counts.
// Besides: a level that doubled within a quarter without any alarm is for review.
import type { Turn } from "../baseline/event-clock.ts"
import { Lane, MEASURE_NAMES } from "../baseline/volume-measures.ts"
import type { DetectorParts, DetectorSpec, Report } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { days, round } from "./volume-doubts.ts"
import { CHANCE, VolumeDetector } from "./volume-findings.ts"

const spec: DetectorSpec = {
  name: "scraping",
  number: 10,
  title: "Scraping",
  owasp: ["API4", "API6"],
  family: "volume",
  about: "Reads more objects that are new to it, or more items of lists, than it usually does, over 1 to 14 days.",
  falsePositives: [
    "re-synchronisation",
    "onboarding",
    "growth",
    "month end",
    "release that all take up",
    "catching up",
  ],
  settings: { chance: CHANCE },
}

class Scraping extends VolumeDetector {
  constructor(parts: DetectorParts) {
    super(spec, Lane.reading, "read", parts)
  }

  onTurn({ kind, endUs }: Turn, report: Report): void {
    if (kind !== "day") return
    for (const { consumer, measure, former, present, days: apart } of this.volume.takeDrifts()) {
      const facts = { former: round(former), present: round(present), apartDays: apart }
      report.raise({
        detector: spec.name,
        family: spec.family,
        atUs: endUs,
        sinceUs: endUs - apart * 86_400_000_000,
        consumer,
        endpoint: -1,
        p: 0,
        isRule: true,
        // A rule below 1 is for review, never an alarm.
        weight: 0.5,
        key: `${spec.name} drift ${MEASURE_NAMES[measure]}`,
        sentence: `has come from ${facts.former} to ${facts.present} ${MEASURE_NAMES[measure]} a day in ${days(apart)}, slowly enough never to stand out`,
        facts,
        doubts: [
          {
            what: "growth",
            explains: false,
            sentence: "Growth of its business looks the same: ask whether it has grown.",
          },
        ],
        samples: [],
        lossyShare: 0,
      })
    }
  }
}

export const SCRAPING: DetectorKind = { spec, create: (parts) => new Scraping(parts) }
