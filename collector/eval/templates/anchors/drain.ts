// Drain (He et al., ICWS 2017), the log parser, with segments for tokens: a tree by number of tokens and first tokens, those with
// digits taken as any; in its leaves groups, of which the most similar takes the line and forgets where they differ.
import type { Learner, LearnerKind, LearnerRequest } from "../learner.ts"

const DEPTH = 2
const SIMILARITY_MIN = 0.5
const ANY = "{}"

interface Group {
  template: string[]
}

class Drain implements Learner {
  readonly #leaves = new Map<string, Group[]>()
  readonly #requests: Group[] = []

  observe(request: LearnerRequest): void {
    const tokens = request.target.split("/").slice(1)
    const first = tokens.slice(0, DEPTH).map((token) => (/\d/.test(token) ? ANY : token))
    const key = `${tokens.length}/${first.join("/")}`
    const groups = this.#leaves.get(key) ?? []
    this.#leaves.set(key, groups)
    let best: Group | null = null
    let most = SIMILARITY_MIN
    for (const group of groups) {
      const equal = tokens.filter((token, i) => group.template[i] === token).length / tokens.length
      if (equal >= most) [best, most] = [group, equal]
    }
    if (best === null) {
      best = { template: tokens }
      groups.push(best)
    } else best.template = best.template.map((token, i) => (token === tokens[i] ? token : ANY))
    this.#requests.push(best)
  }

  groups(): readonly string[] {
    const names = new Map<Group, string>()
    for (const groups of this.#leaves.values())
      for (const group of groups) names.set(group, `${names.size}:/${group.template.join("/")}`)
    return this.#requests.map((group) => names.get(group)!)
  }
}

export const DRAIN: LearnerKind = { name: "Drain", make: () => new Drain() }
