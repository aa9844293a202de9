// A path learner that does not learn: each path is a leaf and a template of its own.
//
// For paths that are names and not addresses (a gRPC method, "*", the authority of a CONNECT), and for tests. Numbers count from 1, or
// from -1 downwards, so that both kinds of leaf fit into one table.
import type { LearnerKind } from "./learners.ts"
import type {
  EnumSuggestion,
  LearnerCounters,
  PathLeaf,
  PathLearner,
  Pin,
  Regrouping,
  Template,
  TemplateEvidence,
} from "./path-learner.ts"

const FORMAT = 1

export class PlainPaths implements PathLearner {
  readonly isDue = false
  isDirty = false
  readonly #leaves = new Map<string, PathLeaf>()
  readonly #step: 1 | -1

  constructor(step: 1 | -1 = 1) {
    this.#step = step
  }

  get counters(): LearnerCounters {
    const nodes = this.#leaves.size
    return { nodes, bytes: 0, merges: 0, unmerges: 0, splits: 0, folds: 0, reviews: 0, floods: 0, capped: 0 }
  }

  find(path: string, extension: string): PathLeaf | null {
    return this.#leaves.get(textOf(path, extension)) ?? null
  }

  add(path: string, extension: string, _atUs: number): PathLeaf {
    const text = textOf(path, extension)
    const known = this.#leaves.get(text)
    if (known !== undefined) return known
    const number = (this.#leaves.size + 1) * this.#step
    const leaf: PathLeaf = { number, path, extension, template: { number, text } }
    this.#leaves.set(text, leaf)
    this.isDirty = true
    return leaf
  }

  note(): void {}

  review(): readonly Regrouping[] {
    return []
  }

  pin(_pins: readonly Pin[]): readonly Regrouping[] {
    return []
  }

  leaves(): Iterable<PathLeaf> {
    return this.#leaves.values()
  }

  evidence(_template: Template): readonly TemplateEvidence[] {
    return []
  }

  suggestions(): readonly EnumSuggestion[] {
    return []
  }

  toBytes(): Uint8Array {
    this.isDirty = false
    const paths = Array.from(this.#leaves.values(), ({ path, extension }) => [path, extension])
    return new TextEncoder().encode(JSON.stringify([FORMAT, this.#step, paths]))
  }

  static from(bytes: Uint8Array): PlainPaths {
    const [, step, paths] = JSON.parse(new TextDecoder().decode(bytes)) as [number, 1 | -1, [string, string][]]
    const learner = new PlainPaths(step)
    for (const [path, extension] of paths) learner.add(path, extension, 0)
    learner.isDirty = false
    return learner
  }
}

function textOf(path: string, extension: string): string {
  return extension === "" ? path : `${path}.${extension}`
}

/** Nothing is learned. */
export const PLAIN_LEARNERS: LearnerKind = { create: () => new PlainPaths(), from: PlainPaths.from }
