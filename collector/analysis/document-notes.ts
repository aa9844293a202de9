// Documents of people that the analysis must know, as notes for it.
import type { AnalysisNote } from "../incident/notes.ts"
import type { DocumentChange, DocumentKind, DocumentKinds } from "../store/documents.ts"

/** Null for documents that are nothing to it. */
export function noteOf(change: DocumentChange): AnalysisNote | null {
  const { id } = change
  if (isOf(change, "partner")) {
    const { record } = change
    return { kind: "partner", id, name: record?.name ?? "", contract: record?.contract ?? null }
  }
  if (isOf(change, "exception")) return { kind: "exception", id, exception: change.record }
  if (isOf(change, "decoy")) return { kind: "decoy", id, pattern: change.record?.pattern ?? null }
  if (isOf(change, "detector")) {
    const { record } = change
    return { kind: "detector", name: id, isEnabled: record?.isEnabled ?? true, values: record?.values ?? {} }
  }
  return null
}

function isOf<Kind extends DocumentKind>(
  change: DocumentChange,
  kind: Kind,
): change is DocumentChange<Kind> & { readonly record: DocumentKinds[Kind] | null } {
  return change.kind === kind
}
