// Names that say what a path, parameter or field opens.

const ENDPOINT =
  /(?:^|[/_.-])(?:admin|administration|internal|debug|dump|backups?|exports?|config|configuration|settings|actuator|console|root|sudo|impersonate|secrets?|tokens?|credentials?|api-?keys?|passwords?|permissions?|roles?|payouts?|bank|bank-details|audit|bulk|shell|env|metrics)(?:$|[/_.-])/i
const PRIVILEGE =
  /(?:^|[._-]|\b)(?:is_?admin|admin|role|roles|scope|scopes|permission|permissions|privilege|owner|owner_?id|tenant|tenant_?id|user_?id|account_?id|is_?superuser|superuser|verified|is_?verified|approved|is_?staff|balance|credit|price|discount|debug|internal|group|groups|plan|limit_?override)$/i
const SECRET =
  /(?:^|[._-])(?:password|passwd|pwd|secret|token|api_?key|private_?key|hash|salt|ssn|iban|card|cvv|pin|salary|birth_?date|bank\w*|tax_?id|passport)(?:$|[._-])/i

/** A template that opens more than a partner's usual work. */
export const isSensitivePath = (template: string): boolean => ENDPOINT.test(template)

/** A field of a request that says who one is or what one may. */
export const isPrivilegeName = (name: string): boolean => PRIVILEGE.test(splitWords(name))

/** A field of an answer that harms when it gets out. */
export const isSecretName = (name: string): boolean => SECRET.test(splitWords(name))

/** "isAdmin" is "is_Admin". */
function splitWords(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, "$1_$2")
}
