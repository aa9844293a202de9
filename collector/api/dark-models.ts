// What the API hands out about the ledger of dark APIs (servers behind TLS, read or not) and about which identity rules
// decide, field by field.
import { Count, Counts, NullableString, type Static, Time, Type } from "./schema.ts"

const STATES = ["read", "partly", "unread"] as const
const State = Type.Unsafe<(typeof STATES)[number]>({
  type: "string",
  enum: [...STATES],
  description: "How much of its sessions was read: all, some, nothing.",
})
const ServiceLabel = Type.Object({
  id: Type.String({ description: "Opaque id." }),
  name: Type.String(),
  zone: NullableString("VLAN or tunnel; null for the plain network."),
})

const darkFields = {
  id: Type.String({ description: "Opaque id." }),
  name: NullableString("Server name (SNI) that clients ask for; null when they ask for none, or it was not seen."),
  address: Type.String({ description: "Pseudonym of the server's address." }),
  addressClass: Type.String({ description: "private, public, ... or the name of a configured network." }),
  port: Type.Integer(),
  zone: NullableString("VLAN or tunnel; null for the plain network."),
  state: State,
  sessions: Count("TLS sessions."),
  requestBytes: Count("TLS bytes to the server."),
  responseBytes: Count("TLS bytes to clients."),
  clients: Count("Distinct client addresses; with `moreClients` at least so many."),
  moreClients: Type.Boolean({ description: "True when not all clients could be told apart for want of space." }),
  versions: Counts("Sessions by TLS version."),
  alpns: Counts("Sessions by protocol agreed on, or offered first."),
  reasons: Counts("Notes of sessions by the reason why they were not read."),
  firstSeen: Time("First session."),
  lastSeen: Time("End of the latest session."),
  service: Type.Unsafe<Static<typeof ServiceLabel> | null>({
    anyOf: [ServiceLabel, { type: "null" }],
    description:
      "The service that is read there, in plain text or decrypted: of this name and port, else of this name at this place, else of this name when the port is 443; without a name the only one at this place. Null when there is none.",
  }),
}
export const Dark = Type.Object(darkFields, { $id: "Dark" })

export const DarkDetail = Type.Object(
  {
    ...darkFields,
    states: Counts("Notes of sessions by how much of them was read; a long session has one an hour."),
    why: Type.Array(
      Type.Object({
        reason: Type.String({ description: "As in `reasons`." }),
        notes: Count("Notes with this reason."),
        sentence: Type.String({ description: "What it means." }),
        advice: Type.String({ description: "What to do about it." }),
      }),
      { description: "The commonest first." },
    ),
    ciphers: Counts("Sessions by cipher suite."),
    ja4s: Counts("Sessions by JA4 fingerprint of the client's hello."),
    issuers: Counts("Sessions by issuer of the server's certificate, where it is visible."),
    certificateNames: Type.Array(Type.String()),
    clientNames: Type.Array(Type.String(), { description: "Subjects of client certificates, where they are visible." }),
    resumed: Count("Sessions that went on with an earlier one."),
    earlyData: Count("Sessions that carried data before the handshake had ended."),
    services: Type.Array(ServiceLabel, {
      description:
        "All services that it may be, the likeliest first: those of this name, also where only other ports of them were seen; without a name those at this place.",
    }),
    hourly: Type.Array(
      Type.Object({
        at: Time("Start of the hour."),
        sessions: Count("Sessions that began."),
        requestBytes: Count("TLS bytes to the server."),
        responseBytes: Count("TLS bytes to clients."),
      }),
      { description: "The last 7 days up to its latest session." },
    ),
  },
  { $id: "DarkDetail" },
)

export const IdentityCoverage = Type.Object(
  {
    requests: Count("Requests counted by rule."),
    anonymous: Count("Of them: those without a credential that a rule knows."),
    anonymousShare: Type.Number({ minimum: 0, maximum: 1 }),
    rules: Type.Array(
      Type.Object({
        rule: Type.String({ description: "Identity rule that decided." }),
        scheme: Type.String({ description: "What it found: none, basic, bearer-jwt, ..." }),
        requests: Count("Requests."),
        share: Type.Number({ minimum: 0, maximum: 1 }),
      }),
      { description: "The commonest first." },
    ),
  },
  { $id: "IdentityCoverage" },
)

export const DARK_SHARED = [Dark, DarkDetail, IdentityCoverage]

export type Dark = Static<typeof Dark>
export type DarkDetail = Static<typeof DarkDetail>
export type IdentityCoverage = Static<typeof IdentityCoverage>
