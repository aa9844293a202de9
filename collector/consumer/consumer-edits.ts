// What people say of consumers: a name, whose partner it is, that two are one.
//
// A merge is told to the store, which rewrites what it keeps under the id that goes, and that id finds the one that stays.
import type { Documents } from "../inventory/documents.ts"
import { type Actor, type Edit, EditError, type Edited, type EditHandler, type EditKind } from "../inventory/edits.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { Consumer } from "./consumer.ts"
import type { Consumers } from "./consumers.ts"
import type { Uses } from "./uses.ts"

const NAME_MAX = 200

/** What is done beside the consumers themselves. */
export interface ConsumerSurroundings {
  /** It is to be written. */
  touch(consumer: Consumer): void
  /** Moves whatever else knows the successor by its ordinal, and merges the consumers. */
  merge(former: Consumer, successor: Consumer): void
  /** As the partners' rules say. */
  assignByRule(consumer: Consumer): void
}

export class ConsumerEdits implements EditHandler {
  readonly kinds: readonly EditKind[] = ["consumer.rename", "consumer.assign", "consumer.merge"]
  readonly #consumers: Consumers
  readonly #documents: Documents
  readonly #uses: Uses
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #around: ConsumerSurroundings

  constructor(
    consumers: Consumers,
    documents: Documents,
    uses: Uses,
    limits: InventoryLimits,
    reached: LimitCounters,
    around: ConsumerSurroundings,
  ) {
    this.#consumers = consumers
    this.#documents = documents
    this.#uses = uses
    this.#limits = limits
    this.#reached = reached
    this.#around = around
  }

  edit(edit: Edit, _actor: Actor): Edited {
    switch (edit.kind) {
      case "consumer.rename":
        return this.#rename(this.known(edit.consumer, "consumer"), edit.name)
      case "consumer.assign":
        return this.#assign(this.known(edit.consumer, "consumer"), edit.partner)
      case "consumer.merge":
        return this.merge(this.known(edit.former, "former"), this.known(edit.successor, "successor"))
    }
    throw new EditError("invalid", `Edits of kind ${edit.kind} are not about consumers.`)
  }

  known(id: string, place: string): Consumer {
    const consumer = this.#consumers.byId(id)
    if (consumer === null) throw new EditError("unknown", "There is no consumer with this id.", place)
    return consumer
  }

  /** `successor` goes on as `former`, for the past as well. Throws an EditError before anything has changed. */
  merge(former: Consumer, successor: Consumer): Edited {
    if (former === successor) throw new EditError("conflict", "The two are one consumer already.", "successor")
    if (former.partner !== successor.partner && former.partner !== null && successor.partner !== null)
      throw new EditError("conflict", "The two belong to different partners: assign one of them first.", "successor")
    if (former.identities().length + successor.identities().length - 1 > this.#limits.consumerKeys) {
      this.#reached.consumerKeys++
      throw new EditError("limit", `A consumer has at most ${this.#limits.consumerKeys} identities.`, "successor")
    }
    const before = { former: brief(former), successor: brief(successor) }
    const sentence = `Consumer ${successor.name} goes on as ${former.name}: the two are one.`
    this.#around.merge(former, successor)
    this.#uses.merge(successor.id, former.id)
    this.#around.touch(former)
    return { id: former.id, sentence, before }
  }

  #rename(consumer: Consumer, text: string): Edited {
    const name = text.trim()
    if (name.length > NAME_MAX) throw new EditError("invalid", `A name has at most ${NAME_MAX} characters.`, "name")
    const before = { name: consumer.name }
    consumer.givenName = name === consumer.seenName ? "" : name
    this.#around.touch(consumer)
    const sentence =
      name === ""
        ? `Consumer ${before.name} is called ${consumer.name} again.`
        : `Consumer ${before.name} is called ${name}.`
    return { id: consumer.id, sentence, before }
  }

  #assign(consumer: Consumer, partner: string | null): Edited {
    if (partner !== null && partner !== "" && this.#documents.get("partner", partner) === null)
      throw new EditError("unknown", "There is no partner with this id.", "partner")
    const before = { partner: consumer.partner, partnerBy: consumer.partnerBy }
    consumer.partner = partner === "" ? null : partner
    consumer.partnerBy = partner === "" ? "" : "hand"
    this.#around.assignByRule(consumer)
    this.#around.touch(consumer)
    const record = consumer.partner === null ? null : this.#documents.get("partner", consumer.partner)
    const belongs = `Consumer ${consumer.name} belongs to ${record === null ? "no partner" : record.name}`
    const sentence = partner === "" ? `${belongs}, as the rules say.` : `${belongs}.`
    return { id: consumer.id, sentence, before }
  }
}

function brief({ id, name, partner, requests }: Consumer): unknown {
  return { id, name, partner, requests }
}
