// Whether an endpoint asks who is calling, judged by what it let pass: only successful exchanges count, and nothing is
// concluded from few of them or from evidence that the sensor knows to be lossy.
import type { EndpointRecord } from "../store/records.ts"

export type Posture = "consistent" | "partial" | "missing" | "unknown"

/** Successful exchanges below which nothing is concluded. */
export const SUCCESSES_MIN = 20
/** Share of lossy evidence above which conclusions are withheld. */
export const LOSSY_SHARE_MAX = 0.2
/** Authenticated share from which the endpoint counts as protected. */
export const CONSISTENT_SHARE = 0.95

export const lossyShare = (record: Pick<EndpointRecord, "lossy" | "requests">): number =>
  record.requests === 0 ? 0 : Math.min(1, record.lossy / record.requests)

export function authPosture(record: Pick<EndpointRecord, "schemes" | "lossy" | "requests">): Posture {
  let successes = 0
  for (const count of Object.values(record.schemes)) successes += count
  if (successes < SUCCESSES_MIN || lossyShare(record) > LOSSY_SHARE_MAX) return "unknown"
  const authenticated = successes - (record.schemes.none ?? 0)
  if (authenticated === 0) return "missing"
  return authenticated >= CONSISTENT_SHARE * successes ? "consistent" : "partial"
}
