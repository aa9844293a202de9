// All the checks, worst first, and what they come to together.
import { checkClock, checkDrops, checkLoad, checkTraffic } from "./arrival-checks.ts"
import { checkContent } from "./content-check.ts"
import { type Finding, type Measured, share, VERDICTS, type Verdict } from "./finding.ts"
import {
  checkChecksums,
  checkFragments,
  checkIp,
  checkSuperFrames,
  checkTruncation,
  checkTunnels,
  checkVlans,
} from "./frame-checks.ts"
import type { Measurements } from "./measurements.ts"
import {
  checkDirections,
  checkDuplicates,
  checkLoss,
  checkMidstream,
  checkReordering,
  checkSampling,
} from "./mirror-checks.ts"

/** In the order in which an engineer asks: within a verdict the report keeps it. */
const CHECKS: readonly ((m: Measurements) => Finding | null)[] = [
  checkTraffic,
  checkDirections,
  checkContent,
  checkDrops,
  checkLoss,
  checkSampling,
  checkTruncation,
  checkDuplicates,
  checkReordering,
  checkLoad,
  checkMidstream,
  checkTunnels,
  checkVlans,
  checkFragments,
  checkSuperFrames,
  checkChecksums,
  checkClock,
  checkIp,
]

export interface Diagnosis {
  /** The worst verdict, unknown apart: it counts for nothing unless all is unknown. */
  readonly verdict: Verdict
  readonly counts: Readonly<Record<Verdict, number>>
  readonly seconds: number
  readonly packets: number
  readonly interfaces: readonly { readonly [name: string]: Measured }[]
  readonly checks: readonly Finding[]
}

export function diagnose(m: Measurements): Diagnosis {
  const findings = CHECKS.map((check) => check(m)).filter((finding) => finding !== null)
  const checks = VERDICTS.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict))
  const count = (verdict: Verdict): number => checks.filter((finding) => finding.verdict === verdict).length
  const counts = { bad: count("bad"), warning: count("warning"), unknown: count("unknown"), good: count("good") }
  const verdict = counts.bad > 0 ? "bad" : counts.warning > 0 ? "warning" : counts.good > 0 ? "good" : "unknown"
  return { verdict, counts, seconds: m.seconds, packets: m.time.packets, interfaces: interfacesOf(m), checks }
}

function interfacesOf(m: Measurements): Diagnosis["interfaces"] {
  const ports = Object.values(m.capture.ports ?? {})
  return m.capture.interfaces.map((name, port) => ({
    name,
    packets: m.time.portPackets[port] ?? 0,
    bytes: m.time.portBytes[port] ?? 0,
    packetsPerSecond: share(m.time.portPackets[port] ?? 0, m.seconds),
    bitsPerSecond: share(8 * (m.time.portBytes[port] ?? 0), m.seconds),
    kernelDrops: ports[port] === undefined ? (m.isLive ? null : m.capture.kernelDrops) : ports[port].kernelDrops,
    lostBytes: m.loss.lostByPort[port] ?? 0,
  }))
}
