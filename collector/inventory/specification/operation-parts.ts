// Parts of operations that both families of documents have: parameters' schemas, security, and lists of texts.
import { isObject, type JsonObject } from "./document.ts"
import { members, type References } from "./references.ts"
import { factsOf } from "./schema-facts.ts"
import type { SecurityScheme, SpecifiedParameter } from "./specified-operation.ts"

export const METHODS: readonly string[] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

const PLACES = ["path", "query", "header", "cookie"]

export const isPlace = (value: unknown): value is SpecifiedParameter["in"] => PLACES.includes(value as string)

export const text = (value: unknown): string => (typeof value === "string" ? value : "")

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : []

/** A media type as it is compared: lower case, without parameters. */
export const mediaType = (value: string): string => value.split(";")[0]!.trim().toLowerCase()

/** Of a parameter with `schema`: its types, and how an object is spread over the query. */
export function parameterOf(
  parameter: JsonObject,
  place: SpecifiedParameter["in"],
  schema: unknown,
  references: References,
): SpecifiedParameter {
  const facts = factsOf([schema], references)
  const isObjectValued = facts.types.has("object")
  const isExploded =
    parameter.explode === true || (parameter.explode === undefined && place !== "path" && place !== "header")
  const form = parameter.style === "deepObject" ? "deep" : isObjectValued && isExploded ? "members" : "one"
  return {
    in: place,
    name: place === "header" ? text(parameter.name).toLowerCase() : text(parameter.name),
    isRequired: parameter.required === true && form === "one",
    isDeprecated: parameter.deprecated === true,
    types: schema === undefined ? [] : [...facts.types],
    format: facts.format,
    enumeration: facts.enumeration.filter((one) => typeof one === "string" || typeof one === "number").map(String),
    form,
    members: form === "members" && !facts.isOpen ? [...facts.members.keys()] : null,
  }
}

/** Those of the operation go before those of its path with the same name and place. */
export function mergedParameters(lists: readonly (readonly SpecifiedParameter[])[]): SpecifiedParameter[] {
  const merged = new Map<string, SpecifiedParameter>()
  for (const list of lists) for (const one of list) merged.set(`${one.in} ${one.name}`, one)
  return [...merged.values()]
}

/** Demands of an operation, or those of the document where it says none. */
export function securityOf(
  own: unknown,
  general: unknown,
  schemes: ReadonlyMap<string, SecurityScheme>,
): { readonly security: SecurityScheme[][]; readonly isSecured: boolean; readonly isOpen: boolean } {
  const stated = Array.isArray(own) ? own : Array.isArray(general) ? general : []
  const security = stated
    .filter(isObject)
    .map((alternative) =>
      Object.keys(alternative).map((name) => schemes.get(name) ?? { name, kind: "unknown", in: "", parameter: "" }),
    )
  const isSecured = security.length > 0 && security.every((alternative) => alternative.length > 0)
  return { security, isSecured, isOpen: !isSecured && (Array.isArray(own) || Array.isArray(general)) }
}

/** Members of `pointer` by their keys, each found at the end of its references. */
export function* found(
  container: unknown,
  pointer: string,
  references: References,
): Iterable<readonly [key: string, value: JsonObject, at: string]> {
  for (const [key, value, at] of members(container, pointer)) {
    const one = references.follow(value, at, true)
    if (one !== null && isObject(one.value)) yield [key, one.value, one.pointer]
  }
}
