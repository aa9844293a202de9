// Anomalies that this stage finds itself join those of the wire.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { Odd } from "./facts.ts"

/** Anomalies of the wire and of this stage, ascending, each once. */
export function mergedAnomalies(anomalies: readonly number[], odd: number): readonly number[] {
  const all = new Set(anomalies)
  if ((odd & Odd.credentialInUrl) !== 0) all.add(Anomaly.credentialInUrl)
  if ((odd & Odd.bodyDecodeFailed) !== 0) all.add(Anomaly.bodyDecodeFailed)
  if ((odd & Odd.bodyBomb) !== 0) all.add(Anomaly.bodyBomb)
  if ((odd & Odd.jwtAlgNone) !== 0) all.add(Anomaly.jwtAlgNone)
  if ((odd & Odd.multipartMalformed) !== 0) all.add(Anomaly.multipartMalformed)
  if ((odd & Odd.xmlEntities) !== 0) all.add(Anomaly.xmlEntities)
  return [...all].sort((a, b) => a - b)
}
