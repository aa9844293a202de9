// What a JSON Web Token says about its holder. Decoded, not verified; the signature is not looked at.
//
// In:  the text of a token.   Out: the claims that an identity needs, or null when it is not a JWT.
// Given up: encrypted tokens (five parts), claims beyond PART_MAX bytes. RFC 7519 sections 4 and 7.2, RFC 7515 section 3.1.

/** Longest encoded header or payload that is decoded. */
export const PART_MAX = 16_384

export interface JwtClaims {
  readonly algorithm: string
  readonly keyId: string
  readonly issuer: string
  /** The claim that names the principal: azp, client_id, appid, sub in this order; "" without any. */
  readonly principalClaim: string
  readonly principal: string
  /** Scopes, sorted, each once, with a space between. */
  readonly scope: string
  /** Seconds since 1970, -1 when not stated. */
  readonly issuedAt: number
  readonly expiresAt: number
}

const PRINCIPAL_CLAIMS = ["azp", "client_id", "appid", "sub"] as const

function objectOf(part: string): Record<string, unknown> | null {
  if (part.length === 0 || part.length > PART_MAX) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function textClaim(claims: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : ""
}

function timeClaim(claims: Record<string, unknown>, name: string): number {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === "number" && value >= 0 && value < 1e11 ? value : -1
}

function scopesOf(claims: Record<string, unknown>): string {
  const value = claims.scope ?? claims.scp
  const scopes = Array.isArray(value) ? value.filter((scope) => typeof scope === "string") : textOf(value).split(" ")
  return [...new Set(scopes)]
    .filter((scope) => scope !== "")
    .sort()
    .join(" ")
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** True when a token has the outer form of a JWT: three parts, the first of them base64url of '{"'. */
export function isJwtLike(token: string): boolean {
  return token.startsWith("eyJ") && /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/.test(token)
}

export function jwtClaims(token: string): JwtClaims | null {
  if (!isJwtLike(token)) return null
  const [head = "", body = ""] = token.split(".")
  const header = objectOf(head)
  const claims = objectOf(body)
  if (header === null || claims === null) return null
  const principalClaim = PRINCIPAL_CLAIMS.find((name) => textClaim(claims, name) !== "") ?? ""
  return {
    algorithm: textClaim(header, "alg"),
    keyId: textClaim(header, "kid"),
    issuer: textClaim(claims, "iss"),
    principalClaim,
    principal: principalClaim === "" ? "" : textClaim(claims, principalClaim),
    scope: scopesOf(claims),
    issuedAt: timeClaim(claims, "iat"),
    expiresAt: timeClaim(claims, "exp"),
  }
}
