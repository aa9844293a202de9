// Credentials of an endpoint's successful exchanges against the security that its operation demands.
//
// Said only on proof: an exchange without a credential counts when it succeeded, and only as far as losses cannot explain that the
// credential was not seen. Where the specification demands nothing, nothing differs. Client certificates cannot be seen behind TLS.
import { schemeReason } from "../sample-reasons.ts"
import type { Difference, Subject } from "./drift.ts"
import type { SecurityScheme } from "./specified-operation.ts"

/** Above this share of lossy evidence nothing is concluded; as in inventory/posture. */
const LOSSY_SHARE_MAX = 0.2

export function* authDrift(subject: Subject): Iterable<Difference> {
  const { record, operation } = subject
  // A preflight carries no credential, whatever a document demands of everything.
  if (
    !operation.isSecured ||
    operation.method === "OPTIONS" ||
    record.requests === 0 ||
    record.lossy / record.requests > LOSSY_SHARE_MAX
  )
    return
  const alternatives = operation.security
  if (alternatives.flat().some(({ kind }) => kind === "unknown" || kind === "mutualTLS" || kind === "other")) return
  const accepted = new Set(alternatives.flat().flatMap((scheme) => [...acceptedBy(scheme)]))
  for (const [scheme, count] of Object.entries(record.schemes)) {
    if (scheme === "none") yield* missing(subject, count)
    else if (!accepted.has(scheme) && !accepted.has("*"))
      yield difference(
        "auth.scheme",
        scheme,
        count,
        `Authenticated by ${scheme} (${count} successes), which is not documented; ${wanted(subject)} is.`,
      )
  }
}

function* missing(subject: Subject, open: number): Iterable<Difference> {
  const { record } = subject
  // Heads that could not be read whole: the credential may have been in them.
  const unseen = record.auth.windows.reduce((sum, window) => sum + window.unseen, 0)
  const count = open - record.lossy - unseen - disguised(subject)
  if (count > 0)
    yield difference(
      "auth.missing",
      "none",
      count,
      `At least ${count} requests without a credential succeeded, although ${wanted(subject)} is demanded.`,
    )
}

/** Successes with a credential that the document names and the sensor took for an ordinary parameter: those that it knew are counted by scheme. */
function disguised({ record, operation }: Subject): number {
  const keys = new Map(operation.security.flat().map((scheme) => [`${scheme.in} ${scheme.parameter}`, scheme]))
  const carried = { "api-key": 0, cookie: 0 }
  for (const { in: place, parameter } of keys.values()) {
    if (parameter === "") continue
    const found = record.parameters.find(
      (one) => one.in === place && one.name.toLowerCase() === parameter.toLowerCase(),
    )
    carried[place === "cookie" ? "cookie" : "api-key"] += found === undefined ? 0 : (found.accepted ?? found.requests)
  }
  const beyond = (scheme: "api-key" | "cookie"): number => Math.max(0, carried[scheme] - (record.schemes[scheme] ?? 0))
  return beyond("api-key") + beyond("cookie")
}

function difference(kind: "auth.missing" | "auth.scheme", name: string, count: number, sentence: string): Difference {
  return {
    kind,
    place: "auth",
    name,
    count,
    firstUs: 0,
    lastUs: 0,
    sentence,
    shows: ({ why }) => why.includes(schemeReason(name)),
  }
}

const wanted = ({ operation }: Subject): string =>
  [...new Set(operation.security.map((all) => all.map(({ name }) => name).join(" with ")))].join(" or ")

/** Schemes as sensors name them that a documented one may show as; "*" when any may. */
function acceptedBy({ kind, in: place, parameter }: SecurityScheme): readonly string[] {
  switch (kind) {
    case "basic":
      return ["basic"]
    case "digest":
      return ["digest"]
    case "bearer":
    case "oauth2":
    case "openIdConnect":
      return ["bearer-jwt", "bearer-opaque"]
    case "apiKey":
      if (place === "cookie") return ["cookie", "api-key", "bearer-jwt", "bearer-opaque"]
      if (place === "header" && parameter === "cookie") return ["cookie"]
      // The whole field is the key: whatever is in it.
      if (place === "header" && /authorization/.test(parameter)) return ["*"]
      return ["api-key", "bearer-jwt", "bearer-opaque", "hmac", "sigv4"]
    default:
      return ["*"]
  }
}
