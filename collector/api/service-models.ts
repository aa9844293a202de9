// What the API hands out about services: where they answer, whose they are, what there is to worry about.
import { Dark, IdentityCoverage } from "./dark-models.ts"
import { Finding } from "./finding-models.ts"
import { Count, Counts, NullableString, ref, type Static, Time, Type } from "./schema.ts"

const Id = (description: string) => Type.String({ description })

export const Listener = Type.Object(
  {
    listener: Type.String({ description: "Pseudonym of the address, and port." }),
    addressClass: Type.String({ description: "private, public, or a sensor's name for the network." }),
    requests: Type.Object({
      tls: Count("Exchanges with TLS."),
      clear: Count("Exchanges without TLS on the way that the sensor sees."),
    }),
    successes: Count("Of them: answered with success."),
    firstSeen: Time("First exchange."),
    lastSeen: Time("Latest exchange."),
    role: Type.Unsafe<"gateway" | "bypass" | "behind" | "unknown">({
      type: "string",
      enum: ["gateway", "bypass", "behind", "unknown"],
    }),
    why: Type.String({ description: "Why it has this role." }),
    bypass: Type.Unsafe<{
      requests: number
      successes: number
      authenticated: number
      first: string | null
      last: string | null
      consumers: { id: string | null; name: string; requests: number }[]
    } | null>({
      anyOf: [
        { type: "null" },
        Type.Object({
          requests: Count("Exchanges that came here and not through a gateway."),
          successes: Count("Of them: answered with success."),
          authenticated: Count("Of the successes: with a credential."),
          first: Time("First of them."),
          last: Time("Latest of them."),
          consumers: Type.Array(
            Type.Object({ id: NullableString("Id."), name: Type.String(), requests: Count("Exchanges.") }),
            { description: "At most 16." },
          ),
        }),
      ],
      description: "What was exchanged here past the gateway, from when one was known.",
    }),
  },
  { $id: "Listener" },
)

const serviceFields = {
  id: Id("Opaque id."),
  name: Type.String({ description: "As people call it: by hand, else the authority, or address and port." }),
  authority: NullableString("Host as requests name it; null when none was sent."),
  zone: NullableString("VLAN or tunnel where it was seen; null for the plain network."),
  owner: NullableString("By hand or by rule."),
  labels: Type.Array(Type.String(), { description: "By hand or by rule." }),
  risk: Type.Integer({ minimum: 0, maximum: 100, description: "Sum of stated facts: `riskFacts` of the service." }),
  addresses: Type.Array(Type.String(), { description: "Where it answers: pseudonym of the address, and port." }),
  listeners: Type.Array(ref(Listener), { description: "The same with what was seen there." }),
  ports: Type.Array(Type.Integer()),
  protocols: Type.Array(Type.String()),
  specifications: Type.Array(Type.String(), { description: "Names of its documents." }),
  firstSeen: Time("First exchange."),
  lastSeen: Time("Latest exchange."),
  requests: Count("Exchanges."),
  errors: Count("Exchanges with status 400 or above."),
  endpoints: Count("Distinct endpoints."),
  conversations: Count("WebSocket conversations, not among the requests."),
  unlisted: Counts("Exchanges that belong to no endpoint, by reason."),
}
export const Service = Type.Object(serviceFields, { $id: "Service" })

export const ServiceDetail = Type.Object(
  {
    ...serviceFields,
    riskFacts: Type.Array(Type.Object({ points: Type.Integer(), sentence: Type.String() }), {
      description: "What the risk is the sum of (100 at most), the gravest first.",
    }),
    note: Type.Object(
      {
        name: Type.String(),
        owner: Type.String(),
        labels: Type.Array(Type.String()),
        gateways: Type.Array(Type.String()),
        by: NullableString("Who said it last."),
      },
      { description: "What people say of it; empty where nobody did." },
    ),
    ruledBy: Type.Object(
      {
        owner: NullableString("The rule that gives the owner, where nobody said one by hand."),
        labels: NullableString("The rule that gives the labels, where nobody said any by hand."),
      },
      { description: "Rules in words." },
    ),
    findings: Type.Array(ref(Finding), { description: "Open ones, the latest first, at most 100." }),
    identity: ref(IdentityCoverage),
    dark: Type.Array(ref(Dark), {
      description: "Servers of this name behind TLS, the busiest first, at most 50: what of it was not read.",
    }),
  },
  { $id: "ServiceDetail" },
)

export const SERVICE_SHARED = [Listener, Service, ServiceDetail]
export type Listener = Static<typeof Listener>
export type Service = Static<typeof Service>
export type ServiceDetail = Static<typeof ServiceDetail>
