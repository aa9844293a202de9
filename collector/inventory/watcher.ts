// What the inventory tells of each exchange once it knows whose it is and where it belongs, and of what changes that context: the door to
// the analysis, which lies behind the inventory in the packet's path and is committed in the same checkpoint.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import type { IncidentRecord, JournalRecord, SnapshotRecord } from "../store/incident-records.ts"
import type { Route } from "./route.ts"
import type { Service } from "./service.ts"

/** What the analysis adds to a checkpoint. */
export interface WatchRecords {
  readonly incidents: readonly IncidentRecord[]
  readonly journal: readonly JournalRecord[]
  /** In place of the former one; null: that one stays. */
  readonly snapshot: SnapshotRecord | null
}

export interface Watcher {
  /** An exchange was applied. `route` null: it is at no endpoint. */
  note(event: ApiEvent, service: Service, route: Route | null, consumer: Consumer): void
  /** Routes of the service belong to other endpoints now. */
  regrouped(service: Service): void
  mergeConsumers(former: Consumer, successor: Consumer): void
  /** What changed since the last call. */
  take(): WatchRecords
}
