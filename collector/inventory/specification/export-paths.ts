// Templates of endpoints as paths of OpenAPI, with names for their parameters that are unique within the path.
//
//   "/v1/orders/{int}/lines/{int}.pdf" -> "/v1/orders/{orderId}/lines/{lineId}.pdf", or as a specification calls them
import { pathParametersOf } from "../template.ts"

const MARK = /\{([^{}]*)\}/g

/** `specified`: the path of the operation that the endpoint is in a specification. */
export function exportedPath(template: string, specified: string | null): string {
  if (specified !== null && !/\{[^{}]*[+*][^{}]*\}/.test(specified)) return named(specified, marksOf(specified))
  return named(
    template,
    pathParametersOf(template).map(({ name }) => name),
  )
}

/** Paths that differ in the names of their parameters only are one path of OpenAPI. */
export const formOf = (path: string): string => path.replaceAll(MARK, "{}")

export const marksOf = (path: string): string[] => Array.from(path.matchAll(MARK), ([, name]) => name!)

function named(path: string, names: readonly string[]): string {
  const taken = new Set<string>()
  let place = 0
  return path.replaceAll(MARK, () => {
    const given = names[place++] ?? ""
    const name = /^[A-Za-z0-9_.-]+$/.test(given) ? given : `id${place}`
    const unique = taken.has(name) ? `${name}${place}` : name
    taken.add(unique)
    return `{${unique}}`
  })
}
