// A service: an authority in a zone or, when requests name none, a listening address; and the endpoints found there.
import { type ApiEvent, PROTOCOL_NAMES, type Server } from "../../shared/event/api-event.ts"
import type { ServiceRecord } from "../store/records.ts"
import { isError, showsRequest } from "./answer.ts"
import type { OperationView } from "./batch-views.ts"
import { BoundedCounts, BoundedNames } from "./bounded-counts.ts"
import { isOfCollection } from "./collection-paths.ts"
import { Flood } from "./flood.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { PathSweep } from "./path-sweep.ts"
import { Places } from "./place/places.ts"
import { RouteTable } from "./route-table.ts"
import { type Rule, RuleCounts } from "./rule-counts.ts"
import type { PathLearner } from "./templates/path-learner.ts"
import { PlainPaths } from "./templates/plain-paths.ts"

/** More reasons than answer.ts knows: none is ever refused. */
const REASONS_MAX = 32

/** Where the server listens, as far as that may be told: "pseudonym:port". */
export function listenerOf(server: Server): string {
  return `${server.address}:${server.port}`
}

/** What makes a server record the same service as another. A port belongs to it only where it is part of the name. */
export function serviceKey(authority: string, zone: string, listener: string): string {
  return authority === "" ? `${zone}\n\n${listener}` : `${zone}\n${authority}`
}

export function serviceName(authority: string, listener: string): string {
  return authority === "" ? `unnamed ${listener}` : authority
}

export class Service {
  readonly id: string
  readonly authority: string
  readonly zone: string
  /** Its routes and endpoints. */
  readonly table: RouteTable
  /** Whether it ever answered with success. */
  isProven = false
  isDirty = false
  name: string
  /** Endpoints that never answered with success. */
  unprovenEndpoints = 0
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  requests = 0
  errors = 0
  conversations = 0
  readonly #addresses: BoundedNames<string>
  readonly #ports: BoundedNames<number>
  readonly #protocols: BoundedNames<string>
  readonly places: Places
  readonly #rules: RuleCounts
  readonly #unlisted: BoundedCounts<string>
  /** Paths and operations that it refuses or has no place for: made with the first. */
  flood: Flood | null = null
  operationFlood: Flood | null = null
  /** Paths that it answers alike, whatever they are: made with the first that is new. */
  sweep: PathSweep | null = null
  readonly #refusedPathsMax: number
  readonly #reached: LimitCounters

  constructor(
    identity: Pick<ServiceRecord, "id" | "name" | "authority" | "zone">,
    limits: InventoryLimits,
    reached: LimitCounters,
    record?: ServiceRecord,
    learner: PathLearner = new PlainPaths(),
  ) {
    this.table = new RouteTable(learner)
    this.id = identity.id
    this.name = identity.name
    this.authority = identity.authority
    this.zone = identity.zone
    this.#reached = reached
    this.#addresses = new BoundedNames(limits.names, record?.addresses)
    this.places = new Places(limits.names, record?.listeners)
    this.#ports = new BoundedNames(limits.names, record?.ports)
    this.#protocols = new BoundedNames(limits.names, record?.protocols)
    this.#rules = new RuleCounts(limits.facts, record?.rules)
    this.#unlisted = BoundedCounts.ofTexts(REASONS_MAX, record?.unlisted)
    this.#refusedPathsMax = limits.refusedPaths
    const { flood, operationFlood, sweep } = record ?? {}
    if (flood != null) this.flood = Flood.from(flood, limits.refusedPaths)
    if (operationFlood != null) this.operationFlood = Flood.from(operationFlood, limits.refusedPaths)
    if (sweep != null) this.sweep = PathSweep.from(sweep, limits.refusedPaths)
    if (record === undefined) return
    this.firstSeenUs = record.firstSeenUs
    this.lastSeenUs = record.lastSeenUs
    this.requests = record.requests
    this.errors = record.errors
    this.conversations = record.conversations
  }

  /** "": as it is called without anybody's doing. */
  rename(name: string): void {
    const [listener = ""] = this.#addresses.list()
    this.name = name === "" ? serviceName(this.authority, listener) : name
  }

  /** Once for each distinct server record of a batch. */
  noteServer(server: Server): void {
    if (!this.#addresses.add(listenerOf(server))) this.#reached.names++
    if (!this.#ports.add(server.port)) this.#reached.names++
  }

  /** Once for each distinct operation of a batch. */
  noteProtocol(protocol: number): void {
    this.#protocols.add(PROTOCOL_NAMES[protocol] ?? "unknown")
  }

  /** `rule`: which identity rule decided, and what it found. */
  count(event: ApiEvent, rule: Rule): void {
    this.requests++
    if (showsRequest(event) && !this.#rules.add(rule)) this.#reached.facts++
    this.#see(event)
    if (isError(event)) this.errors++
  }

  countConversation(event: ApiEvent): void {
    this.conversations++
    this.#see(event)
  }

  #see({ startUs }: ApiEvent): void {
    if (startUs < this.firstSeenUs) this.firstSeenUs = startUs
    if (startUs > this.lastSeenUs) this.lastSeenUs = startUs
  }

  /** A path or operation that is not there, found no place, or only refuses. `consumer`: "" for nobody known. */
  noteRefused({ pathHash, operation }: OperationView, consumer: string, atUs: number): void {
    if (operation.operationKey === "") {
      this.flood ??= new Flood(this.#refusedPathsMax)
      this.flood.note(pathHash, consumer, atUs)
      return
    }
    this.operationFlood ??= new Flood(this.#refusedPathsMax)
    this.operationFlood.note(pathHash, consumer, atUs)
  }

  /** A path that is new or shares its leaf with others, answered with success. */
  noteAnswered({ pathHash, operation }: OperationView, consumer: string, event: ApiEvent): void {
    this.sweep ??= new PathSweep(this.#refusedPathsMax)
    this.sweep.note(pathHash, consumer, event, (answer) => isOfCollection(this.table, operation.path, answer))
  }

  /** Somebody makes up its paths: on this day, or so many that they found no place of their own. */
  isFlooded(atUs: number): boolean {
    if (this.flood?.isFlooding(atUs) === true || this.operationFlood?.isFlooding(atUs) === true) return true
    if (this.sweep?.isSweeping(atUs) === true) return true
    const { floods, capped } = this.table.learner.counters
    return floods + capped > 0
  }

  countUnlisted(reason: string): void {
    this.#unlisted.add(reason)
  }

  record(): ServiceRecord {
    return {
      id: this.id,
      name: this.name,
      authority: this.authority,
      zone: this.zone,
      addresses: this.#addresses.list(),
      listeners: this.places.records(),
      owner: "",
      labels: [],
      risk: 0,
      specifications: [],
      ports: this.#ports.list(),
      protocols: this.#protocols.list(),
      firstSeenUs: this.firstSeenUs,
      lastSeenUs: this.lastSeenUs,
      requests: this.requests,
      errors: this.errors,
      endpoints: this.table.size,
      conversations: this.conversations,
      rules: this.#rules.record(),
      flood: this.flood?.toJson() ?? null,
      operationFlood: this.operationFlood?.toJson() ?? null,
      sweep: this.sweep?.toJson() ?? null,
      unlisted: this.#unlisted.record(),
    }
  }
}
