// The text of each shape: sent when it is new, and again when a data class of one of its fields was decided or revoked.
//
// In:  a shape just walked, and the data classes of its place.   Out: ShapeNote.
// One shape stands at many places; its text says the classes found at any of them, until one of them loses a class: then it
// says those of that place. Bounded: SHAPES texts remembered, NOTES_MAX notes of one shape.
import { StringInterner } from "../../shared/bytes/interner.ts"
import type { ShapeNote } from "../../shared/event/api-event.ts"
import type { DataClasses } from "./classes/data-classes.ts"

const SHAPES = 16_384
/** Notes of one shape, so that places which disagree do not take turns for ever. */
export const NOTES_MAX = 16

interface Noted {
  notes: number
  /** Data class by path. */
  readonly classes: Map<number, string>
}

/** What was walked. */
export interface Described {
  readonly full: number
  paths(classOf: (path: number) => string): string[]
}

export class ShapeTexts {
  readonly #shapes = new StringInterner<Noted>(SHAPES)
  readonly #counters: { shapes: number }
  readonly #note: (shape: ShapeNote) => void

  constructor(counters: { shapes: number }, note: (shape: ShapeNote) => void) {
    this.#counters = counters
    this.#note = note
  }

  describe(shape: Described, classes: DataClasses): void {
    const key = `${shape.full}`
    let noted = this.#shapes.find(key)
    if (noted === undefined) {
      noted = { notes: 0, classes: new Map() }
      this.#shapes.add(key, noted)
    } else if (!classes.isNews(shape.full) || noted.notes >= NOTES_MAX) return
    if (noted.notes++ === 0) this.#counters.shapes++
    classes.told(shape.full)
    const known = noted.classes
    if (classes.hasRevoked) known.clear()
    const paths = shape.paths((path) => {
      const name = classes.nameOf(path)
      if (name !== "") known.set(path, name)
      return known.get(path) ?? ""
    })
    this.#note({ shape: shape.full, paths })
  }
}
