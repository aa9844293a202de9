// What an operator can say of identities and data classes, in one: for the sensor's options and for what the stage gets of them.
import type { Options, ValuesOf } from "../../shared/config/options.ts"
import { CLASS_OPTIONS, classOptions } from "./classes/custom-classes.ts"
import { IDENTITY_RULE_OPTIONS, identityOptions } from "./identity/identity-options.ts"
import type { SummaryOptions } from "./options.ts"

export const SUMMARY_SETTINGS = { ...IDENTITY_RULE_OPTIONS, ...CLASS_OPTIONS } as const satisfies Options

/** `values` have been checked. */
export const summarySettings = (values: ValuesOf<typeof SUMMARY_SETTINGS>): Partial<SummaryOptions> => ({
  ...identityOptions(values),
  ...classOptions(values),
})
