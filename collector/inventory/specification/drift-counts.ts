// How many differences each documented endpoint has: counted at every checkpoint, so what is costly is counted when it can have changed.
//
// Merging the shapes of an endpoint's bodies takes hundreds of times as long as the rest; which differences they show depends on the
// set of shapes only, not on how often each was seen.
import type { EndpointRecord } from "../../store/records.ts"
import type { SchemaTexts } from "../schema/schema-tree.ts"
import type { ShapeTexts } from "../shape-notes.ts"
import { bodyDrift } from "./body-drift.ts"
import { DIFFERENCES_MAX, differencesOf, type Subject } from "./drift.ts"
import { observedBodies, shapesOf } from "./observed-bodies.ts"
import type { IndexedOperation } from "./operation-index.ts"
import { References } from "./references.ts"

interface Remembered {
  readonly key: string
  readonly match: IndexedOperation
  readonly count: number
}

export class DriftCounts {
  readonly #texts: ShapeTexts
  /** By id of the endpoint: differences of its bodies. */
  readonly #bodies = new Map<string, Remembered>()

  constructor(texts: ShapeTexts) {
    this.#texts = texts
  }

  count(record: EndpointRecord, match: IndexedOperation): number {
    const { tree, schemes } = match.document.parsed
    const references = new References(tree)
    const subject: Subject = { record, operation: match.operation, references, schemes, bodies: [] }
    if (record.bodies.length === 0) return differencesOf({ ...subject, bodies: null }).length
    return Math.min(DIFFERENCES_MAX, differencesOf(subject).length + this.#ofBodies(subject, match))
  }

  forget(endpoint: string): void {
    this.#bodies.delete(endpoint)
  }

  #ofBodies(subject: Subject, match: IndexedOperation): number {
    const { record } = subject
    const texts = textsOf(record, this.#texts)
    const key = keyOf(record, texts.size)
    const known = this.#bodies.get(record.id)
    if (known !== undefined && known.key === key && known.match === match) return known.count
    const count = [...bodyDrift({ ...subject, bodies: observedBodies(record, texts) })].length
    this.#bodies.set(record.id, { key, match, count })
    return count
  }
}

function textsOf(record: EndpointRecord, known: ShapeTexts): SchemaTexts {
  const texts = new Map<number, { readonly paths: readonly string[] }>()
  for (const shape of shapesOf(record)) {
    const paths = known.linesOf(shape)
    if (paths !== null) texts.set(shape, { paths })
  }
  return texts
}

/** The same as long as the sets of shapes are: both only grow, or a shape goes where its lines do. */
function keyOf({ bodies }: EndpointRecord, texts: number): string {
  const parts = bodies.map(
    ({ direction, status, contentType, shapes, fields, bodies: count }) =>
      `${direction}${status}${contentType} ${Object.keys(shapes).join()} ${Object.keys(fields).length} ${count > 0}`,
  )
  return `${texts}\n${parts.join("\n")}`
}
