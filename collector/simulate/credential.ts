// A partner's credential: what its events say of it and what its requests carry.
//
// An API key and a Basic user stay the same until somebody changes them. A token (JWT of a client) is another one each hour and always
// the same principal.
import type { Identity } from "../../shared/event/api-event.ts"
import { HOUR_US, SECOND_US } from "./calendar.ts"
import { hashText, pseudonymText } from "./draws.ts"

export type Scheme = "api-key" | "basic" | "bearer-jwt"

export interface CredentialFields {
  readonly scheme: Scheme
  /** Name of the client: the Basic user, the token's azp. */
  readonly name: string
  /** Changes what is secret about it: a new key. */
  readonly serial: number
  readonly issuer: string
  /** JWT: name of the key that signs, algorithm, life in seconds. */
  readonly keyId?: string
  readonly algorithm?: string
  readonly lifeSeconds?: number
}

const NOBODY: Identity = {
  scheme: "none",
  location: "",
  credential: "",
  principal: "",
  name: "",
  issuer: "",
  scopeHash: 0,
  keyIdHash: 0,
  algorithm: "",
  lifetimeLog2: -1,
  ageLog2: -1,
  expired: false,
  formerCredential: "",
  formerPrincipal: "",
  rule: "client",
}

export class Credential {
  readonly fields: CredentialFields
  /** Field that carries it. */
  readonly field: string
  readonly #steady: Identity | null
  readonly #tokens = new Map<number, Identity>()
  #hour = -1

  constructor(fields: CredentialFields) {
    this.fields = fields
    this.field = fields.scheme === "api-key" ? "X-Api-Key" : "Authorization"
    this.#steady = fields.scheme === "bearer-jwt" ? null : identityOf(fields, 0, -1)
  }

  /** Pseudonym of its principal. */
  get principal(): string {
    return this.identity(0).principal
  }

  /** When the token in use was issued, µs: at the full life before, shifted for each client. */
  issuedUs(timeUs: number): number {
    const lifeUs = (this.fields.lifeSeconds ?? 3600) * SECOND_US
    const shiftUs = (hashText(this.fields.name) % 3600) * SECOND_US
    return Math.floor((timeUs - shiftUs) / lifeUs) * lifeUs + shiftUs
  }

  identity(timeUs: number): Identity {
    if (this.#steady !== null) return this.#steady
    const issuedUs = this.issuedUs(timeUs)
    const age = Math.floor(Math.log2(Math.max(1, Math.floor((timeUs - issuedUs) / SECOND_US))))
    const hour = Math.floor(issuedUs / HOUR_US)
    if (hour !== this.#hour) this.#tokens.clear()
    this.#hour = hour
    const known = this.#tokens.get(age)
    if (known !== undefined) return known
    const made = identityOf(this.fields, issuedUs, age)
    this.#tokens.set(age, made)
    return made
  }

  /** The secret as text: of an API key the key, of a Basic user "user:password", of a token its three parts. */
  text(timeUs: number): string {
    const { scheme, name, serial } = this.fields
    const secret = [0, 1, 2, 3].map((k) => hashText(`${name} ${serial} ${k}`).toString(16).padStart(8, "0")).join("")
    if (scheme === "api-key") return secret
    if (scheme === "basic") return `Basic ${Buffer.from(`${name}:${secret.slice(0, 20)}`).toString("base64")}`
    return `Bearer ${this.#token(timeUs, secret)}`
  }

  #token(timeUs: number, secret: string): string {
    const { name, issuer, keyId, algorithm, lifeSeconds } = this.fields
    const iat = Math.floor(this.issuedUs(timeUs) / SECOND_US)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
    const head = part({ alg: algorithm ?? "RS256", typ: "JWT", kid: keyId ?? "k1" })
    const claims = part({ iss: issuer, sub: name, azp: name, iat, exp: iat + (lifeSeconds ?? 3600) })
    return `${head}.${claims}.${Buffer.from(secret + secret).toString("base64url")}`
  }
}

function identityOf(fields: CredentialFields, issuedUs: number, age: number): Identity {
  const { scheme, name, serial, issuer } = fields
  const isToken = scheme === "bearer-jwt"
  return {
    ...NOBODY,
    scheme,
    location: scheme === "api-key" ? "header:x-api-key" : "authorization",
    credential: pseudonymText(`credential ${name} ${serial} ${issuedUs}`),
    principal: pseudonymText(scheme === "api-key" ? `principal ${name} ${serial}` : `principal ${scheme} ${name}`),
    name: scheme === "api-key" ? "" : name,
    issuer: isToken ? issuer : "",
    keyIdHash: isToken ? hashText(fields.keyId ?? "k1") : 0,
    algorithm: isToken ? (fields.algorithm ?? "RS256") : "",
    lifetimeLog2: isToken ? Math.floor(Math.log2(fields.lifeSeconds ?? 3600)) : -1,
    ageLog2: age,
    rule: scheme === "api-key" ? "api_key_field" : "authorization",
  }
}

/** Who sends no credential, known by address and software. */
export function anonymousIdentity(address: string, userAgent: string): Identity {
  return { ...NOBODY, principal: pseudonymText(`anonymous ${address} ${userAgent}`) }
}
