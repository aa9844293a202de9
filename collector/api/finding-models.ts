// What the API hands out about findings of the inventory, and what it takes.
import { Count, NullableString, type Static, Time, Type } from "./schema.ts"

export const FINDING_STATES = ["open", "dismissed", "gone"] as const
export type FindingState = (typeof FINDING_STATES)[number]

export const Finding = Type.Object(
  {
    id: Type.String({ description: "Opaque id." }),
    kind: Type.String({
      description:
        "gateway.bypass, server.new, server.rogue, service.dark, auth.missing, auth.partial, auth.conflict, auth.weak.<form>, endpoint.shadow, endpoint.zombie, drift, paths.flood, operations.flood, hosts.flood, credentials.flood.",
    }),
    subject: Type.String({ description: "Id of what it is about." }),
    service: Type.Object({ id: Type.String(), name: Type.String() }),
    endpoint: NullableString("Id of the endpoint, where it is about one."),
    consumer: NullableString("Id of the consumer, where there is one only."),
    first: Time("When it was first so, event time."),
    last: Time("Latest evidence, event time."),
    count: Count("Exchanges (or servers, or paths) that it rests on."),
    sentence: Type.String({ description: "What was found, with stored numbers only." }),
    state: Type.Unsafe<FindingState>({
      type: "string",
      enum: [...FINDING_STATES],
      description: "open; dismissed by somebody; gone: it does not hold any more.",
    }),
    goneSince: Time("Since when it does not hold any more; null while it does."),
    goneWhy: NullableString("Why it does not hold any more."),
    by: NullableString("Who dismissed it, or opened it again."),
    reason: NullableString("With what reason."),
  },
  { $id: "Finding" },
)

export const FindingEdit = Type.Object(
  {
    state: Type.Unsafe<"open" | "dismissed">({ type: "string", enum: ["open", "dismissed"] }),
    reason: Type.Optional(Type.String({ maxLength: 500, description: "Needed to dismiss." })),
  },
  { additionalProperties: false },
)

export const FINDING_SHARED = [Finding]
export type Finding = Static<typeof Finding>
