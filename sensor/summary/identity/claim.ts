// What a credential says of itself, in plain: made, turned into pseudonyms and dropped within one call. Never kept, never
// published.

export interface Claim {
  /** Scheme of the identity that follows. */
  readonly scheme: string
  /** What the credential's pseudonym is taken of; "": it has nothing that lasts. */
  readonly credential: string
  /** What the principal's pseudonym is taken of; null: of the credential; "": of the client, as without a credential. */
  readonly principal: string | null
  /** Display name, "" when the rules do not allow one. */
  readonly name: string
  readonly issuer: string
  /** The tenant that the credential names, "" for none. */
  readonly tenant: string
  readonly scope: string
  readonly keyId: string
  readonly algorithm: string
  /** log2 of the lifetime in seconds, -1 unknown. */
  readonly lifetimeLog2: number
  /** Seconds since 1970; -1 when not stated. */
  readonly issuedAt: number
  /** Seconds since 1970, Infinity when not stated. */
  readonly expiresAt: number
  /** The value is the same in each request of its holder, so that it may be remembered by its bytes. */
  readonly isSteady: boolean
  /** The value is not what its scheme asks for. */
  readonly isMalformed: boolean
}

const PLAIN: Claim = {
  scheme: "api-key",
  credential: "",
  principal: null,
  name: "",
  issuer: "",
  tenant: "",
  scope: "",
  keyId: "",
  algorithm: "",
  lifetimeLog2: -1,
  issuedAt: -1,
  expiresAt: Number.POSITIVE_INFINITY,
  isSteady: true,
  isMalformed: false,
}

export function claim(scheme: string, facts: Partial<Claim> = {}): Claim {
  return { ...PLAIN, scheme, ...facts }
}
