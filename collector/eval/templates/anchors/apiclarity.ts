// APIClarity's rule: a segment is a parameter when it is a number, a UUID, or a longer mix of letters and digits.
import type { LearnerKind } from "../learner.ts"
import { bySegments, RuleLearner } from "./digits-only.ts"

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const MIX_LENGTH_MIN = 8
const MIX_DIGITS_MIN = 2

function isSuspect(segment: string): boolean {
  if (/^[-+]?\d+(?:\.\d+)?$/.test(segment) || UUID.test(segment)) return true
  const digits = segment.replace(/\D/g, "").length
  return segment.length >= MIX_LENGTH_MIN && digits >= MIX_DIGITS_MIN && /[a-z]/i.test(segment)
}

export const APICLARITY: LearnerKind = {
  name: "APIClarity's rule",
  make: () => new RuleLearner(bySegments(isSuspect)),
}
