// Test support: a learner that regroups when it is told to.
//
// Every path is a leaf and a template of its own until a test says what happens; the regrouping comes with the next review, which is due
// after each note.
import type { LearnerKind } from "./templates/learners.ts"
import type {
  EnumSuggestion,
  LearnerCounters,
  PathLeaf,
  PathLearner,
  Pin,
  Regrouping,
  Template,
  TemplateEvidence,
} from "./templates/path-learner.ts"

interface FakeTemplate extends Template {
  text: string
}

interface FakeLeaf extends PathLeaf {
  path: string
  template: FakeTemplate
}

export class FakeLearner implements PathLearner {
  isDirty = false
  pins: readonly Pin[] = []
  readonly noted: string[] = []
  #numbers = 0
  readonly #leaves = new Map<string, FakeLeaf>()
  readonly #templates = new Map<number, FakeTemplate>()
  #pending: Regrouping[] = []

  get counters(): LearnerCounters {
    const nodes = this.#leaves.size
    return { nodes, bytes: 0, merges: 0, unmerges: 0, splits: 0, folds: 0, reviews: 0, floods: 0, capped: 0 }
  }

  find(path: string): FakeLeaf | null {
    return this.#leaves.get(path) ?? null
  }

  add(path: string): FakeLeaf {
    let leaf = this.#leaves.get(path)
    if (leaf === undefined) {
      leaf = { number: ++this.#numbers, path, extension: "", template: this.#template(path) }
      this.#leaves.set(path, leaf)
      this.isDirty = true
    }
    return leaf
  }

  note(_leaf: PathLeaf, path: string, method: string, shape: number): void {
    this.noted.push(`${method} ${path} ${shape}`)
  }

  get isDue(): boolean {
    return this.#pending.length > 0
  }

  review(): readonly Regrouping[] {
    const pending = this.#pending
    this.#pending = []
    this.isDirty = true
    return pending
  }

  pin(pins: readonly Pin[]): readonly Regrouping[] {
    this.pins = pins
    return this.review()
  }

  leaves(): Iterable<PathLeaf> {
    return this.#leaves.values()
  }

  evidence({ text }: Template): readonly TemplateEvidence[] {
    return text.includes("{") ? [evidenceOf(`Because of ${text}.`)] : []
  }

  suggestions(): readonly EnumSuggestion[] {
    return []
  }

  toBytes(): Uint8Array {
    this.isDirty = false
    const leaves = Array.from(this.#leaves, ([key, { number, path, template }]) => [key, number, path, template.number])
    const templates = Array.from(this.#templates.values(), ({ number, text }) => [number, text])
    return new TextEncoder().encode(JSON.stringify({ numbers: this.#numbers, leaves, templates }))
  }

  static from(bytes: Uint8Array): FakeLearner {
    const { numbers, leaves, templates } = JSON.parse(new TextDecoder().decode(bytes)) as {
      numbers: number
      leaves: [string, number, string, number][]
      templates: [number, string][]
    }
    const learner = new FakeLearner()
    for (const [number, text] of templates) learner.#templates.set(number, { number, text })
    const shared = new Map<number, FakeLeaf>()
    for (const [key, number, path, template] of leaves) {
      const leaf = shared.get(number) ?? { number, path, extension: "", template: learner.#templates.get(template)! }
      shared.set(number, leaf)
      learner.#leaves.set(key, leaf)
    }
    learner.#numbers = numbers
    return learner
  }

  /** From the next review on these paths have one template. */
  merge(paths: readonly string[], text: string): void {
    const template = this.#template(text)
    for (const path of paths) this.#move(this.#leaves.get(path)!, template)
  }

  /** ... this one has a template of its own again. */
  split(path: string): void {
    this.#move(this.#leaves.get(path)!, this.#template(path))
  }

  /** ... these paths share one leaf. */
  fold(paths: readonly string[], into: string): void {
    const shared = this.add(into)
    for (const path of paths) {
      const leaf = this.#leaves.get(path)!
      if (leaf === shared) continue
      this.#pending.push({ kind: "folded", leaf, into: shared })
      this.#leaves.set(path, shared)
    }
  }

  rename(path: string, text: string): void {
    const { template } = this.#leaves.get(path)!
    const before = template.text
    template.text = text
    this.#pending.push({ kind: "renamed", template, before })
  }

  #move(leaf: FakeLeaf, template: FakeTemplate): void {
    this.#pending.push({ kind: "moved", leaf, from: leaf.template, evidence: evidenceOf(`Because ${leaf.path}.`) })
    leaf.template = template
  }

  #template(text: string): FakeTemplate {
    const known = [...this.#templates.values()].find((each) => each.text === text)
    if (known !== undefined) return known
    const template = { number: ++this.#numbers, text }
    this.#templates.set(template.number, template)
    return template
  }
}

function evidenceOf(sentence: string): TemplateEvidence {
  const seen = { kinds: {}, values: 0, isOpen: false, examples: [], numbers: {} }
  return { segment: 0, name: "id", rule: "similar", decidedUs: 0, ...seen, sentence }
}

/** `made`: the learners of all services since, in order. */
export function fakeLearners(): { readonly kind: LearnerKind; readonly made: FakeLearner[] } {
  const made: FakeLearner[] = []
  const keep = (learner: FakeLearner): FakeLearner => {
    made.push(learner)
    return learner
  }
  return {
    made,
    kind: { create: () => keep(new FakeLearner()), from: (bytes) => keep(FakeLearner.from(bytes)) },
  }
}
