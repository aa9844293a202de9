// What is news of an incident: that it is there, that it weighs more, that somebody (or Sonde) has decided something.
import type { IncidentRecord } from "./incident-records.ts"

export type NewsKind = "opened" | "raised" | "acknowledged" | "reopened" | "closed"

/** What was told of an incident last. */
export interface Told {
  readonly state: string
  readonly lane: string
  readonly verdict: string
}

/** The one piece of news that a changed record is, against what was told before; null: more of the same. */
export function newsOf(told: Told | null, { state, lane, verdict }: IncidentRecord): NewsKind | null {
  if (told === null) return state === "closed" ? "closed" : "opened"
  if (state === "closed") return told.state === "closed" && told.verdict === verdict ? null : "closed"
  if (told.state === "closed") return "reopened"
  if (told.lane !== lane && lane === "high") return "raised"
  if (told.state === state) return null
  return state === "acknowledged" ? "acknowledged" : "reopened"
}
