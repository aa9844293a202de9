// The schema that bodies have in common: their shapes, laid over each other.
//
//   812 x  id:int  items[].sku:string          root  object                      1,015 bodies
//   203 x  id:int  items:array  note:null       +- id       int            1.00   required
//                                               +- items    array          1.00   required
//                                               |   +- []   object                812 bodies with elements
//                                               |       +- sku  string     1.00   in each body with elements: not in each element
//                                               +- note     null           0.20
//
// In:  the bodies of one or several kinds, and the texts of their shapes.   Out: a tree of fields, in order of name; the same
// for the same bodies, whatever order they came in.
// How certain: of bodies whose shape is held, all is exact. Of absorbed shapes it is known how many bodies had a line, and not which
// lines stood together, so that a container there has at least the bodies of its largest part. What a body shows below an array holds for
// some of its elements, so that nothing below one is called required.
import type { BodiesRecord } from "../../store/endpoint-records.ts"
import { ANY_KEY, ELEMENT, nameOf, readLine, stepsOf } from "./shape-line.ts"

/** A field is required when it stood in all of at least so many bodies that could have had it. */
export const REQUIRED_MIN = 20

export interface SchemaNode {
  /** A key, or ELEMENT, or ANY_KEY; "" the body itself. */
  readonly name: string
  /** As in shapes: "items[].id". */
  readonly path: string
  /** Bodies in which it stood. */
  readonly bodies: number
  /** Share of the bodies in which what it lies in was an object (or, of elements, an array) that had it. */
  readonly presence: number
  readonly isRequired: boolean
  /** Bodies by type of the value: as sensors name them (int, number, string, bool, object, array, null, date, ...). */
  readonly types: Readonly<Record<string, number>>
  /** Data classes decided for it in any of the shapes. */
  readonly dataClasses: readonly string[]
  /** About so many distinct values, as sensors that have seen few in many bodies told; null: not told. */
  readonly values: number | null
  readonly firstSeenUs: number
  readonly lastSeenUs: number
  /** Members of an object, in order of name. */
  readonly fields: readonly SchemaNode[]
  /** Elements of an array, values of a map; null when none was seen. */
  readonly items: SchemaNode | null
  readonly anyKey: SchemaNode | null
}

export interface MergedSchema {
  /** All bodies; those whose shape is known, which all counts below refer to. */
  readonly bodies: number
  readonly known: number
  readonly firstSeenUs: number
  readonly lastSeenUs: number
  /** Null when no shape is known. */
  readonly root: SchemaNode | null
}

/** Texts of shapes by hash. */
export type SchemaTexts = ReadonlyMap<number, { readonly paths: readonly string[] }>

type Sight = readonly [bodies: number, firstSeenUs: number, lastSeenUs: number]

interface Growing {
  /** As written in its path. */
  readonly step: string
  readonly path: string
  bodies: number
  firstSeenUs: number
  lastSeenUs: number
  values: number
  readonly types: Map<string, number>
  readonly dataClasses: Set<string>
  readonly children: Map<string, Growing>
}

export function mergedSchema(records: readonly BodiesRecord[], texts: SchemaTexts): MergedSchema {
  const root = growing("", "")
  let bodies = 0
  let known = 0
  let firstSeenUs = Number.POSITIVE_INFINITY
  let lastSeenUs = Number.NEGATIVE_INFINITY
  for (const record of records) {
    bodies += record.bodies
    firstSeenUs = Math.min(firstSeenUs, record.firstSeenUs)
    lastSeenUs = Math.max(lastSeenUs, record.lastSeenUs)
    let absorbed = record.bodies - record.unread
    for (const [shape, sight] of Object.entries(record.shapes)) {
      absorbed -= sight[0]
      const lines = texts.get(Number(shape))?.paths
      if (shape === "0" || lines === undefined) continue
      known += sight[0]
      addShape(root, lines, sight)
    }
    if (absorbed <= 0) continue
    known += absorbed
    addAbsorbed(root, Object.entries(record.fields), [absorbed, record.firstSeenUs, record.lastSeenUs])
  }
  return { bodies, known, firstSeenUs, lastSeenUs, root: known === 0 ? null : finished(root, known, false) }
}

function growing(step: string, path: string): Growing {
  return {
    step,
    path,
    bodies: 0,
    firstSeenUs: Number.POSITIVE_INFINITY,
    lastSeenUs: Number.NEGATIVE_INFINITY,
    values: 0,
    types: new Map(),
    dataClasses: new Set(),
    children: new Map(),
  }
}

/** Nodes of a path from the root on, made where there are none. */
function nodesOf(root: Growing, path: string): Growing[] {
  const nodes = [root]
  let node = root
  for (const step of stepsOf(path)) {
    let child = node.children.get(step.text)
    if (child === undefined) {
      child = growing(step.text, step.path)
      node.children.set(step.text, child)
    }
    nodes.push(child)
    node = child
  }
  return nodes
}

