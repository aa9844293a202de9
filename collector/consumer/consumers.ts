// All consumers: found by any identity that they ever had, added, merged.
//
// In:  what the store gave back; then identities, one at a time. Out: the consumer, or null when it is not there and may not be added
// (a limit is reached and counted). A consumer that was merged into another is found as that other one, by identity and by id.
import type { ApiEvent, Client, Identity } from "../../shared/event/api-event.ts"
import { isError } from "../inventory/answer.ts"
import type { Changes } from "../inventory/changes.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { ConsumerRecord, MergeRecord } from "../store/records.ts"
import { Consumer, consumerKey, consumerName } from "./consumer.ts"

export interface ConsumerSight {
  readonly key: string
  readonly identity: Identity
  readonly client: Client
}

export class Consumers {
  /** Told of each consumer that was added. */
  onNew: (consumer: Consumer) => void = () => {}
  readonly #byKey = new Map<string, Consumer>()
  readonly #byId = new Map<string, Consumer>()
  /** By ordinal, from 1: those that were merged keep their place. */
  readonly #inOrder: Consumer[] = []
  #unproven = 0
  /** Consumers that go on as others. */
  #merged = 0
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #changes: Changes
  readonly #newId: () => string

  constructor(limits: InventoryLimits, reached: LimitCounters, changes: Changes, newId: () => string) {
    this.#limits = limits
    this.#reached = reached
    this.#changes = changes
    this.#newId = newId
  }

  restore(records: readonly ConsumerRecord[], merges: readonly MergeRecord[]): void {
    for (const record of records) {
      const consumer = new Consumer(record, this.#inOrder.length + 1, this.#limits, this.#reached, record)
      this.#inOrder.push(consumer)
      this.#byId.set(record.id, consumer)
      this.#index(consumer)
      if (!consumer.isProven) this.#unproven++
    }
    // The newest first: what it points at is known by then.
    for (const { kind, from, into } of merges.toReversed()) {
      const consumer = kind === "consumer" ? this.#byId.get(into) : undefined
      if (consumer !== undefined) this.#byId.set(from, consumer)
    }
  }

  /** Present ones: former ids do not count. */
  get size(): number {
    return this.#inOrder.length - this.#merged
  }

  /** By ordinal, from 1. */
  at(ordinal: number): Consumer {
    return this.#inOrder[ordinal - 1]!
  }

  /** Also by a former id. */
  byId(id: string): Consumer | null {
    return this.#byId.get(id) ?? null
  }

  *all(): Iterable<Consumer> {
    for (const consumer of this.#inOrder) if (!consumer.isMerged) yield consumer
  }

  find({ key, identity }: ConsumerSight, atUs: number): Consumer | null {
    return this.#byKey.get(key) ?? this.#rekeyed(key, identity, atUs)
  }

  add({ key, identity, client }: ConsumerSight, event: ApiEvent): Consumer | null {
    if (this.#isFull("consumers", this.size)) return null
    if (isError(event) && this.#isFull("unprovenConsumers", this.#unproven)) return null
    const { scheme, principal, issuer, rule } = identity
    const seed = { id: this.#newId(), seenName: consumerName(identity, client), scheme, principal, issuer, rule }
    const consumer = new Consumer(seed, this.#inOrder.length + 1, this.#limits, this.#reached)
    this.#inOrder.push(consumer)
    this.#byId.set(consumer.id, consumer)
    this.#byKey.set(key, consumer)
    // Events under the former key may still be on their way.
    const former = consumerKey(scheme, issuer, identity.formerPrincipal)
    if (identity.formerPrincipal !== "" && !this.#byKey.has(former)) {
      consumer.rekey({ scheme, issuer, principal }, identity.formerPrincipal)
      this.#byKey.set(former, consumer)
    }
    this.#unproven++
    this.#changes.newConsumer(consumer, event.startUs)
    this.onNew(consumer)
    return consumer
  }

  /** The consumer has just got its first answer that is not an error. */
  prove(): void {
    this.#unproven--
  }

  /** From now on whatever found `successor` finds `former`. */
  merge(former: Consumer, successor: Consumer): void {
    const wasProven = former.isProven
    if (!successor.isProven) this.#unproven--
    former.absorb(successor)
    if (!wasProven && former.isProven) this.#unproven--
    for (const [id, consumer] of this.#byId) if (consumer === successor) this.#byId.set(id, former)
    this.#index(former)
    this.#merged++
  }

  /** The consumer that the former key knows by another pseudonym: it keeps its id and its history. */
  #rekeyed(key: string, identity: Identity, atUs: number): Consumer | null {
    const { scheme, issuer, principal, formerPrincipal } = identity
    if (formerPrincipal === "") return null
    const consumer = this.#byKey.get(consumerKey(scheme, issuer, formerPrincipal))
    if (consumer === undefined || !consumer.rekey({ scheme, issuer, principal }, formerPrincipal)) return null
    this.#byKey.set(key, consumer)
    this.#changes.rekeyedConsumer(consumer, atUs)
    return consumer
  }

  #index(consumer: Consumer): void {
    for (const { scheme, issuer, principal } of consumer.identities())
      this.#byKey.set(consumerKey(scheme, issuer, principal), consumer)
  }

  #isFull(limit: "consumers" | "unprovenConsumers", used: number): boolean {
    if (used < this.#limits[limit]) return false
    this.#reached[limit]++
    return true
  }
}
