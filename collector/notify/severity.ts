// How much an incident matters, in the scales of those who are told. By the lane; what people have seen to matters less.
import type { IncidentNotice } from "./notice.ts"

export interface Severity {
  /** RFC 5424 table 2. */
  readonly syslog: number
  /** 0 to 10. */
  readonly cef: number
  /** ECS event.severity has no scale of its own: as CEF, times 10. */
  readonly ecs: number
}

const HIGH: Severity = { syslog: 2, cef: 9, ecs: 90 }
const REVIEW: Severity = { syslog: 4, cef: 5, ecs: 50 }
const SETTLED: Severity = { syslog: 5, cef: 3, ecs: 30 }
const TEST: Severity = { syslog: 6, cef: 0, ecs: 0 }

export function severityOf({ kind, incident }: IncidentNotice): Severity {
  if (kind === "test") return TEST
  if (kind === "closed" || kind === "acknowledged") return SETTLED
  return incident.lane === "high" ? HIGH : REVIEW
}
