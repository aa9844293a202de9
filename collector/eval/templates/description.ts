// API descriptions as the evaluation reads them: operations with their path templates and what is known of path parameters.
//
// In:  a folder of JSON files of the reduced form (host, operations with full_template and params), or full OpenAPI and Swagger
// documents with "paths".   Out: per description its provider, the half it belongs to, and its routes, one a path template.
// Two templates that differ in names of parameters only are one route. What stands behind "?" or "#" is no part of a path.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { hashText } from "./seeded-random.ts"

export interface PathValue {
  readonly name: string
  readonly type: string
  readonly format: string
  /** Values the description lists: of "enum"; empty without. */
  readonly choices: readonly string[]
  /** "example" or "default", "" without. */
  readonly example: string
}

/** A segment as text and parameters by turns: "{id}.json" is ["", ".json"] around one parameter. */
export interface RouteSegment {
  /** One more than `values`. */
  readonly texts: readonly string[]
  readonly values: readonly PathValue[]
}

export interface Route {
  /** As described: "/v1/orders/{orderId}". */
  readonly template: string
  /** With nameless parameters: what tells routes apart. "/v1/orders/{}". */
  readonly key: string
  readonly segments: readonly RouteSegment[]
  readonly methods: readonly string[]
  /** Status codes of each method, as described. */
  readonly statuses: ReadonlyMap<string, readonly number[]>
}

export interface ApiDescription {
  /** File name without ".json". */
  readonly name: string
  readonly provider: string
  readonly half: Half
  readonly routes: readonly Route[]
}

export type Half = "development" | "judging"

interface RawParameter {
  readonly name: string
  readonly in: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly example?: unknown
  readonly default?: unknown
  readonly schema?: RawParameter
}

interface RawOperation {
  readonly method: string
  readonly full_template: string
  readonly params?: readonly RawParameter[]
  readonly responses?: readonly (string | number)[]
}

/** The part of a file name before "__": all descriptions of one provider are in the same half. */
export const providerOf = (name: string): string => name.split("__")[0]!
export const halfOf = (provider: string): Half => (hashText(provider) % 2 === 0 ? "development" : "judging")

/** Null where there is no such folder. */
export function readDescriptions(folder: string): ApiDescription[] | null {
  if (!existsSync(folder)) return null
  const out: ApiDescription[] = []
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".json")) continue
    const document = JSON.parse(readFileSync(join(folder, file), "utf8"))
    const description = describe(file.slice(0, -5), document)
    if (description.routes.length > 0) out.push(description)
  }
  return out
}

export function describe(
  name: string,
  document: { operations?: readonly RawOperation[]; paths?: object },
): ApiDescription {
  const operations = document.operations ?? operationsOf(document)
  const routes = new Map<string, { template: string; segments: RouteSegment[]; statuses: Map<string, number[]> }>()
  for (const operation of operations) {
    const template = operation.full_template.split(/[?#]/)[0]!.replace(/\/{2,}/g, "/")
    const values = new Map((operation.params ?? []).filter((p) => p.in === "path").map((p) => [p.name, pathValueOf(p)]))
    const segments = template
      .split("/")
      .slice(1)
      .map((text) => segmentOf(text, values))
    const key = keyOf(segments)
    const route = routes.get(key) ?? { template, segments, statuses: new Map<string, number[]>() }
    routes.set(key, route)
    const codes = (operation.responses ?? []).map(Number).filter((code) => code >= 100 && code < 600)
    route.statuses.set(operation.method.toUpperCase(), codes)
  }
  return {
    name,
    provider: providerOf(name),
    half: halfOf(providerOf(name)),
    routes: [...routes].map(([key, route]) => ({ key, ...route, methods: [...route.statuses.keys()] })),
  }
}

function pathValueOf(parameter: RawParameter): PathValue {
  const from = { ...parameter.schema, ...parameter }
  return {
    name: parameter.name,
    type: from.type ?? "string",
    format: from.format ?? "",
    choices: (from.enum ?? []).map(String).filter((choice) => choice !== ""),
    example: String(from.example ?? ""),
  }
}

function segmentOf(text: string, values: ReadonlyMap<string, PathValue>): RouteSegment {
  const parts = text.split(/\{([^{}]*)\}/)
  const found: PathValue[] = []
  for (let i = 1; i < parts.length; i += 2) {
    const name = parts[i]!.replace(/^\+|\*$/g, "")
    found.push(values.get(name) ?? { name, type: "string", format: "", choices: [], example: "" })
  }
  return { texts: parts.filter((_, i) => i % 2 === 0), values: found }
}

const keyOf = (segments: readonly RouteSegment[]): string =>
  segments.map((segment) => `/${segment.texts.join("{}")}`).join("")

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"])

/** Operations of a whole OpenAPI or Swagger document, local references of parameters followed. */
function operationsOf(document: object): RawOperation[] {
  const root = document as {
    basePath?: string
    servers?: readonly { url?: string }[]
    paths?: Record<string, Record<string, unknown>>
  }
  const server = root.servers?.[0]?.url ?? ""
  const base = (
    root.basePath ?? (server.startsWith("/") ? server : (/^[a-z]+:\/\/[^/]+(\/.*)$/.exec(server)?.[1] ?? ""))
  ).replace(/\/$/, "")
  const follow = (item: unknown): RawParameter => {
    const reference = (item as { $ref?: string }).$ref
    if (reference === undefined) return item as RawParameter
    let at: unknown = document
    for (const part of reference.replace(/^#\//, "").split("/"))
      at = (at as Record<string, unknown> | undefined)?.[part]
    return (at ?? { name: "", in: "" }) as RawParameter
  }
  return Object.entries(root.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => {
        const { parameters = [], responses = {} } = operation as { parameters?: unknown[]; responses?: object }
        const shared = (item.parameters ?? []) as unknown[]
        return {
          method,
          full_template: base + path,
          params: [...shared, ...parameters].map(follow),
          responses: Object.keys(responses),
        }
      }),
  )
}
