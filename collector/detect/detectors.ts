// The detectors there are, by number. A new one is a file of its own and a line here.
import type { DetectorSpec } from "./detector.ts"
import { MASS_CHANGE } from "./mass-change.ts"
import { MIX_SHIFT } from "./mix-shift.ts"
import { SCRAPING } from "./scraping.ts"
import { SLOW_EXFILTRATION } from "./slow-exfiltration.ts"

/** Each detector's class, made with its parts, and its spec without an instance. */
export interface DetectorKind {
  readonly spec: DetectorSpec
  readonly create: (parts: import("./detector.ts").DetectorParts) => import("./detector.ts").Detector
}

export const DETECTORS: readonly DetectorKind[] = [SCRAPING, SLOW_EXFILTRATION, MASS_CHANGE, MIX_SHIFT]
