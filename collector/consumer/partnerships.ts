// Everything about consumers beyond counting them: names, merges, rotations, partners. One part for the inventory to hold.
//
//   exchange --> Consumers --> Partners (rules)        a day begins --> Rotations --> documents
//   people   --> ConsumerEdits, Partners, Rotations --> documents, merges, consumers that are to be written
import type { Changes } from "../inventory/changes.ts"
import type { Documents } from "../inventory/documents.ts"
import type { Edit, EditHandler } from "../inventory/edits.ts"
import type { MintId } from "../inventory/ids.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { MergeRecord, PairCount } from "../store/records.ts"
import type { StoredState } from "../store/store.ts"
import type { Consumer } from "./consumer.ts"
import { ConsumerEdits } from "./consumer-edits.ts"
import type { Consumers } from "./consumers.ts"
import { DayClock } from "./day-clock.ts"
import { Partners } from "./partners.ts"
import type { Mix } from "./rotation.ts"
import { Rotations } from "./rotations.ts"
import { Uses } from "./uses.ts"

/** What the rest of the inventory does for this part. */
export interface Surroundings {
  readonly consumers: Consumers
  readonly documents: Documents
  readonly changes: Changes
  readonly limits: InventoryLimits
  readonly reached: LimitCounters
  readonly mint: MintId
  /** The consumer is to be written. */
  touch(consumer: Consumer): void
  /** Pairs and consumers of the two become one. */
  mergeConsumers(former: Consumer, successor: Consumer): void
  /** Requests that the next checkpoint will add, by pair. */
  pending(): Iterable<readonly [consumer: string, endpoint: string, requests: number]>
}

export class Partnerships {
  readonly handlers: readonly EditHandler[]
  readonly clock: DayClock
  readonly #edits: ConsumerEdits

  constructor(state: Pick<StoredState, "pairs">, around: Surroundings) {
    const { consumers, documents, changes, limits, reached, mint } = around
    const uses = new Uses(state.pairs)
    const touch = (consumer: Consumer): void => around.touch(consumer)
    const merge = (former: Consumer, successor: Consumer): void => {
      changes.mergedConsumer(former, successor)
      around.mergeConsumers(former, successor)
    }
    this.#edits = new ConsumerEdits(consumers, documents, uses, limits, reached, {
      touch,
      merge,
      assignByRule: (consumer) => partners.assign(consumer),
    })
    const rotations = new Rotations(documents, consumers, changes, limits, reached, {
      mixes: () => mixesOf(uses, around.pending()),
      merge: (former, successor) => this.#edits.merge(former, successor),
      newId: () => mint("rotation"),
    })
    const partners = new Partners(documents, consumers, limits, reached, () => mint("partner"), touch)
    consumers.onNew = (consumer) => partners.assign(consumer)
    this.handlers = [answeredBy(this.#edits, rotations), partners, rotations]
    let latestUs = Number.NEGATIVE_INFINITY
    for (const { lastSeenUs } of consumers.all()) latestUs = Math.max(latestUs, lastSeenUs)
    this.clock = new DayClock(latestUs, (dayUs) => rotations.turnTo(dayUs))
  }

  /** Merges since the last call, and the increments put under the ids that are left. */
  take(hours: PairCount[], days: PairCount[]): MergeRecord[] {
    return this.#edits.take(hours, days)
  }
}

/** A merge by hand answers the proposal of the same two. */
function answeredBy(edits: ConsumerEdits, rotations: Rotations): EditHandler {
  return {
    kinds: edits.kinds,
    edit: (edit: Edit, actor) => {
      const edited = edits.edit(edit, actor)
      if (edit.kind === "consumer.merge") rotations.noteMerge(actor)
      return edited
    },
  }
}

/** Requests by endpoint, with what is not in `uses` yet: of each consumer added up when it is asked for. */
function mixesOf(uses: Uses, pending: ReturnType<Surroundings["pending"]>): (consumer: Consumer) => Mix {
  const waiting = new Uses([...pending])
  const known = new Map<string, Mix>()
  return ({ id }) => {
    let mix = known.get(id)
    if (mix === undefined) {
      mix = added(uses.of(id), waiting.of(id))
      known.set(id, mix)
    }
    return mix
  }
}

function added(one: Mix, other: Mix): Mix {
  if (other.size === 0) return one
  const sum = new Map(one)
  for (const [endpoint, requests] of other) sum.set(endpoint, (sum.get(endpoint) ?? 0) + requests)
  return sum
}
