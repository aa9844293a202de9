// What an operator can say of identities, declared once: names, defaults, limits; and what the stage gets of it.
import type { Options, ValuesOf } from "../../../shared/config/options.ts"
import { parseNetwork } from "../../flow/address-text.ts"
import type { SummaryOptions } from "../options.ts"
import { FORWARDING_FIELDS } from "./forwarding.ts"
import { LOGIN_FIELDS } from "./logins.ts"
import { parseIdentityRules } from "./rule-config.ts"
import { DEFAULT_RULES } from "./rules.ts"

const S = 1_000_000
const NETWORKS_MAX = 256
const FIELDS_MAX = 32

const isName = (text: string): string | null =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(text) ? null : "names of fields"

const atMost =
  (max: number) =>
  (items: readonly string[]): string | null =>
    items.length <= max ? null : `at most ${max} of them`

export const IDENTITY_RULE_OPTIONS = {
  "identity.rule": {
    kind: "tables",
    sentence: "Rules that say where credentials are and whom they name; they come before the built-in ones.",
    default: [],
    mistakes: (tables) => parseIdentityRules(tables).mistakes,
  },
  "identity.default-rules": {
    kind: "flag",
    sentence: "The built-in rules follow those of the file.",
    default: true,
  },
  "identity.trusted-proxies": {
    kind: "list",
    sentence: "Addresses and networks of proxies that are believed when they say for whom they ask.",
    default: [],
    placeholder: "NETWORK",
    check: (text: string) => (parseNetwork(text) === null ? "networks such as 10.0.0.0/8 or 2001:db8::/32" : null),
    checkAll: atMost(NETWORKS_MAX),
  },
  "identity.forwarding-fields": {
    kind: "list",
    sentence: "Fields in which trusted proxies say it; the first that is there counts.",
    default: FORWARDING_FIELDS,
    placeholder: "NAME",
    check: isName,
    checkAll: atMost(FIELDS_MAX),
  },
  "identity.login-fields": {
    kind: "list",
    sentence: "Members of a login's form or JSON that name who logs in; only their pseudonym is kept.",
    default: LOGIN_FIELDS,
    placeholder: "NAME",
    check: isName,
    checkAll: atMost(FIELDS_MAX),
  },
  "identity.session-ttl": {
    kind: "duration",
    sentence: "How long, in packet time, a session stands for its login after its last use.",
    default: 12 * 3600 * S,
    min: 60 * S,
    max: 30 * 86_400 * S,
  },
} as const satisfies Options

/** `values` have been checked. */
export function identityOptions(values: ValuesOf<typeof IDENTITY_RULE_OPTIONS>): Partial<SummaryOptions> {
  const { rules } = parseIdentityRules(values["identity.rule"])
  const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase())
  return {
    rules: values["identity.default-rules"] ? [...rules, ...DEFAULT_RULES] : rules,
    trustedProxies: values["identity.trusted-proxies"].flatMap((text) => parseNetwork(text) ?? []),
    forwardingFields: lower(values["identity.forwarding-fields"]),
    loginFields: lower(values["identity.login-fields"]),
    sessionTtlUs: values["identity.session-ttl"],
  }
}
