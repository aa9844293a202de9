// What the analysis is without one of its means: what each is worth.
import { NO_NUMBERS } from "../../../shared/event/api-event.ts"
import { DAY_US } from "../../simulate/calendar.ts"
import type { Ablation } from "./trial.ts"

export const ABLATIONS: readonly Ablation[] = [
  { name: "without provenance", event: (event) => ({ ...event, returned: NO_NUMBERS, returnedTotal: -1 }) },
  // Peers and the common factor are the same knowledge: of the others.
  { name: "without others (peers, common factor)", isAlone: true },
  // What the design calls CUSUM: evidence of several days taken together.
  { name: "without accumulation over days", keeps: ({ atUs, sinceUs }) => atUs - sinceUs <= DAY_US },
]
