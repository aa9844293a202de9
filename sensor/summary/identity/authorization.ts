// Values of the Authorization field, and of fields, parameters and cookies that carry a credential, as claims.
//
// In:  the value as latin1.   Out: a Claim. Any text gives one; nothing here throws.
// RFC 9110 section 11.4, RFC 7617 (Basic), RFC 6750 (Bearer), RFC 7616 (Digest), RFC 4559 (Negotiate), and what vendors made of it.
import { type Claim, claim } from "./claim.ts"
import { displayName, publishedIssuer, publishedToken } from "./display-name.ts"
import { jwtClaims } from "./jwt.ts"

/** Schemes whose parameter is one fixed secret. */
const KEY_SCHEMES = new Set(["token", "apikey", "api-key", "key", "ssws", "geniekey", "bot", "x-api-key", "secret"])
/** Schemes that sign each request under a key id. */
const SIGNING_SCHEMES = new Set([
  "aws",
  "sharedkey",
  "sharedkeylite",
  "signature",
  "hawk",
  "oauth",
  "mac",
  "acs1-hmac-sha256",
])

/** A token in any place: a JWT when it reads as one, an opaque secret otherwise. */
export function tokenClaim(token: string, opaqueScheme: string): Claim {
  const claims = jwtClaims(token)
  if (claims === null) return claim(opaqueScheme, { credential: token, isMalformed: token === "" })
  const isClientId = claims.principalClaim !== "sub"
  const lifetime = claims.expiresAt - claims.issuedAt
  return claim(opaqueScheme === "cookie" ? "cookie" : "bearer-jwt", {
    credential: token,
    principal: claims.principal === "" ? null : `jwt\n${claims.issuer}\n${claims.principal}`,
    name: displayName(claims.principal, isClientId),
    issuer: publishedIssuer(claims.issuer),
    scope: claims.scope,
    keyId: claims.keyId,
    algorithm: publishedToken(claims.algorithm),
    lifetimeLog2: claims.expiresAt >= 0 && claims.issuedAt >= 0 && lifetime >= 1 ? Math.floor(Math.log2(lifetime)) : -1,
    expiresAt: claims.expiresAt >= 0 ? claims.expiresAt : Number.POSITIVE_INFINITY,
  })
}

function basicClaim(parameter: string): Claim {
  const text = Buffer.from(parameter, "base64").toString("utf8")
  const colon = text.indexOf(":")
  if (colon < 0) return claim("basic", { credential: parameter, isMalformed: true })
  const user = text.slice(0, colon)
  return claim("basic", { credential: text, principal: `user\n${user}`, name: displayName(user, false) })
}

/** Value of `name=` or `name="..."` among the parameters of a challenge response, "" without one. */
export function authParameter(text: string, name: string): string {
  const lower = text.toLowerCase()
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const before = at === 0 ? "," : text[at - 1]!
    const rest = text.slice(at + name.length, at + name.length + 512)
    const match = /^\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]+))/.exec(rest)
    if (match !== null && (before === "," || before === " " || before === ";"))
      return match[1]?.replace(/\\(.)/g, "$1") ?? match[2] ?? ""
  }
  return ""
}

function digestClaim(parameters: string): Claim {
  const user = authParameter(parameters, "username")
  if (user === "") return claim("digest", { credential: "", principal: "", isSteady: false, isMalformed: true })
  const isHashed = authParameter(parameters, "userhash").toLowerCase() === "true"
  return claim("digest", {
    credential: `${user}\n${authParameter(parameters, "realm")}`,
    principal: `user\n${user}`,
    name: isHashed ? "" : displayName(user, false),
    algorithm: publishedToken(authParameter(parameters, "algorithm")),
    isSteady: false,
  })
}

/** A signature under a key id: the id is what lasts. */
function signedClaim(scheme: "sigv4" | "hmac", id: string): Claim {
  if (id === "") return claim(scheme, { credential: "", principal: "", isSteady: false, isMalformed: true })
  return claim(scheme, { credential: id, principal: `key\n${id}`, name: displayName(id, true), isSteady: false })
}

/** "AKIA.../20240129/eu-west-1/s3/aws4_request": the key id before the first slash. */
export function sigv4Claim(scope: string): Claim {
  return signedClaim("sigv4", scope.split("/", 1)[0]!)
}

function signingClaim(parameters: string): Claim {
  for (const name of ["keyid", "credential", "id", "oauth_consumer_key", "username", "access_key", "client_id"]) {
    const id = authParameter(parameters, name)
    if (id !== "") return signedClaim("hmac", id)
  }
  const plain = /^([^\s:,="]{1,128}):/.exec(parameters)
  return signedClaim("hmac", plain?.[1] ?? "")
}

/** The value of an Authorization field. */
export function authorizationClaim(value: string): Claim {
  const space = value.indexOf(" ")
  if (space < 0) return tokenClaim(value, "api-key")
  const scheme = value.slice(0, space).toLowerCase()
  const rest = value.slice(space + 1).trim()
  if (scheme === "bearer") return tokenClaim(rest, "bearer-opaque")
  if (scheme === "basic") return basicClaim(rest)
  if (scheme === "digest") return digestClaim(rest)
  if (scheme === "negotiate" || scheme === "ntlm" || scheme === "kerberos")
    return claim("negotiate", { credential: "", principal: "", isSteady: false })
  if (scheme.startsWith("aws4-")) return sigv4Claim(authParameter(rest, "credential"))
  if (SIGNING_SCHEMES.has(scheme) || scheme.includes("hmac")) return signingClaim(rest)
  if (KEY_SCHEMES.has(scheme)) {
    const quoted = /^(?:token|key|api_?key)\s*=\s*"?([^",\s]+)/i.exec(rest)
    return tokenClaim(quoted?.[1] ?? rest, "api-key")
  }
  return tokenClaim(rest, "api-key")
}
