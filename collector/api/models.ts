// What the API hands out, field by field. Records of the store are turned into these by views/.
import { AUTH_SHARED, Auth, AuthDetail } from "./auth-models.ts"
import { FINDING_SHARED } from "./finding-models.ts"
import { LABEL_SHARED } from "./label-models.ts"
import { Count, Counts, NullableNumber, NullableString, ref, type Static, Time, Type } from "./schema.ts"
import { Body, Parameter, SCHEMA_SHARED } from "./schema-models.ts"
import { SERVICE_SHARED } from "./service-models.ts"
import { Drift } from "./specification-models.ts"
import { TEMPLATE_SHARED, templateFields } from "./template-models.ts"

const Id = (description: string) => Type.String({ description })
const Share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })

const DataClasses = Type.Object({
  request: Counts("Data class to count."),
  response: Counts("Data class to count."),
})

const endpointFields = {
  id: Id("Opaque id."),
  service: Id("Id of the service."),
  serviceName: Type.String(),
  method: Type.String(),
  template: Type.String({ description: "Path with its variable parts by kind: /v1/orders/{int}." }),
  operation: NullableString("RPC, SOAP or GraphQL operation; null when the path says it all."),
  requests: Count("Exchanges."),
  errors: Count("Exchanges with status 400 or above, or with a gRPC status other than 0."),
  firstSeen: Time("First exchange."),
  lastSeen: Time("Latest exchange."),
  status: Type.String({
    description: "documented, shadow, zombie, orphan, rogue, or unknown without a specification.",
  }),
  statusWhy: Type.String({ description: "In one sentence; empty for unknown." }),
  differences: NullableNumber("Differences from its specification; null without one."),
  auth: ref(Auth),
  dataClasses: DataClasses,
  consumers: Count("Distinct consumers."),
}
export const Endpoint = Type.Object(endpointFields, { $id: "Endpoint" })

export const Quantiles = Type.Object(
  {
    count: Count("Measurements."),
    p50: NullableNumber("Median."),
    p90: NullableNumber("90th percentile."),
    p99: NullableNumber("99th percentile."),
    max: NullableNumber("Greatest."),
  },
  { $id: "Quantiles", description: "Quantiles with a relative error of at most 1 %; null without measurements." },
)

export const SeriesPoint = Type.Object(
  {
    at: Time("Start of the hour or day."),
    requests: Count("Exchanges."),
    errors: Count("Exchanges with status 400 or above."),
    requestBytes: Count("Body bytes sent."),
    responseBytes: Count("Body bytes received."),
    items: Count("Elements of returned collections."),
  },
  { $id: "SeriesPoint" },
)

export const ConsumerLabel = Type.Object({ id: Id("Opaque id."), name: Type.String(), scheme: Type.String() })
export const usage = {
  requests: Count("Exchanges."),
  errors: Count("Exchanges with status 400 or above."),
  requestBytes: Count("Body bytes sent."),
  responseBytes: Count("Body bytes received."),
  items: Count("Elements of returned collections."),
}

export const Evidence = Type.Object(
  {
    exchanges: Count("Exchanges."),
    lossy: Count("Of them with a gap, one-way, midstream, truncated or resynchronised."),
    lossyShare: Share("lossy / exchanges."),
    states: Counts("Exchanges by state."),
    withheld: Type.Boolean({ description: "True when conclusions are withheld because more than 20 % is lossy." }),
  },
  { $id: "Evidence" },
)

