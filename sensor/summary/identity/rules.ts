// Where credentials are looked for and what of them names the principal, in order: the first rule that matches decides. Rules
// are data: configuration puts its own before these (rule-config.ts). The names below are those that gateways and
// frameworks use by default.
import { Kind } from "../value-class.ts"

export type Place = "certificate" | "authorization" | "field" | "query" | "cookie" | "path"

/** Which part of a value names the principal: what stands before or after the first such text, or a parameter's value. */
export interface Part {
  readonly kind: "before" | "after" | "parameter"
  readonly text: string
}

export interface IdentityRule {
  /** Name in Identity.rule and of the rule's counter. */
  readonly name: string
  readonly in: Place
  /** Names in lower case. A "*" at either end matches any rest. Of a path: none. */
  readonly names: readonly string[]
  /** Letters that a "*" behind a name stands for at least; 0 without it. */
  readonly restMin?: number
  /** Names that are everyday words: they count only when the value looks like a secret. */
  readonly onlyOpaque?: readonly string[]
  /** Of a query: another parameter that must be there. */
  readonly beside?: string
  /** Of a path: number of the segment, from 1. */
  readonly segment?: number
  /** Of an Authorization field: schemes in lower case, "" for a value of one word. */
  readonly schemes?: readonly string[]
  /** Authorities that it holds for, with "*" for any run of characters; one without a port holds for all ports. */
  readonly services?: readonly string[]
  readonly ports?: readonly number[]
  /** Paths that it holds for: this one, and those below it. */
  readonly path?: string
  /** Believed only when the sender is a trusted proxy. */
  readonly isTrustedOnly?: boolean
  /** What stands there is no credential. */
  readonly isIgnored?: boolean
  /** Reads the value as a key id (hmac, sigv4), as what a proxy says of a certificate (mtls) or as a session (cookie), in place of a token. */
  readonly as?: "hmac" | "sigv4" | "mtls" | "cookie"
  /** Claims of a token that name the principal, the first that is there. */
  readonly claims?: readonly string[]
  readonly part?: Part
  /** The principal's name may be shown, or must not; without it, by the habit of its scheme. */
  readonly isShown?: boolean
  /** Claim that names the tenant, and the path segment behind which the path names one ("" unknown). */
  readonly tenant?: { readonly claim: string; readonly after: string }
}

const words = (text: string): readonly string[] => text.split(" ")

export const DEFAULT_RULES: readonly IdentityRule[] = [
  { name: "certificate", in: "certificate", names: [] },
  {
    name: "forwarded_certificate",
    in: "field",
    isTrustedOnly: true,
    as: "mtls",
    names: words(
      "x-forwarded-client-cert client-cert x-ssl-client-cert x-client-cert ssl-client-cert x-arr-clientcert x-amzn-mtls-clientcert " +
        "x-amzn-mtls-clientcert-leaf x-ssl-client-sha1 x-ssl-client-fingerprint x-ssl-client-subject ssl-client-subject-dn " +
        "x-ssl-client-s-dn x-ssl-client-dn x-ssl-client-cn x-client-dn x-client-cert-dn x-amzn-mtls-clientcert-subject",
    ),
  },
  { name: "authorization", in: "authorization", names: ["authorization"] },
  { name: "http_signature", in: "field", as: "hmac", names: ["signature-input"] },
  {
    name: "api_key_field",
    in: "field",
    names: words(
      "x-api-key api-key apikey x-apikey x-auth-token ocp-apim-subscription-key x-access-token x-api-token x-auth-key " +
        "x-functions-key x-goog-api-key x-rapidapi-key private-token x-gitlab-token x-vault-token x-token x-app-key " +
        "x-application-key x-consumer-key x-client-secret x-shopify-access-token x-figma-token x-session-token x-auth " +
        "dd-api-key x-subscription-key x-amz-security-token",
    ),
  },
  {
    name: "signed_query",
    in: "query",
    as: "sigv4",
    names: words("x-amz-credential x-goog-credential"),
  },
  {
    name: "key_id_query",
    in: "query",
    as: "hmac",
    names: words("awsaccesskeyid googleaccessid ossaccesskeyid key-pair-id oauth_consumer_key"),
  },
  { name: "shared_access_query", in: "query", names: ["sig"], beside: "sv" },
  {
    name: "api_key_query",
    in: "query",
    names: words(
      "api_key apikey api-key access_token subscription-key auth_token access_key x-api-key api_token " +
        "client_secret id_token refresh_token private_token",
    ),
    onlyOpaque: words("key token auth sig signature secret jwt"),
  },
  {
    name: "session_cookie",
    in: "cookie",
    restMin: 5,
    names: words(
      "jsessionid phpsessid asp.net_sessionid connect.sid sessionid session_id session sid laravel_session ci_session " +
        "rack.session access_token auth_token id_token jwt remember_token .aspxauth .aspnetcore.* aspsessionid* sess* " +
        "ssess* wordpress_logged_in_* *_session *_sid *-session *_sessionid *_session_id *sessionid",
    ),
    onlyOpaque: words("token auth user_token authtoken"),
  },
  // Behind the cookie, which servers prefer when both are there.
  {
    name: "session_url",
    in: "query",
    as: "cookie",
    names: words("jsessionid phpsessid aspsessionid* asp.net_sessionid connect.sid"),
    onlyOpaque: words("sid session session_id sessionid sess"),
  },
]

/** Kinds that a secret has: nothing that a person would type as a search term. */
const OPAQUE_KINDS: ReadonlySet<Kind> = new Set([Kind.hex, Kind.base64, Kind.uuid, Kind.id, Kind.ulid, Kind.jwt])

/** True when a name in lower case is one of those of a rule. `restMin`: letters that a "*" behind a name stands for at least. */
export function isNamed(name: string, patterns: readonly string[], restMin = 0): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*")
      ? name.startsWith(pattern.slice(0, -1)) && name.length >= pattern.length - 1 + restMin
      : pattern.startsWith("*")
        ? name.endsWith(pattern.slice(1))
        : name === pattern,
  )
}

/** True when a parameter or cookie of that name (any case) and kind of value is what the rule looks for. */
export function isCredential(rule: IdentityRule, name: string, kind: Kind): boolean {
  const lower = name.toLowerCase().replace(/^__(?:host|secure)-/, "")
  if (kind === Kind.empty) return false
  if (isNamed(lower, rule.names, rule.restMin)) return true
  if (rule.onlyOpaque === undefined || !isNamed(lower, rule.onlyOpaque)) return false
  return OPAQUE_KINDS.has(kind)
}
