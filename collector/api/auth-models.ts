// What the API hands out about how an endpoint is protected.
import { POSTURES, type Posture } from "../inventory/posture.ts"
import { Count, Counts, type Static, Time, Type } from "./schema.ts"

export const Auth = Type.Object(
  {
    posture: Type.Unsafe<Posture>({
      type: "string",
      enum: [...POSTURES],
      description:
        "consistent: at least 95 % of successful exchanges are authenticated; partial: some are; missing: none is; unknown: nothing is concluded, `withheld` says why.",
    }),
    schemes: Counts("Successful exchanges by authentication scheme over all time; none for those without."),
    withheld: Type.String({
      description:
        "Why nothing is concluded, empty otherwise: few (under 20 successes), lossy (over 20 % of the evidence), one-way, unread-heads, exempt (preflight, health check, sign-in: open by convention).",
    }),
    why: Type.String({ description: "The conclusion with its numbers, or why there is none: one sentence or two." }),
  },
  { $id: "Auth" },
)

export const OpenSample = Type.Object({
  at: Time("When."),
  path: Type.String(),
  status: Type.Integer(),
  client: Type.String({ description: "Pseudonym of the client's address." }),
  exchange: Type.String({ description: "Key of the exchange, empty when unknown." }),
})

export const AuthDetail = Type.Object(
  {
    basis: Type.Unsafe<"recent" | "all">({
      type: "string",
      enum: ["recent", "all"],
      description: "recent: the two newest windows of 30 days; all: all time, because these hold too few successes.",
    }),
    successes: Count("Successful exchanges on that basis."),
    authenticated: Count("Of them: with a credential."),
    recentSchemes: Counts("Successes by scheme on that basis."),
    windows: Type.Array(
      Type.Object({
        since: Time("Start of 30 days."),
        schemes: Counts("Successes by scheme."),
        weak: Counts("Successes by weak form of their credential."),
        lossy: Count("Of the successes: with lossy evidence."),
        unseen: Count("Successes left out: the head could not be read whole, a credential may have been there."),
      }),
      { description: "The two newest windows with successes, oldest first." },
    ),
    weak: Type.Array(
      Type.Object({
        form: Type.String({
          description:
            "inUrl, cleartext, basic, digest, algNone, noExpiry, longLived, veryLongLived, expired, keyInCookie.",
        }),
        exchanges: Count("Successes over all time."),
        recent: Count("Of the two newest windows."),
        words: Type.String({ description: "What it means." }),
      }),
      { description: "Weak forms of credentials, the most frequent first." },
    ),
    conflicts: Type.Array(
      Type.Object({
        kind: Type.String({
          description: "schemes, open-successes, open-among-protected, open-read, expired, changed.",
        }),
        sentence: Type.String(),
        samples: Type.Array(OpenSample),
      }),
      { description: "Where the endpoint contradicts itself or the rest of its service." },
    ),
  },
  { $id: "AuthDetail" },
)

export const AUTH_SHARED = [Auth, AuthDetail]
export type Auth = Static<typeof Auth>
export type AuthDetail = Static<typeof AuthDetail>