export const EndpointDetail = Type.Object(
  {
    ...endpointFields,
    protocols: Counts("Exchanges by protocol."),
    statuses: Counts("Exchanges by status code."),
    outcomes: Counts("Exchanges by gRPC status (0 to 16), conversations by close code (1000 to 4999)."),
    calls: Type.Object({
      kinds: Counts("Exchanges by kind of call: graphql, json-rpc, soap, grpc, ..."),
      fields: Counts("Exchanges by root field, method of a batch or subprotocol."),
      depth: NullableNumber("Deepest selection (GraphQL)."),
      aliases: NullableNumber("Most aliases in one operation (GraphQL)."),
      batch: Count("Most operations in one message."),
    }),
    conversations: Count("WebSocket conversations that its requests opened."),
    messages: Type.Object({
      request: Count("Messages of streams and conversations to the server."),
      response: Count("Messages to the client."),
    }),
    parameters: Type.Array(ref(Parameter)),
    drift: Type.Array(ref(Drift), { description: "Differences from its specification." }),
    schemas: Type.Object({ request: Body, response: Body }),
    quantiles: Type.Object({
      latencyMs: ref(Quantiles),
      requestBytes: ref(Quantiles),
      responseBytes: ref(Quantiles),
      items: ref(Quantiles),
    }),
    anomalies: Counts("Wire oddities by name; never a finding by themselves."),
    evidence: ref(Evidence),
    ...templateFields,
    authDetail: ref(AuthDetail),
    usedBy: Type.Array(Type.Object({ consumer: ConsumerLabel, ...usage }), {
      description: "Busiest consumers, at most 50.",
    }),
    history: Type.Array(Type.Object({ at: Time("When."), kind: Type.String(), sentence: Type.String() }), {
      description: "Oldest first.",
    }),
    hourly: Type.Array(ref(SeriesPoint), { description: "The last 7 days up to its latest exchange." }),
    daily: Type.Array(ref(SeriesPoint), { description: "The last 90 days up to its latest exchange." }),
  },
  { $id: "EndpointDetail" },
)

export const Loss = Type.Object({
  counter: Type.String({ description: "Dotted name, as in the ledger of the sensor." }),
  stage: Type.String(),
  value: Type.Integer(),
  unit: Type.String(),
  severity: Type.Unsafe<"lost" | "ignored" | "noted">({
    type: "string",
    enum: ["lost", "ignored", "noted"],
    description: "lost: traffic that should have been seen; ignored: not for this sensor to read; noted: no loss.",
  }),
  sentence: Type.String(),
})

export const Balance = Type.Object({
  stage: Type.String(),
  unit: Type.String(),
  sentence: Type.String({ description: "The equation in words." }),
  offered: Type.Integer({ description: "What the stage was given." }),
  accounted: Type.Integer({ description: "What it passed on or gave up for a stated reason." }),
  holds: Type.Boolean({ description: "offered = accounted." }),
  terms: Counts("The parts of `accounted` that are not 0, by counter."),
})

export const Ledger = Type.Object(
  {
    settled: Type.Boolean({
      description: "True when every run counted here has ended: balances must hold. Before, some traffic is under way.",
    }),
    stages: Type.Unsafe<Record<string, Record<string, unknown>>>({
      type: "object",
      additionalProperties: { type: "object", additionalProperties: true },
      description: "Every non-zero counter, grouped by stage.",
    }),
    balances: Type.Array(Balance),
    losses: Type.Array(Loss),
  },
  { $id: "LossLedger" },
)

