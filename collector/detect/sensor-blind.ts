// 24, sensor blind or silent: what was not seen proves nothing, so it is said.
//
// Raised by what sensors say of themselves (heartbeat, ledger), not by exchanges: the inventory notes it, incident/incidents.ts makes it an
// incident of the review lane, which closes by itself when the sensor is back. Known false positive: maintenance.
import type { Detector, DetectorSpec } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"

const spec: DetectorSpec = {
  name: "sensor-blind",
  number: 24,
  title: "Sensor blind or silent",
  owasp: [],
  family: "posture",
  about: "Sensors that are not heard, or that lose much of what they should see.",
  falsePositives: ["maintenance"],
  settings: {},
}

class SensorBlind implements Detector {
  readonly spec = spec
}

export const SENSOR_BLIND: DetectorKind = { spec, create: () => new SensorBlind() }
