// What the analysis is without one of its means: what each is worth.
import { NO_NUMBERS } from "../../../shared/event/api-event.ts"
import { DETECTORS } from "../../detect/detectors.ts"
import type { Ablation } from "./trial.ts"

/** A setting that, where a detector has it, switches its accumulation off at this value. */
const CUSUM_SETTING = /cusum/i

/** Detectors that accumulate, with accumulation out of reach. */
const withoutCusum = (): Ablation => ({
  name: "without CUSUM",
  changes: DETECTORS.flatMap(({ spec }) => {
    const names = Object.keys(spec.settings).filter((name) => CUSUM_SETTING.test(name))
    const values = Object.fromEntries(names.map((name) => [name, spec.settings[name]!.max]))
    return names.length === 0 ? [] : [{ name: spec.name, isEnabled: true, values }]
  }),
})

export const ABLATIONS: readonly (() => Ablation)[] = [
  () => ({
    name: "without provenance",
    event: (event) => ({ ...event, returned: NO_NUMBERS, returnedTotal: -1 }),
  }),
  // Peers and the common factor are the same knowledge: of the others.
  () => ({ name: "without others (peers, common factor)", isAlone: true }),
  withoutCusum,
]
