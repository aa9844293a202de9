// What bodies of an endpoint have in common: fields of all shapes with their types and how many of the bodies have them.
import type { Shape } from "./types/endpoints.ts"

export interface Field {
  /** "items[].customer.email". */
  readonly path: string
  readonly types: readonly string[]
  /** Data classes that were decided for it, in any of the shapes. */
  readonly classes: readonly string[]
  /** Share of the bodies whose shape is known that have it. */
  readonly presence: number
}

/** "items[].id:int" -> its two halves; the path may hold colons, the type does not. */
function halves(line: string): readonly [path: string, type: string] {
  const at = line.lastIndexOf(":")
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)]
}

export function mergeShapes(shapes: readonly Shape[]): Field[] {
  const known = shapes.filter((shape) => shape.paths.length > 0)
  const all = known.reduce((sum, shape) => sum + shape.exchanges, 0)
  const fields = new Map<string, { types: Set<string>; classes: Set<string>; exchanges: number }>()
  for (const shape of known) {
    const mine = new Set<string>()
    for (const line of shape.paths) {
      const [path, type] = halves(line)
      const field = fields.get(path) ?? { types: new Set<string>(), classes: new Set<string>(), exchanges: 0 }
      if (!mine.has(path)) field.exchanges += shape.exchanges
      mine.add(path)
      if (Object.hasOwn(shape.classes, path)) field.classes.add(shape.classes[path]!)
      for (const one of type.split("|")) field.types.add(one)
      fields.set(path, field)
    }
  }
  return [...fields]
    .map(([path, { types, classes, exchanges }]) => ({
      path,
      types: [...types].sort(),
      classes: [...classes].sort(),
      presence: all === 0 ? 0 : exchanges / all,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
