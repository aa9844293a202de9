// What the API hands out and takes in about partners, their contracts and rotations, field by field.
import { Consumer } from "./consumer-models.ts"
import { SeriesPoint, usage } from "./models.ts"
import { Count, Counts, NullableNumber, NullableString, ref, type Static, Time, Type } from "./schema.ts"

const Id = (description: string) => Type.String({ description })
const Texts = (description: string) => Type.Array(Type.String({ maxLength: 500 }), { maxItems: 200, description })

const contractFields = {
  endpoints: Texts('"api.example.com GET /v1/orders/*": service, method, path; each may be left out. Empty: all.'),
  networks: Texts("Networks by the name that sensors have for them, or pseudonyms of prefixes. Empty: all."),
  hours: Texts('"mon-fri 06:00-20:00 Europe/Berlin". Empty: always.'),
  requestsPerDay: NullableNumber("Requests a day (UTC); null: no quota."),
  requestsPerHour: NullableNumber("Requests an hour; null: no quota."),
  dataClasses: Texts("Data classes that it may be given. Empty: all."),
}
export const Contract = Type.Object(contractFields, { $id: "Contract", description: "What is not said is allowed." })

const writtenFields = {
  owner: Type.String({ maxLength: 200, description: "Who answers for it on our side." }),
  contact: Type.String({ maxLength: 200, description: "Whom to ask on their side." }),
  labels: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 200 }),
  note: Type.String({ maxLength: 4000 }),
  rules: Texts('Consumers that belong to it: "name:acme-*", "issuer:https://id.acme.example*", "api-key:acme*".'),
}
const Name = Type.String({ minLength: 1, maxLength: 200 })

/** What is not said stays as it was, and is empty in a new one. */
const optionalFields = {
  ...Object.fromEntries(Object.entries(writtenFields).map(([name, field]) => [name, Type.Optional(field)])),
  contract: Type.Optional(
    Type.Object(
      Object.fromEntries(Object.entries(contractFields).map(([name, field]) => [name, Type.Optional(field)])),
      { additionalProperties: false },
    ),
  ),
  reason: Type.Optional(Type.String({ maxLength: 500, description: "Why, for the audit log." })),
}
export const NewPartner = Type.Object({ name: Name, ...optionalFields }, { additionalProperties: false })
export const ChangedPartner = Type.Object(
  { name: Type.Optional(Name), ...optionalFields },
  { additionalProperties: false },
)

const partnerFields = {
  id: Id("Opaque id."),
  name: Name,
  ...writtenFields,
  contract: ref(Contract),
  source: Type.Unsafe<string>({
    type: "string",
    enum: ["hand", "file"],
    description: "Where it is kept: here, or in the file of partners, which every start reads.",
  }),
  consumers: Count("Consumers that belong to it."),
  requests: Count("Exchanges of its consumers."),
  errors: Count("Of them with status 400 or above."),
  firstSeen: Time("First exchange."),
  lastSeen: Time("Latest exchange."),
}
export const Partner = Type.Object(partnerFields, { $id: "Partner" })

export const Violation = Type.Object(
  {
    kind: Type.Unsafe<string>({
      type: "string",
      enum: ["endpoint", "hours", "network", "requestsPerHour", "requestsPerDay", "dataClass"],
    }),
    sentence: Type.String(),
    requests: Count("Requests that the contract does not allow; of quotas those beyond it."),
    windows: Count("Hours (of a daily quota: days) in which there were any; of networks and data classes: sights."),
    firstSeen: Time("First of them."),
    lastSeen: Time("Latest of them."),
    samples: Type.Array(
      Type.Object({
        what: Type.String({ description: "What was not allowed." }),
        consumer: NullableString("Id of the consumer; null where it is about all of the partner."),
        endpoint: NullableString("Id of the endpoint."),
        service: NullableString("Id of the service."),
        requests: Count("Requests."),
        firstSeen: Time("First of them."),
        lastSeen: Time("Latest of them."),
      }),
      { description: "The busiest, at most 10." },
    ),
  },
  { $id: "Violation", description: "What a contract does not allow and happened: a fact with stored numbers." },
)

export const PartnerDetail = Type.Object(
  {
    ...partnerFields,
    by: Type.String({ description: "Who changed it last." }),
    changedAt: Time("When, by the clock of the collector."),
    requestBytes: Count("Body bytes sent."),
    responseBytes: Count("Body bytes received."),
    members: Type.Array(ref(Consumer), { description: "Its consumers, busiest first, at most 200." }),
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
        consumers: Count("Its consumers that use it."),
      }),
      { description: "Endpoints that its consumers use, busiest first, at most 200." },
    ),
    dataClasses: Type.Object({
      request: Counts("Exchanges by data class that it sent."),
      response: Counts("Exchanges by data class that it was given."),
    }),
    checked: Type.Object({
      from: Time("Start of what was held against the contract."),
      to: Time("End of it."),
      sentence: Type.String({ description: "What was looked at, and what not." }),
    }),
    violations: Type.Array(ref(Violation)),
    hourly: Type.Array(ref(SeriesPoint), { description: "The last 7 days up to its latest exchange." }),
    daily: Type.Array(ref(SeriesPoint), { description: "The last 90 days up to its latest exchange." }),
  },
  { $id: "PartnerDetail" },
)

export const PartnerSuggestion = Type.Object(
  {
    kind: Type.Unsafe<string>({ type: "string", enum: ["issuer", "certificate", "forwardedPrefix"] }),
    sentence: Type.String({ description: "Why they seem to belong together." }),
    name: Type.String({ description: "A name that the partner might have." }),
    rule: NullableString("A rule that would take them in; null when none can."),
    consumers: Type.Array(Type.Object({ id: Id("Opaque id."), name: Type.String() })),
    requests: Count("Exchanges of all of them."),
  },
  { $id: "PartnerSuggestion" },
)

const RotationEnd = Type.Object({
  id: Id("Id that it has by now."),
  name: Type.String(),
  firstSeen: Time("First exchange."),
  lastSeen: Time("Latest exchange."),
  requests: Count("Exchanges."),
})

export const Rotation = Type.Object(
  {
    id: Id("Opaque id."),
    state: Type.Unsafe<string>({
      type: "string",
      enum: ["proposed", "confirmed", "rejected", "withdrawn"],
      description: "withdrawn: the former came back beside the successor.",
    }),
    former: RotationEnd,
    successor: RotationEnd,
    score: Type.Number({ minimum: 0, maximum: 1 }),
    grounds: Type.Array(Type.String(), { description: "What speaks for it, in words and numbers." }),
    proposedAt: Time("Event time of the proposal."),
    by: NullableString("Who decided."),
    decidedAt: Time("When, by the clock of the collector."),
  },
  { $id: "Rotation" },
)

export const PARTNER_SHARED = [Contract, Partner, Violation, PartnerDetail, PartnerSuggestion, Rotation]

export type Partner = Static<typeof Partner>
export type PartnerDetail = Static<typeof PartnerDetail>
export type Violation = Static<typeof Violation>
export type Rotation = Static<typeof Rotation>
