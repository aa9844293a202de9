// The detectors there are, by number. A new one is a file of its own and a line here.

import { DECOY_TOUCHED } from "./decoy-touched.ts"
import type { Detector, DetectorParts, DetectorSpec } from "./detector.ts"
import { ENUMERATION } from "./enumeration.ts"
import { EXCESS_EXPOSURE } from "./excess-exposure.ts"
import { FOREIGN_OBJECT } from "./foreign-object.ts"
import { MASS_CHANGE } from "./mass-change.ts"
import { NEW_ENDPOINT } from "./new-endpoint.ts"
import { SCRAPING } from "./scraping.ts"
import { SHADOW_ENDPOINT } from "./shadow-endpoint.ts"
import { SLOW_EXFILTRATION } from "./slow-exfiltration.ts"
import { UNDOCUMENTED_PARAMETER } from "./undocumented-parameter.ts"
import { UNPROVENANCED_IDS } from "./unprovenanced-ids.ts"
import { URL_PARAMETER } from "./url-parameter.ts"

/** How a detector is made with its parts, and its spec without an instance. */
export interface DetectorKind {
  readonly spec: DetectorSpec
  readonly create: (parts: DetectorParts) => Detector
}

// One a line.
// biome-ignore format: a new detector is a line
export const DETECTORS: readonly DetectorKind[] = [
  SHADOW_ENDPOINT,
  ENUMERATION,
  UNPROVENANCED_IDS,
  FOREIGN_OBJECT,
  SCRAPING,
  SLOW_EXFILTRATION,
  NEW_ENDPOINT,
  UNDOCUMENTED_PARAMETER,
  EXCESS_EXPOSURE,
  URL_PARAMETER,
  MASS_CHANGE,
  DECOY_TOUCHED,
]
