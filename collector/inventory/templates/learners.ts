// One path learner a service: made, given back by the store, and written to it.
import type { StoredDocument } from "../../store/documents.ts"
import type { Documents } from "../documents.ts"
import type { PathLearner } from "./path-learner.ts"

/** How learners come into being: another one in tests. */
export interface LearnerKind {
  create(): PathLearner
  /** From what `toBytes` gave. */
  from(bytes: Uint8Array): PathLearner
}

export class Learners {
  readonly #kind: LearnerKind
  /** By id of the service. */
  readonly #learners = new Map<string, PathLearner>()
  #stored: ReadonlyMap<string, Uint8Array> | null = null

  constructor(kind: LearnerKind) {
    this.#kind = kind
  }

  create(service: string): PathLearner {
    const learner = this.#kind.create()
    this.#learners.set(service, learner)
    return learner
  }

  /** As it was; a new one where the store has none. */
  restore(service: string, documents: readonly StoredDocument[]): PathLearner {
    this.#stored ??= new Map(
      documents.flatMap(({ kind, id, bytes }) =>
        kind === "templates" && bytes !== null ? [[id, bytes] as const] : [],
      ),
    )
    const bytes = this.#stored.get(service)
    if (bytes === undefined) return this.create(service)
    const learner = this.#kind.from(bytes)
    this.#learners.set(service, learner)
    return learner
  }

  /** Puts what changed since the last call among the documents of the next checkpoint. */
  save(documents: Documents): void {
    for (const [service, learner] of this.#learners)
      if (learner.isDirty) documents.put("templates", service, { service }, learner.toBytes())
  }
}