export const Totals = Type.Object(
  {
    exchanges: Count("Exchanges applied to the store."),
    conversations: Count("Of them: WebSocket conversations, which are no requests."),
    tlsSessions: Count("TLS sessions told of: those of the ledger of dark APIs."),
    received: Count("Events in the batches applied: received = exchanges + joined + copies + waiting."),
    joined: Count("Exchanges put together from two halves, an event each, that two sensors saw."),
    copies: Count("Events left out because another sensor showed the same exchange."),
    betterCopies: Count("Of the copies: those that said more than the sight that had been counted before."),
    halvesExpired: Count("Halves applied as such because the other half did not come in time."),
    waiting: Count("Halves that wait for the other half now."),
    batches: Count("Batches applied."),
    duplicateBatches: Count("Batches seen again and skipped."),
    missingBatches: Count("Batches that never came, by their numbers."),
    refused: Counts("Messages refused, by reason."),
    states: Counts("Events by state."),
    unlisted: Counts("Exchanges that belong to no service, by reason."),
    limits: Counts("What was given up to stay within limits, by limit."),
    sensors: ref(Ledger),
    store: Type.Object(
      {
        bytes: Count("Of the file."),
        freeBytes: Count("Of them: free for what comes next."),
        walBytes: Count("Of the write-ahead log beside it."),
        bytesMax: Count("Beyond this the oldest is removed; 0: no limit."),
        removed: Type.Array(
          Type.Object({
            kind: Type.String({ description: "evidence (exchanges), hours, days (rows), incidents." }),
            reason: Type.String({ description: "age, size." }),
            removed: Count("How many, since the store was made."),
            until: Time("Nothing older is there any more, but for what came late."),
          }),
          { description: "What retention removed." },
        ),
        gone: Count("Messages that were no longer in the stream when they were to be taken."),
      },
      { description: "The store itself." },
    ),
  },
  { $id: "Totals" },
)

export const Change = Type.Object(
  {
    sequence: Type.Integer(),
    at: Time("Event time; of sensors: how far the sensor had come. When it was heard stands in the sentence."),
    madeAt: Time("When somebody made the change that it follows from (wall clock); null for what was seen."),
    kind: Type.String({
      description:
        "service.new, service.flooded, endpoint.new, consumer.new, consumer.rekeyed, consumer.merged, rotation.proposed, rotation.withdrawn, parameter.new, sensor.silent, sensor.back, ...",
    }),
    subject: Id("Id of what changed."),
    sentence: Type.String(),
  },
  { $id: "Change" },
)

export const Overview = Type.Object(
  {
    services: Count("Services."),
    endpoints: Count("Endpoints."),
    consumers: Count("Consumers."),
    sensors: Count("Sensors."),
    silentSensors: Count("Of them: those that should be heard and are not."),
    exchanges: Count("Exchanges applied to the store."),
    errors: Count("Exchanges with status 400 or above."),
    firstEvent: Time("Start of what was seen."),
    lastEvent: Time("How far event time has come."),
    states: Counts("Events by state."),
    postures: Counts("Endpoints by auth posture."),
    schemes: Counts("Successful exchanges by authentication scheme."),
    lossyShare: Share("Share of exchanges at endpoints whose evidence is lossy."),
    dark: Type.Object(
      {
        servers: Count("Servers behind TLS."),
        unread: Count("Of them: those of which nothing was read."),
        partly: Count("Of them: those of which some was read."),
        sessions: Count("TLS sessions at those that are not read whole."),
        bytes: Count("TLS bytes at those that are not read whole."),
      },
      { description: "What is there and not, or not all, in this inventory: /api/v1/dark." },
    ),
    ledger: ref(Ledger),
    hourly: Type.Array(ref(SeriesPoint), { description: "The last 7 days of event time." }),
  },
  { $id: "Overview" },
)

export const SHARED = [
  ...FINDING_SHARED,
  ...LABEL_SHARED,
  ...SERVICE_SHARED,
  ...TEMPLATE_SHARED,
  ...AUTH_SHARED,
  ...SCHEMA_SHARED,
  Endpoint,
  Quantiles,
  SeriesPoint,
  Evidence,
  EndpointDetail,
  Ledger,
  Totals,
  Change,
  Overview,
]

export type { Auth } from "./auth-models.ts"
export type { Parameter } from "./schema-models.ts"
export type Endpoint = Static<typeof Endpoint>
export type EndpointDetail = Static<typeof EndpointDetail>
export type Quantiles = Static<typeof Quantiles>
export type SeriesPoint = Static<typeof SeriesPoint>
export type Ledger = Static<typeof Ledger>
export type Loss = Static<typeof Loss>
export type Balance = Static<typeof Balance>
export type Totals = Static<typeof Totals>
export type Change = Static<typeof Change>
export type Overview = Static<typeof Overview>
