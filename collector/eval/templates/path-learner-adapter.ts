// A PathLearner driven as the inventory drives one: answers that may add endpoints add leaves, others find them or have no place;
// reviews as they fall due; what is folded counts where it was folded to.
import type { PathLeaf, PathLearner } from "../../inventory/templates/path-learner.ts"
import type { Learner, LearnerRequest } from "./learner.ts"

/** 2xx, 3xx and 4xx that say that there is something. */
const addsEndpoint = (status: number): boolean => status >= 200 && status < 500 && status !== 404 && status !== 405

export class PathLearnerAdapter implements Learner {
  readonly learner: PathLearner
  /** Time spent in the learner, ns. */
  spentNs = 0
  readonly #leaves: (PathLeaf | null)[] = []
  readonly #folded = new Map<PathLeaf, PathLeaf>()

  constructor(learner: PathLearner) {
    this.learner = learner
  }

  observe({ typed, method, shape, status, consumer, timeUs }: LearnerRequest): void {
    const { learner } = this
    const start = process.hrtime.bigint()
    const leaf = addsEndpoint(status)
      ? learner.add(typed.path, typed.extension, timeUs)
      : learner.find(typed.path, typed.extension)
    if (leaf !== null) learner.note(leaf, typed.path, method, shape, consumer, timeUs)
    if (learner.isDue)
      for (const change of learner.review(timeUs))
        if (change.kind === "folded") this.#folded.set(change.leaf, change.into)
    this.spentNs += Number(process.hrtime.bigint() - start)
    this.#leaves.push(leaf)
  }

  groups(): readonly string[] {
    return this.#leaves.map((leaf) => {
      let at = leaf
      while (at !== null && this.#folded.has(at)) at = this.#folded.get(at)!
      return at === null ? "" : `${at.template.number}:${at.template.text}`
    })
  }
}
