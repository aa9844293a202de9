// Where a partner did what its contract does not allow: facts with counts, windows and samples, nothing guessed.
//
// In:  a contract and what was counted: stored windows of hours and days, or the window that an event just fell into. Parts that are not
//      given are not looked at. Out: at most one violation a kind, the busiest samples of each.
// Given up: what a stored hour cannot tell. An hour of which any minute is allowed is no violation of the hours, and networks and data classes
// are known with first and last sight of each consumer, not by hour.
import { allowsDataClass, allowsEndpoint, allowsNetwork, type Contract, type EndpointName } from "./contract.ts"
import { overlapsHours } from "./hours.ts"

export const ViolationKind = {
  endpoint: "endpoint",
  hours: "hours",
  network: "network",
  requestsPerHour: "requestsPerHour",
  requestsPerDay: "requestsPerDay",
  dataClass: "dataClass",
} as const
export type ViolationKind = (typeof ViolationKind)[keyof typeof ViolationKind]

/** Samples of a violation. */
export const SAMPLES_MAX = 10

export interface Call {
  readonly consumer: string
  readonly endpoint: EndpointName
  readonly endpointId: string
  /** Start of the window, µs, and its length: 0 for a single event at that time. */
  readonly windowUs: number
  readonly lengthUs: number
  readonly requests: number
}

/** Something that was seen of a consumer from its first to its last sight. */
export interface Seen {
  readonly consumer: string
  readonly requests: number
  readonly firstUs: number
  readonly lastUs: number
}

export interface ContractEvidence {
  readonly calls?: Iterable<Call>
  /** All requests of the partner by hour and by day (UTC), whatever they called. */
  readonly hours?: Iterable<{ readonly windowUs: number; readonly requests: number }>
  readonly days?: Iterable<{ readonly windowUs: number; readonly requests: number }>
  readonly networks?: Iterable<Seen & { readonly network: string; readonly prefix: string }>
  /** What it was given: classes in responses. */
  readonly dataClasses?: Iterable<Seen & { readonly name: string; readonly service: string }>
}

export interface ViolationSample {
  readonly requests: number
  readonly firstUs: number
  readonly lastUs: number
  /** "" where it is about all of the partner. */
  readonly consumer: string
  /** Id of an endpoint or a service, "" for none. */
  readonly endpoint: string
  readonly service: string
  /** What was not allowed, as people write it: "GET /v1/admin", "card", "public 3fe2a1b0c9d8". */
  readonly what: string
}

export interface Violation {
  readonly kind: ViolationKind
  /** Requests that the contract does not allow; of quotas those beyond it. */
  readonly requests: number
  /** Windows, or sights, in which there were any. */
  readonly windows: number
  readonly firstUs: number
  readonly lastUs: number
  /** The busiest, at most SAMPLES_MAX. */
  readonly samples: readonly ViolationSample[]
}

class Collected {
  readonly kind: ViolationKind
  requests = 0
  windows = 0
  firstUs = Number.POSITIVE_INFINITY
  lastUs = Number.NEGATIVE_INFINITY
  /** By what, consumer, endpoint and service. */
  readonly #samples = new Map<string, ViolationSample>()

  constructor(kind: ViolationKind) {
    this.kind = kind
  }

  add(sample: ViolationSample): void {
    const { requests, firstUs, lastUs, what, consumer, endpoint, service } = sample
    this.requests += requests
    this.windows++
    this.firstUs = Math.min(this.firstUs, firstUs)
    this.lastUs = Math.max(this.lastUs, lastUs)
    // What is about all of the partner is about its window: each is a sample of its own.
    const key = `${consumer}\n${endpoint}\n${service}\n${consumer === "" ? firstUs : what}`
    const known = this.#samples.get(key) ?? { ...sample, requests: 0 }
    this.#samples.set(key, {
      ...known,
      requests: known.requests + requests,
      firstUs: Math.min(known.firstUs, firstUs),
      lastUs: Math.max(known.lastUs, lastUs),
    })
  }

  get violation(): Violation {
    const samples = [...this.#samples.values()].sort((a, b) => b.requests - a.requests || a.firstUs - b.firstUs)
    const { kind, requests, windows, firstUs, lastUs } = this
    return { kind, requests, windows, firstUs, lastUs, samples: samples.slice(0, SAMPLES_MAX) }
  }
}

export function violationsOf(contract: Contract, evidence: ContractEvidence): Violation[] {
  const endpoint = new Collected(ViolationKind.endpoint)
  const hours = new Collected(ViolationKind.hours)
  for (const call of evidence.calls ?? []) {
    if (!allowsEndpoint(contract, call.endpoint)) endpoint.add(sampleOf(call))
    const { windowUs, lengthUs } = call
    if (contract.hours.length > 0 && !contract.hours.some((each) => overlapsHours(each, windowUs, lengthUs)))
      hours.add(sampleOf(call))
  }
  const network = new Collected(ViolationKind.network)
  for (const seen of evidence.networks ?? []) {
    if (allowsNetwork(contract, seen.network, seen.prefix)) continue
    network.add(seenSample(seen, `${seen.network} ${seen.prefix}`.trim(), ""))
  }
  const dataClass = new Collected(ViolationKind.dataClass)
  for (const seen of evidence.dataClasses ?? []) {
    if (!allowsDataClass(contract, seen.name)) dataClass.add(seenSample(seen, seen.name, seen.service))
  }
  const perHour = beyond(ViolationKind.requestsPerHour, contract.requestsPerHour, evidence.hours)
  const perDay = beyond(ViolationKind.requestsPerDay, contract.requestsPerDay, evidence.days)
  return [endpoint, hours, network, perHour, perDay, dataClass]
    .filter(({ windows }) => windows > 0)
    .map(({ violation }) => violation)
}

function beyond(kind: ViolationKind, quota: number | null, windows: ContractEvidence["hours"]): Collected {
  const collected = new Collected(kind)
  if (quota === null) return collected
  for (const { windowUs, requests } of windows ?? []) {
    if (requests <= quota) continue
    const what = `${requests} requests`
    const place = { consumer: "", endpoint: "", service: "" }
    collected.add({ requests: requests - quota, firstUs: windowUs, lastUs: windowUs, what, ...place })
  }
  return collected
}

function sampleOf({ consumer, endpoint, endpointId, windowUs, requests }: Call): ViolationSample {
  const { service, method, template, operation } = endpoint
  const what = operation === "" ? `${method} ${template}` : `${method} ${template} ${operation}`
  return { requests, firstUs: windowUs, lastUs: windowUs, consumer, endpoint: endpointId, service, what }
}

function seenSample({ consumer, requests, firstUs, lastUs }: Seen, what: string, service: string): ViolationSample {
  return { requests, firstUs, lastUs, consumer, endpoint: "", service, what }
}
