// What a value says by the rule of its place: the claim, and whether the rule takes it at all.
//
// In:  a location (place and rule) and the value.   Out: a Claim and a Verdict.
import { escapeAt } from "../percent.ts"
import { authorizationClaim, schemeOf, tokenClaim } from "./authorization.ts"
import { certificateClaim, certificateFieldClaim } from "./certificate.ts"
import { type Claim, claim } from "./claim.ts"
import { Verdict } from "./credential.ts"
import { displayName } from "./display-name.ts"
import { CLAIM_NAMES, type ClaimNames } from "./jwt.ts"
import type { Location } from "./locations.ts"
import { authParameter } from "./parameters.ts"
import type { IdentityRule, Part } from "./rules.ts"
import { keyIdClaim } from "./signing.ts"

export interface Reading {
  readonly claim: Claim
  readonly verdict: Verdict
}

const NOT_MINE: Reading = { claim: claim("none"), verdict: Verdict.other }
const IGNORED: Reading = { claim: claim("none"), verdict: Verdict.ignored }

function claimNames(rule: IdentityRule): ClaimNames {
  const { claims, tenant, isShown } = rule
  if (claims === undefined && tenant === undefined && isShown === undefined) return CLAIM_NAMES
  return { principal: claims ?? CLAIM_NAMES.principal, tenant: tenant?.claim ?? "", isShown }
}

function partOf(value: string, part: Part): string {
  if (part.kind === "parameter") return authParameter(value, part.text)
  const at = value.indexOf(part.text)
  if (at < 0) return ""
  return part.kind === "before" ? value.slice(0, at) : value.slice(at + part.text.length)
}

/** The claim with the name that the rule allows. A whole value is the credential: it is shown of a path alone, whose segment is an id. */
function named(said: Claim, rule: IdentityRule): Claim {
  if (rule.isShown === false) return { ...said, name: "" }
  if (rule.isShown !== true || rule.in !== "path" || said.principal !== null || said.name !== "") return said
  return { ...said, name: displayName(said.credential, false) }
}

function writtenValue(location: Location, bytes: Buffer, start: number, end: number): string {
  const isEscaped = location.kind === "query" || location.kind === "path"
  return isEscaped ? unescaped(bytes, start, end) : bytes.latin1Slice(start, end)
}

function claimOf(kind: Location["kind"], rule: IdentityRule, value: string): Claim {
  const names = claimNames(rule)
  if (rule.as === "mtls") return certificateFieldClaim(value)
  if (rule.as === "hmac" || rule.as === "sigv4") return keyIdClaim(rule.as, value)
  if (kind === "authorization") return authorizationClaim(value, names)
  const bare = kind === "field" ? value.replace(/^bearer +/i, "") : value
  return tokenClaim(bare, kind === "cookie" || rule.as === "cookie" ? "cookie" : "api-key", names)
}

export function readValue(location: Location, bytes: Buffer, start: number, end: number): Reading {
  const { kind, rule } = location
  if (kind === "certificate") return readCertificate(rule, bytes.subarray(start, end))
  const value = writtenValue(location, bytes, start, end)
  if (rule.schemes !== undefined && !rule.schemes.includes(schemeOf(value))) return NOT_MINE
  if (rule.isIgnored === true) return IGNORED
  const said = claimOf(kind, rule, value)
  if (rule.part === undefined) return { claim: named(said, rule), verdict: Verdict.mine }
  const text = partOf(kind === "authorization" ? value.slice(schemeOf(value).length).trim() : value, rule.part)
  if (text === "") return NOT_MINE
  const name = rule.isShown === true ? displayName(text, true) : ""
  return { claim: { ...said, principal: `part\n${text}`, name }, verdict: Verdict.mine }
}

function readCertificate(rule: IdentityRule, bytes: Buffer): Reading {
  if (rule.isIgnored === true) return IGNORED
  return { claim: named(certificateClaim(bytes), rule), verdict: Verdict.mine }
}

/** A query value or path segment with its escapes undone, as latin1. "+" stays: it is a digit of base64 here. */
function unescaped(bytes: Buffer, start: number, end: number): string {
  const out = Buffer.alloc(end - start)
  let at = 0
  for (let i = start; i < end; i++) {
    const escaped = bytes[i] === 0x25 ? escapeAt(bytes, i, end) : -1
    out[at++] = escaped >= 0 ? escaped : bytes[i]!
    if (escaped >= 0) i += 2
  }
  return out.latin1Slice(0, at)
}
