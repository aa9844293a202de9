// What a JSON Web Token says about its holder. Decoded, not verified; the signature is not looked at.
//
// In:  the text of a token, and which claims name the principal and the tenant.   Out: the claims that an identity needs, or
// null when it is not one. Of an encrypted token only the header can be read; of a PASETO what its kind leaves in plain.
// Given up: claims beyond PART_MAX bytes. RFC 7519 sections 4 and 7.2, RFC 7515 section 3.1, RFC 7516 section 3.1.

/** Longest encoded header or payload that is decoded. */
export const PART_MAX = 16_384
/** Names on the way to a nested claim: "realm.client.id". */
const NESTING_MAX = 8

export interface JwtClaims {
  readonly algorithm: string
  readonly keyId: string
  readonly issuer: string
  /** The claim that names the principal: the first of those asked for that is there; "" without any. */
  readonly principalClaim: string
  readonly principal: string
  readonly tenant: string
  /** Scopes, sorted, each once, with a space between. */
  readonly scope: string
  /** Seconds since 1970, -1 when not stated. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Which claims are asked for. */
export interface ClaimNames {
  readonly principal: readonly string[]
  /** "" for none. */
  readonly tenant: string
  /** The principal may be shown even when it is opaque, or must not; undefined: by the habit of the claim. */
  readonly isShown?: boolean | undefined
}

export const CLAIM_NAMES: ClaimNames = { principal: ["azp", "client_id", "appid", "sub"], tenant: "" }
/** Claims whose value is a registered client's id, public by its nature. */
const CLIENT_CLAIMS: ReadonlySet<string> = new Set(["azp", "client_id", "clientid", "appid", "cid", "app_id"])

export const isClientClaim = (name: string): boolean => CLIENT_CLAIMS.has(name.toLowerCase())

type Members = Readonly<Record<string, unknown>>

const membersOf = (value: unknown): Members | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null

function parsed(text: string): Members | null {
  try {
    return membersOf(JSON.parse(text))
  } catch {
    return null
  }
}

function objectOf(part: string): Members | null {
  if (part.length === 0 || part.length > PART_MAX) return null
  return parsed(Buffer.from(part, "base64url").toString("utf8"))
}

const own = (claims: Members, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined)

/** A claim by its name, or by the names on the way to it with dots between. */
function claimOf(claims: Members, name: string): unknown {
  const plain = own(claims, name)
  if (plain !== undefined || !name.includes(".")) return plain
  let at: unknown = claims
  for (const step of name.split(".", NESTING_MAX)) {
    const members = membersOf(at)
    if (members === null) return undefined
    at = own(members, step)
  }
  return at
}

function textClaim(claims: Members, name: string): string {
  const value = claimOf(claims, name)
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : ""
}

/** A time in seconds, or as ISO text, which PASETO has. */
function timeClaim(claims: Members, name: string): number {
  const value = own(claims, name)
  const seconds = typeof value === "string" && value.length <= 40 ? Date.parse(value) / 1000 : value
  return typeof seconds === "number" && seconds >= 0 && seconds < 1e11 ? seconds : -1
}

function scopesOf(claims: Members): string {
  const value = own(claims, "scope") ?? own(claims, "scp")
  const scopes = Array.isArray(value) ? value.filter((scope) => typeof scope === "string") : textOf(value).split(" ")
  return [...new Set(scopes)]
    .filter((scope) => scope !== "")
    .sort()
    .join(" ")
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** Three parts, the first of them base64url of '{"'. */
const SIGNED = /^eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/
/** Five parts: the token is encrypted. */
const ENCRYPTED = /^eyJ[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){4}$/

/** True when a token has the outer form of a JWT. */
export function isJwtLike(token: string): boolean {
  return SIGNED.test(token)
}

function said(header: Members, claims: Members, names: ClaimNames): JwtClaims {
  const principalClaim = names.principal.find((name) => textClaim(claims, name) !== "") ?? ""
  return {
    algorithm: textClaim(header, "alg"),
    keyId: textClaim(header, "kid"),
    issuer: textClaim(claims, "iss"),
    principalClaim,
    principal: principalClaim === "" ? "" : textClaim(claims, principalClaim),
    tenant: names.tenant === "" ? "" : textClaim(claims, names.tenant),
    scope: scopesOf(claims),
    issuedAt: timeClaim(claims, "iat"),
    expiresAt: timeClaim(claims, "exp"),
  }
}

export function jwtClaims(token: string, names: ClaimNames = CLAIM_NAMES): JwtClaims | null {
  if (!isJwtLike(token)) return null
  const [head = "", body = ""] = token.split(".")
  const header = objectOf(head)
  const claims = objectOf(body)
  return header === null || claims === null ? null : said(header, claims, names)
}

/** What an encrypted token shows: its header. */
export function encryptedClaims(token: string): JwtClaims | null {
  if (!ENCRYPTED.test(token)) return null
  const header = objectOf(token.slice(0, token.indexOf(".")))
  return header === null ? null : said(header, {}, CLAIM_NAMES)
}

/** Bytes of the signature behind the payload, by version. */
const PASETO_SIGNATURE: Readonly<Record<string, number>> = { v1: 256, v2: 64, v3: 96, v4: 64 }
const PASETO = /^(v[1-4])\.(public|local)\.([A-Za-z0-9_-]+)(?:\.([A-Za-z0-9_-]+))?$/

/** A PASETO: of a public one the claims, of either the key id in its footer. */
export function pasetoClaims(token: string, names: ClaimNames = CLAIM_NAMES): JwtClaims | null {
  const match = token.length > 2 * PART_MAX ? null : PASETO.exec(token)
  if (match === null) return null
  const [, version = "", purpose, body = "", footer = ""] = match
  const bytes = Buffer.from(body.slice(0, PART_MAX), "base64url")
  const end = Math.max(0, bytes.length - PASETO_SIGNATURE[version]!)
  const claims = purpose === "public" ? parsed(bytes.subarray(0, end).toString("utf8")) : null
  return said(objectOf(footer) ?? {}, claims ?? {}, names)
}
