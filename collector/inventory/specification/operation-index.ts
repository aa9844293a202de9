// The operations of a service's specifications by path: which of them an endpoint is.
//
//   root -- "v1" -- "orders" -- {any} -- operations of "/v1/orders/{orderId}", of every document and method
// In:  parsed documents and the authority of the service. Out: for method and template, the operations there, the best path first: text
// before partial segments before whole parameters, from the left. Bounded: STEPS_MAX nodes and partial segments are looked at for one template.
import { fits, isParameter, isVerbOf, type PathSegment, segmentsOf, splitPath, textOf } from "./path-pattern.ts"
import { pathsAt } from "./server-bases.ts"
import type { ParsedSpecification, SpecifiedOperation } from "./specified-operation.ts"

const STEPS_MAX = 2_000

export interface IndexedDocument {
  readonly name: string
  readonly parsed: ParsedSpecification
  /** Neither superseded by another nor declared outdated. */
  readonly isCurrent: boolean
}

export interface IndexedOperation {
  readonly document: IndexedDocument
  readonly operation: SpecifiedOperation
  /** With its base: "/v1/orders/{orderId}". */
  readonly template: string
}

interface PathNode {
  readonly texts: Map<string, PathNode>
  /** By their text, more of it first: "{a}-{b}.json" before "{id}.json" before "{a}-{b}". */
  partials: Map<string, { readonly segment: PathSegment; readonly node: PathNode }>
  any: PathNode | null
  /** Operations whose last segment takes the rest of the path. */
  readonly rest: IndexedOperation[]
  readonly here: IndexedOperation[]
}

const newNode = (): PathNode => ({ texts: new Map(), partials: new Map(), any: null, rest: [], here: [] })

export class OperationIndex {
  readonly documents: readonly IndexedDocument[]
  /** Every operation at every base. */
  readonly operations: readonly IndexedOperation[]
  readonly #root = newNode()

  constructor(documents: readonly IndexedDocument[], authority: string) {
    this.documents = documents
    const operations: IndexedOperation[] = []
    for (const document of documents)
      for (const operation of document.parsed.operations)
        for (const base of pathsAt(operation.bases, authority)) {
          const template = `${base}${operation.path.replace(/[?#].*$/s, "")}`.replaceAll(/\/{2,}/g, "/")
          const indexed = { document, operation, template }
          operations.push(indexed)
          this.#add(indexed)
        }
    this.operations = operations
    sortPartials(this.#root)
  }

  /** Operations of any method at the paths that the template lies within, the best path first. */
  at(template: string): IndexedOperation[] {
    const found: IndexedOperation[] = []
    const segments = splitPath(template).map(textOf)
    let steps = 0
    const visit = (node: PathNode, i: number): void => {
      if (++steps > STEPS_MAX) return
      if (i === segments.length) {
        for (const one of node.here) found.push(one)
        return
      }
      const segment = segments[i]!
      const next = node.texts.get(segment)
      if (next !== undefined) visit(next, i + 1)
      // A value as a whole is rather a parameter as a whole than one with text around it.
      const isWhole = isParameter(segment)
      if (isWhole && node.any !== null) visit(node.any, i + 1)
      let isVerb = false
      for (const partial of node.partials.values()) {
        if (++steps > STEPS_MAX) break
        if (fits(partial.segment, segment)) visit(partial.node, i + 1)
        // What is done to a value under a verb of its own is not what is done to the value.
        if (isVerbOf(partial.segment, segment)) isVerb = true
      }
      if (!isWhole && !isVerb && node.any !== null) visit(node.any, i + 1)
      for (const one of node.rest) found.push(one)
    }
    visit(this.#root, 0)
    return found
  }

  find(method: string, template: string): IndexedOperation[] {
    return this.at(template).filter(({ operation }) => operation.method === method)
  }

  #add(indexed: IndexedOperation): void {
    let node = this.#root
    for (const segment of segmentsOf(indexed.template)) {
      if (segment.kind === "rest") {
        node.rest.push(indexed)
        return
      }
      node = childOf(node, segment)
    }
    node.here.push(indexed)
  }
}

function childOf(node: PathNode, segment: PathSegment): PathNode {
  if (segment.kind === "any") {
    node.any ??= newNode()
    return node.any
  }
  if (segment.kind === "text") {
    const known = node.texts.get(segment.text)
    if (known !== undefined) return known
    const next = newNode()
    node.texts.set(segment.text, next)
    return next
  }
  const text = segment.kind === "partial" ? segment.pieces.join("\n") : ""
  let known = node.partials.get(text)
  if (known === undefined) {
    known = { segment, node: newNode() }
    node.partials.set(text, known)
  }
  return known.node
}

/** Once, when all are there. */
function sortPartials(root: PathNode): void {
  const open = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.partials.size > 1) node.partials = new Map([...node.partials].sort(([a], [b]) => b.length - a.length))
    for (const below of node.texts.values()) open.push(below)
    for (const { node: below } of node.partials.values()) open.push(below)
    if (node.any !== null) open.push(node.any)
  }
}
