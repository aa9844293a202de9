// The two trees of a service: what was seen, and what is thought of it.
//
//   PathNode (seen)                      Place (decided)
//   /users -- mueller -- orders          /users -- {word} -- orders
//          \- meier   -- orders                  \- me
//          \- me
//
// Each path node belongs to one place; a place has as members all nodes that are thought to be the same position. Decisions are the
// sets `values` and `pinned` of places: which texts below a place are values of a parameter. Everything else follows from them
// (placement.ts), so that a decision can be changed at any time and holds for the past.
import type { PathLeaf, Template } from "./path-learner.ts"
import type { Form, Token } from "./segments.ts"

/** Methods and shapes remembered of one path. */
export const FEATURES_MAX = 8
/** Keys of shared nodes among their siblings; no segment begins with a control character. */
export const SHARED_KEY = "\u0001"
export const OVERFLOW_KEY = "\u0002"

export interface TemplateRecord extends Template {
  text: string
}

export interface LeafRecord extends PathLeaf {
  path: string
  template: TemplateRecord
  readonly node: PathNode
}

/** One segment of paths that were seen, below the same segments; a shared one stands for many values of an open parameter. */
export class PathNode {
  readonly parent: PathNode | null
  readonly token: Token
  place: Place
  readonly children = new Map<string, PathNode>()
  leaf: LeafRecord | null = null
  /** Requests here and below. */
  hits = 0
  /** Bit set over hashes of consumers. */
  consumers = 0
  /** What was answered here, in order of appearance: pairs of the hash of a method, and a shape (0: none). */
  readonly features: number[] = []
  /** Of a shared node: requests by form; null where the node is of one value. */
  forms: Map<Form, number> | null = null

  constructor(parent: PathNode | null, token: Token, place: Place) {
    this.parent = parent
    this.token = token
    this.place = place
    place.members.add(this)
  }
}

export interface Decision {
  rule: string
  /** Event time, µs. */
  decidedUs: number
  /** Of the last review. */
  numbers: Readonly<Record<string, number>>
}

/** What is counted over the values of an open parameter: open-values.ts. */
export interface OpenValues {
  /** Texts that are counted apart. */
  readonly kept: Set<string>
  /** Space-Saving over the others: count, and how much of it may be another's. */
  readonly heavy: Map<string, { count: number; error: number }>
  /** HyperLogLog, 64 registers. */
  readonly registers: Uint8Array
}

/** A position in the tree of templates: text, or a parameter. */
export class Place {
  readonly parent: Place | null
  /** Text of the segment; of a parameter its frame (segments.ts). */
  readonly label: string
  readonly isParameter: boolean
  readonly members = new Set<PathNode>()
  readonly texts = new Map<string, Place>()
  /** By frame. */
  readonly parameters = new Map<string, Place>()
  /** Texts below that were learnt to be values, and of the parameter with which frame. */
  readonly values = new Map<string, string>()
  /** Texts below, and keys of shared nodes, about which a pin has decided: frame of the parameter, or null for text. */
  readonly pinned = new Map<string, string | null>()
  /** Those of them about which people have. */
  readonly pinnedByPeople = new Set<string>()
  /** A pin wants the children here to stay apart. */
  isApart = false
  template: TemplateRecord | null = null
  /** Of a parameter: "" until it was told. */
  name = ""
  /** Of a parameter: forms (segments.ts) of which a new text is taken for a value until its answers say otherwise; "." for any ending. */
  expected = ""
  /** Of a parameter: a pin's name for it. */
  pinnedName = ""
  decision: Decision | null = null
  open: OpenValues | null = null
  /** Order of creation. */
  readonly number: number
  /** Segments before it. */
  readonly depth: number
  /** Requests here and below; when the place was last reviewed. */
  requests = 0
  reviewedRequests = 2

  constructor(parent: Place | null, label: string, isParameter: boolean, number: number) {
    this.parent = parent
    this.label = label
    this.isParameter = isParameter
    this.number = number
    this.depth = parent === null ? 0 : parent.depth + 1
  }

  get hits(): number {
    let sum = 0
    for (const member of this.members) sum += member.hits
    return sum
  }
}

/** What follows the slash that ends a path. */
export const isSlash = ({ token, children }: PathNode): boolean => token.text === "" && children.size === 0

/** Members' children by text: what decisions are about. */
export function childrenByText(place: Place): Map<string, PathNode[]> {
  const out = new Map<string, PathNode[]>()
  for (const member of place.members)
    for (const [key, child] of member.children) {
      if (child.forms !== null || key === OVERFLOW_KEY) continue
      const known = out.get(key)
      if (known === undefined) out.set(key, [child])
      else known.push(child)
    }
  return out
}

/** 32-bit mixing of two numbers. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ b
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 13), 0x27d4eb2f)
  return (h ^ (h >>> 16)) | 0
}

export function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h, text.length)
}

/** Number of bits set. */
export function bits(set: number): number {
  let n = set - ((set >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
