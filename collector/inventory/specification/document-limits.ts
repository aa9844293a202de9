// How much one document may ask of those that read it: told in one linear walk, before the validator and anything else that compares.
//
// In:  a tree in bounds of text, nesting and values (document.ts). Out: nothing, or a SpecificationError that names the place.
// The validator compares every two elements of some lists (parameters, tags, security, enum), which is the square of their length;
// operations are read once for each path that refers to them, and stand at each of their servers.
import { isObject, type JsonObject } from "./document.ts"
import { METHODS } from "./operation-parts.ts"
import { members } from "./references.ts"
import { BASES_MAX } from "./server-bases.ts"
import { pointerStep, SpecificationError } from "./specification-error.ts"

/** Of one operation or path. */
export const PARAMETERS_MAX = 500
export const TAGS_MAX = 1_000
/** Of one list of servers. */
export const SERVERS_MAX = 100
/** Operations, each as often as it has servers. */
export const PLACES_MAX = 20_000
/** Characters. */
export const PATH_MAX = 2_048
export const URL_MAX = 2_048
/** Pairs of elements of lists that may have each element once. */
export const PAIRS_MAX = 20_000_000

const LISTS: Readonly<Record<string, number>> = { parameters: PARAMETERS_MAX, servers: SERVERS_MAX, tags: TAGS_MAX }
/** Lists that a schema of OpenAPI says uniqueItems of. */
const UNIQUE = new Set([
  "parameters",
  "tags",
  "security",
  "enum",
  "required",
  "schemes",
  "consumes",
  "produces",
  "type",
])

export function assertLimits(tree: JsonObject): void {
  walkLists(tree)
  countPlaces(tree)
}

function walkLists(tree: JsonObject): void {
  let pairs = 0
  const visit = (value: unknown, place: string): void => {
    if (typeof value !== "object" || value === null) return
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) visit(value[i], `${place}/${i}`)
      return
    }
    for (const [key, member] of Object.entries(value)) {
      const at = `${place}/${pointerStep(key)}`
      if (Array.isArray(member)) {
        const most = LISTS[key]
        if (most !== undefined && member.length > most)
          throw new SpecificationError(`The document has ${member.length} ${key} at ${shown(at)}; at most ${most}.`, at)
        if (UNIQUE.has(key)) pairs += member.length ** 2
        if (pairs > PAIRS_MAX)
          throw new SpecificationError(`The lists of the document are too long to be compared at ${shown(at)}.`, at)
        if (key === "servers") member.forEach((server, i) => void assertUrl(server, `${at}/${i}`))
      }
      visit(member, at)
    }
  }
  visit(tree, "")
}

const shown = (place: string): string => (place.length > 100 ? `${place.slice(0, 100)}…` : place)

function assertUrl(server: unknown, place: string): void {
  if (!isObject(server) || typeof server.url !== "string") return
  const { variables } = server
  const longest = Math.max(0, ...valuesOf(variables).map(longestOf))
  const length = Math.max(server.url.length, longest)
  if (length > URL_MAX)
    throw new SpecificationError(
      `The URL of a server or a value of its variables has ${length} characters at ${shown(place)}; at most ${URL_MAX}.`,
      place,
    )
}

const valuesOf = (value: unknown): unknown[] => (isObject(value) ? Object.values(value).slice(0, SERVERS_MAX) : [])

function longestOf(variable: unknown): number {
  if (!isObject(variable)) return 0
  const values = Array.isArray(variable.enum) ? variable.enum.slice(0, BASES_MAX) : []
  return [variable.default, ...values].reduce((most: number, value) => Math.max(most, String(value).length), 0)
}

/** Operations at their servers, in the order of the document. */
function countPlaces(tree: JsonObject): void {
  const general = basesIn(tree.servers, 1)
  let places = 0
  for (const [path, item, at] of members(tree.paths, "/paths")) {
    if (path.length > PATH_MAX)
      throw new SpecificationError(`A path has ${path.length} characters; at most ${PATH_MAX}.`, shown(at))
    if (!isObject(item)) continue
    const own = basesIn(item.servers, general)
    // A path that refers to another counts as one operation here; all of them are counted when they are read.
    let here = METHODS.some((method) => item[method] !== undefined) ? 0 : own
    for (const method of METHODS) {
      const operation = item[method]
      if (isObject(operation)) here += basesIn(operation.servers, own)
    }
    places += here
    if (places > PLACES_MAX)
      throw new SpecificationError(
        `The document has more than ${PLACES_MAX} operations, each counted at every server, at ${shown(at)}.`,
        at,
      )
  }
}

/** How many bases a list of servers has at most. */
function basesIn(servers: unknown, otherwise: number): number {
  if (!Array.isArray(servers)) return otherwise
  let count = 0
  for (const server of servers.filter(isObject)) {
    let forms = 1
    for (const variable of valuesOf(server.variables))
      if (isObject(variable) && Array.isArray(variable.enum)) forms *= Math.max(1, variable.enum.length)
    count += Math.min(forms, BASES_MAX)
  }
  return Math.min(Math.max(count, 1), BASES_MAX)
}
