// What can be set of the summary stage. Defaults are complete: the pipeline gives what its user has changed.
import type { AddressMode, NamedNetwork } from "./addresses.ts"
import { ClassSet } from "./classes/class-set.ts"
import { SAMPLE_EVERY } from "./form-state.ts"
import { DEFAULT_RULES, type IdentityRule } from "./identity/rules.ts"
import type { PathMode } from "./path-privacy.ts"

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
  /** How addresses leave. */
  readonly addressMode: AddressMode
  /** Where credentials are looked for, in order. */
  readonly rules: readonly IdentityRule[]
  /** Data classes that are looked for. */
  readonly classes: ClassSet
}

export const SUMMARY_DEFAULTS: SummaryOptions = {
  bodyPrefixBytes: 64 * 1024,
  sampleEvery: SAMPLE_EVERY,
  reveal: false,
  networks: [],
  zoneName: (zone) => `zone ${(zone >>> 0).toString(16).padStart(8, "0")}`,
  pathMode: "text",
  addressMode: "pseudonym",
  rules: DEFAULT_RULES,
  classes: new ClassSet(),
}
