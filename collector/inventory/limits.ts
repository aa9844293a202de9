// How large the inventory may grow, and what was given up when it did.
//
// Each limit has a default, a counter of the same name that grows by one for each exchange (or record) that had to do
// without, and a test in limits.test.ts that reaches it. The counters are kept in the store (LedgerRecord.limits).
//
// "Unproven" means that nothing was ever answered with success (answer.ts): a gateway that says 401, 403 or 301 to
// everything answers a scanner's invented hosts, paths and credentials too. Unproven records have few places of their own,
// so that such a flood cannot take the places of what is really there.

import { type BaselineLimits, DEFAULT_BASELINE_LIMITS } from "./baseline-limits.ts"

export interface InventoryLimits extends BaselineLimits {
  readonly services: number
  /** Services first met at one listening address: a server that answers to any Host is not ten thousand services. */
  readonly servicesPerAddress: number
  readonly unprovenServices: number
  /** Over all services. */
  readonly endpoints: number
  readonly endpointsPerService: number
  /** Of one service. */
  readonly unprovenEndpoints: number
  /**
   * What is counted apart (routes), over all services and of one service. Counted: exchanges that are at their endpoint, and at another
   * route of it than their own.
   */
  readonly routes: number
  readonly routesPerService: number
  /** Ids of endpoints that are no more and lead to others. Counted: those forgotten. */
  readonly formerEndpoints: number
  /**
   * Different paths of a service that are not there or only refuse, in a day: beyond it what only refuses adds no endpoint. Counted: such
   * exchanges.
   */
  readonly refusedPaths: number
  /** Pins by people of one service. */
  readonly pinsPerService: number
  /** Methods that are not HTTP's of one service: names that a client chooses. */
  readonly otherMethods: number
  /** Operations (GraphQL, RPC, ...) of one method and template: names that a client chooses. */
  readonly operationsPerPath: number
  readonly consumers: number
  readonly unprovenConsumers: number
  /** (consumer, route) pairs. */
  readonly pairs: number
  /** Of one endpoint: parameters, value kinds of a parameter, values of a parameter (counted: that it has more), shapes of each direction, content types of each direction. */
  readonly parameters: number
  readonly parameterKinds: number
  readonly parameterValues: number
  readonly shapes: number
  readonly contentTypes: number
  /** Distinct status codes of one endpoint. */
  readonly statuses: number
  /** Distinct auth schemes, anomalies, data classes of one endpoint (each). */
  readonly facts: number
  /** Addresses, ports, protocols of a service; credentials, user agents, prefixes of a consumer (each). */
  readonly names: number
  /**
   * Of one endpoint: kinds of body (direction, status, content type; counted: bodies that are in none). Of one kind: shapes (counted:
   * shapes whose fields are counted apart from then on), lines of those shapes, changes remembered (counted: not told).
   */
  readonly schemas: number
  readonly schemaShapes: number
  readonly schemaFields: number
  readonly schemaChanges: number
  /** Shape texts kept, and what they take in memory, bytes. */
  readonly shapeNotes: number
  readonly shapeTextBytes: number
  /**
   * Entries of the ledger of dark APIs (counted: sessions that are nowhere), and server names at one listening address
   * (counted: notes that are at the address without their name).
   */
  readonly darkServers: number
  readonly darkNamesPerAddress: number
  /** Of one entry: clients remembered; versions, ciphers, fingerprints, names (each). */
  readonly darkClients: number
  readonly darkFacts: number
  /** Identities of one consumer beside its present one: others that were merged with it. */
  readonly consumerKeys: number
  readonly partners: number
  /** Rules of all partners: each new consumer is held against them. */
  readonly partnerRules: number
  /** Rotations proposed and decided. */
  readonly rotations: number
  /** Consumers of one network that a new one is compared with. */
  readonly rotationCandidates: number
  readonly sensors: number
  /** Findings of the inventory, those that are gone or dismissed included; the oldest that is gone makes place. */
  readonly findings: number
  /** Places known to answer, over all zones. Those beyond are no news when they are met again. */
  readonly listeners: number
  /** Rules that give owners and labels, by hand and of a file together. Counted: edits that were refused. */
  readonly labelRules: number
  /** Endpoints that somebody has said something of. Counted: edits that were refused. */
  readonly endpointNotes: number
  /** Distinct names in a sensor's ledger. */
  readonly ledgerCounters: number
  /** Windows of pairs waiting for the next checkpoint. */
  readonly pendingWindows: number
  /** Hours of routes (with sketches) waiting for the next checkpoint. */
  readonly pendingEndpointHours: number
  /** Distinct reasons of refused messages. */
  readonly refusedReasons: number
  /** Exchange keys remembered. Counted when one is forgotten before its time: copies of it would count twice. */
  readonly exchangeKeys: number
  /** Halves that wait for the other one. Counted when one is applied before its time. */
  readonly waitingHalves: number
  /** Workers of a sensor's present run, and boots of a sensor whose ledger is remembered. */
  readonly workers: number
  readonly boots: number
}

