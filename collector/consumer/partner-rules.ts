// Rules by which partners take in consumers: "name:acme-*", "issuer:https://id.acme.example*", "api-key:acme*" (scheme and name).
//
// In:  rules of all partners; consumers, one at a time. Out: the partner whose rule says most (has the most letters), of equals the first by
// name; or none.
import type { PartnerRecord } from "../store/documents.ts"
import type { Consumer } from "./consumer.ts"
import { literalLength, matchesGlob } from "./glob.ts"

/** Schemes as sensors name them. */
export const SCHEMES = [
  "none",
  "basic",
  "bearer-jwt",
  "bearer-opaque",
  "api-key",
  "cookie",
  "digest",
  "negotiate",
  "sigv4",
  "hmac",
  "mtls",
]

interface Rule {
  /** name, issuer, or a scheme. */
  readonly subject: string
  readonly pattern: string
}

export interface RuleOfPartner extends Rule {
  readonly partner: string
}

type Ruled = Pick<Consumer, "scheme" | "issuer" | "seenName">

export function parseRule(text: string): Rule | string {
  const colon = text.indexOf(":")
  const subject = text.slice(0, Math.max(0, colon)).trim()
  const pattern = text.slice(colon + 1).trim()
  if (subject !== "name" && subject !== "issuer" && !SCHEMES.includes(subject))
    return `"${text}" is not like "name:acme-*": before the colon stands name, issuer, or one of ${SCHEMES.join(", ")}.`
  if (pattern === "" || literalLength(pattern) === 0 || pattern.length > 256)
    return `"${text}" would take in everybody: behind the colon stand letters, with "*" for any text, at most 256.`
  return { subject, pattern }
}

/** Those that say most first, so that the first that fits decides. */
export function rulesOf(partners: readonly PartnerRecord[]): RuleOfPartner[] {
  const byName = partners.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const rules = byName.flatMap(({ id, rules: texts }) =>
    texts.flatMap((text) => {
      const rule = parseRule(text)
      return typeof rule === "string" ? [] : [{ ...rule, partner: id }]
    }),
  )
  return rules.sort((a, b) => literalLength(b.pattern) - literalLength(a.pattern))
}

export function partnerByRule(rules: readonly RuleOfPartner[], consumer: Ruled): string | null {
  const { scheme, issuer, seenName } = consumer
  for (const { subject, pattern, partner } of rules) {
    if (subject !== "name" && subject !== "issuer" && subject !== scheme) continue
    if (matchesGlob(pattern, subject === "issuer" ? issuer : seenName)) return partner
  }
  return null
}
