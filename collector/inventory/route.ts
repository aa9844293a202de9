// A route: what is counted apart of an endpoint. A method on a path as the sensor says it (or on all the values of a parameter that are
// not told apart), and an operation key. Windows and pairs are kept by route, so an endpoint can get and lose routes at any time.
import type { RouteRecord } from "../store/records.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Service } from "./service.ts"
import type { PathLeaf } from "./templates/path-learner.ts"
import type { Traffic } from "./traffic.ts"
import type { Watched } from "./watcher.ts"

/** What tells the routes of a leaf apart. */
export function slotOf(method: string, operation: string): string {
  return operation === "" ? method : `${method}\n${operation}`
}

export interface RouteIdentity {
  readonly id: string
  readonly service: Service
  readonly method: string
  readonly operation: string
}

export class Route {
  readonly id: string
  /** 1, 2, 3, ... in this process: half of a pair's key. */
  readonly ordinal: number
  readonly service: Service
  readonly method: string
  readonly operation: string
  readonly slot: string
  leaf: PathLeaf
  endpoint: Endpoint
  readonly traffic: Traffic
  /** Ordinals of the consumers that used it. */
  readonly consumers = new Set<number>()
  /** It has counted something since it was last written. */
  isDirty = false
  /** It is new, or belongs elsewhere: its record must be written even where its traffic is the endpoint's. */
  isMoved = false
  watched: Watched | null = null
  /** What was counted here belongs to another: it is no more. */
  isFolded = false

  constructor(identity: RouteIdentity, ordinal: number, leaf: PathLeaf, endpoint: Endpoint, traffic: Traffic) {
    this.id = identity.id
    this.ordinal = ordinal
    this.service = identity.service
    this.method = identity.method
    this.operation = identity.operation
    this.slot = slotOf(identity.method, identity.operation)
    this.leaf = leaf
    this.endpoint = endpoint
    this.traffic = traffic
  }

  /** False for paths that are names: nothing is learned of them. */
  get isLearned(): boolean {
    return this.leaf.number > 0
  }

  record(): RouteRecord {
    return {
      id: this.id,
      endpoint: this.endpoint.id,
      service: this.service.id,
      method: this.method,
      path: this.leaf.path,
      extension: this.leaf.extension,
      operation: this.operation,
      leaf: this.isLearned ? this.leaf.number : -1,
      traffic: this.endpoint.routes.size === 1 ? null : this.traffic.record(this.consumers.size),
    }
  }
}

/** Whether `a` rather than `b` keeps its id where only one can: the busier one, of equals the older one, then the one met first. */
export function outlives(a: Route, b: Route): boolean {
  if (a.traffic.requests !== b.traffic.requests) return a.traffic.requests > b.traffic.requests
  if (a.traffic.firstSeenUs !== b.traffic.firstSeenUs) return a.traffic.firstSeenUs < b.traffic.firstSeenUs
  return Math.abs(a.leaf.number) < Math.abs(b.leaf.number)
}