export const DEFAULT_LIMITS: InventoryLimits = {
  ...DEFAULT_BASELINE_LIMITS,
  services: 10_000,
  servicesPerAddress: 1_000,
  unprovenServices: 1_000,
  endpoints: 100_000,
  endpointsPerService: 5_000,
  unprovenEndpoints: 500,
  routes: 300_000,
  routesPerService: 20_000,
  formerEndpoints: 100_000,
  refusedPaths: 300,
  pinsPerService: 1_000,
  otherMethods: 40,
  operationsPerPath: 500,
  consumers: 100_000,
  unprovenConsumers: 10_000,
  pairs: 1_000_000,
  parameters: 200,
  parameterKinds: 16,
  parameterValues: 16,
  shapes: 64,
  contentTypes: 32,
  statuses: 64,
  facts: 64,
  names: 32,
  schemas: 48,
  schemaShapes: 64,
  schemaFields: 1024,
  schemaChanges: 32,
  shapeNotes: 200_000,
  // 20,000 shapes of 30 lines, most of them shared, take 10 MB.
  shapeTextBytes: 64 * 1024 * 1024,
  // About 2 KB each, 15 KB where every list is full.
  darkServers: 10_000,
  darkNamesPerAddress: 500,
  darkClients: 64,
  darkFacts: 32,
  consumerKeys: 256,
  partners: 1_000,
  partnerRules: 2_000,
  rotations: 10_000,
  rotationCandidates: 64,
  // About 1 KB each.
  findings: 10_000,
  // About 100 bytes each.
  listeners: 65_536,
  labelRules: 1_000,
  endpointNotes: 10_000,
  sensors: 10_000,
  ledgerCounters: 2_000,
  pendingWindows: 1_000_000,
  // About 500 bytes each.
  pendingEndpointHours: 200_000,
  refusedReasons: 64,
  // 60 s at 4,000 exchanges a second, 5 s at 50,000: batches of the same second arrive about a second apart. 12 MB.
  exchangeKeys: 262_144,
  // About 400 bytes each.
  waitingHalves: 65_536,
  workers: 64,
  boots: 256,
}

/** What was given up, by limit. */
export type LimitCounters = { -readonly [limit in keyof InventoryLimits]: number }

export function limitCounters(stored: Readonly<Record<string, number>> = {}): LimitCounters {
  const counters: LimitCounters = { ...DEFAULT_LIMITS }
  for (const limit of Object.keys(counters) as (keyof InventoryLimits)[]) counters[limit] = stored[limit] ?? 0
  return counters
}

/** Non-zero counters only: what the store keeps. */
export function reachedLimits(counters: LimitCounters): Record<string, number> {
  return Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0))
}

/** Whether a limit is reached; then it is counted. */
export function isFull(
  limits: InventoryLimits,
  reached: LimitCounters,
  limit: keyof InventoryLimits,
  used: number,
): boolean {
  if (used < limits[limit]) return false
  reached[limit]++
  return true
}
