// Who signed in, whose token was made or revoked, who was refused: into the audit log, beside what people change. Nothing here changes.
//
// In:  an entry of the API's gate, bounded there. Out: the same, for the log.
import type { Edit, Edited, EditHandler, EditKind } from "./edits.ts"

const KINDS = ["session.begin", "session.end", "access.refused", "token.make", "token.revoke"] as const

export type AccessNote = Extract<Edit, { kind: (typeof KINDS)[number] }>

export const isAccessNote = (kind: EditKind): boolean => (KINDS as readonly EditKind[]).includes(kind)

export const ACCESS_NOTES: EditHandler = {
  kinds: KINDS,
  edit: (edit: Edit): Edited => {
    const { subject, sentence } = edit as AccessNote
    return { id: subject, sentence, before: null }
  },
}
