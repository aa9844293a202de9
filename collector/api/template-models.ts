// What the API says of path templates: why they are what they are, what is counted apart below them, what people have pinned.
import { Count, Counts, NullableString, ref, type Static, Time, Type } from "./schema.ts"

export const TemplateEvidence = Type.Object(
  {
    segment: Type.Integer({ description: "Number of the segment, from 0." }),
    name: Type.String({ description: "As it stands in the template, without braces." }),
    rule: Type.String({
      description:
        "strong: the kind says so; similar: siblings that lead to the same; straggler; flood: too many children; pin; specification; constant, split: a value that is text again.",
    }),
    decided: Time("When it was decided."),
    kinds: Counts("Kinds of value seen, and how often."),
    values: Type.Number({ description: "Distinct values, estimated where `open`." }),
    open: Type.Boolean({ description: "There are more values than are counted apart." }),
    examples: Type.Array(Type.Object({ value: Type.String(), requests: Count("Requests.") }), {
      description: "The busiest values that leave the sensor as text, at most 8.",
    }),
    numbers: Counts("The numbers behind the decision."),
    sentence: Type.String({ description: "All of it in one sentence." }),
  },
  { $id: "TemplateEvidence" },
)
export type TemplateEvidence = Static<typeof TemplateEvidence>

export const EndpointRoute = Type.Object(
  {
    id: Type.String({
      description: "Of what is counted apart; leads to the endpoint unless another endpoint has this id.",
    }),
    path: Type.String({ description: "As the sensor says it; of values that are not told apart their template." }),
    requests: Count("Exchanges."),
  },
  { $id: "EndpointRoute" },
)

export const Sample = Type.Object(
  {
    at: Time("When."),
    why: Type.Array(Type.String(), { description: "What it was the first of." }),
    path: Type.String({ description: "As the sensor says it." }),
    status: Type.Integer(),
    consumer: NullableString("Id of the consumer."),
    client: Type.String({ description: "Pseudonym of its address." }),
    exchange: NullableString("Key of the exchange."),
    requestBytes: Type.Number(),
    responseBytes: Type.Number(),
    latencyMs: Type.Unsafe<number | null>({ type: ["number", "null"], description: "To the first byte." }),
    requestShape: NullableString("Shape of the request's body."),
    responseShape: NullableString("Shape of the response's body."),
    state: Type.String(),
  },
  { $id: "Sample" },
)

/** What an endpoint shows of its template. */
export const templateFields = {
  templateEvidence: Type.Array(ref(TemplateEvidence), {
    description: "One a parameter of the template, from the left.",
  }),
  routes: Type.Array(ref(EndpointRoute), { description: "What is counted apart, busiest first, at most 100." }),
  aliases: Type.Array(Type.String(), { description: "Other ids that lead here, at most 200." }),
  derivedFrom: NullableString("Id of the endpoint that it was split from."),
  samples: Type.Array(ref(Sample), { description: "Exchanges that showed something first, at most 28." }),
}

export const Pin = Type.Object(
  {
    id: Type.String({ description: "Opaque id." }),
    kind: Type.Unsafe<"template" | "apart">({
      type: "string",
      enum: ["template", "apart"],
      description: "template: paths that fit are one endpoint; apart: what is below the path is never merged.",
    }),
    path: Type.String({ description: '"/v1/users/{userId}": a segment in braces takes any value.' }),
    by: Type.String(),
    at: Time("When it was pinned."),
    reason: Type.String(),
    matches: Count("Routes in use that it decides about: 0 where it has no effect so far."),
  },
  { $id: "Pin" },
)

export const Suggestion = Type.Object(
  {
    template: Type.String({ description: "As it would be." }),
    values: Type.Array(Type.String()),
    requests: Count("Exchanges."),
    sentence: Type.String(),
  },
  { $id: "Suggestion" },
)

/** What a change did. */
export const Change = Type.Object(
  {
    id: Type.String({ description: "Id of the pin." }),
    endpoint: NullableString("Id of the endpoint that it is about, as it is known by now."),
    sentence: Type.String({ description: "What it did." }),
  },
  { $id: "TemplateChange" },
)

const reason = Type.Optional(Type.String({ maxLength: 500, description: "For the audit log." }))
const path = Type.String({ minLength: 1, maxLength: 2048 })

export const PinBody = Type.Object(
  {
    kind: Type.Optional(
      Type.Unsafe<"template" | "apart">({ type: "string", enum: ["template", "apart"], default: "template" }),
    ),
    path: Type.Optional(path),
    template: Type.Optional({ ...path, description: "The same as kind template and path." }),
    apart: Type.Optional({ ...path, description: "The same as kind apart and path." }),
    reason,
  },
  { additionalProperties: false },
)
export const SplitBody = Type.Object(
  {
    value: Type.Optional(
      Type.String({ minLength: 1, maxLength: 512, description: "Where the template has one parameter." }),
    ),
    path: Type.Optional(path),
    force: Type.Optional(Type.Boolean({ description: "Although nobody has requested it, or it is not told apart." })),
    reason,
  },
  { additionalProperties: false },
)
export const MergeBody = Type.Object(
  {
    template: Type.Optional(path),
    with: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
        minItems: 1,
        maxItems: 100,
        description: "Ids of other endpoints of the service, whose paths are as long.",
      }),
    ),
    reason,
  },
  { additionalProperties: false },
)
export const RenameBody = Type.Object({ template: path, reason }, { additionalProperties: false })

export const TEMPLATE_SHARED = [TemplateEvidence, EndpointRoute, Sample, Pin, Suggestion, Change]
