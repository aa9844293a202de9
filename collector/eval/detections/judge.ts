// What is judged: anything that takes exchanges in their context, in order of time, and says what is worth looking at.
import type { ApiEvent } from "../../../shared/event/api-event.ts"

/** A consumer as an inventory has it: one credential's principal. */
export interface Actor {
  readonly id: string
  readonly name: string
  readonly scheme: string
  /** Index of the partner that it is, or in whose attack it appears; -1 for nobody's. */
  readonly partner: number
  /** The consumer whose credential this one took the place of; null for none. */
  readonly succeeds: Actor | null
}

/** An endpoint as an inventory has it. */
export interface Place {
  readonly id: string
  readonly host: string
  readonly method: string
  readonly template: string
  /** First success, µs. */
  readonly firstUs: number
  readonly serviceFirstUs: number
}

/** Something that a judge would show to a person. */
export interface Case {
  readonly id: string
  /** high or review. */
  readonly lane: string
  /** Ids of Actors and Places, "" for none; `consumers` of a case about an endpoint. */
  readonly consumer: string
  readonly endpoint: string
  readonly consumers: readonly string[]
  readonly openedUs: number
  /** What speaks for it, with the time at which each first did, µs. */
  readonly evidence: readonly { readonly detector: string; readonly firstUs: number }[]
  readonly summary: string
}

export interface Judge {
  note(event: ApiEvent, actor: Actor, place: Place | null): void
  /** After the last exchange. */
  cases(): readonly Case[]
}
