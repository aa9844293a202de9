// What the sensor's typed tokens say without any learning: strong kinds are parameters, everything else is text.
import type { Learner, LearnerKind, LearnerRequest } from "./learner.ts"

class TypedTokens implements Learner {
  readonly #groups: string[] = []

  observe({ typed }: LearnerRequest): void {
    this.#groups.push(`${typed.path.replace(/\{[^{}~]+\}/g, "{}")}.${typed.extension}`)
  }

  groups(): readonly string[] {
    return this.#groups
  }
}

export const TYPED_TOKENS: LearnerKind = { name: "typed tokens", make: () => new TypedTokens() }
