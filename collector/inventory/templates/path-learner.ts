// What the inventory asks of whatever learns path templates: which paths of a service are one endpoint, and why.
//
//   path "/users/mueller" --> PathLeaf (what is counted apart) --> Template "/users/{word}" (what an endpoint is named by)
//
// In:  paths with the sensor's typed tokens, one at a time, with what was answered there, in event time.
// Out: the leaf of a path at once; now and then, from `review`, how leaves are regrouped. Each leaf has its statistics at the
// inventory, so that a regrouping only says which leaves belong together: merging and splitting are the same step, hold for the past
// as for the future, and can be taken back. Only `folded` cannot: a leaf that is gone has given its statistics to another.
// The result depends on the order of requests and on nothing else: no clock, no randomness; `from(toBytes())` goes on exactly.

/** A template: text, and how it came about. One object for all leaves that share it. */
export interface Template {
  /** Within the service, never used again. */
  readonly number: number
  /** "/users/{word}/orders/{int}", with the extension: "/reports/{date}.csv". May change while the template stays the same (kinds, names). */
  readonly text: string
}

/** A path that is counted apart from others. Of an open parameter all values that are not counted apart share one leaf. */
export interface PathLeaf {
  /** Within the service, never used again: what a stored route remembers of its leaf. */
  readonly number: number
  /** As the sensor says it ("/users/mueller"); of a shared leaf its template's text. */
  readonly path: string
  readonly extension: string
  readonly template: Template
}

export type Regrouping =
  /** `leaf.template` is now another one than `from`. */
  | { readonly kind: "moved"; readonly leaf: PathLeaf; readonly from: Template; readonly evidence: TemplateEvidence }
  /** `leaf` is gone; what was counted there belongs to `into`. */
  | { readonly kind: "folded"; readonly leaf: PathLeaf; readonly into: PathLeaf }
  /** The text of the template is another one than `before`. */
  | { readonly kind: "renamed"; readonly template: Template; readonly before: string }

/** Why one parameter of a template is one: what API and console show of a merge. */
export interface TemplateEvidence {
  /** Number of the segment, from 0. */
  readonly segment: number
  /** Name in the template's text, without braces. */
  readonly name: string
  /**
   * strong: the sensor's kind says so (numbers, UUIDs, ...); similar: siblings that lead to the same; straggler; flood: too many
   * children; pin; specification; constant, split: a value that is text again.
   */
  readonly rule: string
  /** Event time of the decision, µs. */
  readonly decidedUs: number
  /** Kinds of value seen, and how often. */
  readonly kinds: Readonly<Record<string, number>>
  /** Distinct values, estimated where `isOpen`. */
  readonly values: number
  /** More values than are counted apart. */
  readonly isOpen: boolean
  /** The heaviest values that leave the sensor as text, at most 8, with their requests. */
  readonly examples: readonly { readonly value: string; readonly requests: number }[]
  /** The numbers behind the decision by name: {"evidence": 1.4, "overlap": 0.83, "growth": 0.06, ...}. */
  readonly numbers: Readonly<Record<string, number>>
  /** All of it in one sentence for people. */
  readonly sentence: string
}

/** Few word-like siblings that cannot be told from routes: an analyst may pin them as one parameter. */
export interface EnumSuggestion {
  /** Template of the parameter as it would be: "/reports/{word}/pdf". */
  readonly template: string
  readonly values: readonly string[]
  readonly requests: number
  readonly sentence: string
}

/**
 * A constraint by a person or a specification. `template`: paths that match it are one endpoint; a segment "{name}" takes any value,
 * others only their text; where several match, text goes before parameters from the left (so "/users/me" beside "/users/{id}" stays
 * apart). `apart`: the children of this path are never merged. What people pin goes before what specifications say.
 */
export interface Pin {
  readonly id: string
  readonly kind: "template" | "apart"
  readonly path: string
  readonly source: "analyst" | "specification"
}

export interface LearnerCounters {
  /** Nodes and bytes held (estimated). */
  readonly nodes: number
  readonly bytes: number
  readonly merges: number
  readonly unmerges: number
  readonly splits: number
  readonly folds: number
  readonly reviews: number
  /** Children that went into a parameter because their node had too many; paths that found no place of their own. */
  readonly floods: number
  readonly capped: number
}

/** One a service. */
export interface PathLearner {
  readonly counters: LearnerCounters
  /** The leaf that a request for this path belongs to, without adding anything; null when there is none. */
  find(path: string, extension: string): PathLeaf | null
  /** The same, added where there is none: only for answers that may add endpoints. Never fails: past its limits, a shared leaf. */
  add(path: string, extension: string, atUs: number): PathLeaf
  /**
   * One request at a leaf: `shape` is the coarse shape of its response (0: none), `consumer` a 32-bit hash that tells
   * consumers apart. `path`: what was requested (the same as `leaf.path` unless the leaf is shared).
   */
  note(leaf: PathLeaf, path: string, method: string, shape: number, consumer: number, atUs: number): void
  /** Whether `review` may have something to say: cheap, asked after each `note`. */
  readonly isDue: boolean
  /** Decides. The leaves are regrouped when it returns. */
  review(atUs: number): readonly Regrouping[]
  /** All pins in force, in place of those before; effective for the past at once. */
  pin(pins: readonly Pin[], atUs: number): readonly Regrouping[]
  /** Every leaf there is. */
  leaves(): Iterable<PathLeaf>
  /** Evidence of each parameter of a template, from the left. */
  evidence(template: Template): readonly TemplateEvidence[]
  suggestions(): readonly EnumSuggestion[]
  /** Changed since `toBytes` was last called. */
  readonly isDirty: boolean
  toBytes(): Uint8Array
}
