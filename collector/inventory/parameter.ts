// A parameter of an endpoint: how many requests carried it, with which kinds of value, with how many distinct values.
//
// Values are pseudonyms, and only those that a sensor tells: words, codes, small numbers. Past `parameterValues` distinct ones the
// parameter is open, and no value is held any more: then it is no enumeration, whatever comes.

import type { ParameterRecord } from "../store/records.ts"
import { BoundedCounts } from "./bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

export type ParameterPlace = ParameterRecord["in"]

/** A parameter together with the kind of value that an operation shows for it. */
export interface ParameterUse {
  readonly parameter: Parameter
  readonly kind: string
}

/** Requests that carried a parameter, in one batch. */
export interface ParameterSight {
  readonly requests: number
  /** Those that were answered without an error. */
  readonly accepted: number
  readonly fromUs: number
  readonly toUs: number
}

export class Parameter {
  readonly in: ParameterPlace
  readonly name: string
  requests = 0
  accepted = 0
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  #kinds: BoundedCounts<string>
  /** By pseudonym; null once there were too many. */
  #values: BoundedCounts<number> | null

  constructor(place: ParameterPlace, name: string, limits: InventoryLimits) {
    this.in = place
    this.name = name
    this.#kinds = new BoundedCounts(limits.parameterKinds)
    this.#values = new BoundedCounts(limits.parameterValues)
  }

  /** A value of the kind is about to be counted: whether it is the first one. */
  meet(kind: string): boolean {
    return !this.#kinds.has(kind) && this.#kinds.add(kind, 0)
  }

  /** Values of one kind. */
  note(kind: string, { requests, accepted, fromUs, toUs }: ParameterSight, reached: LimitCounters): void {
    this.requests += requests
    this.accepted += accepted
    if (fromUs < this.firstSeenUs) this.firstSeenUs = fromUs
    if (toUs > this.lastSeenUs) this.lastSeenUs = toUs
    if (!this.#kinds.add(kind, requests)) reached.parameterKinds += requests
  }

  /** One request carried that value: a pseudonym, not 0. */
  noteValue(value: number, reached: LimitCounters): void {
    if (this.#values === null || this.#values.add(value)) return
    this.#values = null
    reached.parameterValues++
  }

  /** Adds what was counted of the same parameter elsewhere. */
  merge(other: Parameter, reached: LimitCounters): void {
    this.requests += other.requests
    this.accepted += other.accepted
    this.firstSeenUs = Math.min(this.firstSeenUs, other.firstSeenUs)
    this.lastSeenUs = Math.max(this.lastSeenUs, other.lastSeenUs)
    reached.parameterKinds += this.#kinds.merge(other.#kinds)
    if (other.#values === null) this.#values = null
    else if (this.#values !== null && this.#values.merge(other.#values) > 0) {
      this.#values = null
      reached.parameterValues++
    }
  }

  record(): ParameterRecord {
    return {
      in: this.in,
      name: this.name,
      requests: this.requests,
      accepted: this.accepted,
      kinds: this.#kinds.record(),
      values: this.#values === null ? {} : hexRecord(this.#values),
      isOpen: this.#values === null,
      firstSeenUs: this.firstSeenUs,
      lastSeenUs: this.lastSeenUs,
    }
  }

  static from(record: ParameterRecord, limits: InventoryLimits): Parameter {
    const parameter = new Parameter(record.in, record.name, limits)
    parameter.requests = record.requests
    // Stores of before values and answers were told have neither.
    parameter.accepted = record.accepted ?? 0
    parameter.firstSeenUs = record.firstSeenUs
    parameter.lastSeenUs = record.lastSeenUs
    parameter.#kinds = BoundedCounts.ofTexts(limits.parameterKinds, record.kinds)
    if (record.isOpen === true) parameter.#values = null
    else for (const [value, count] of Object.entries(record.values ?? {})) parameter.#restore(value, count)
    return parameter
  }

  #restore(value: string, count: number): void {
    this.#values?.add(Number.parseInt(value, 16), count)
  }
}

function hexRecord(values: BoundedCounts<number>): Record<string, number> {
  const record: Record<string, number> = {}
  for (const value of values.keys()) {
    const hex = HEX[value >>> 24]! + HEX[(value >>> 16) & 255]! + HEX[(value >>> 8) & 255]! + HEX[value & 255]!
    record[hex] = values.get(value)
  }
  return record
}

/** Each byte as text: a checkpoint writes a hundred thousand values. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
