// Weak forms of a credential: each is a fact of one exchange, and says nothing about whether it was abused.
//
// In:  the identity of a successful exchange and whether TLS was seen under it. Out: a bit set, and words for people.
// A symmetric algorithm (HS256) is no weak form: it is a way to share keys, not a way to lose them. A lifetime is known as a power of
// two, so "longer than a day" means 36 hours or more (2^17 s), and "longer than 30 days" 48 days or more (2^22 s): rather late than wrong.
// No expiry is certain only for a token that says when it was issued and not when it ends.
import type { Identity, Server } from "../../../shared/event/api-event.ts"

/** Bit i = WEAK_FORMS[i]. */
export const WEAK_FORMS = [
  "inUrl",
  "cleartext",
  "basic",
  "digest",
  "algNone",
  "noExpiry",
  "longLived",
  "veryLongLived",
  "expired",
  "keyInCookie",
] as const
export type WeakForm = (typeof WEAK_FORMS)[number]

const BIT = Object.fromEntries(WEAK_FORMS.map((form, i) => [form, 1 << i])) as Readonly<Record<WeakForm, number>>

const DAY_LOG2 = 17
const MONTH_LOG2 = 22

export function weakForms(identity: Identity, server: Server): number {
  const { scheme, location } = identity
  if (scheme === "none") return 0
  let forms = server.tls === "" ? BIT.cleartext : 0
  if (location.startsWith("query:")) forms |= BIT.inUrl
  if (scheme === "basic") forms |= BIT.basic
  else if (scheme === "digest") forms |= BIT.digest
  else if (location.startsWith("cookie:") && scheme !== "cookie" && scheme !== "bearer-jwt") forms |= BIT.keyInCookie
  if (identity.expired) forms |= BIT.expired
  if (scheme === "bearer-jwt" || scheme === "cookie") forms |= tokenForms(identity)
  return forms
}

function tokenForms({ algorithm, lifetimeLog2, ageLog2 }: Identity): number {
  if (algorithm === "") return 0
  let forms = algorithm.toLowerCase() === "none" ? BIT.algNone : 0
  if (lifetimeLog2 >= MONTH_LOG2) forms |= BIT.veryLongLived
  else if (lifetimeLog2 >= DAY_LOG2) forms |= BIT.longLived
  else if (lifetimeLog2 < 0 && ageLog2 >= 0) forms |= BIT.noExpiry
  return forms
}

/** What is wrong with it, as the end of "12 of 40 successful exchanges ...". */
export const WEAK_WORDS: Readonly<Record<WeakForm, string>> = {
  inUrl: "carried their credential in the URL, where logs, histories and referrers keep it",
  cleartext: "carried their credential without TLS on the way that the sensor sees",
  basic: "used Basic: the password itself travels with each request",
  digest: "used Digest, which rests on MD5 in most of its forms",
  algNone: 'showed a token whose alg is "none": nobody has signed it',
  noExpiry: "showed a token that does not end",
  longLived: "showed a token that is valid for longer than a day (36 hours or more)",
  veryLongLived: "showed a token that is valid for longer than 30 days (48 days or more)",
  expired: "showed a token that had expired, and were answered with success",
  keyInCookie: "carried a key in a cookie, which browsers send by themselves",
}
