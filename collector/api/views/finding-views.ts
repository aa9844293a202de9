// Records of the store as the API shows findings.
import type { FindingRecord } from "../../store/documents.ts"
import { isoTime } from "../event-time.ts"
import type { Finding, FindingState } from "../finding-models.ts"
import { orNull } from "./inventory-views.ts"

export function findingView(record: FindingRecord, serviceName: string): Finding {
  return {
    id: record.id,
    kind: record.kind,
    subject: record.subject,
    service: { id: record.service, name: serviceName },
    endpoint: orNull(record.endpoint),
    consumer: orNull(record.consumer),
    first: isoTime(record.firstUs),
    last: isoTime(record.lastUs),
    count: record.count,
    sentence: record.sentence,
    state: record.state as FindingState,
    goneSince: record.goneUs === 0 ? null : isoTime(record.goneUs),
    goneWhy: orNull(record.goneWhy),
    by: orNull(record.by),
    reason: orNull(record.reason),
  }
}
