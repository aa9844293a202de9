// Whether the path speaks of the tenant that the credential names.
//
//   tenant "acme"    /tenants/acme/orders  -> 1      /tenants/other/orders  -> 0      /health  -> -1
//
// In:  a path as sent, the tenant of a credential, and where paths name one: behind a segment that the rule says, or at the place
// where this kind of path has named a credential's own tenant before.   Out: 1, 0 or -1, as in ApiEvent.tenantMatch.
import type { Target } from "../target.ts"
import type { Credential } from "./credential.ts"

const SLASH = 0x2f
const QUESTION = 0x3f
const SEGMENTS_MAX = 64

/** What is remembered of a kind of path: number of the segment that has named a tenant, -1 when none has. */
export interface TenantPlace {
  tenantSegment: number
}

function isSame(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}

export function tenantMatch(bytes: Uint8Array, target: Target, credential: Credential, place: TenantPlace): number {
  const { tenant } = credential
  if (tenant === null) return -1
  const after = credential.location.rule.tenant?.after ?? ""
  const behind = after === "" ? null : Buffer.from(after, "latin1")
  let isNamed = false
  let isBehind = false
  let segment = 0
  for (let at = target.pathStart; at < target.pathEnd && bytes[at] === SLASH && segment < SEGMENTS_MAX; segment++) {
    let end = at + 1
    while (end < target.pathEnd && bytes[end] !== SLASH && bytes[end] !== QUESTION) end++
    if (isSame(bytes, at + 1, end, tenant)) {
      place.tenantSegment = segment
      return 1
    }
    if (isBehind || segment === place.tenantSegment) isNamed = true
    isBehind = behind !== null && isSame(bytes, at + 1, end, behind)
    at = end
  }
  return isNamed ? 0 : -1
}
