// What can be set of the summary stage. Defaults are complete: the pipeline gives what its user has changed.
import type { Network } from "../flow/address-text.ts"
import type { AddressMode, NamedNetwork } from "./addresses.ts"
import { ClassSet } from "./classes/class-set.ts"
import { SAMPLE_EVERY } from "./form-state.ts"
import { FORWARDING_FIELDS } from "./identity/forwarding.ts"
import { LOGIN_FIELDS } from "./identity/logins.ts"
import { DEFAULT_RULES, type IdentityRule } from "./identity/rules.ts"
import type { ObjectMode } from "./objects/objects.ts"
import type { PathMode } from "./privacy/path-privacy.ts"
import type { ValueMode } from "./query-values.ts"

export interface SummaryOptions {
  /** Body bytes looked into, from the start of each body; 0 turns body facts off. */
  readonly bodyPrefixBytes: number
  /** Of bodies at a place whose shape is known, one in this many is looked into. */
  readonly sampleEvery: number
  /** Plain facts beside each event: the local debugging view, never published. */
  readonly reveal: boolean
  /** Networks with a name of their own, most specific first. */
  readonly networks: readonly NamedNetwork[]
  /** Name of a zone other than 0, as the event shows it. */
  readonly zoneName: (zone: number) => string
  /** Which words of paths may leave as text. */
  readonly pathMode: PathMode
  /** Whether values of query parameters leave as pseudonyms. */
  readonly valueMode: ValueMode
  /** Whether ids elsewhere than in paths leave as pseudonyms. */
  readonly objectMode: ObjectMode
  /** How addresses leave. */
  readonly addressMode: AddressMode
  /** Where credentials are looked for, in order. */
  readonly rules: readonly IdentityRule[]
  /** Data classes that are looked for. */
  readonly classes: ClassSet
  /** Senders whose word on whom they ask for is taken. */
  readonly trustedProxies: readonly Network[]
  /** Fields, in lower case, in which they say it; the first that is there. */
  readonly forwardingFields: readonly string[]
  /** Members of a login's form or JSON that name who logs in, in lower case, the first that is there. */
  readonly loginFields: readonly string[]
  /** How long, in packet time, a session or token stands for its login after its last use, µs. */
  readonly sessionTtlUs: number
}

export const SUMMARY_DEFAULTS: SummaryOptions = {
  bodyPrefixBytes: 64 * 1024,
  sampleEvery: SAMPLE_EVERY,
  reveal: false,
  networks: [],
  zoneName: (zone) => `zone ${(zone >>> 0).toString(16).padStart(8, "0")}`,
  pathMode: "text",
  valueMode: "pseudonym",
  objectMode: "pseudonym",
  addressMode: "pseudonym",
  rules: DEFAULT_RULES,
  classes: new ClassSet(),
  trustedProxies: [],
  forwardingFields: FORWARDING_FIELDS,
  loginFields: LOGIN_FIELDS,
  sessionTtlUs: 12 * 3600 * 1e6,
}
