// What the API hands out about incidents, exceptions and detections, and what it takes.
import { Count, NullableString, type Static, Time, Type } from "./schema.ts"

export const INCIDENT_STATES = ["open", "acknowledged", "closed"] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]
export const LANES = ["high", "review"] as const
export type LaneName = (typeof LANES)[number]
export const VERDICTS = ["malicious", "benign", "expected"] as const
export type Verdict = (typeof VERDICTS)[number]

const oneOf = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: "string", enum: [...values], description })

const Named = (description: string) =>
  Type.Unsafe<{ id: string; name: string } | null>({
    type: ["object", "null"],
    properties: { id: { type: "string" }, name: { type: "string" } },
    required: ["id", "name"],
    description,
  })

const NumberOrText = Type.Unsafe<Record<string, number | string>>({
  type: "object",
  additionalProperties: { type: ["number", "string"] },
  description: "Every number behind the sentence, by name with its unit last.",
})

export const Evidence = Type.Object({
  key: Type.String({ description: "What it is an episode of." }),
  detection: Type.String(),
  family: Type.String({ description: "volume, object, identity, novelty, flow, posture." }),
  endpoint: NullableString("Id of the endpoint, where it is about one."),
  first: Time("When it was first found, event time."),
  last: Time("When it was last found, event time."),
  since: Time("Since when it holds, event time."),
  count: Count("Findings that brought it up to date."),
  p: Type.Number({ description: "Chance of this if all were as usual, smallest so far; 0 for a fact." }),
  isRule: Type.Boolean({ description: "A fact, not a chance." }),
  weight: Type.Number({ description: "0.5 to 2: what was concerned." }),
  sentence: Type.String(),
  facts: NumberOrText,
  doubts: Type.Array(
    Type.Object({
      what: Type.String({ description: "A known false positive." }),
      explains: Type.Boolean({ description: "Whether it explains the finding." }),
      sentence: Type.String(),
    }),
  ),
  samples: Type.Array(
    Type.Object({
      at: Time("When, event time."),
      operation: Type.String(),
      status: Type.Integer(),
      exchange: NullableString("Key of the exchange."),
      object: NullableString("Pseudonym of the object."),
    }),
  ),
  lossyShare: Type.Number({ description: "Share of incomplete exchanges behind it, 0 to 1." }),
})

export const Incident = Type.Object(
  {
    id: Type.String({ description: "Opaque id; the same in every replay of the same store." }),
    state: oneOf(INCIDENT_STATES, "What people have made of it."),
    verdict: NullableString(
      "Of a closed one: malicious, benign, expected; shared: part of another; explained: no news after all; back: a sensor.",
    ),
    lane: oneOf(LANES, "high: look now; review: look today."),
    kind: Type.String({ description: 'The detection that weighs most; "shared-cause" for those of an endpoint.' }),
    detections: Type.Array(Type.String(), { description: "Names, heaviest first." }),
    consumer: Named("Whom it is about; null for those of an endpoint or a sensor."),
    partner: Named("Whose consumer that is."),
    service: Named("Where most of it happened."),
    endpoint: Named("The endpoint that weighs most; its name is method and template."),
    sensor: NullableString("The sensor, where it is about one."),
    firstEvent: Time("First event that belongs to it, event time."),
    lastEvent: Time("Latest one."),
    openedAt: Time("Event time."),
    closedAt: Time("Event time reached when it was closed."),
    score: Type.Number({ description: "Of its evidence together, at its latest event." }),
    summary: Type.String({ description: "In plain words, with stored numbers only." }),
    evidence: Type.Array(Evidence, { description: "Heaviest first." }),
    timeline: Type.Array(Type.Object({ at: Time("Event time."), what: Type.String() })),
    notes: Type.Array(Type.Object({ at: Time("Wall clock."), by: Type.String(), text: Type.String() })),
    consumers: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
      description: "Of an endpoint's incident: who is concerned.",
    }),
    lossyShare: Type.Number({ description: "Share of incomplete exchanges behind it." }),
  },
  { $id: "Incident" },
)

