// Where credentials are looked for, in order: the first rule that matches decides. Rules are data, so that configuration can
// replace them; the names below are those that gateways and frameworks use by default.
import { Kind } from "../value-class.ts"

export interface IdentityRule {
  /** Name in Identity.rule. */
  readonly name: string
  readonly in: "authorization" | "field" | "query" | "cookie"
  /** Names in lower case. A trailing "*" matches any rest. */
  readonly names: readonly string[]
  /** Names that are everyday words: they count only when the value looks like a secret. */
  readonly onlyOpaque?: readonly string[]
}

export const DEFAULT_RULES: readonly IdentityRule[] = [
  { name: "authorization", in: "authorization", names: ["authorization"] },
  {
    name: "api_key_field",
    in: "field",
    names: (
      "x-api-key api-key apikey x-apikey x-auth-token ocp-apim-subscription-key x-access-token x-api-token x-auth-key " +
      "x-functions-key x-goog-api-key x-rapidapi-key private-token x-gitlab-token x-vault-token x-token x-app-key " +
      "x-application-key x-consumer-key x-client-secret x-shopify-access-token x-figma-token x-session-token x-auth " +
      "dd-api-key x-subscription-key x-amz-security-token"
    ).split(" "),
  },
  {
    name: "api_key_query",
    in: "query",
    names: (
      "api_key apikey api-key access_token subscription-key auth_token access_key x-api-key api_token x-amz-credential " +
      "awsaccesskeyid jsessionid phpsessid client_secret id_token refresh_token private_token"
    ).split(" "),
    onlyOpaque: [
      "key",
      "token",
      "auth",
      "sig",
      "signature",
      "secret",
      "sid",
      "session",
      "session_id",
      "sessionid",
      "jwt",
    ],
  },
  {
    name: "session_cookie",
    in: "cookie",
    names: (
      "jsessionid phpsessid asp.net_sessionid connect.sid sessionid session_id session sid laravel_session ci_session " +
      "rack.session access_token auth_token id_token jwt remember_token .aspxauth .aspnetcore.* aspsessionid* sess* " +
      "ssess* wordpress_logged_in_* *_session *_sid *-session *_sessionid *_session_id *sessionid"
    ).split(" "),
    onlyOpaque: ["token", "auth", "user_token", "authtoken"],
  },
]

/** Kinds that a secret has: nothing that a person would type as a search term. */
const OPAQUE_KINDS: ReadonlySet<Kind> = new Set([Kind.hex, Kind.base64, Kind.uuid, Kind.id, Kind.ulid, Kind.jwt])

function isNamed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*")
      ? name.startsWith(pattern.slice(0, -1)) && name.length > pattern.length + 3
      : pattern.startsWith("*")
        ? name.endsWith(pattern.slice(1))
        : name === pattern,
  )
}

/** True when a parameter or cookie of that name (any case) and kind of value is what the rule looks for. */
export function isCredential(rule: IdentityRule, name: string, kind: Kind): boolean {
  const lower = name.toLowerCase().replace(/^__(?:host|secure)-/, "")
  if (kind === Kind.empty) return false
  if (isNamed(lower, rule.names)) return true
  if (rule.onlyOpaque === undefined || !isNamed(lower, rule.onlyOpaque)) return false
  return OPAQUE_KINDS.has(kind)
}
