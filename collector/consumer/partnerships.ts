// Everything about consumers beyond counting them: names, merges, rotations, partners. One part for the inventory to hold.
//
//   exchange --> Consumers --> Partners (rules)        a day begins --> Rotations --> documents
//   people   --> ConsumerEdits, Partners, Rotations --> documents, merges, consumers that are to be written
import type { Changes } from "../inventory/changes.ts"
import type { Documents } from "../inventory/documents.ts"
import type { Edit, EditHandler } from "../inventory/edits.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { PairCount } from "../store/records.ts"
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
  newId(kind: "partner" | "rotation"): string
  /** The consumer is to be written. */
  touch(consumer: Consumer): void
  /** Pairs and consumers of the two become one, here and in the store. */
  merge(former: Consumer, successor: Consumer): void
  /** Requests that the next checkpoint will add, by pair. */
  pending(): Iterable<readonly [consumer: string, route: string, requests: number]>
  /** The endpoint that a route belongs to by now. */
  endpointOf(route: string): string
}

export class Partnerships {
  readonly handlers: readonly EditHandler[]
  readonly clock: DayClock
  readonly #consumers: Consumers
  readonly #uses: Uses

  constructor(state: Pick<StoredState, "pairs">, around: Surroundings) {
    const { consumers, documents, changes, limits, reached } = around
    const uses = new Uses(state.pairs)
    this.#consumers = consumers
    this.#uses = uses
    const touch = (consumer: Consumer): void => around.touch(consumer)
    const merge = (former: Consumer, successor: Consumer): void => {
      changes.mergedConsumer(former, successor)
      around.merge(former, successor)
    }
    const edits = new ConsumerEdits(consumers, documents, uses, limits, reached, {
      touch,
      merge,
      assignByRule: (consumer) => partners.assign(consumer),
    })
    const newId = (kind: "partner" | "rotation"): string => {
      for (;;) {
        const id = around.newId(kind)
        if (documents.get(kind, id) === null) return id
      }
    }
    const rotations = new Rotations(documents, consumers, changes, limits, reached, {
      mixes: () => mixesOf(uses, this.#resolved(around.pending()), (route) => around.endpointOf(route)),
      merge: (former, successor) => edits.merge(former, successor),
      newId: () => newId("rotation"),
    })
    const partners = new Partners(documents, consumers, limits, reached, () => newId("partner"), touch)
    consumers.onNew = (consumer) => partners.assign(consumer)
    this.handlers = [answeredBy(edits, rotations), partners, rotations]
    let latestUs = Number.NEGATIVE_INFINITY
    for (const { lastSeenUs } of consumers.all()) latestUs = Math.max(latestUs, lastSeenUs)
    this.clock = new DayClock(latestUs, (dayUs) => rotations.turnTo(dayUs))
  }

  /** Counts of a checkpoint. */
  noteDays(days: readonly PairCount[]): void {
    for (const { consumer, endpoint, requests } of days) this.#uses.add(this.#presentId(consumer), endpoint, requests)
  }

  /** The same under the ids that consumers have by now: what was under way when they were merged. */
  *#resolved(counts: ReturnType<Surroundings["pending"]>): ReturnType<Surroundings["pending"]> {
    for (const [consumer, route, requests] of counts) yield [this.#presentId(consumer), route, requests]
  }

  #presentId(consumer: string): string {
    return consumer === "" ? "" : (this.#consumers.byId(consumer)?.id ?? consumer)
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
function mixesOf(
  uses: Uses,
  pending: ReturnType<Surroundings["pending"]>,
  endpointOf: (route: string) => string,
): (consumer: Consumer) => Mix {
  const waiting = new Uses(pending)
  const known = new Map<string, Mix>()
  return ({ id }) => {
    let mix = known.get(id)
    if (mix === undefined) {
      mix = added([uses.of(id), waiting.of(id)], endpointOf)
      known.set(id, mix)
    }
    return mix
  }
}

function added(mixes: readonly Mix[], endpointOf: (route: string) => string): Mix {
  const sum = new Map<string, number>()
  for (const mix of mixes) {
    for (const [route, requests] of mix) {
      const endpoint = endpointOf(route)
      sum.set(endpoint, (sum.get(endpoint) ?? 0) + requests)
    }
  }
  return sum
}
