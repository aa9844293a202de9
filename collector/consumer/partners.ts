// Partners: one relationship, many consumers. Kept as documents; consumers are taken in by hand or by the partners' rules.
//
// In:  edits by people and by the file of partners; new consumers. Out: documents, and consumers that name their partner.
// A consumer that was assigned by hand stays where it is; all others go where the rules say, also those that were there before.
import type { Documents } from "../inventory/documents.ts"
import {
  type Actor,
  type Edit,
  EditError,
  type Edited,
  type EditHandler,
  type EditKind,
  type PartnerFields,
} from "../inventory/edits.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { PartnerRecord } from "../store/documents.ts"
import type { Consumer } from "./consumer.ts"
import type { Consumers } from "./consumers.ts"
import type { Mistake } from "./contract.ts"
import { readPartner, withFields } from "./partner-fields.ts"
import { partnerByRule, type RuleOfPartner, rulesOf } from "./partner-rules.ts"

export class Partners implements EditHandler {
  readonly kinds: readonly EditKind[] = ["partner.put", "partners.put", "partner.remove"]
  readonly #documents: Documents
  readonly #consumers: Consumers
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #newId: () => string
  readonly #touch: (consumer: Consumer) => void
  #rules: readonly RuleOfPartner[]

  constructor(
    documents: Documents,
    consumers: Consumers,
    limits: InventoryLimits,
    reached: LimitCounters,
    newId: () => string,
    touch: (consumer: Consumer) => void,
  ) {
    this.#documents = documents
    this.#consumers = consumers
    this.#limits = limits
    this.#reached = reached
    this.#newId = newId
    this.#touch = touch
    this.#rules = rulesOf(documents.all("partner"))
  }

  edit(edit: Edit, actor: Actor): Edited {
    switch (edit.kind) {
      case "partner.put":
        return this.#put(edit.id, edit.partner, actor)
      case "partners.put":
        return this.#putAll(edit.partners, actor)
      case "partner.remove":
        return this.#remove(edit.id)
    }
    throw new EditError("invalid", `Edits of kind ${edit.kind} are not about partners.`)
  }

  /** As the rules say, unless somebody has said otherwise by hand. */
  assign(consumer: Consumer): void {
    if (consumer.partnerBy === "hand") return
    const partner = partnerByRule(this.#rules, consumer)
    if (partner === consumer.partner) return
    consumer.partner = partner
    consumer.partnerBy = partner === null ? "" : "rule"
    this.#touch(consumer)
  }

  #put(id: string | undefined, fields: PartnerFields, actor: Actor): Edited {
    const before = id === undefined ? null : this.#known(id)
    if (before?.source === "file")
      throw new EditError("conflict", `${before.name} is kept in the file of partners: change it there.`)
    const record = this.#read(before, fields, before?.id ?? this.#newId(), "hand", actor)
    this.#mayHold([...this.#others([record.id]), record])
    this.#keep(record)
    const taken = this.#assignAll()
    const sentence = `Partner ${record.name} is ${before === null ? "added" : "changed"}; rules put ${consumers(taken)} elsewhere.`
    return { id: record.id, sentence, before }
  }

  #putAll(written: readonly PartnerFields[], actor: Actor): Edited {
    const before = this.#documents.all("partner").filter(({ source }) => source === "file")
    const records = written.map((fields) => {
      const known = before.find(({ name }) => name === fields.name.trim())
      return this.#read(null, fields, known?.id ?? this.#newId(), "file", actor)
    })
    const gone = before.filter(({ id }) => records.every((record) => record.id !== id))
    this.#mayHold([...this.#others(before.map(({ id }) => id)), ...records])
    for (const { id } of gone) this.#forget(id)
    for (const record of records) this.#keep(record)
    this.#assignAll()
    const sentence = `The file of partners has ${records.length}; ${gone.length} are gone.`
    return { id: "file", sentence, before: before.map(({ id, name }) => ({ id, name })) }
  }

  #remove(id: string): Edited {
    const before = this.#known(id)
    if (before.source === "file")
      throw new EditError("conflict", `${before.name} is kept in the file of partners: remove it there.`)
    const freed = this.#forget(id)
    this.#assignAll()
    return { id, sentence: `Partner ${before.name} is removed; ${consumers(freed)} belonged to it.`, before }
  }

  #known(id: string): PartnerRecord {
    const record = this.#documents.get("partner", id)
    if (record === null) throw new EditError("unknown", "There is no partner with this id.")
    return record
  }

  #others(ids: readonly string[]): PartnerRecord[] {
    return this.#documents.all("partner").filter(({ id }) => !ids.includes(id))
  }

  #read(before: PartnerRecord | null, fields: PartnerFields, id: string, source: string, actor: Actor): PartnerRecord {
    const mistakes: Mistake[] = []
    const written = readPartner(withFields(before, fields), mistakes)
    const [mistake] = mistakes
    if (mistake !== undefined) throw new EditError("invalid", mistake.sentence, mistake.place)
    return { ...written, id, source, by: actor.name, atUs: actor.atUs }
  }

  /** Throws when these together would be too many, or two of them have one name. */
  #mayHold(partners: readonly PartnerRecord[]): void {
    const names = new Set<string>()
    for (const { name } of partners) {
      const key = name.toLowerCase()
      if (names.has(key)) throw new EditError("conflict", `There are two partners called ${name}.`, "name")
      names.add(key)
    }
    if (partners.length > this.#limits.partners) {
      this.#reached.partners++
      throw new EditError("limit", `There are at most ${this.#limits.partners} partners.`)
    }
    if (partners.reduce((sum, { rules }) => sum + rules.length, 0) > this.#limits.partnerRules) {
      this.#reached.partnerRules++
      throw new EditError("limit", `All partners together have at most ${this.#limits.partnerRules} rules.`, "rules")
    }
  }

  #keep(record: PartnerRecord): void {
    this.#documents.put("partner", record.id, record)
  }

  /** Returns how many consumers belonged to it. */
  #forget(id: string): number {
    this.#documents.remove("partner", id)
    let freed = 0
    for (const consumer of this.#consumers.all()) {
      if (consumer.partner !== id) continue
      consumer.partner = null
      consumer.partnerBy = ""
      this.#touch(consumer)
      freed++
    }
    return freed
  }

  /** Returns how many consumers belong elsewhere now. */
  #assignAll(): number {
    this.#rules = rulesOf(this.#documents.all("partner"))
    let changed = 0
    for (const consumer of this.#consumers.all()) {
      const { partner } = consumer
      this.assign(consumer)
      if (consumer.partner !== partner) changed++
    }
    return changed
  }
}

function consumers(count: number): string {
  return count === 1 ? "1 consumer" : `${count} consumers`
}
