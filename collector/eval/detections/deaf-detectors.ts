// Detectors of which some findings are not heard: an analysis without one of its means, with nothing changed in it.
import type { Detector, Report } from "../../detect/detector.ts"
import { DETECTORS, type DetectorKind } from "../../detect/detectors.ts"
import type { Finding } from "../../detect/finding.ts"

export const detectorsThat = (keeps: (finding: Finding) => boolean): readonly DetectorKind[] =>
  DETECTORS.map(({ spec, create }) => ({ spec, create: (parts) => filtered(create(parts), keeps) }))

function filtered(detector: Detector, keeps: (finding: Finding) => boolean): Detector {
  const through = (report: Report): Report => ({
    raise: (finding) => {
      if (keeps(finding)) report.raise(finding)
    },
    explain: (explanation) => report.explain(explanation),
  })
  return {
    spec: detector.spec,
    onSight: (sight, report) => detector.onSight?.(sight, through(report)),
    onTurn: (turn, report) => detector.onTurn?.(turn, through(report)),
    mergeConsumers: (former, successor) => detector.mergeConsumers?.(former, successor),
    mergeEndpoints: (former, successor) => detector.mergeEndpoints?.(former, successor),
    save: () => detector.save?.(),
    restore: (saved) => detector.restore?.(saved),
  }
}
