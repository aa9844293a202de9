// What goes wrong, as RFC 9457 says it: application/problem+json with a title, a status and a sentence for people.
// Nothing of our insides (stack, SQL, paths) is ever in it.
import { EditError } from "../inventory/edits.ts"
import { StoreError } from "../store/store.ts"
import { ref, type Static, Type } from "./schema.ts"

export const Problem = Type.Object(
  {
    type: Type.String({ description: "about:blank, or a URI reference that names the kind of problem." }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "A sentence for people." }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          parameter: Type.String({ description: "The query or path parameter at fault." }),
          detail: Type.String(),
        }),
      ),
    ),
  },
  { $id: "Problem", description: "RFC 9457 problem details." },
)
/** How routes announce it: everything that is not their answer. */
export const PROBLEM = {
  description: "What went wrong, for people and machines.",
  content: { "application/problem+json": { schema: ref(Problem) } },
}
export type Problem = Static<typeof Problem>

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  404: "Not found",
  403: "Forbidden",
  405: "Method not allowed",
  409: "Conflict",
  415: "Unsupported media type",
  422: "Not valid",
  421: "Misdirected request",
  429: "Too many requests",
  500: "Internal error",
  503: "Not ready",
}

const EDIT_STATUSES = { unknown: 404, invalid: 422, conflict: 409, limit: 409 } as const

/** A refusal with a status: thrown by routes, turned into a problem document at the edge. */
export class ApiProblem extends Error {
  readonly status: number
  readonly parameter: string
  /** Seconds, for Retry-After; 0 for none. */
  readonly retryAfterS: number
  constructor(status: number, detail: string, parameter = "", retryAfterS = 0) {
    super(detail)
    this.status = status
    this.parameter = parameter
    this.retryAfterS = retryAfterS
  }
}

export const notFound = (what: string): ApiProblem => new ApiProblem(404, `There is no ${what} with this id.`)

export function problem(status: number, detail: string, errors: Problem["errors"] = undefined): Problem {
  const body: Problem = { type: "about:blank", title: TITLES[status] ?? "Request failed", status, detail }
  if (errors !== undefined && errors.length > 0) body.errors = errors
  return body
}

interface ValidationFault {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string | undefined
}

/** Names that are repeated to whoever sent them: letters at most. */
const NAME_MAX = 80
const clipped = (name: string): string => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name)

function describeFault(fault: ValidationFault): { parameter: string; detail: string } {
  const parameter = clipped(fault.instancePath.replace(/^\//, ""))
  if (fault.keyword === "additionalProperties") {
    return { parameter: clipped(String(fault.params.additionalProperty)), detail: "This parameter is not known here." }
  }
  if (fault.keyword === "required")
    return { parameter: String(fault.params.missingProperty), detail: "It is required." }
  if (fault.keyword === "enum") {
    return { parameter, detail: `It must be one of ${(fault.params.allowedValues as string[]).join(", ")}.` }
  }
  return { parameter, detail: `It ${fault.message ?? "is not valid"}.` }
}

/** The problem document of anything thrown on the way. `unexpected` tells the caller to log it: it is our mistake. */
export function toProblem(error: unknown): { readonly body: Problem; readonly unexpected: boolean } {
  if (error instanceof ApiProblem) {
    const errors = error.parameter === "" ? undefined : [{ parameter: error.parameter, detail: error.message }]
    return { body: problem(error.status, error.message, errors), unexpected: false }
  }
  if (error instanceof EditError) {
    const errors = error.place === "" ? undefined : [{ parameter: error.place, detail: error.message }]
    return { body: problem(EDIT_STATUSES[error.code], error.message, errors), unexpected: false }
  }
  if (error instanceof StoreError) {
    if (error.code === "bad-cursor") {
      const detail = "The cursor is not one that this list gave out for this order."
      return { body: problem(400, detail, [{ parameter: "cursor", detail }]), unexpected: false }
    }
    if (error.code === "bad-sort") {
      const detail = "This list cannot be sorted that way."
      return { body: problem(400, detail, [{ parameter: "sort", detail }]), unexpected: false }
    }
    return { body: problem(503, `The store does not answer (${error.code}).`), unexpected: true }
  }
  const fault = error as { validation?: readonly ValidationFault[]; statusCode?: number; message?: string }
  if (Array.isArray(fault.validation)) {
    const errors = fault.validation.map(describeFault)
    const names = errors.map((entry) => `"${entry.parameter}"`).join(", ")
    return { body: problem(400, `The request is not valid: see ${names}.`, errors), unexpected: false }
  }
  const status = fault.statusCode ?? 500
  if (status >= 400 && status < 500) {
    return {
      body: problem(status, status === 404 ? "There is nothing here." : "The request was refused."),
      unexpected: false,
    }
  }
  return { body: problem(500, "Something failed here; the collector's log says what."), unexpected: true }
}
