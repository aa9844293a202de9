// A specification's text to its operations. The one door to everything else in this folder that reads documents.
//
// In:  text, JSON or YAML. Out: a ParsedSpecification, or a SpecificationError with the place.
import { createHash } from "node:crypto"
import { readDocument, TEXT_MAX } from "./document.ts"
import { assertLimits, PLACES_MAX } from "./document-limits.ts"
import { openapiOperations, openapiSchemes } from "./openapi-operations.ts"
import { text } from "./operation-parts.ts"
import { References } from "./references.ts"
import { basesOf, basesOfHost } from "./server-bases.ts"
import { SpecificationError } from "./specification-error.ts"
import type { ParsedSpecification, SpecifiedOperation } from "./specified-operation.ts"
import { swaggerOperations, swaggerSchemes } from "./swagger-operations.ts"
import { assertValid, dialectOf } from "./validation.ts"

/** Of one document. */
export const OPERATIONS_MAX = 20_000
/** Parameters and responses, as often as operations are read: references make many of few. */
export const PARTS_MAX = 400_000
const REMARKS_MAX = 50

/** SHA-256, hex: tells whether a document is the same text. */
export const digestOf = (given: string): string => createHash("sha256").update(given).digest("hex")

/** The one parsed last, as long as somebody holds it: a document is checked, imported and imported again for another service. */
let last: { readonly digest: string; readonly parsed: WeakRef<ParsedSpecification> } | null = null

export function parseSpecification(given: string): ParsedSpecification {
  if (given.length > TEXT_MAX) return parse(given)
  const digest = digestOf(given)
  const known = last?.digest === digest ? last.parsed.deref() : undefined
  if (known !== undefined) return known
  const parsed = parse(given)
  last = { digest, parsed: new WeakRef(parsed) }
  return parsed
}

/** Whatever else a document makes fail is said of the document, too. */
function parse(given: string): ParsedSpecification {
  try {
    return read(given)
  } catch (error) {
    if (error instanceof SpecificationError) throw error
    throw new SpecificationError(`The document cannot be read: ${(error as Error).message.slice(0, 200)}.`)
  }
}

function read(given: string): ParsedSpecification {
  const { tree, syntax } = readDocument(given)
  const { dialect, format } = dialectOf(tree)
  assertLimits(tree)
  assertValid(tree, dialect)
  const references = new References(tree)
  const isSwagger = dialect === "2.0"
  const schemes = isSwagger ? swaggerSchemes(tree, references) : openapiSchemes(tree, references)
  const operationsIn = isSwagger ? swaggerOperations : openapiOperations
  const operations: SpecifiedOperation[] = []
  let parts = 0
  let places = 0
  for (const operation of operationsIn(tree, references, schemes)) {
    if (operations.length >= OPERATIONS_MAX)
      throw new SpecificationError(`The document has more than ${OPERATIONS_MAX} operations.`, operation.pointer)
    parts += operation.parameters.length + operation.responses.length
    places += operation.bases.length
    if (parts > PARTS_MAX || places > PLACES_MAX)
      throw new SpecificationError(
        parts > PARTS_MAX
          ? `The operations of the document have more than ${PARTS_MAX} parameters and responses.`
          : `The document has more than ${PLACES_MAX} operations, each counted at every server.`,
        operation.pointer,
      )
    operations.push(operation)
  }
  const info = tree.info as Readonly<Record<string, unknown>>
  return {
    dialect,
    format,
    syntax,
    title: text(info.title),
    version: text(info.version),
    operations,
    bases: isSwagger ? basesOfHost(tree.host, tree.basePath) : basesOf(tree.servers),
    schemes: [...schemes.values()],
    remarks: remarksOf(operations, references),
    tree,
  }
}

function remarksOf(operations: readonly SpecifiedOperation[], references: References): string[] {
  const remarks: string[] = []
  if (operations.length === 0) remarks.push("The document has no operations.")
  for (const outside of references.outside)
    remarks.push(`${outside} is another document: it is not fetched, and nothing is concluded from what it says.`)
  const seen = new Map<string, string>()
  for (const { method, path, operationId, pointer } of operations) {
    if (/[?#]/.test(path)) remarks.push(`${pointer}: the path has a query or fragment, which is left out.`)
    const names = [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1]!)
    if (new Set(names).size < names.length) remarks.push(`${pointer}: the path names one parameter twice.`)
    const other = operationId === "" ? undefined : seen.get(operationId)
    if (other !== undefined)
      remarks.push(`${pointer}: the operationId "${operationId}" stands at ${method} ${other}, too.`)
    else if (operationId !== "") seen.set(operationId, path)
  }
  return remarks.length > REMARKS_MAX
    ? [...remarks.slice(0, REMARKS_MAX), `${remarks.length - REMARKS_MAX} more remarks are left out.`]
    : remarks
}
