// The path template of an operation, and the names of its path parameters.
//
// Today a template is what the sensor's typed tokens say: strong kinds are parameters at first sight, everything else is
// text. The learning trie (weak kinds, merges, splits, pins) takes the place of `templateOf` with its own issue: the
// inventory asks it once for each distinct operation of a batch, never for an exchange.
import type { Operation } from "../../shared/event/api-event.ts"

/** "/v1/orders/{int}", with the extension back in its place: "{}.json" is not "{}". */
export function templateOf(operation: Operation): string {
  return operation.extension === "" ? operation.path : `${operation.path}.${operation.extension}`
}

export interface PathParameter {
  readonly name: string
  readonly kind: string
}

/**
 * One for each {kind} of the path, named after the text before it: "/v1/orders/{int}/lines/{int}" has orderId and lineId.
 * Without text before it, or when the name is taken: its place ("id1", "orderId2").
 */
export function pathParametersOf(path: string): PathParameter[] {
  const parameters: PathParameter[] = []
  const taken = new Set<string>()
  let text = ""
  for (const segment of path.split("/")) {
    const kinds = [...segment.matchAll(/\{([^{}]+)\}/g)]
    if (kinds.length === 0) {
      if (segment !== "") text = segment
      continue
    }
    for (const [, kind] of kinds) {
      const place = parameters.length + 1
      const stem = text === "" ? `id${place}` : `${singular(text)}Id`
      const name = taken.has(stem) ? `${stem}${place}` : stem
      taken.add(name)
      parameters.push({ name, kind: kind! })
    }
  }
  return parameters
}

function singular(noun: string): string {
  if (/[^aeiou]ies$/i.test(noun)) return `${noun.slice(0, -3)}y`
  return /[^s]s$/i.test(noun) ? noun.slice(0, -1) : noun
}
