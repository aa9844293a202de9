// The detectors there are, by number. A new one is a file of its own and a line here.

import { AUTH_MISSING } from "./auth-missing.ts"
import { CREDENTIAL_ELSEWHERE } from "./credential-elsewhere.ts"
import { CREDENTIAL_SHARING } from "./credential-sharing.ts"
import type { Detector, DetectorParts, DetectorSpec } from "./detector.ts"
import { DORMANT_CREDENTIAL } from "./dormant-credential.ts"
import { ENUMERATION } from "./enumeration.ts"
import { FAILURES_THEN_SUCCESS } from "./failures-then-success.ts"
import { FLOW_ORDER } from "./flow-order.ts"
import { FOREIGN_OBJECT } from "./foreign-object.ts"
import { MASS_CHANGE } from "./mass-change.ts"
import { MIX_SHIFT } from "./mix-shift.ts"
import { SCRAPING } from "./scraping.ts"
import { SENSOR_BLIND } from "./sensor-blind.ts"
import { SLOW_EXFILTRATION } from "./slow-exfiltration.ts"
import { TOKEN_ANOMALY } from "./token-anomaly.ts"
import { UNPROVENANCED_IDS } from "./unprovenanced-ids.ts"

/** How a detector is made with its parts, and its spec without an instance. */
export interface DetectorKind {
  readonly spec: DetectorSpec
  readonly create: (parts: DetectorParts) => Detector
}

// One a line.
// biome-ignore format: a new detector is a line
export const DETECTORS: readonly DetectorKind[] = [
  AUTH_MISSING,
  TOKEN_ANOMALY,
  CREDENTIAL_ELSEWHERE,
  CREDENTIAL_SHARING,
  DORMANT_CREDENTIAL,
  ENUMERATION,
  UNPROVENANCED_IDS,
  FOREIGN_OBJECT,
  SCRAPING,
  SLOW_EXFILTRATION,
  FLOW_ORDER,
  FAILURES_THEN_SUCCESS,
  MASS_CHANGE,
  MIX_SHIFT,
  SENSOR_BLIND,
]
