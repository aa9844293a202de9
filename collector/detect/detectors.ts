// The detectors there are, by number. A new one is a file of its own and a line here.
import type { Detector, DetectorParts, DetectorSpec } from "./detector.ts"
import { ENUMERATION } from "./enumeration.ts"
import { FOREIGN_OBJECT } from "./foreign-object.ts"
import { MASS_CHANGE } from "./mass-change.ts"
import { SCRAPING } from "./scraping.ts"
import { SLOW_EXFILTRATION } from "./slow-exfiltration.ts"
import { UNPROVENANCED_IDS } from "./unprovenanced-ids.ts"

/** How a detector is made with its parts, and its spec without an instance. */
export interface DetectorKind {
  readonly spec: DetectorSpec
  readonly create: (parts: DetectorParts) => Detector
}

// One a line.
// biome-ignore format: a new detector is a line
export const DETECTORS: readonly DetectorKind[] = [
  ENUMERATION,
  UNPROVENANCED_IDS,
  FOREIGN_OBJECT,
  SCRAPING,
  SLOW_EXFILTRATION,
  MASS_CHANGE,
]
