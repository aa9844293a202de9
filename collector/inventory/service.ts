// A service: an authority in a zone or, when requests name none, a listening address; and the endpoints found there.
import { type ApiEvent, PROTOCOL_NAMES, type Server } from "../../shared/event/api-event.ts"
import type { ServiceRecord } from "../store/records.ts"
import { isError, showsRequest } from "./answer.ts"
import { BoundedCounts, BoundedNames } from "./bounded-counts.ts"
import type { Endpoint } from "./endpoint.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { Places } from "./place/places.ts"
import { type Rule, RuleCounts } from "./rule-counts.ts"

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

export class Service {
  readonly id: string
  readonly authority: string
  readonly zone: string
  /** By method, template and operation key; see endpointKey. */
  readonly endpoints = new Map<string, Endpoint>()
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
  /** Operations of each method and path that has any. */
  readonly #operations = new Map<string, number>()
  readonly #addresses: BoundedNames<string>
  readonly #ports: BoundedNames<number>
  readonly #protocols: BoundedNames<string>
  readonly places: Places
  readonly #rules: RuleCounts
  readonly #unlisted: BoundedCounts<string>
  readonly #reached: LimitCounters

  constructor(
    identity: Pick<ServiceRecord, "id" | "name" | "authority" | "zone">,
    limits: InventoryLimits,
    reached: LimitCounters,
    record?: ServiceRecord,
  ) {
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
    if (record === undefined) return
    this.firstSeenUs = record.firstSeenUs
    this.lastSeenUs = record.lastSeenUs
    this.requests = record.requests
    this.errors = record.errors
    this.conversations = record.conversations
  }

  /** Endpoints with an operation key at this method and path. */
  operationsOf(method: string, template: string): number {
    return this.#operations.get(`${method}\n${template}`) ?? 0
  }

  addEndpoint(key: string, endpoint: Endpoint): void {
    this.endpoints.set(key, endpoint)
    if (endpoint.operation === "") return
    const path = `${endpoint.method}\n${endpoint.template}`
    this.#operations.set(path, (this.#operations.get(path) ?? 0) + 1)
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
      specifications: [],
      ports: this.#ports.list(),
      protocols: this.#protocols.list(),
      firstSeenUs: this.firstSeenUs,
      lastSeenUs: this.lastSeenUs,
      requests: this.requests,
      errors: this.errors,
      endpoints: this.endpoints.size,
      conversations: this.conversations,
      rules: this.#rules.record(),
      unlisted: this.#unlisted.record(),
    }
  }
}

/** What makes two operations of a service the same endpoint. */
export function endpointKey(method: string, template: string, operation: string): string {
  return `${method}\n${template}\n${operation}`
}
