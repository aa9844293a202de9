// Test support: a small service whose requests are put before a PathTrie, and what the trie has made of them.
import assert from "node:assert/strict"
import type { PathLeaf, Regrouping, Template } from "./path-learner.ts"
import { PathTrie } from "./path-trie.ts"

/** 2026-11-23 10:00:00 UTC. */
const START_US = 1_795_428_000_000_000

export interface FakeRequest {
  readonly path: string
  readonly extension?: string
  readonly method?: string
  /** 0: no shape. Default: that of its route (`shapeOf`). */
  readonly shape?: number
  readonly consumer?: number
}

/** A number for a name: what answers with the same name has the same shape. */
export function shapeOf(name: string): number {
  let hash = 17
  for (const char of name) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0
  return hash | 1
}

/** Follows what a trie tells, as the inventory does. */
export class FakeService {
  trie: PathTrie
  requests = 0
  readonly told: Regrouping[] = []
  /** The same in words, as it was when it was told. */
  readonly said: string[] = []
  /** Requests by leaf; a leaf that was folded has given its own to another. */
  readonly counts = new Map<number, number>()
  /** By leaf: the template that was told. */
  readonly templates = new Map<number, number>()

  constructor(trie: PathTrie = new PathTrie()) {
    this.trie = trie
  }

  get nowUs(): number {
    return START_US + this.requests * 1_000_000
  }

  send({
    path,
    extension = "",
    method = "GET",
    shape = shapeOf(path),
    consumer = this.requests % 7,
  }: FakeRequest): PathLeaf {
    this.requests++
    const leaf = this.trie.add(path, extension, this.nowUs)
    if (!this.templates.has(leaf.number)) this.templates.set(leaf.number, leaf.template.number)
    this.counts.set(leaf.number, (this.counts.get(leaf.number) ?? 0) + 1)
    this.trie.note(leaf, path, method, shape, consumer, this.nowUs)
    if (this.trie.isDue) this.follow(this.trie.review(this.nowUs))
    return leaf
  }

  review(): void {
    this.follow(this.trie.review(this.nowUs))
  }

  follow(changes: readonly Regrouping[]): void {
    for (const change of changes) {
      this.told.push(change)
      this.said.push(sentenceOf(change))
      if (change.kind === "moved") {
        const before = this.templates.get(change.leaf.number)
        if (before !== undefined) assert.equal(before, change.from.number)
        this.templates.set(change.leaf.number, change.leaf.template.number)
      } else if (change.kind === "folded") {
        const { leaf, into } = change
        this.counts.set(into.number, (this.counts.get(into.number) ?? 0) + (this.counts.get(leaf.number) ?? 0))
        this.counts.delete(leaf.number)
        this.templates.delete(leaf.number)
        if (!this.templates.has(into.number)) this.templates.set(into.number, into.template.number)
      }
    }
  }

  /** Texts of all templates. */
  texts(): string[] {
    return [...new Set([...this.trie.leaves()].map((leaf) => leaf.template.text))].sort()
  }

  templateNamed(text: string): Template {
    const leaf = [...this.trie.leaves()].find(({ template }) => template.text === text)
    assert.ok(leaf !== undefined, `no template ${text} among ${this.texts().join(" ")}`)
    return leaf.template
  }
}

function sentenceOf(change: Regrouping): string {
  if (change.kind === "renamed") return `renamed ${change.template.number} ${change.before} ${change.template.text}`
  if (change.kind === "folded") return `folded ${change.leaf.number} ${change.into.number}`
  return `moved ${change.leaf.number} ${change.from.number} ${change.leaf.template.number} ${change.evidence.sentence}`
}

/** The same sequence at each call: numbers from 0 to 1. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
