// mitmproxy2swagger's rule: a segment is a parameter when it consists of digits.
import type { Learner, LearnerKind, LearnerRequest } from "../learner.ts"

/** A learner whose group follows from the request alone. */
export class RuleLearner implements Learner {
  readonly #rule: (target: string) => string
  readonly #groups: string[] = []

  constructor(rule: (target: string) => string) {
    this.#rule = rule
  }

  observe(request: LearnerRequest): void {
    this.#groups.push(this.#rule(request.target))
  }

  groups(): readonly string[] {
    return this.#groups
  }
}

/** Each segment by itself. */
export const bySegments =
  (isParameter: (segment: string) => boolean) =>
  (target: string): string =>
    target
      .split("/")
      .map((segment) => (isParameter(segment) ? "{}" : segment))
      .join("/")

export const DIGITS_ONLY: LearnerKind = {
  name: "digits only",
  make: () => new RuleLearner(bySegments((segment) => /^\d+$/.test(segment))),
}
