// Where operations hang: servers with their variables, and what of them fits a service.
//
//   https://{tenant}.example.com/{version}/api   -->  host "*.example.com", path "/v1/api" (a version is its default)
//                                                     and, of a free variable in the path, "/{tenant}/api"
// In:  servers of OpenAPI 3, or host and basePath of Swagger 2. Out: bases, at most BASES_MAX.
import { isObject } from "./document.ts"
import { hasPieces } from "./path-pattern.ts"
import type { ServerBase } from "./specified-operation.ts"

export const BASES_MAX = 64

/** Values of a variable for the path; null: it is free, and becomes a parameter. */
interface Choice {
  readonly values: readonly string[]
  readonly isFree: boolean
}

/** "v1", "2.0", "2024-01-01": one version of an API, not a parameter of it. */
const VERSION = /^v?\d+([.-]\d+)*$/i

function choiceOf(variable: unknown): Choice {
  if (!isObject(variable)) return { values: [""], isFree: true }
  const standard = typeof variable.default === "string" ? variable.default : ""
  if (Array.isArray(variable.enum) && variable.enum.length > 0)
    return { values: variable.enum.map(String).slice(0, BASES_MAX), isFree: false }
  return { values: [standard], isFree: !VERSION.test(standard) && !standard.includes("/") }
}

/** The bases of a list of servers; a base of the host itself when there is none. */
export function basesOf(servers: unknown): ServerBase[] {
  const bases = new Map<string, ServerBase>()
  for (const server of Array.isArray(servers) ? (servers as unknown[]) : []) {
    if (!isObject(server) || typeof server.url !== "string") continue
    for (const url of expanded(server.url, server.variables)) {
      const base = baseOf(url)
      if (base !== null && bases.size < BASES_MAX) bases.set(`${base.host}\n${base.path}`, base)
    }
  }
  return bases.size === 0 ? [{ host: "", path: "" }] : [...bases.values()]
}

/** Swagger 2: no host means the host that the document came from. */
export function basesOfHost(host: unknown, basePath: unknown): ServerBase[] {
  const path = typeof basePath === "string" ? basePath : ""
  const base = baseOf(typeof host === "string" && host !== "" ? `//${host}/${path.replace(/^\//, "")}` : path)
  return [base ?? { host: "", path: "" }]
}

/** The URL with every combination of its variables; free ones stay in braces. Linear in what it returns. */
function expanded(url: string, variables: unknown): string[] {
  let urls = [""]
  let end = 0
  for (const { 0: whole, 1: name, index } of url.matchAll(/\{([^{}]+)\}/g)) {
    const choice = choiceOf(isObject(variables) ? variables[name!] : undefined)
    const before = url.slice(end, index)
    end = index + whole.length
    // A variable that begins the URL is its scheme and host.
    const values = choice.isFree && index > 0 ? [whole] : choice.values
    urls = urls.flatMap((one) => values.map((value) => one + before + value)).slice(0, BASES_MAX)
  }
  return urls.map((one) => one + url.slice(end))
}

function baseOf(url: string): ServerBase | null {
  const match = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/i.exec(url.trim())
  if (match === null) return null
  const scheme = (match[1] ?? "").toLowerCase()
  const authority = (match[2] ?? "")
    .replace(/^[^@]*@/, "")
    .replaceAll(/\{[^{}]*\}/g, "*")
    .toLowerCase()
  const standard = scheme === "http" || scheme === "ws" ? /:80$/ : scheme === "" ? /:(80|443)$/ : /:443$/
  const path = `/${match[3] ?? ""}`.replaceAll(/\/(\.?\/)+/g, "/").replace(/\/\.?$/, "")
  return { host: authority.replace(standard, ""), path }
}

/** Whether a base's host may be this authority; an authority has no "/". */
export function isHost(host: string, authority: string): boolean {
  return host.includes("*") ? hasPieces(host.split("*"), authority) : host === authority
}

/**
 * Paths that operations hang below at a service: those of its own host and of no host; when the document names other hosts only, it was
 * put here by a person who knows better, and all of them count.
 */
export function pathsAt(bases: readonly ServerBase[], authority: string): string[] {
  const own = bases.filter(({ host }) => host === "" || (authority !== "" && isHost(host, authority)))
  return [...new Set((own.length > 0 ? own : bases).map(({ path }) => path))]
}
