// Values of the Authorization field, and tokens wherever they stand, as claims.
//
// In:  the value as latin1, and which claims of a token name its holder.   Out: a Claim. Any text gives one; nothing here throws.
// RFC 9110 section 11.4, RFC 7617 (Basic), RFC 6750 (Bearer), RFC 9449 (DPoP), RFC 7616 (Digest), RFC 4559 (Negotiate), and what
// vendors made of it; signing.ts has the schemes that sign.
import { type Claim, claim } from "./claim.ts"
import { displayName, publishedIssuer, publishedToken } from "./display-name.ts"
import {
  CLAIM_NAMES,
  type ClaimNames,
  encryptedClaims,
  isClientClaim,
  type JwtClaims,
  jwtClaims,
  pasetoClaims,
} from "./jwt.ts"
import { ntlmUser } from "./ntlm.ts"
import { authParameter } from "./parameters.ts"
import { isScopeScheme, isSigningScheme, signingClaim, sigv4Claim } from "./signing.ts"

/** Schemes whose parameter is one fixed secret. */
const KEY_SCHEMES: ReadonlySet<string> = new Set([
  "token",
  "apikey",
  "api-key",
  "key",
  "ssws",
  "geniekey",
  "bot",
  "x-api-key",
  "secret",
  "pat",
  "klaviyo-api-key",
])

function lifetimeOf({ issuedAt, expiresAt }: JwtClaims): number {
  const lifetime = expiresAt - issuedAt
  return expiresAt >= 0 && issuedAt >= 0 && lifetime >= 1 ? Math.floor(Math.log2(lifetime)) : -1
}

/** The name of a token's holder. Claims that an operator adds may hold anything: they are shown when he says so. */
function shownName({ principal, principalClaim }: JwtClaims, isShown: boolean | undefined): string {
  const isClient = isClientClaim(principalClaim)
  if (isShown === undefined && !isClient && !CLAIM_NAMES.principal.includes(principalClaim)) return ""
  return displayName(principal, isShown ?? isClient)
}

function saidBy(token: string, said: JwtClaims, scheme: string, isShown: boolean | undefined): Claim {
  return claim(scheme, {
    credential: token,
    principal: said.principal === "" ? null : `jwt\n${said.issuer}\n${said.principal}`,
    name: shownName(said, isShown),
    issuer: publishedIssuer(said.issuer),
    tenant: said.tenant,
    scope: said.scope,
    keyId: said.keyId,
    algorithm: publishedToken(said.algorithm),
    lifetimeLog2: lifetimeOf(said),
    issuedAt: said.issuedAt,
    expiresAt: said.expiresAt >= 0 ? said.expiresAt : Number.POSITIVE_INFINITY,
  })
}

/** A token in any place: a JWT when it reads as one, an opaque secret otherwise. */
export function tokenClaim(token: string, opaqueScheme: string, names: ClaimNames = CLAIM_NAMES): Claim {
  const claims = jwtClaims(token, names)
  if (claims !== null) return saidBy(token, claims, opaqueScheme === "cookie" ? "cookie" : "bearer-jwt", names.isShown)
  const other = encryptedClaims(token) ?? pasetoClaims(token, names)
  if (other !== null) return saidBy(token, other, opaqueScheme === "cookie" ? "cookie" : "bearer-opaque", names.isShown)
  return claim(opaqueScheme, { credential: token, isMalformed: token === "" })
}

function basicClaim(parameter: string): Claim {
  const text = Buffer.from(parameter, "base64").toString("utf8")
  const colon = text.indexOf(":")
  if (colon < 0) return claim("basic", { credential: parameter, isMalformed: true })
  const user = text.slice(0, colon)
  return claim("basic", { credential: text, principal: `user\n${user}`, name: displayName(user, false) })
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

/** Of NTLM the user; Kerberos keeps its own to itself, so its holder is known by the client. */
function negotiateClaim(parameter: string): Claim {
  const user = ntlmUser(Buffer.from(parameter, "base64"))
  const nobody = { credential: "", principal: "", isSteady: false }
  return claim("negotiate", user === "" ? nobody : { ...nobody, principal: `user\n${user}` })
}

/** True when the principal of the scheme is a user or the id of a key, never the whole value. */
export function namesPrincipal(scheme: string): boolean {
  return scheme === "basic" || scheme === "digest" || isScopeScheme(scheme) || isSigningScheme(scheme)
}

/** Scheme of an Authorization value in lower case, "" for a value of one word. */
export function schemeOf(value: string): string {
  const space = value.indexOf(" ")
  if (space >= 0) return value.slice(0, space).toLowerCase()
  return value.startsWith("bce-auth-v") ? "bce-auth-v" : ""
}

/** The value of an Authorization field. */
export function authorizationClaim(value: string, names: ClaimNames = CLAIM_NAMES): Claim {
  const scheme = schemeOf(value)
  if (scheme === "bce-auth-v") return signingClaim(value.slice(value.indexOf("/") + 1))
  if (scheme === "") return tokenClaim(value, "api-key", names)
  const rest = value.slice(scheme.length + 1).trim()
  if (scheme === "bearer" || scheme === "dpop") return tokenClaim(rest, "bearer-opaque", names)
  if (scheme === "basic") return basicClaim(rest)
  if (scheme === "digest") return digestClaim(rest)
  if (scheme === "negotiate" || scheme === "ntlm" || scheme === "kerberos") return negotiateClaim(rest)
  if (isScopeScheme(scheme)) return sigv4Claim(authParameter(rest, "credential"))
  // What some call OAuth is the token alone.
  if (scheme === "oauth" && !rest.includes("=")) return tokenClaim(rest, "bearer-opaque", names)
  if (isSigningScheme(scheme)) return signingClaim(rest)
  if (KEY_SCHEMES.has(scheme)) {
    const quoted = /^(?:token|key|api_?key)\s*=\s*"?([^",\s]+)/i.exec(rest)
    return tokenClaim(quoted?.[1] ?? rest, "api-key", names)
  }
  return tokenClaim(rest, "api-key", names)
}
