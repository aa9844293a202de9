// Whether a tree is what its version of OpenAPI or Swagger says, by the schemas of the OpenAPI Initiative.
//
// In:  a tree in bounds (document.ts). Out: its version, or a SpecificationError that names the pointer. The only import of the validator.
// Of many errors one is told: the deepest, because alternatives (a parameter or a reference to one) fail at every level above it.
import { Validator } from "@seriousme/openapi-schema-validator"
import type { JsonObject } from "./document.ts"
import { SpecificationError } from "./specification-error.ts"

export type Dialect = "2.0" | "3.0" | "3.1"

interface Fault {
  readonly instancePath: string
  readonly schemaPath: string
  readonly keyword: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Check {
  (tree: unknown): boolean
  errors?: readonly Fault[] | null
}

/** Compiled once a version; the library reads its own schemas from its folder. */
const checks = new Map<Dialect, Check>()

function checkOf(dialect: Dialect): Check {
  let check = checks.get(dialect)
  if (check === undefined) {
    check = (new Validator() as unknown as { getAjvValidator(version: string): Check }).getAjvValidator(dialect)
    checks.set(dialect, check)
  }
  return check
}

export function dialectOf(tree: JsonObject): { readonly dialect: Dialect; readonly format: string } {
  const { openapi, swagger } = tree
  if (openapi === undefined && swagger === undefined)
    throw new SpecificationError("The document says neither openapi nor swagger: it is no specification.")
  if (swagger !== undefined) {
    if (swagger === "2.0") return { dialect: "2.0", format: "swagger 2.0" }
    throw new SpecificationError(
      `Swagger ${shown(swagger)} is not read here; "2.0" is (as text, in quotes).`,
      "/swagger",
    )
  }
  const version = typeof openapi === "string" ? /^3\.([01])\.\d+/.exec(openapi) : null
  if (version === null)
    throw new SpecificationError(`OpenAPI ${shown(openapi)} is not read here; 3.0.x and 3.1.x are.`, "/openapi")
  return { dialect: version[1] === "0" ? "3.0" : "3.1", format: `openapi ${String(openapi)}` }
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 40) ?? "?"

/** Throws a SpecificationError when the tree does not say what its version asks for. */
export function assertValid(tree: JsonObject, dialect: Dialect): void {
  const check = checkOf(dialect)
  if (check(tree)) return
  const fault = deepest(check.errors ?? [])
  if (fault === null) throw new SpecificationError("The document is not valid.")
  const place = fault.instancePath
  throw new SpecificationError(
    `The document is not valid at ${place || "its top"}: ${describe(fault, check.errors ?? [])}`,
    place,
  )
}

function deepest(faults: readonly Fault[]): Fault | null {
  let best: Fault | null = null
  const rank = (fault: Fault): number =>
    fault.instancePath.split("/").length * 4 +
    // That it is no reference either, or none of several forms, says the least.
    (fault.params.missingProperty === "$ref" || /^(oneOf|anyOf|not|if)$/.test(fault.keyword) ? 0 : 2)
  for (const fault of faults) if (best === null || rank(fault) > rank(best)) best = fault
  return best
}

function describe({ keyword, params, message = "is not valid", instancePath }: Fault, all: readonly Fault[]): string {
  switch (keyword) {
    case "required":
      return `"${String(params.missingProperty)}" is missing.`
    case "additionalProperties":
      return `"${String(params.additionalProperty)}" is not known here.`
    case "unevaluatedProperties":
      return `"${String(params.unevaluatedProperty)}" is not known here.`
    case "enum":
      return `it must be one of ${allowedAt(instancePath, all).join(", ")}.`
    case "type":
      return `it must be ${String(params.type)} (a number or a date that is meant as text needs quotes).`
    default:
      return `it ${message}.`
  }
}

/** What every alternative allows at this place. */
function allowedAt(place: string, faults: readonly Fault[]): string[] {
  const allowed = new Set<string>()
  for (const { keyword, instancePath, params } of faults)
    if (keyword === "enum" && instancePath === place)
      for (const value of params.allowedValues as unknown[]) allowed.add(String(value))
  return [...allowed].slice(0, 20)
}
