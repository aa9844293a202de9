// What the inventory tells of each exchange once it knows whose it is and where it belongs, and of what changes that context: the door to
// the analysis, which lies behind the inventory in the packet's path and is committed in the same checkpoint.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import type { DocumentChange } from "../store/documents.ts"
import type { Store, StoredState, WatchRows } from "../store/store.ts"
import type { Documents } from "./documents.ts"
import type { EditHandler } from "./edits.ts"
import type { Endpoint } from "./endpoint.ts"
import type { MintId } from "./ids.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import type { Route } from "./route.ts"
import type { Service } from "./service.ts"
import type { ShapeTexts } from "./shape-notes.ts"

/** What a watcher keeps at a route or a consumer, so that it need not look it up; nobody else looks at it. */
export interface Watched {
  readonly subject: unknown
}

export interface Watcher {
  /** The exchanges that follow, up to `end`, are of this message, or were kept back from earlier ones. */
  begin(bytes: Uint8Array, events: readonly ApiEvent[]): void
  end(): void
  /** An exchange was applied. `route` null: it is at no endpoint. */
  note(event: ApiEvent, route: Route | null, consumer: Consumer): void
  /** Routes of the service belong to other endpoints now, or endpoints are called otherwise. */
  regrouped(service: Service, atUs: number): void
  mergeConsumers(former: Consumer, successor: Consumer): void
  /** Documents that changed: contracts, exceptions, settings of detectors, decoys. */
  noteDocuments(changes: readonly DocumentChange[]): void
  noteSensor(sensor: string, what: "silent" | "back" | "blind", atUs: number, sentence: string): void
  /** What changed since the last call; null when nothing did. */
  take(): WatchRows | null
  /** Edits that it answers for. */
  readonly handlers: readonly EditHandler[]
}

/** What a watcher may ask the inventory for. */
export interface WatcherContext {
  readonly reached: LimitCounters
  readonly texts: ShapeTexts
  readonly documents: Documents
  readonly limits: InventoryLimits
  readonly mint: MintId
  services(): Iterable<Service>
  /** By a present or former id. */
  endpointOf(id: string): Endpoint | null
}

export interface WatcherKind {
  /** Goes on from what the store holds. */
  open(store: Store, state: StoredState, context: WatcherContext): Promise<Watcher>
}

/** Watches nothing: an inventory without an analysis. */
export const NO_WATCHER: Watcher = {
  begin: () => {},
  end: () => {},
  note: () => {},
  regrouped: () => {},
  mergeConsumers: () => {},
  noteDocuments: () => {},
  noteSensor: () => {},
  take: () => null,
  handlers: [],
}
