// A parameter of an endpoint: how many requests carried it, with which kinds of value, from when to when.

import type { ParameterRecord } from "../store/records.ts"
import { BoundedCounts } from "./bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

export type ParameterPlace = ParameterRecord["in"]

/** A parameter together with the kind of value that an operation shows for it. */
export interface ParameterUse {
  readonly parameter: Parameter
  readonly kind: string
}

export class Parameter {
  readonly in: ParameterPlace
  readonly name: string
  requests = 0
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  #kinds: BoundedCounts<string>

  constructor(place: ParameterPlace, name: string, limits: InventoryLimits) {
    this.in = place
    this.name = name
    this.#kinds = new BoundedCounts(limits.parameterKinds)
  }

  /** `count` requests between two event times carried it, with values of one kind. */
  note(kind: string, count: number, fromUs: number, toUs: number, reached: LimitCounters): void {
    this.requests += count
    if (fromUs < this.firstSeenUs) this.firstSeenUs = fromUs
    if (toUs > this.lastSeenUs) this.lastSeenUs = toUs
    if (!this.#kinds.add(kind, count)) reached.parameterKinds += count
  }

  /** Adds what was counted of the same parameter elsewhere. */
  merge(other: Parameter, reached: LimitCounters): void {
    this.requests += other.requests
    this.firstSeenUs = Math.min(this.firstSeenUs, other.firstSeenUs)
    this.lastSeenUs = Math.max(this.lastSeenUs, other.lastSeenUs)
    reached.parameterKinds += this.#kinds.merge(other.#kinds)
  }

  record(): ParameterRecord {
    return {
      in: this.in,
      name: this.name,
      requests: this.requests,
      kinds: this.#kinds.record(),
      values: {},
      isOpen: true,
      firstSeenUs: this.firstSeenUs,
      lastSeenUs: this.lastSeenUs,
    }
  }

  static from(record: ParameterRecord, limits: InventoryLimits): Parameter {
    const parameter = new Parameter(record.in, record.name, limits)
    parameter.requests = record.requests
    parameter.firstSeenUs = record.firstSeenUs
    parameter.lastSeenUs = record.lastSeenUs
    parameter.#kinds = BoundedCounts.ofTexts(limits.parameterKinds, record.kinds)
    return parameter
  }
}
