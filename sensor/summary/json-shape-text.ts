// A shape as text: a line for each path, "items[].id:int" or "next:string|null", sorted.
//
// A step into an array is "[]", a key that is a value is "{}", the root has no name. That a path is an object or an array
// is said only where nothing below it says so. A field with a data class has it behind: "email:string#email". The text holds
// names, never values.
// Given up: lines beyond LINES_MAX and paths beyond PATH_UNITS_MAX.
import { keyText } from "./json-shape-key.ts"
import { ELEMENT, FOLD, JsonType, type PathTree, TYPE_NAMES } from "./json-shape-tree.ts"

export const LINES_MAX = 512
/** UTF-16 units of a path. A line, with all types and the longest name of a class, stays below what the codec takes: 1024. */
export const PATH_UNITS_MAX = 928

/** No field has a data class. */
export const noClass = (_path: number): string => ""

/** `typeNames`: of the bits of tree.types, in the order of printing. `classOf`: data class of the field with that path, "" for none. */
export function shapeLines(
  tree: PathTree,
  bytes: Uint8Array,
  typeNames: readonly string[] = TYPE_NAMES,
  classOf: (path: number) => string = noClass,
): { lines: string[]; isCut: boolean } {
  const texts: string[] = [""]
  const left = tree.types.slice(0, tree.count)
  for (let node = 1; node < tree.count; node++) {
    texts.push(pathText(tree, bytes, node, texts[tree.parent[node]!]!))
    if (tree.types[node] !== 0)
      left[tree.parent[node]!]! &= ~(tree.step[node] === ELEMENT ? JsonType.array : JsonType.object)
  }
  const lines: string[] = []
  let isCut = false
  for (let node = 0; node < tree.count; node++) {
    if (left[node] === 0) continue
    if (texts[node]!.length > PATH_UNITS_MAX) isCut = true
    else {
      const name = classOf(tree.path[node]!)
      lines.push(`${texts[node]}:${typeText(left[node]!, typeNames)}${name === "" ? "" : `#${name}`}`)
    }
  }
  lines.sort()
  return lines.length > LINES_MAX ? { lines: lines.slice(0, LINES_MAX), isCut: true } : { lines, isCut }
}

/** Grows no further once it is too long, so that deep nesting costs no more than its limit. */
function pathText(tree: PathTree, bytes: Uint8Array, node: number, parent: string): string {
  if (parent.length > PATH_UNITS_MAX) return parent
  const step = tree.step[node]!
  if (step === ELEMENT) return `${parent}[]`
  const key = step === FOLD ? "{}" : keyText(bytes, tree.keyStart[node]!, tree.keyEnd[node]!)
  return parent === "" ? key : `${parent}.${key}`
}

function typeText(types: number, typeNames: readonly string[]): string {
  return typeNames.filter((_, bit) => (types & (1 << bit)) !== 0).join("|")
}
