// YAML as plain trees, and what makes it expensive although it is short: names given twice, merge keys ("<<") of merge keys, aliases.
//
// In:  text of a bounded length. Out: a tree, or a SpecificationError with line and column. Names and merge keys are judged before anything
// is resolved, in linear time: the library's own check compares every two names of a map, and resolves every merge key anew each time it
// meets it. The only import of yaml.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from "yaml"
import type { JsonObject } from "./document.ts"
import { SpecificationError, tooDeep } from "./specification-error.ts"

/** Aliases of a document: each is looked up in all of them. */
export const YAML_ALIASES_MAX = 10_000
/** Names that merge keys bring in, those of merge keys in merge keys included. */
export const MERGED_MAX = 200_000

/** How often the value of an anchor may be used, what it holds itself included. */
const ALIASES_MAX = 1_000

export function parseYaml(text: string): unknown {
  const lines = new LineCounter()
  const refuse = (reason: string, at: number): SpecificationError => {
    const { line, col } = lines.linePos(at)
    const place = `line ${line}, column ${col}`
    return new SpecificationError(`The document is no valid YAML at ${place}: ${reason}`, place)
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      merge: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    })
    const [error] = document.errors
    if (error?.message.startsWith("Maximum call stack")) throw tooDeep("")
    if (error !== undefined) throw refuse(firstSentence(error.message), error.pos[0])
    const fault = yamlFault(document)
    if (fault !== null) throw refuse(fault.reason, fault.at)
    return document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown
  } catch (error) {
    if (error instanceof SpecificationError) throw error
    if (error instanceof RangeError) throw tooDeep("")
    if (error instanceof ReferenceError)
      throw new SpecificationError(
        `The document uses its anchors too often or before they are there: ${error.message}.`,
      )
    throw new SpecificationError(`The document cannot be read as YAML: ${firstSentence((error as Error).message)}`)
  }
}

/** A tree as YAML. */
export function writeYaml(tree: JsonObject): string {
  // As YAML 1.1 has it, texts that look like dates or "no" get their quotes: readers of either version read the same.
  return stringify(tree, { aliasDuplicateObjects: false, lineWidth: 120, version: "1.1" })
}
function firstSentence(message: string): string {
  const line = message.split("\n")[0]!.trim().slice(0, 200)
  return /[.!?]$/.test(line) ? line : `${line}.`
}

interface YamlFault {
  readonly reason: string
  readonly at: number
}

function yamlFault(document: Document): YamlFault | null {
  const walk = new Walk()
  walk.weigh(document.contents)
  return walk.fault
}

class Walk {
  fault: YamlFault | null = null
  readonly #weights = new Map<string, number>()
  #aliases = 0
  #merged = 0

  /** Values in a node, with those of its aliases. */
  weigh(node: unknown): number {
    if (isAlias(node)) {
      if (++this.#aliases > YAML_ALIASES_MAX) this.#note(node, `more than ${YAML_ALIASES_MAX} aliases.`)
      return this.#weights.get(node.source) ?? 1
    }
    let weight = 1
    if (isSeq(node)) for (const item of node.items) weight += this.weigh(item)
    else if (isMap(node)) weight += this.#weighMap(node.items)
    else if (!isScalar(node)) return 1
    const { anchor } = node as { anchor?: string }
    if (anchor !== undefined) this.#weights.set(anchor, weight)
    return weight
  }

  #weighMap(pairs: readonly { readonly key: unknown; readonly value: unknown }[]): number {
    let weight = 0
    const names = new Set<unknown>()
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? key.value : key
      const isMerge = name === "<<" || typeof name === "symbol"
      if (!isMerge && names.has(name)) this.#note(key, "Map keys must be unique.")
      names.add(name)
      const own = this.weigh(key) + this.weigh(value)
      weight += own
      if (isMerge) this.#merged += own
      if (this.#merged > MERGED_MAX) this.#note(key, `merge keys bring in more than ${MERGED_MAX} values.`)
    }
    return weight
  }

  #note(node: unknown, reason: string): void {
    this.fault ??= { reason, at: (node as Node | null)?.range?.[0] ?? 0 }
  }
}
