// What the API hands out about consumers and about who talks to what, field by field.
import { ConsumerLabel, SeriesPoint, usage } from "./models.ts"
import { Count, Counts, NullableString, ref, type Static, Time, Type } from "./schema.ts"

const Id = (description: string) => Type.String({ description })

/** Something that was seen under a name. */
const Seen = {
  name: Type.String(),
  requests: Count("Exchanges; 0 where an older program did not count."),
  firstSeen: Time("First of them; null where an older program did not note it."),
  lastSeen: Time("Latest of them."),
}
const SeenList = (description: string) => Type.Array(Type.Object(Seen), { description })

const consumerFields = {
  id: Id("Opaque id."),
  name: Type.String({ description: "Given by hand, else what its exchanges say." }),
  scheme: Type.String({ description: "none, basic, bearer-jwt, bearer-opaque, api-key, cookie, ..." }),
  partner: NullableString("Id of the partner it belongs to."),
  partnerName: NullableString("Name of that partner."),
  firstSeen: Time("First exchange."),
  lastSeen: Time("Latest exchange."),
  requests: Count("Exchanges."),
  errors: Count("Exchanges with status 400 or above."),
  endpoints: Count("Distinct endpoints used."),
  days: Count("Days of event time (UTC), of the last 32, on which it was seen."),
  learning: Type.Boolean({
    description:
      "True while it was seen on fewer than 3 days of event time, is younger than that, or under 200 requests.",
  }),
  learningState: Type.Unsafe<"rules" | "shrunk" | "full" | null>({
    type: ["string", "null"],
    enum: ["rules", "shrunk", "full", null],
    description:
      "How far detections rely on its own history: rules and peers only (under 3 days or 200 requests), shrunk to its peers (to 14 days), full. Null: the analysis does not follow it.",
  }),
}
export const Consumer = Type.Object(consumerFields, { $id: "Consumer" })

export const ConsumerDetail = Type.Object(
  {
    ...consumerFields,
    seenName: Type.String({ description: "What its exchanges call it." }),
    partnerBy: Type.Unsafe<string>({
      type: "string",
      enum: ["hand", "rule", ""],
      description: "Who said to whom it belongs: people, a rule of the partner, or nobody.",
    }),
    issuer: NullableString("Issuer of its tokens."),
    rule: Type.String({ description: "Identity rule that decided." }),
    formerPrincipals: Type.Array(Type.String(), {
      description: "Pseudonyms that it had under former keys: its history goes on across rotations of the key.",
    }),
    identities: Type.Array(
      Type.Object({ scheme: Type.String(), issuer: NullableString("Issuer."), principal: Type.String() }),
      { description: "Other identities that are this consumer since they were merged with it." },
    ),
    credentials: Type.Array(Type.String(), { description: "Pseudonyms, of those seen last." }),
    userAgents: Type.Array(Type.String()),
    prefixes: Type.Array(Type.String(), { description: "Pseudonyms of source networks." }),
    credentialsSeen: SeenList("Credentials by pseudonym, at most 32: those seen last."),
    credentialKinds: SeenList('Where credentials stood, and their algorithm: "authorization RS256".'),
    clients: Type.Array(
      Type.Object({
        kind: Type.Unsafe<string>({
          type: "string",
          enum: ["userAgent", "prefix", "forwardedPrefix", "network", "ja4", "fieldOrder"],
        }),
        ...Seen,
      }),
      { description: "Software and networks: at most 32 of a kind, those seen last." },
    ),
    services: Type.Array(Type.Object({ id: Id("Id of the service."), ...Seen }), {
      description: "Services it called, at most 64.",
    }),
    dataClasses: Type.Array(
      Type.Object({
        service: Id("Id of the service."),
        direction: Type.Unsafe<string>({ type: "string", enum: ["request", "response"] }),
        ...Seen,
      }),
      { description: "Data classes it sent and was given, by service." },
    ),
    forgotten: Counts("Names that made place for newer ones, by kind."),
    uses: Type.Array(
      Type.Object({
        endpoint: Type.Object({
          id: Id("Opaque id."),
          service: Id("Id of the service."),
          serviceName: Type.String(),
          method: Type.String(),
          template: Type.String(),
          operation: NullableString("Operation."),
        }),
        ...usage,
      }),
      { description: "Endpoints it uses, busiest first, at most 200." },
    ),
    hourly: Type.Array(ref(SeriesPoint), { description: "The last 7 days up to its latest exchange." }),
    daily: Type.Array(ref(SeriesPoint), { description: "The last 90 days up to its latest exchange." }),
  },
  { $id: "ConsumerDetail" },
)

const Label = Type.Object({ id: Id("Opaque id."), name: Type.String() })
const NullableLabel = (description: string) =>
  Type.Unsafe<Static<typeof Label> | null>({ anyOf: [Label, { type: "null" }], description })

export const MapEntry = Type.Object({
  consumer: Type.Unsafe<Static<typeof ConsumerLabel>>({
    anyOf: [ConsumerLabel, { type: "null" }],
    description: "Null in a map by partner.",
  }),
  partner: NullableLabel("Partner, of the consumer where it has one."),
  service: Label,
  requests: Count("Exchanges."),
  errors: Count("Exchanges with status 400 or above."),
  responseBytes: Count("Body bytes received."),
  consumers: Count("Consumers behind it: 1 in a map by consumer."),
  firstSeen: Time("First exchange."),
  lastSeen: Time("Latest exchange."),
  dataClasses: Type.Object({
    request: Counts("Exchanges by data class."),
    response: Counts("Exchanges by data class."),
  }),
})

const MapNode = Type.Object({
  id: Id("Opaque id; empty for those of no partner."),
  name: Type.String(),
  requests: Count("Exchanges, over all its edges that match."),
  edges: Count("Edges that match."),
})

export const TrafficMap = Type.Object(
  {
    items: Type.Array(MapEntry, { description: "Busiest first." }),
    next: NullableString("Always null: what is not shown is in `rest`."),
    total: Count("Edges that match."),
    callers: Type.Array(MapNode, { description: "Consumers or partners of the items, busiest first." }),
    services: Type.Array(MapNode, { description: "Services of the items, busiest first." }),
    rest: Type.Object({
      edges: Count("Edges that match and are not among the items."),
      requests: Count("Exchanges on them."),
      errors: Count("Of them with status 400 or above."),
      responseBytes: Count("Body bytes received."),
      sentence: Type.String({ description: "What is not shown, in words; empty when all is." }),
    }),
  },
  { $id: "TrafficMap" },
)

export const Edited = Type.Object(
  {
    id: Id("Id of what was made or changed."),
    sentence: Type.String({ description: "What was done." }),
  },
  { $id: "Edited" },
)

export const CONSUMER_SHARED = [Consumer, ConsumerDetail, TrafficMap, Edited]

export type Consumer = Static<typeof Consumer>
export type ConsumerDetail = Static<typeof ConsumerDetail>
export type MapEntry = Static<typeof MapEntry>
export type TrafficMap = Static<typeof TrafficMap>