const isMany = ({ step }: Growing): boolean => step === ELEMENT || step === ANY_KEY

/** What a node is that has this one below it. */
const containerType = ({ step }: Growing): string => (step === ELEMENT ? "array" : "object")

function addSight(node: Growing, [bodies, firstSeenUs, lastSeenUs]: Sight): void {
  node.bodies += bodies
  if (firstSeenUs < node.firstSeenUs) node.firstSeenUs = firstSeenUs
  if (lastSeenUs > node.lastSeenUs) node.lastSeenUs = lastSeenUs
}

const addType = (node: Growing, type: string, bodies: number): void => {
  node.types.set(type, (node.types.get(type) ?? 0) + bodies)
}

/** Bodies of one shape: each node on the way to a line is in each of them. */
function addShape(root: Growing, lines: readonly string[], sight: Sight): void {
  const met = new Map<Growing, Set<string>>([[root, new Set()]])
  for (const text of lines) {
    const line = readLine(text)
    if (line === null) continue
    const nodes = nodesOf(root, line.path)
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      const types = met.get(node) ?? new Set()
      met.set(node, types)
      const below = nodes[i + 1]
      if (below !== undefined) types.add(containerType(below))
    }
    const node = nodes.at(-1)!
    for (const type of line.types) met.get(node)!.add(type)
    addFacts(node, line.values, line.dataClass)
  }
  for (const [node, types] of met) {
    addSight(node, sight)
    for (const type of types) addType(node, type, sight[0])
  }
}

function addFacts(node: Growing, values: number, dataClass: string): void {
  if (values > node.values) node.values = values
  if (dataClass !== "") node.dataClasses.add(dataClass)
}

/** What lines of absorbed shapes say of a node, but for what lies below it. */
interface Own {
  readonly sights: Sight[]
  readonly types: Map<string, number>
}

/** Lines of absorbed shapes, which are counted each for itself; `all`: the bodies that had any of them. */
function addAbsorbed(root: Growing, lines: readonly (readonly [string, Sight])[], all: Sight): void {
  const own = new Map<Growing, Own>([[root, { sights: [], types: new Map() }]])
  for (const [text, sight] of lines) {
    const line = readLine(text)
    if (line === null) continue
    const nodes = nodesOf(root, line.path)
    for (const node of nodes) if (!own.has(node)) own.set(node, { sights: [], types: new Map() })
    const node = nodes.at(-1)!
    const { sights, types } = own.get(node)!
    sights.push(sight)
    for (const type of line.types) types.set(type, (types.get(type) ?? 0) + sight[0])
    addFacts(node, line.values, line.dataClass)
  }
  addUp(root, own, all)
}

/** Adds to the node what its lines and those below it say, and gives that sight. */
function addUp(node: Growing, own: ReadonlyMap<Growing, Own>, all: Sight): Sight {
  const { sights, types } = own.get(node)!
  const below = new Map<string, number>()
  const seen = [...sights]
  for (const child of node.children.values()) {
    if (!own.has(child)) continue
    const sight = addUp(child, own, all)
    const type = containerType(child)
    below.set(type, Math.max(below.get(type) ?? 0, sight[0]))
    seen.push([0, sight[1], sight[2]])
  }
  for (const [type, bodies] of below) {
    types.set(type, (types.get(type) ?? 0) + bodies)
    seen.push([bodies, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  }
  let [bodies, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [count, from, to] of seen) {
    bodies += count
    first = Math.min(first, from)
    last = Math.max(last, to)
  }
  const sight: Sight = node.path === "" ? all : [Math.min(bodies, all[0]), first, last]
  addSight(node, sight)
  for (const [type, count] of types) addType(node, type, Math.min(count, sight[0]))
  return sight
}

/** `possible`: bodies that could have had it. `isInMany`: it lies in an element or under any key, of which a body may have many. */
function finished(node: Growing, possible: number, isInMany: boolean): SchemaNode {
  const below = (child: Growing): SchemaNode =>
    finished(child, node.types.get(containerType(child)) ?? 0, isInMany || isMany(node))
  const [items, anyKey] = [node.children.get(ELEMENT), node.children.get(ANY_KEY)]
  return {
    name: isMany(node) ? node.step : nameOf(node.step),
    path: node.path,
    bodies: node.bodies,
    presence: possible === 0 ? 0 : Math.min(1, node.bodies / possible),
    isRequired: !isMany(node) && !isInMany && node.bodies >= possible && possible >= REQUIRED_MIN,
    types: Object.fromEntries([...node.types].sort(byName)),
    dataClasses: [...node.dataClasses].sort(),
    values: node.values === 0 ? null : node.values,
    firstSeenUs: node.firstSeenUs,
    lastSeenUs: node.lastSeenUs,
    fields: [...node.children]
      .filter(([, child]) => !isMany(child))
      .sort(byName)
      .map(([, child]) => below(child)),
    items: items === undefined ? null : below(items),
    anyKey: anyKey === undefined ? null : below(anyKey),
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
