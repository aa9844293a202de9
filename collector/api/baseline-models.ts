// What the API hands out about what is usual of a consumer, and about the ids that an incident shows.
import { Count, NullableNumber, NullableString, type Static, Time, Type } from "./schema.ts"

const Learning = Type.Object({
  state: Type.Unsafe<"rules" | "shrunk" | "full">({
    type: "string",
    enum: ["rules", "shrunk", "full"],
    description: "rules and peers only (under 3 days or 200 requests); shrunk to its peers (to 14 days); full.",
  }),
  days: Type.Number({ description: "Since its first exchange, event time." }),
  requests: Count("Exchanges."),
})

const Band = Type.Object({
  measure: Type.String({
    description:
      "requests, items, bytes, asked, fresh, unprovenanced, changes, deletes, sensitive, foreign: counts a day of event time (UTC).",
  }),
  isWatched: Type.Boolean({ description: "Detections look at it by itself." }),
  learnedDays: Count("Days that its usual level is learned from; the newest ones wait, suspect ones are left out."),
  days: Type.Array(
    Type.Object({
      at: Time("Start of the day."),
      count: NullableNumber("What was counted; null where nothing is known."),
      q50: NullableNumber("Half of such days have at most so many; null without a history of its own."),
      q99: NullableNumber("99 of 100 such days have at most so many."),
    }),
    { description: "Oldest first, up to the event time that is reached." },
  ),
  peers: Type.Unsafe<{ count: number; q50: number; q99: number } | null>({
    type: ["object", "null"],
    properties: { count: { type: "integer" }, q50: { type: "number" }, q99: { type: "number" } },
    required: ["count", "q50", "q99"],
    description: "Usual counts a day of the others (at the endpoint); null with fewer than three.",
  }),
})

export const Baseline = Type.Object(
  {
    consumer: Type.String({ description: "Its present id." }),
    endpoint: NullableString("Id of the endpoint; null: over all of them."),
    learning: Type.Unsafe<Static<typeof Learning> | null>({
      anyOf: [Learning, { type: "null" }],
      description: "Null: the analysis does not follow it.",
    }),
    fingerprints: Type.Array(
      Type.Object({
        dimension: Type.String({ description: "network, client software, order of fields, TLS fingerprint." }),
        value: Type.String({ description: "A hash: what it is, the consumer's clients say." }),
        first: Time("First success with it."),
        last: Time("Latest one."),
        days: Count("Distinct days."),
      }),
      { description: "Clients that detections know of it, newest first in each dimension, at most 8." },
    ),
    bands: Type.Array(Band, { description: "Of what was ever counted." }),
  },
  { $id: "Baseline" },
)

const End = (description: string) =>
  Type.Unsafe<{ id: string; name: string } | null>({
    type: ["object", "null"],
    properties: { id: { type: "string" }, name: { type: "string" } },
    required: ["id", "name"],
    description,
  })

export const Provenance = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        object: Type.String({ description: "Pseudonym of the id." }),
        detection: Type.String(),
        at: Time("When it was asked for first among the samples."),
        wasGiven: Type.Boolean({ description: "An answer has given it to this consumer by now." }),
        owner: End("Who uses it most; null when nobody ever did."),
        isOwn: Type.Boolean({ description: "That is this consumer." }),
        uses: Count("Uses by that one, 255 at most."),
        otherUses: Count("Uses by all others, 255 at most."),
        givenBy: End("Endpoint whose list gave it last, to whomever."),
        othersGiven: Count("Other consumers that were given it."),
        others: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), { description: "At most 5." }),
      }),
    ),
    more: Count("Ids of samples beyond those told."),
  },
  { $id: "Provenance" },
)

export const BASELINE_SHARED = [Baseline, Provenance]
export type Baseline = Static<typeof Baseline>
export type Provenance = Static<typeof Provenance>
