// Which names of principals may be shown. The contract lets the user of Basic and some claims of a JWT through, so that a
// person recognises a partner; but an address of mail, a phone number or a token is personal or secret wherever it stands.
import { isNoName } from "../privacy/name-likeness.ts"
import { classify, Kind } from "../value-class.ts"

export const NAME_MAX = 64

const PERSONAL: ReadonlySet<Kind> = new Set([
  Kind.email,
  Kind.phone,
  Kind.jwt,
  Kind.ip,
  Kind.text,
  Kind.json,
  Kind.empty,
])
const OPAQUE: ReadonlySet<Kind> = new Set([Kind.hex, Kind.base64, Kind.id, Kind.ulid, Kind.uuid])

const VISIBLE = /^[\x21-\x7e][\x20-\x7e]*$/

/** `isClientId`: a registered client's id, which is public by its nature and may be opaque. */
export function displayName(text: string, isClientId: boolean): string {
  if (text.length > NAME_MAX || !VISIBLE.test(text)) return ""
  const bytes = Buffer.from(text, "latin1")
  const kind = classify(bytes, 0, bytes.length)
  if (PERSONAL.has(kind) && !(kind === Kind.text && /^[\w .,&()'-]+$/.test(text))) return ""
  if (isClientId) return text
  return OPAQUE.has(kind) || isNoName(bytes, 0, bytes.length) ? "" : text
}

/** An issuer as published: printable, bounded, without user information or query. */
export function publishedIssuer(text: string): string {
  const plain = text.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/s, "")
  return plain.length <= 200 && VISIBLE.test(plain) && !plain.includes("@") ? plain : ""
}

/** A short name from a closed vocabulary (JWT alg): letters, digits, dashes. */
export function publishedToken(text: string): string {
  return /^[A-Za-z0-9_+-]{1,24}$/.test(text) ? text : text === "" ? "" : "other"
}
