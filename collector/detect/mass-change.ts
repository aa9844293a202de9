// 21 Mass change: deletes or overwrites far more than usual (OWASP API1, API5).
//
// Statistic: DELETE, PUT and PATCH that succeeded, and operations behind POST whose name says the same, per endpoint and over all, over
// windows of 1 to 14 days (baseline/scan.ts); where it has hardly ever changed anything, what peers change and how rare a first time is.
// Threshold: 10^-2.5 a consumer and day. Gates: only what succeeded (or whose answer was not seen) counts.
import { Lane } from "../baseline/volume-measures.ts"
import type { DetectorSpec } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { CHANCE, VolumeDetector } from "./volume-findings.ts"

const spec: DetectorSpec = {
  name: "mass-change",
  number: 21,
  title: "Mass change",
  owasp: ["API1", "API5"],
  family: "volume",
  about: "Deletes or overwrites more than it usually does.",
  falsePositives: ["clean-up jobs", "migrations", "month end"],
  settings: {
    chance: {
      ...CHANCE,
      default: 2.5,
      why: "most partners change little, so there is little history: weaker evidence is told, and needs other findings beside it",
    },
  },
}

export const MASS_CHANGE: DetectorKind = {
  spec,
  create: (parts) => new VolumeDetector(spec, Lane.changing, "made", parts),
}
