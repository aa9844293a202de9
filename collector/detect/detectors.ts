// The detectors there are, by number. A new one is a file of its own and a line here.
import type { DetectorSpec } from "./detector.ts"
import { ENUMERATION } from "./enumeration.ts"
import { FLOW_ORDER } from "./flow-order.ts"
import { FOREIGN_OBJECT } from "./foreign-object.ts"
import { UNPROVENANCED_IDS } from "./unprovenanced-ids.ts"

/** Each detector's class, made with its parts, and its spec without an instance. */
export interface DetectorKind {
  readonly spec: DetectorSpec
  readonly create: (parts: import("./detector.ts").DetectorParts) => import("./detector.ts").Detector
}

export const DETECTORS: readonly DetectorKind[] = [ENUMERATION, UNPROVENANCED_IDS, FOREIGN_OBJECT, FLOW_ORDER]
