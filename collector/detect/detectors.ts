// The detectors there are, by number. A new one is a file of its own and a line here.
import type { Detector, DetectorParts, DetectorSpec } from "./detector.ts"
import { AUTH_MISSING } from "./auth-missing.ts"
import { CONTRACT_VIOLATED } from "./contract-violated.ts"
import { CREDENTIAL_ELSEWHERE } from "./credential-elsewhere.ts"
import { CREDENTIAL_SHARING } from "./credential-sharing.ts"
import { DECOY_TOUCHED } from "./decoy-touched.ts"
import { DORMANT_CREDENTIAL } from "./dormant-credential.ts"
import { ENUMERATION } from "./enumeration.ts"
import { EXCESS_EXPOSURE } from "./excess-exposure.ts"
import { FAILURES_THEN_SUCCESS } from "./failures-then-success.ts"
import { FLOW_ORDER } from "./flow-order.ts"
import { FOREIGN_OBJECT } from "./foreign-object.ts"
import { MASS_CHANGE } from "./mass-change.ts"
import { MIX_SHIFT } from "./mix-shift.ts"
import { NEW_ENDPOINT } from "./new-endpoint.ts"
import { PAGING_COST } from "./paging-cost.ts"
import { PROBING } from "./probing.ts"
import { SCRAPING } from "./scraping.ts"
import { SENSOR_BLIND } from "./sensor-blind.ts"
import { SHADOW_ENDPOINT } from "./shadow-endpoint.ts"
import { SLOW_EXFILTRATION } from "./slow-exfiltration.ts"
import { TOKEN_ANOMALY } from "./token-anomaly.ts"
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
  NEW_ENDPOINT,
  FLOW_ORDER,
  UNDOCUMENTED_PARAMETER,
  EXCESS_EXPOSURE,
  FAILURES_THEN_SUCCESS,
  PROBING,
  PAGING_COST,
  URL_PARAMETER,
  CONTRACT_VIOLATED,
  MASS_CHANGE,
  DECOY_TOUCHED,
  MIX_SHIFT,
  SENSOR_BLIND,
]
