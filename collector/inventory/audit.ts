// Edits by people: each goes to the part that answers for its kind, and into the audit log.
import type { AuditRecord } from "../store/documents.ts"
import { type Actor, type Edit, EditError, type EditHandler, type EditKind, type EditResult } from "./edits.ts"

/** Characters of a text that the log keeps; a specification is kept elsewhere. */
const TEXT_MAX = 500

export class Audit {
  readonly #handlers = new Map<EditKind, EditHandler>()
  #sequence: number
  #pending: AuditRecord[] = []

  constructor(lastSequence: number, handlers: readonly EditHandler[]) {
    this.#sequence = lastSequence
    this.add(handlers)
  }

  add(handlers: readonly EditHandler[]): void {
    for (const handler of handlers) for (const kind of handler.kinds) this.#handlers.set(kind, handler)
  }

  /** Throws an EditError, and nothing has changed. */
  edit(edit: Edit, actor: Actor): EditResult {
    const handler = this.#handlers.get(edit.kind)
    if (handler === undefined) throw new EditError("invalid", `Nothing here answers for edits of kind ${edit.kind}.`)
    const { id, sentence, before } = handler.edit(edit, actor)
    const { kind, reason = "", ...fields } = edit
    this.#pending.push({
      sequence: ++this.#sequence,
      atUs: actor.atUs,
      who: actor.name,
      action: kind,
      subject: id,
      reason,
      edit: shortened(fields),
      before: shortened(before),
      sentence,
    })
    return { id, sentence }
  }

  /** What was added since the last call. */
  take(): AuditRecord[] {
    const taken = this.#pending
    this.#pending = []
    return taken
  }
}

function shortened(value: unknown): unknown {
  if (value === undefined) return null
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === "string" && part.length > TEXT_MAX
        ? `${part.slice(0, TEXT_MAX)}… (${part.length} characters)`
        : part,
    ),
  ) as unknown
}
