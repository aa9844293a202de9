// Operation records of a world: one for each route, form of query and, where ids are text, object.
import { NO_STRINGS, type Operation } from "../../shared/event/api-event.ts"
import type { Route } from "./api-design.ts"
import type { QueryValue } from "./exchange.ts"
import { TOKEN_KINDS } from "./object-graph.ts"

const PROTOCOL_HTTP_1_1 = 2

/** Path of a request as it is sent. */
export function pathOf(route: Route, asked: number): string {
  return route.hasId
    ? `${route.prefix}/${route.resource!.collection.text(asked)}${route.suffix}`
    : route.prefix + route.suffix
}

/** The path with typed tokens, as a sensor publishes it. */
export function typedPath(route: Route, asked: number): string {
  const kind = route.hasId ? TOKEN_KINDS[route.resource!.collection.style] : ""
  return kind === "" ? pathOf(route, asked) : `${route.prefix}/{${kind}}${route.suffix}`
}

export const isTextual = (route: Route): boolean => route.hasId && route.resource!.collection.style === "slug"

export class Operations {
  readonly #plain: (Operation | undefined)[] = []
  readonly #others = new Map<string, Operation>()

  /** `headers`: as in Operation. */
  of(route: Route, asked: number, query: readonly QueryValue[], headers: readonly string[]): Operation {
    const textual = isTextual(route)
    const place = route.index * 2 + Math.min(1, headers.length)
    if (query.length === 0 && !textual) {
      this.#plain[place] ??= make(route, asked, query, headers)
      return this.#plain[place]
    }
    let key = textual ? `${place}/${asked}` : `${place}`
    for (const { name, kind } of query) key += `&${name}:${kind}`
    let made = this.#others.get(key)
    if (made === undefined) {
      made = make(route, asked, query, headers)
      this.#others.set(key, made)
    }
    return made
  }
}

function make(route: Route, asked: number, query: readonly QueryValue[], headers: readonly string[]): Operation {
  return {
    protocol: PROTOCOL_HTTP_1_1,
    method: route.method,
    path: typedPath(route, asked),
    extension: "",
    pathFlags: 0,
    operationKey: "",
    query: query.length === 0 ? NO_STRINGS : query.map(({ name, kind }) => `${name}:${kind}`),
    headers,
    cookies: NO_STRINGS,
  }
}
