// What is new in bodies of one kind: fields, types; fields that are gone.
//
// In:  a shape that the bodies have not had so far; now and then, the bodies as they are.   Out: changes, for people.
// A field is news once NEWS_AFTER bodies went without it; of a new object only the object is told, not all that is in it. A field is gone
// when shapes without it, all of them first seen after its last sight, have been met by GONE_BODIES bodies, and GONE_AFTER_US
// have passed: a field that was always optional leaves no such trace, and is not told.
// Nothing is told of bodies with more than STRUCTURES_MAX lines: whose keys are ever new has no schema.
// Event time only, and all of it follows from what the group holds: told after a restart as before.
import type { SchemaChange } from "../../store/endpoint-records.ts"
import type { ShapeTexts } from "../shape-notes.ts"
import { type BodyGroup, NO_SHAPE, type Sight } from "./body-group.ts"
import { ELEMENT, readLine, stepsOf, structureOf } from "./shape-line.ts"

export const NEWS_AFTER = 50
export const GONE_BODIES = 100
/** µs. */
export const GONE_AFTER_US = 3_600_000_000
/** Bodies between two looks for fields that are gone, at least; of many, an eighth of the power of two below their number. */
const LOOK_EVERY = 128
const STRUCTURES_MAX = 1000

export class SchemaWatch {
  readonly newsAfter = NEWS_AFTER
  readonly #texts: ShapeTexts
  /** "path:types" that the bodies of a group have shown. Made when it is first asked for. */
  #structures = new WeakMap<BodyGroup, Set<string>>()

  constructor(texts: ShapeTexts) {
    this.#texts = texts
  }

  /** What groups hold has changed otherwise than by newShape. */
  forget(): void {
    this.#structures = new WeakMap()
  }

  /** Before the shape is added to the group. */
  newShape(group: BodyGroup, shape: number, atUs: number): SchemaChange[] {
    if (shape === NO_SHAPE || group.shaped < NEWS_AFTER || group.isFull) return []
    const lines = this.#texts.linesOf(shape)
    const known = this.#structuresOf(group)
    if (lines === null || known === null) {
      this.#structures.delete(group)
      return []
    }
    const fresh = lines.filter((line) => !known.has(structureOf(line)))
    if (fresh.length === 0) return []
    const changes = differences(typesByPath(known), typesByPath(fresh.map(structureOf)), atUs)
    for (const line of fresh) known.add(structureOf(line))
    return changes
  }

  isDue({ bodies }: BodyGroup): boolean {
    const every = bodies < 2048 ? LOOK_EVERY : 1 << (28 - Math.clz32(Math.min(bodies, 2 ** 30)))
    return (bodies & (every - 1)) === 0
  }

  gone(group: BodyGroup): SchemaChange[] {
    const untilUs = group.lastSeenUs - GONE_AFTER_US
    if (![...group.shapes.values()].some(({ lastSeenUs }) => lastSeenUs < untilUs)) return []
    const sights = this.#sightsByPath(group)
    if (sights === null) return []
    const gone: string[] = []
    for (const [path, { bodies, lastSeenUs }] of sights) {
      if (bodies < NEWS_AFTER || lastSeenUs >= untilUs || this.#bodiesAfter(group, lastSeenUs) < GONE_BODIES) continue
      gone.push(path)
    }
    const atUs = group.lastSeenUs
    return topmost(gone)
      .filter((field) => !isTold(group, field, sights.get(field)!.lastSeenUs))
      .map((field) => ({ atUs, kind: "schema.field.gone", field, before: "", now: "" }))
  }

  /** Bodies of shapes that were first seen after that time. */
  #bodiesAfter(group: BodyGroup, atUs: number): number {
    let bodies = 0
    for (const [shape, sight] of group.shapes)
      if (shape !== NO_SHAPE && sight.firstSeenUs > atUs) bodies += sight.bodies
    return bodies
  }

  /** By path, the paths of containers too; null when a text is missing. */
  #sightsByPath(group: BodyGroup): Map<string, Sight> | null {
    const sights = new Map<string, Sight>()
    for (const [shape, sight] of group.shapes) {
      if (shape === NO_SHAPE) continue
      const lines = this.#texts.linesOf(shape)
      if (lines === null) return null
      for (const path of typesByPath(lines).keys()) see(sights, path, sight)
    }
    for (const [line, sight] of group.absorbed) for (const path of typesByPath([line]).keys()) see(sights, path, sight)
    return sights
  }

  #structuresOf(group: BodyGroup): Set<string> | null {
    const known = this.#structures.get(group)
    if (known !== undefined) return known.size > STRUCTURES_MAX ? null : known
    const structures = new Set<string>()
    for (const shape of group.shapes.keys()) {
      if (shape === NO_SHAPE) continue
      const lines = this.#texts.linesOf(shape)
      if (lines === null) return null
      for (const line of lines) structures.add(structureOf(line))
    }
    for (const line of group.absorbed.keys()) structures.add(structureOf(line))
    this.#structures.set(group, structures)
    return structures.size > STRUCTURES_MAX ? null : structures
  }
}

/** It was said after the field's last sight that it is gone. */
const isTold = (group: BodyGroup, path: string, lastSeenUs: number): boolean =>
  group.changes.some(({ kind, field, atUs }) => kind === "schema.field.gone" && field === path && atUs > lastSeenUs)

function see(sights: Map<string, Sight>, path: string, { bodies, firstSeenUs, lastSeenUs }: Readonly<Sight>): void {
  const sight = sights.get(path)
  if (sight === undefined) {
    sights.set(path, { bodies, firstSeenUs, lastSeenUs })
    return
  }
  sight.bodies += bodies
  if (lastSeenUs > sight.lastSeenUs) sight.lastSeenUs = lastSeenUs
}

/** Types by path; what has something below it is an object or an array. */
export function typesByPath(lines: Iterable<string>): Map<string, Set<string>> {
  const types = new Map<string, Set<string>>()
  const add = (path: string, type: string): void => {
    const known = types.get(path)
    if (known === undefined) types.set(path, new Set([type]))
    else known.add(type)
  }
  for (const text of lines) {
    const line = readLine(text)
    if (line === null) continue
    let above = ""
    for (const step of stepsOf(line.path)) {
      add(above, step.text === ELEMENT ? "array" : "object")
      above = step.path
    }
    for (const type of line.types) add(line.path, type)
  }
  return types
}

function differences(
  before: ReadonlyMap<string, ReadonlySet<string>>,
  now: ReadonlyMap<string, ReadonlySet<string>>,
  atUs: number,
): SchemaChange[] {
  const changes: SchemaChange[] = []
  const told: string[] = []
  for (const [path, types] of [...now].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (told.some((above) => isBelow(path, above))) continue
    const known = before.get(path)
    if (known !== undefined && [...types].every((type) => known.has(type))) continue
    told.push(path)
    if (known === undefined)
      changes.push({ atUs, kind: "schema.field.new", field: path, before: "", now: textOf(types) })
    else {
      const all = textOf([...known, ...types])
      changes.push({ atUs, kind: "schema.type.changed", field: path, before: textOf(known), now: all })
    }
  }
  return changes
}

const textOf = (types: Iterable<string>): string => [...new Set(types)].sort().join("|")

const isBelow = (path: string, above: string): boolean =>
  above === "" || (path.startsWith(above) && (path[above.length] === "." || path[above.length] === "["))

/** Without those that lie below another one. */
function topmost(paths: readonly string[]): string[] {
  const kept: string[] = []
  for (const path of [...paths].sort()) if (!kept.some((above) => isBelow(path, above))) kept.push(path)
  return kept
}
