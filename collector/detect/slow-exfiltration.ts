// 11 Slow exfiltration: a little more of what is sensitive, every day (OWASP API1, API4).
//
// Statistic: items of endpoints that answer with sensitive data classes, and bytes of answers, over windows of 1 to 14 days
// (baseline/scan.ts). Threshold: 10^-3 a consumer and day. Gates: as scraping; bytes count whatever the status, because an error that
// carries data is an answer, too.
import { Lane } from "../baseline/volume-measures.ts"
import type { DetectorSpec } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { CHANCE, VolumeDetector } from "./volume-findings.ts"

const spec: DetectorSpec = {
  name: "slow-exfiltration",
  number: 11,
  title: "Slow exfiltration",
  owasp: ["API1", "API4"],
  family: "volume",
  about: "Takes more sensitive items or bytes than it usually does, summed up over 1 to 14 days.",
  falsePositives: ["growth of its business", "re-synchronisation", "month end", "answers that have become larger"],
  settings: { chance: CHANCE },
}

export const SLOW_EXFILTRATION: DetectorKind = {
  spec,
  create: (parts) => new VolumeDetector(spec, Lane.sensitive, "was given", parts),
}
