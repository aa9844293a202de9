// The names of path parameters, and which paths are names themselves.
import type { Operation } from "../../shared/event/api-event.ts"

export interface PathParameter {
  readonly name: string
  readonly kind: string
}

/** What the sensor calls kinds of value: anything else between braces is a name that somebody gave. */
const KINDS = new Set(
  "int float uuid hex ulid date timestamp email phone base64 id serial jwt ip text bool word slug code mix file url list json".split(
    " ",
  ),
)

/** Whether the path says what is called and not where: "/pkg.Service/Method", "*", "host:443". Nothing is learned of it. */
export function isName({ path, operationKey }: Pick<Operation, "path" | "operationKey">): boolean {
  return !path.startsWith("/") || (operationKey.includes("/") && path.endsWith(`/${operationKey}`))
}

/**
 * One for each {kind} of the path, named after the text before it: "/v1/orders/{int}/lines/{int}" has orderId and lineId.
 * Without text before it, or when the name is taken: its place ("id1", "orderId2"). What is not the name of a kind is its own.
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
      const stem = KINDS.has(kind!) ? (text === "" ? `id${place}` : `${singular(text)}Id`) : kind!.replace(/^\+/, "")
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
