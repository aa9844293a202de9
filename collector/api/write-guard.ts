// What may change something: never a web page of another origin in a person's browser. (Who may: access/gate.ts.)
//
// A page elsewhere can make a browser send "simple" requests here (Fetch standard, CORS protocol); so a change must not be one (its body
// says a media type that a form cannot send), and where the browser says from which origin it comes, it must be this one.
import type { Actor, Edits } from "../inventory/edits.ts"
import { ApiProblem } from "./problem.ts"

/** What a form of another site can send without asking. */
const SIMPLE_TYPES = new Set(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""])

export interface WriteRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

const first = (field: string | string[] | undefined): string =>
  Array.isArray(field) ? (field[0] ?? "") : (field ?? "")

export const isWrite = (method: string): boolean => !["GET", "HEAD", "OPTIONS"].includes(method)

/** Throws an ApiProblem when the request may come from a page of another origin. `isSecure`: pages of ours come over TLS. */
export function assertOwnOrigin({ method, headers }: WriteRequest, isSecure = false): void {
  const site = first(headers["sec-fetch-site"])
  if (site !== "" && site !== "same-origin" && site !== "none")
    throw new ApiProblem(403, "Pages of other origins may not change anything here.")
  const origin = first(headers.origin)
  if (origin !== "" && (hostOf(origin) !== first(headers.host).toLowerCase() || (isSecure && !/^https:/i.test(origin))))
    throw new ApiProblem(403, "Pages of other origins may not change anything here.")
  const hasBody = first(headers["content-length"]) !== "" || first(headers["transfer-encoding"]) !== ""
  if (method !== "POST" && !hasBody) return
  const type = first(headers["content-type"]).split(";")[0]!.trim().toLowerCase()
  if (SIMPLE_TYPES.has(type))
    throw new ApiProblem(415, "A change must say its media type: application/json, or what the route takes.")
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host
  } catch {
    return ""
  }
}

/** Where changes go. */
export function editsOf(edits: Edits | null): Edits {
  if (edits === null) throw new ApiProblem(503, "Nothing can be changed here.")
  return edits
}

/** Who asks: the token's name, or "local" where nobody needs one. */
export function actorOf({ principal }: { readonly principal: { readonly name: string } | null }): Actor {
  return { name: principal?.name ?? "local", atUs: Date.now() * 1000 }
}
