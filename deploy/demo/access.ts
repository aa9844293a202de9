// Who calls the demo API: every kind of credential that its partners present, looked up or verified.
//
// In:  request fields and query. Out: the caller, null for none, or the reason for a 401. Tokens are real HS256 JWTs
// (RFC 7519) with a key that signs nothing else; expiry is checked on the wall clock.

import { createHmac, timingSafeEqual } from "node:crypto"
import { fennec, halden, kestrel, orbis, ostrava, pallas, portalUsers, tern } from "./cast.ts"
import type { Call } from "./router.ts"

export interface Caller {
  readonly name: string
  readonly scheme: "bearer-jwt" | "bearer" | "basic" | "api-key" | "query-key" | "cookie"
  /** Reads every customer's records; the others see one customer in `share`. */
  readonly seesAll: boolean
}

const SIGNING_KEY = "demo-signing-key"
const TOKEN_LIFETIME_S = 300
const ISSUER = "https://auth.meridian.example"

const API_KEYS = new Map<string, Caller>([
  [pallas.apiKey, { name: "pallas", scheme: "api-key", seesAll: false }],
  [ostrava.apiKey, { name: "ostrava", scheme: "api-key", seesAll: false }],
])
const OPAQUE_TOKENS = new Map<string, Caller>([
  [orbis.token, { name: "orbis", scheme: "bearer", seesAll: true }],
  [fennec.token, { name: "fennec", scheme: "bearer", seesAll: false }],
])

/** Session identifier of the k-th portal user: fixed, so that two recordings differ only in their times. */
export function sessionOf(user: number): string {
  return createHmac("sha256", SIGNING_KEY).update(`session ${user}`).digest("hex").slice(0, 32)
}

/** The caller; null when no credential was presented; a sentence when the credential is no good. */
export function identify(headers: Call["headers"], query: URLSearchParams, nowMs: number): Caller | string | null {
  const authorization = headers.authorization
  if (typeof authorization === "string") return fromAuthorization(authorization, nowMs)
  const key = headers["x-api-key"]
  if (typeof key === "string") return API_KEYS.get(key) ?? "The API key is unknown."
  const queryKey = query.get("api_key")
  if (queryKey !== null) {
    return queryKey === tern.apiKey
      ? { name: "tern", scheme: "query-key", seesAll: true }
      : "The API key in the address is unknown."
  }
  const session = /(?:^|;\s*)sid=([0-9a-f]{32})/.exec(String(headers.cookie ?? ""))?.[1]
  if (session === undefined) return null
  for (let i = 0; i < portalUsers.length; i++) {
    if (session === sessionOf(i)) return { name: portalUsers[i]!.user, scheme: "cookie", seesAll: false }
  }
  return "The session has ended."
}

function fromAuthorization(value: string, nowMs: number): Caller | string {
  const space = value.indexOf(" ")
  const scheme = value.slice(0, space).toLowerCase()
  const rest = value.slice(space + 1)
  if (scheme === "basic") {
    return rest === basic(kestrel.user, kestrel.password)
      ? { name: kestrel.user, scheme: "basic", seesAll: true }
      : "User or password is wrong."
  }
  if (scheme !== "bearer") return "The authentication scheme is not supported."
  if (rest.split(".").length !== 3) return OPAQUE_TOKENS.get(rest) ?? "The token is unknown."
  return verifyToken(rest, nowMs)
}

/** The credentials part of HTTP Basic (RFC 7617). */
export function basic(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString("base64")
}

export function issueToken(clientId: string, scope: string, nowMs: number): { token: string; expiresIn: number } {
  const issuedAt = Math.floor(nowMs / 1000)
  const head = encode({ alg: "HS256", typ: "JWT", kid: "2026-10" })
  const claims = encode({
    iss: ISSUER,
    aud: "https://api.meridian.example",
    sub: `service-account-${clientId}`,
    azp: clientId,
    scope,
    iat: issuedAt,
    exp: issuedAt + TOKEN_LIFETIME_S,
  })
  return { token: `${head}.${claims}.${sign(`${head}.${claims}`)}`, expiresIn: TOKEN_LIFETIME_S }
}

/** True for the one registered OAuth client. */
export function isClient(clientId: string | null, clientSecret: string | null): boolean {
  return clientId === halden.clientId && clientSecret === halden.clientSecret
}

function verifyToken(token: string, nowMs: number): Caller | string {
  const [head = "", claims = "", signature = ""] = token.split(".")
  const expected = Buffer.from(sign(`${head}.${claims}`))
  const given = Buffer.from(signature)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return "The token's signature is wrong."
  const parsed = JSON.parse(Buffer.from(claims, "base64url").toString()) as { azp: string; exp: number }
  if (parsed.exp * 1000 < nowMs) return "The token has expired."
  return { name: parsed.azp, scheme: "bearer-jwt", seesAll: true }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}

function sign(content: string): string {
  return createHmac("sha256", SIGNING_KEY).update(content).digest("base64url")
}
