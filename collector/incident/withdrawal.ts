// What is withdrawn when news turn out to be a release: evidence that is explained after the fact, and incidents that stood on it.
//
// In:  an explanation and the evidence of a case. Out: whether any of it is explained now, and whether what is left would have opened an
// incident at any time: evidence fades, and an incident is not taken back only because it is old.
import type { Explanation } from "../detect/finding.ts"
import type { Evidence } from "./case.ts"
import { laneOf, type Thresholds } from "./score.ts"

/** True if evidence was explained that was not before. */
export function explainIn(evidence: Iterable<Evidence>, { detector, endpoint, key, doubt }: Explanation): boolean {
  let isNews = false
  for (const each of evidence) {
    if (each.detector !== detector || each.endpoint !== endpoint || (key !== "" && each.key !== key)) continue
    if (each.doubts.some(({ explains }) => explains)) continue
    each.doubts = [doubt, ...each.doubts.filter(({ what }) => what !== doubt.what)]
    isNews = true
  }
  return isNews
}

/** Whether the evidence, as it is judged now, made an incident at one of the times when a piece of it came. */
export function wouldOpen(evidence: readonly Evidence[], thresholds: Thresholds): boolean {
  return evidence.some(({ lastUs }) => {
    const then = evidence.filter(({ firstUs }) => firstUs <= lastUs)
    return laneOf(then, lastUs, thresholds) !== null
  })
}

export const isExplained = ({ doubts }: Evidence): boolean => doubts.some(({ explains }) => explains)
