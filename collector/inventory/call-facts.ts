// What the calls of an endpoint looked like: kinds, names of fields, and the largest of what makes a call expensive.
import { type ApiEvent, EMPTY_CALL } from "../../shared/event/api-event.ts"
import type { CallRecord } from "../store/records.ts"
import { BoundedCounts } from "./bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

export const NO_CALLS: CallRecord = { kinds: {}, fields: {}, depth: -1, aliases: -1, batch: 0 }

export class CallFacts {
  readonly #kinds: BoundedCounts<string>
  readonly #fields: BoundedCounts<string>
  #depth: number
  #aliases: number
  #batch: number
  readonly #reached: LimitCounters

  constructor(limits: InventoryLimits, reached: LimitCounters, record: CallRecord = NO_CALLS) {
    this.#reached = reached
    this.#kinds = BoundedCounts.ofTexts(limits.facts, record.kinds)
    this.#fields = BoundedCounts.ofTexts(limits.facts, record.fields)
    this.#depth = record.depth
    this.#aliases = record.aliases
    this.#batch = record.batch
  }

  count({ call }: ApiEvent): void {
    if (call === EMPTY_CALL || call.kind === "") return
    if (!this.#kinds.add(call.kind)) this.#reached.facts++
    for (const field of call.fields) if (!this.#fields.add(field)) this.#reached.facts++
    this.#depth = Math.max(this.#depth, call.depth)
    this.#aliases = Math.max(this.#aliases, call.aliases)
    this.#batch = Math.max(this.#batch, call.batch)
  }

  merge(other: CallFacts): void {
    this.#reached.facts += this.#kinds.merge(other.#kinds) + this.#fields.merge(other.#fields)
    this.#depth = Math.max(this.#depth, other.#depth)
    this.#aliases = Math.max(this.#aliases, other.#aliases)
    this.#batch = Math.max(this.#batch, other.#batch)
  }

  record(): CallRecord {
    return {
      kinds: this.#kinds.record(),
      fields: this.#fields.record(),
      depth: this.#depth,
      aliases: this.#aliases,
      batch: this.#batch,
    }
  }
}
