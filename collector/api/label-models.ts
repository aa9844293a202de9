// What the API hands out, and takes, about owners, labels and notes.
import { NullableString, type Static, Type } from "./schema.ts"

const RULE_TEXT = 256
const Labels = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 32 })
const pattern = (description: string) => Type.Optional(Type.String({ maxLength: RULE_TEXT, description }))
const Reason = Type.Optional(Type.String({ maxLength: 500, description: "For the audit log." }))

export const LabelRule = Type.Object(
  {
    id: Type.String(),
    source: Type.Unsafe<"file" | "hand">({ type: "string", enum: ["file", "hand"] }),
    authority: NullableString("Pattern."),
    zone: NullableString("Pattern."),
    network: NullableString("Pattern."),
    cidr: NullableString("Network."),
    owner: NullableString("Owner that it gives."),
    labels: Type.Array(Type.String()),
    services: Type.Integer({ description: "Services, of the busiest 1,000, whose owner or labels it decides." }),
    remark: NullableString("Why it cannot fit, where that is known."),
  },
  { $id: "LabelRule" },
)

export const LabelRulesEdit = Type.Object(
  {
    rules: Type.Array(
      Type.Object(
        {
          authority: pattern('Host as requests name it; "*" stands for any text.'),
          zone: pattern("VLAN or tunnel."),
          network: pattern("private, public, or a sensor's name for a network, of a place where the service answers."),
          cidr: pattern("10.20.0.0/16: fits only where sensors tell addresses in plain text."),
          owner: Type.Optional(Type.String({ maxLength: 200 })),
          labels: Type.Optional(Labels),
        },
        { additionalProperties: false },
      ),
      { maxItems: 1000, description: "All rules by hand, in place of those before; the first that fits decides." },
    ),
    reason: Reason,
  },
  { additionalProperties: false },
)

export const ServiceNoteEdit = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, description: "Another name than the authority; empty: none." })),
    owner: Type.Optional(Type.String({ maxLength: 200, description: "Empty: as the rules say." })),
    labels: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 32 })),
    gateways: Type.Optional(
      Type.Array(Type.String({ maxLength: 128 }), {
        maxItems: 32,
        description: "Places, as in `addresses`: everything that goes to another place is a bypass. Empty: learned.",
      }),
    ),
    reason: Reason,
  },
  { additionalProperties: false, description: "What is not given stays as it is." },
)

export const EndpointNoteEdit = Type.Object(
  {
    labels: Type.Optional(Labels),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    reason: Reason,
  },
  { additionalProperties: false, description: "What is not given stays as it is." },
)

export const EndpointNote = Type.Object(
  { id: Type.String(), labels: Type.Array(Type.String()), note: Type.String() },
  { $id: "EndpointNote" },
)

export const LABEL_SHARED = [LabelRule, EndpointNote]
export type LabelRule = Static<typeof LabelRule>
