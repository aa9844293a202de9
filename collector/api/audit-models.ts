// What the API hands out of the audit log: who changed what, when, and why.
import { type Static, Time, Type } from "./schema.ts"

export const AuditEntry = Type.Object(
  {
    sequence: Type.Integer({ minimum: 1, description: "Position in the log." }),
    at: Time("When it was asked for, by the collector's clock: people act in their own time."),
    who: Type.String({ description: "console, cli, file, or the name of a token's owner." }),
    action: Type.String({ description: "Kind of edit: pin.add, specification.put, finding.state, ..." }),
    subject: Type.String({ description: "Id of what was changed." }),
    reason: Type.String({ description: "As it was given; empty for none." }),
    sentence: Type.String({ description: "What it did." }),
    edit: Type.Unknown({ description: "The edit as it was asked for, long texts shortened." }),
    before: Type.Unknown({ description: "What was there before; null for nothing." }),
  },
  { $id: "AuditEntry" },
)
export type AuditEntry = Static<typeof AuditEntry>
