// The text of a specification as a plain tree: JSON or YAML, in bounds.
//
// In:  text as somebody sent it. Out: the tree and its syntax, or a SpecificationError that names line or pointer.
// Given up: text beyond TEXT_MAX, nesting beyond DEPTH_MAX (a cycle made of YAML aliases is endless nesting), more than NODES_MAX
// values (aliases of aliases included), the key "__proto__". Nothing is ever fetched.
import { DEPTH_MAX, pointerStep, SpecificationError, tooDeep } from "./specification-error.ts"
import { parseYaml } from "./yaml-text.ts"

/** Characters; of YAML fewer, because it is read a dozen times more slowly than JSON, and nothing else happens meanwhile. */
export const TEXT_MAX = 8 * 1024 * 1024
export const YAML_MAX = 2 * 1024 * 1024
export const NODES_MAX = 2_000_000
/** The name that no document may give a field: what is read of it would be the prototype of objects. */
export const UNTAKEN = "__proto__"
export type JsonObject = { readonly [key: string]: unknown }

export interface DocumentTree {
  readonly tree: JsonObject
  readonly syntax: "json" | "yaml"
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export function readDocument(given: string): DocumentTree {
  if (given.length > TEXT_MAX)
    throw new SpecificationError(`The document has ${given.length} characters; at most ${TEXT_MAX} (8 MiB) are taken.`)
  const text = given.charCodeAt(0) === 0xfeff ? given.slice(1) : given
  const start = text.trimStart()
  if (start === "") throw new SpecificationError("The document is empty.")
  const isJson = start.startsWith("{") || start.startsWith("[")
  if (!isJson && text.length > YAML_MAX)
    throw new SpecificationError(
      `The document has ${text.length} characters of YAML; at most ${YAML_MAX} (2 MiB) are taken: send it as JSON.`,
    )
  const tree = isJson ? parseJson(text) : parseYaml(text)
  if (!isObject(tree))
    throw new SpecificationError("The document is no object: it should begin with openapi or swagger.")
  measure(tree)
  return { tree, syntax: isJson ? "json" : "yaml" }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const place = jsonPlace(text, (error as Error).message)
    throw new SpecificationError(`The document is no valid JSON${place === "" ? "" : ` at ${place}`}.`, place)
  }
}

/** The runtime tells where by line and column, or by position, or not at all when the text just ends. */
function jsonPlace(text: string, message: string): string {
  const told = /line (\d+) column (\d+)/.exec(message)
  if (told !== null) return `line ${told[1]}, column ${told[2]}`
  const position = /position (\d+)/.exec(message)
  const before = text.slice(0, position === null ? text.length : Number(position[1])).split("\n")
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`
}

/** Counts what is there before anybody else walks through it. */
function measure(tree: JsonObject): void {
  let nodes = 0
  const visit = (value: unknown, depth: number, path: string): void => {
    if (++nodes > NODES_MAX)
      throw new SpecificationError(`The document holds more than ${NODES_MAX} values, those used by alias included.`)
    if (typeof value !== "object" || value === null) return
    if (depth > DEPTH_MAX) throw tooDeep(path.length > 100 ? `${path.slice(0, 100)}…` : path)
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) visit(value[i], depth + 1, `${path}/${i}`)
      return
    }
    for (const key of Object.keys(value)) {
      if (key === UNTAKEN) throw new SpecificationError(`The name "${UNTAKEN}" is not taken.`, path)
      visit((value as JsonObject)[key], depth + 1, `${path}/${pointerStep(key)}`)
    }
  }
  visit(tree, 0, "")
}
