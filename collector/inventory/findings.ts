// Findings of the inventory: facts that somebody should read, one a kind and subject, counted, until they hold no more.
//
// In:  what a part of the inventory concluded (`hold`), and that it concludes it no more (`gone`); decisions by people.
// Out: documents of kind "finding" for the next checkpoint. Times are event time.
//
//   open --(nothing of it is left)--> gone --(it is there again)--> open
//   open, gone --(somebody, with a reason)--> dismissed --(somebody)--> open
//
// One that was dismissed stays so, whatever is counted later: who dismissed it does not want to hear of it again. Of a finding that
// came and went between two checkpoints nothing is kept; what is kept is a function of the counts at its checkpoint.
import type { FindingRecord } from "../store/documents.ts"
import type { Documents } from "./documents.ts"
import { type Actor, type Edit, EditError, type Edited, type EditHandler, type EditKind, type EditOf } from "./edits.ts"
import type { MintId } from "./ids.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"

export type FindingFacts = Pick<FindingRecord, "service" | "firstUs" | "lastUs" | "count" | "sentence"> &
  Partial<Pick<FindingRecord, "endpoint" | "consumer">>

const REASON_MAX = 500

export class Findings implements EditHandler {
  readonly kinds: readonly EditKind[] = ["finding.state"]
  readonly #documents: Documents
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #mint: MintId
  /** Ids by kind and subject, and by service. */
  readonly #ids = new Map<string, string>()
  readonly #ofService = new Map<string, Set<string>>()
  #gone = 0
  /** Services whose findings have changed since the last `takeServices`. */
  readonly #services = new Set<string>()

  constructor(documents: Documents, limits: InventoryLimits, reached: LimitCounters, mint: MintId) {
    this.#documents = documents
    this.#limits = limits
    this.#reached = reached
    this.#mint = mint
    for (const record of documents.all("finding")) {
      this.#index(record)
      if (record.state === "gone") this.#gone++
    }
  }

  of(kind: string, subject: string): FindingRecord | null {
    const id = this.#ids.get(keyOf(kind, subject))
    return id === undefined ? null : this.#documents.get("finding", id)
  }

  ofService(service: string): FindingRecord[] {
    const ids = this.#ofService.get(service) ?? []
    return [...ids].map((id) => this.#documents.get("finding", id)!)
  }

  /** It holds: met for the first time, again, or still. `count`, `lastUs` and the sentence are replaced. */
  hold(kind: string, subject: string, facts: FindingFacts): void {
    const { service, firstUs, lastUs, count, sentence, endpoint = "", consumer = "" } = facts
    const known = this.of(kind, subject)
    if (known === null) {
      if (!this.#hasPlace()) return
      const id = this.#newId()
      const told = { by: "", reason: "", goneUs: 0, goneWhy: "" }
      const fresh = { id, kind, subject, service, endpoint, consumer, firstUs, lastUs, count, sentence, state: "open" }
      this.#put({ ...fresh, ...told }, null)
      return
    }
    const state = known.state === "gone" ? "open" : known.state
    const first = Math.min(known.firstUs, firstUs)
    const last = Math.max(known.lastUs, lastUs)
    const now = { service, endpoint, consumer, firstUs: first, lastUs: last, count, sentence, state }
    const next = { ...known, ...now, goneUs: 0, goneWhy: "" }
    if (isSame(known, next)) return
    this.#put(next, known)
  }

  /** Nothing of it is left, as of `atUs`. Nothing happens when there was no such finding. */
  gone(kind: string, subject: string, atUs: number, why: string): void {
    const known = this.of(kind, subject)
    if (known === null || known.goneUs > 0) return
    const state = known.state === "open" ? "gone" : known.state
    this.#put({ ...known, state, goneUs: Math.max(1, atUs), goneWhy: why }, known)
  }

  edit(edit: Edit, actor: Actor): Edited {
    const { id, state, reason = "" } = edit as EditOf<"finding.state">
    const known = this.#documents.get("finding", id)
    if (known === null) throw new EditError("unknown", "There is no finding with this id.", "id")
    if (reason.length > REASON_MAX)
      throw new EditError("invalid", `A reason has at most ${REASON_MAX} characters.`, "reason")
    if (state === "dismissed" && reason.trim() === "")
      throw new EditError("invalid", "A finding is dismissed with a reason.", "reason")
    if (state === known.state) throw new EditError("conflict", `It is ${state} already.`, "state")
    if (state === "open" && known.state === "gone")
      throw new EditError("conflict", "It does not hold any more; it opens by itself when it does.", "state")
    const next = state === "open" && known.goneUs > 0 ? "gone" : state
    this.#put({ ...known, state: next, by: actor.name, reason }, known)
    const before = { state: known.state, reason: known.reason }
    const verb = state === "open" ? "Opened again" : "Dismissed"
    return { id, before, sentence: `${verb}: ${known.sentence}` }
  }

  /** Services whose findings have changed since the last call. */
  takeServices(): string[] {
    const taken = [...this.#services]
    this.#services.clear()
    return taken
  }

  #hasPlace(): boolean {
    if (this.#documents.count("finding") < this.#limits.findings) return true
    const oldest = this.#gone === 0 ? null : this.#oldestGone()
    if (oldest === null) {
      this.#reached.findings++
      return false
    }
    this.#remove(oldest)
    return true
  }

  #oldestGone(): FindingRecord | null {
    let oldest: FindingRecord | null = null
    for (const record of this.#documents.all("finding"))
      if (record.state === "gone" && (oldest === null || record.goneUs < oldest.goneUs)) oldest = record
    return oldest
  }

  #put(record: FindingRecord, before: FindingRecord | null): void {
    if (before?.state === "gone") this.#gone--
    if (record.state === "gone") this.#gone++
    this.#documents.put("finding", record.id, record)
    if (before !== null && before.service !== record.service) this.#ofService.get(before.service)?.delete(record.id)
    this.#index(record)
    this.#services.add(record.service)
  }

  #remove(record: FindingRecord): void {
    if (record.state === "gone") this.#gone--
    this.#documents.remove("finding", record.id)
    this.#ids.delete(keyOf(record.kind, record.subject))
    this.#ofService.get(record.service)?.delete(record.id)
  }

  #index({ id, kind, subject, service }: FindingRecord): void {
    this.#ids.set(keyOf(kind, subject), id)
    const ids = this.#ofService.get(service)
    if (ids === undefined) this.#ofService.set(service, new Set([id]))
    else ids.add(id)
  }

  #newId(): string {
    for (;;) {
      const id = this.#mint("finding")
      if (this.#documents.get("finding", id) === null) return id
    }
  }
}

function keyOf(kind: string, subject: string): string {
  return `${kind}\n${subject}`
}

const FIELDS = ["service", "endpoint", "consumer", "firstUs", "lastUs", "count", "sentence", "state", "goneUs"] as const

function isSame(a: FindingRecord, b: FindingRecord): boolean {
  return FIELDS.every((field) => a[field] === b[field])
}
