// What the API says of specifications and of how endpoints differ from them.
import { Count, NullableString, ref, type Static, Time, Type } from "./schema.ts"

export const Specification = Type.Object(
  {
    service: Type.String({ description: "Id of the service." }),
    name: Type.String({ description: "Chosen by whoever imported it; one of that name is replaced." }),
    format: Type.String({ description: '"openapi 3.1.0", "swagger 2.0".' }),
    title: Type.String(),
    version: Type.String({ description: "info.version." }),
    syntax: Type.String({ description: "json or yaml." }),
    operations: Count("Operations that it describes."),
    current: Type.Boolean({
      description: "In force: neither declared outdated, nor superseded, nor an older version.",
    }),
    deprecated: Type.Boolean({ description: "Declared outdated." }),
    supersedes: Type.Array(Type.String(), { description: "Names of documents whose place it takes." }),
    basePaths: Type.Array(Type.String()),
    remarks: Type.Array(Type.String(), { description: "What is no reason to refuse it, a sentence each." }),
    digest: Type.String({ description: "SHA-256 of the text." }),
    importedBy: Type.String(),
    importedAt: Time("When it was imported."),
  },
  { $id: "Specification" },
)
export type Specification = Static<typeof Specification>

export const Drift = Type.Object(
  {
    kind: Type.String({
      description:
        "parameter.undocumented, parameter.type, parameter.missing, status.undocumented, contentType.undocumented, field.undocumented, field.type, auth.missing, auth.scheme.",
    }),
    place: Type.String({ description: '"query", "response 200 application/json", "auth".' }),
    name: Type.String({ description: "The parameter, field, status, media type or scheme." }),
    count: Count("Exchanges, requests or bodies that show it; a lower bound where the sentence says so."),
    firstSeen: Time("First one, null where it is not known for this alone."),
    lastSeen: Time("Latest one, null where it is not known for this alone."),
    sentence: Type.String(),
    samples: Type.Array(
      Type.Object({
        at: Time("When."),
        path: Type.String({ description: "As the sensor says it." }),
        status: Type.Integer(),
        consumer: Type.String({ description: "Id of the consumer." }),
        client: Type.String({ description: "Pseudonym of its address." }),
        exchange: Type.String({ description: "Key of the exchange." }),
      }),
      { description: "First exchanges that showed it, at most 3." },
    ),
  },
  { $id: "Drift" },
)
export type Drift = Static<typeof Drift>

export const EndpointDrift = Type.Object(
  {
    endpoint: Type.String({ description: "Id of the endpoint." }),
    method: Type.String(),
    template: Type.String(),
    specification: Type.String({ description: "Name of the document." }),
    specified: Type.String({ description: "Its operation's path with the base: /v1/orders/{orderId}." }),
    drift: Type.Array(ref(Drift)),
  },
  { $id: "EndpointDrift" },
)
export type EndpointDrift = Static<typeof EndpointDrift>

export const ServiceDrift = Type.Object(
  {
    endpoints: Type.Array(ref(EndpointDrift), {
      description: "Documented endpoints that differ, those that differ most first.",
    }),
    unseen: Type.Array(
      Type.Object({
        method: Type.String(),
        template: Type.String(),
        specification: Type.String(),
        operationId: NullableString("As the document names it."),
      }),
      { description: "Operations in force that no endpoint with traffic is, at most 1000." },
    ),
    undocumented: Type.Array(
      Type.Object({
        endpoint: Type.String(),
        method: Type.String(),
        template: Type.String(),
        status: Type.String(),
        why: Type.String(),
      }),
      { description: "Shadow and zombie endpoints." },
    ),
  },
  { $id: "ServiceDrift" },
)
export type ServiceDrift = Static<typeof ServiceDrift>

export const ImportResult = Type.Object(
  {
    sentence: Type.String({ description: "What was done." }),
    specifications: Type.Array(ref(Specification), { description: "One for each service it was imported for." }),
  },
  { $id: "ImportResult" },
)

export const SPECIFICATION_SHARED = [Specification, Drift, EndpointDrift, ServiceDrift, ImportResult]
