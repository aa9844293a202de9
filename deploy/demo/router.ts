// Routes of the demo API: a method and a path pattern to a function from a call to a reply.
//
// In:  one HTTP request, read whole. Out: a Reply, which api-server.ts writes. Handlers never touch the socket, so a
// test calls them directly. Given up: request bodies over BODY_MAX_BYTES (413).

import type { Caller } from "./access.ts"

export const BODY_MAX_BYTES = 256 * 1024

export interface Call {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names, as node:http gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The values of the pattern's {names}, percent-decoded. */
  readonly slots: Readonly<Record<string, string>>
  readonly caller: Caller | null
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** A list is sent in chunks, one each; anything else with its Content-Length. */
  readonly body: string | Buffer | readonly string[]
  /** Time the work took in the story, ms: the server waits that long before it answers. */
  readonly workMs: number
}

export type Handler = (call: Call) => Reply

interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly handler: Handler
}

export class Router {
  readonly #routes: Route[] = []

  add(method: string, pattern: string, handler: Handler): void {
    this.#routes.push({ method, segments: pattern.split("/"), handler })
  }

  /** Answers with 404 when no pattern fits the path, with 405 and Allow when only the method does not. */
  answer(call: Omit<Call, "slots">): Reply {
    const segments = call.path.split("/")
    const allowed: string[] = []
    for (const route of this.#routes) {
      const slots = fit(route.segments, segments)
      if (slots === null) continue
      if (route.method === call.method || (call.method === "HEAD" && route.method === "GET")) {
        return route.handler({ ...call, slots })
      }
      allowed.push(route.method)
    }
    if (allowed.length === 0) return problem(404, "Not Found", `Nothing is at ${call.path}.`)
    return {
      ...problem(405, "Method Not Allowed", `${call.method} does not apply here.`, { allow: allowed.join(", ") }),
    }
  }
}

/** "{name}" takes a whole segment; "{name}.pdf" takes what is before the suffix. */
function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const slots: Record<string, string> = {}
  for (let i = 0; i < pattern.length; i++) {
    const want = pattern[i] ?? ""
    const have = segments[i] ?? ""
    if (!want.startsWith("{")) {
      if (want !== have) return null
      continue
    }
    const close = want.indexOf("}")
    const suffix = want.slice(close + 1)
    if (!have.endsWith(suffix) || have.length === suffix.length) return null
    slots[want.slice(1, close)] = decodeSegment(have.slice(0, have.length - suffix.length))
  }
  return slots
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export function json(status: number, value: unknown, headers: Reply["headers"] = {}, workMs = 2): Reply {
  const body = JSON.stringify(value)
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body, workMs }
}

export function empty(status: number, headers: Reply["headers"] = {}): Reply {
  return { status, headers, body: "", workMs: 2 }
}

/** RFC 9457. */
export function problem(status: number, title: string, detail: string, headers: Reply["headers"] = {}): Reply {
  const body = JSON.stringify({ type: "about:blank", title, status, detail })
  return { status, headers: { "content-type": "application/problem+json", ...headers }, body, workMs: 1 }
}

export function text(status: number, contentType: string, body: Reply["body"], workMs = 2): Reply {
  return { status, headers: { "content-type": contentType }, body, workMs }
}

/** A whole number from the query within [low, high], or the default; null when the text is no such number. */
export function wholeNumber(call: Call, name: string, fallback: number, low: number, high: number): number | null {
  const value = call.query.get(name)
  if (value === null) return fallback
  if (!/^\d{1,9}$/.test(value)) return null
  const number = Number(value)
  return number >= low && number <= high ? number : null
}

/** The body as a JSON object, or null. */
export function bodyObject(call: Call): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(call.body)
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