export const IncidentEdit = Type.Object(
  {
    state: oneOf(INCIDENT_STATES, "What it is from now on."),
    verdict: Type.Optional(
      oneOf(VERDICTS, "Needed to close it. expected adopts the present level and makes an exception."),
    ),
    owner: Type.Optional(Type.String({ maxLength: 200, description: "Of the exception that expected makes." })),
    reason: Type.Optional(Type.String({ maxLength: 2000, description: "A note." })),
  },
  { additionalProperties: false },
)

export const Exception = Type.Object(
  {
    id: Type.String(),
    consumer: Named("Whom it is for; null: everybody of the rest."),
    partner: Named("Whose consumers it is for."),
    endpoint: NullableString("Id of the endpoint that it is for; null: all."),
    detection: NullableString("Name of the detection that it is for; null: all."),
    owner: Type.String(),
    reason: Type.String(),
    until: Time("Event time at which it ends."),
    incident: NullableString("Incident that it was made of."),
    by: Type.String(),
    at: Time("When it was made, wall clock."),
    heldBack: Count("Findings that it held back."),
    lastHeldBack: Time("When it last did, event time."),
  },
  { $id: "Exception" },
)

const optionalText = (description: string) => Type.Optional(Type.String({ maxLength: 200, description }))

export const ExceptionEdit = Type.Object(
  {
    consumer: optionalText("Id of a consumer."),
    partner: optionalText("Id of a partner."),
    endpoint: optionalText("Id of an endpoint."),
    detection: optionalText("Name of a detection."),
    owner: Type.String({ minLength: 1, maxLength: 200 }),
    until: Type.String({ maxLength: 40, description: "ISO 8601, event time." }),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
  },
  { additionalProperties: false },
)

export const Detection = Type.Object(
  {
    name: Type.String(),
    number: Type.Integer(),
    title: Type.String(),
    about: Type.String({ description: "What it looks at." }),
    family: Type.String(),
    owasp: Type.Array(Type.String(), { description: "OWASP API Security Top 10, 2023." }),
    falsePositives: Type.Array(Type.String()),
    isEnabled: Type.Boolean(),
    settings: Type.Array(
      Type.Object({
        name: Type.String(),
        value: Type.Number(),
        default: Type.Number(),
        min: Type.Number(),
        max: Type.Number(),
        unit: Type.String(),
        why: Type.String({ description: "Why the default is what it is." }),
      }),
    ),
    by: NullableString("Who changed it last."),
    at: Time("When, wall clock."),
  },
  { $id: "Detection" },
)

export const DetectionEdit = Type.Object(
  {
    isEnabled: Type.Optional(Type.Boolean()),
    values: Type.Optional(
      Type.Unsafe<Record<string, number>>({
        type: "object",
        maxProperties: 32,
        additionalProperties: { type: "number" },
        description: "Settings that are not the default, by name: in place of those before.",
      }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
)

export const Decoy = Type.Object(
  { id: Type.String(), pattern: Type.String(), by: Type.String(), at: Time("When it was made, wall clock.") },
  { $id: "Decoy" },
)

export const Budget = Type.Object(
  {
    consumers: Count("Consumers that are known."),
    learning: Type.Object(
      { rules: Count("Under 3 days or 200 requests."), shrunk: Count("To 14 days."), full: Count("From then on.") },
      { description: "How far they are known: rules and peers only; half weight to their own history; all of it." },
    ),
    highInWeek: Count("Incidents of the high lane opened in the last 7 days of event time."),
    highPerWeek: Type.Number({ description: "False ones promised at most, for so many consumers." }),
    reviewInDay: Count("Incidents of the review lane opened on the last day."),
    reviewInWeek: Count("... in the last 7 days."),
    reviewPerDay: Type.Number({ description: "False ones promised at most, for so many consumers." }),
    nowAt: Time("Event time reached."),
  },
  { $id: "Budget" },
)

export const INCIDENT_SHARED = [Incident, Exception, Detection, Decoy, Budget]
export type Incident = Static<typeof Incident>
export type Exception = Static<typeof Exception>
export type Detection = Static<typeof Detection>
export type Decoy = Static<typeof Decoy>
export type Budget = Static<typeof Budget>
