// What changed between two specifications of one API, and what of it breaks those who use it.
//
// In:  two documents, parsed. Out: differences, by operation: breaking (a client that kept to the old one may fail at the new one),
// compatible (it will not), in the order of their places. The README of this folder has the table of what is which.
import { formOf } from "./export-paths.ts"
import { References } from "./references.ts"
import { contentFor, responseFor } from "./response-lookup.ts"
import { schemaDifferences } from "./schema-differences.ts"
import type { ParsedSpecification, SpecifiedOperation, SpecifiedParameter } from "./specified-operation.ts"

export interface SpecificationDifference {
  readonly effect: "breaking" | "compatible" | "undocumented"
  /** "operation.removed", "parameter.required", "response.field.removed", ... */
  readonly kind: string
  /** "GET /orders/{orderId}". */
  readonly operation: string
  readonly sentence: string
}

export type Say = (effect: SpecificationDifference["effect"], kind: string, sentence: string) => void

interface Side {
  readonly operation: SpecifiedOperation
  readonly references: References
}

export function specificationDifferences(
  before: ParsedSpecification,
  after: ParsedSpecification,
): SpecificationDifference[] {
  const differences: SpecificationDifference[] = []
  let [olds, news] = [byPlace(before), byPlace(after)]
  const isMoved = olds.size > 0 && news.size > 0 && !olds.keys().some((place) => news.has(place))
  if (isMoved && basePaths(before) !== basePaths(after)) {
    differences.push({
      effect: "breaking",
      kind: "servers.path",
      operation: "*",
      sentence: `The operations hang below ${basePaths(after)} now, no longer below ${basePaths(before)}.`,
    })
    ;[olds, news] = [byPlace(before, false), byPlace(after, false)]
  }
  const [oldReferences, newReferences] = [new References(before.tree), new References(after.tree)]
  for (const [place, operation] of olds) {
    const name = nameOf(operation)
    const say: Say = (effect, kind, sentence) => differences.push({ effect, kind, operation: name, sentence })
    const other = news.get(place)
    if (other === undefined) say("breaking", "operation.removed", "It is gone.")
    else compare({ operation, references: oldReferences }, { operation: other, references: newReferences }, say)
  }
  for (const [place, operation] of news)
    if (!olds.has(place))
      differences.push({
        effect: "compatible",
        kind: "operation.added",
        operation: nameOf(operation),
        sentence: "It is new.",
      })
  return differences
}

export const nameOf = ({ method, path, bases }: SpecifiedOperation): string =>
  `${method} ${bases[0]?.path ?? ""}${path}`

const basePaths = ({ bases }: ParsedSpecification): string =>
  [...new Set(bases.map(({ path }) => (path === "" ? "/" : path)))].sort().join(", ")

/** The same operation: method, and path (with its base, if `hasBase`), names of parameters left out. */
function byPlace({ operations }: ParsedSpecification, hasBase = true): Map<string, SpecifiedOperation> {
  const places = new Map<string, SpecifiedOperation>()
  for (const operation of operations)
    for (const path of new Set(operation.bases.map((base) => (hasBase ? base.path : ""))))
      places.set(`${operation.method} ${formOf(`${path}${operation.path}`)}`, operation)
  return places
}

function compare(before: Side, after: Side, say: Say): void {
  if (!before.operation.isDeprecated && after.operation.isDeprecated)
    say("compatible", "operation.deprecated", "It is deprecated now.")
  compareParameters(before.operation, after.operation, say)
  compareRequests(before, after, say)
  compareResponses(before, after, say)
  compareSecurity(before.operation, after.operation, say)
}

/** Path parameters have the same names or others: what counts is their place. */
function parametersOf({ parameters, path }: SpecifiedOperation): Map<string, SpecifiedParameter> {
  const places = [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1]!)
  return new Map(
    parameters.map((one) => [one.in === "path" ? `path ${places.indexOf(one.name)}` : `${one.in} ${one.name}`, one]),
  )
}

function compareParameters(before: SpecifiedOperation, after: SpecifiedOperation, say: Say): void {
  const [olds, news] = [parametersOf(before), parametersOf(after)]
  for (const [key, one] of olds) {
    const called = `The ${one.in} parameter "${one.name}"`
    const other = news.get(key)
    if (other === undefined) {
      if (one.in !== "path") say("breaking", "parameter.removed", `${called} is gone.`)
      continue
    }
    if (!one.isRequired && other.isRequired) say("breaking", "parameter.required", `${called} is required now.`)
    if (one.isRequired && !other.isRequired) say("compatible", "parameter.optional", `${called} is optional now.`)
    if (!takes(other.types, one.types))
      say("breaking", "parameter.type", `${called} was ${list(one.types)} and is ${list(other.types)} now.`)
    else if (!takes(one.types, other.types))
      say("compatible", "parameter.type", `${called} was ${list(one.types)} and may be ${list(other.types)} now.`)
    const gone = other.enumeration.length === 0 ? [] : missingOf(one.enumeration, other.enumeration)
    if (other.enumeration.length > 0 && one.enumeration.length === 0)
      say("breaking", "parameter.enum", `${called} takes only ${other.enumeration.join(", ")} now.`)
    else if (gone.length > 0) say("breaking", "parameter.enum", `${called} no longer takes ${gone.join(", ")}.`)
    if (!one.isDeprecated && other.isDeprecated)
      say("compatible", "parameter.deprecated", `${called} is deprecated now.`)
  }
  for (const [key, one] of news)
    if (!olds.has(key) && one.in !== "path")
      say(
        one.isRequired ? "breaking" : "compatible",
        "parameter.added",
        `The ${one.in} parameter "${one.name}" is new${one.isRequired ? " and required" : ""}.`,
      )
}

const missingOf = (all: readonly string[], of: readonly string[]): string[] =>
  all.filter((value) => !of.includes(value))

const list = (types: readonly string[]): string => (types.length === 0 ? "anything" : types.join(" or "))

/** Whether what has the types `given` is taken where `taken` are asked for. */
export function takes(taken: readonly string[], given: readonly string[]): boolean {
  if (taken.length === 0) return true
  if (given.length === 0) return false
  return given.every(
    (type) =>
      taken.includes(type) ||
      (type === "integer" && taken.includes("number")) ||
      (taken.length === 1 && taken[0] === "string" && type !== "object" && type !== "array"),
  )
}

function compareRequests(before: Side, after: Side, say: Say): void {
  const [old, next] = [before.operation.requestBody, after.operation.requestBody]
  if (old === null || next === null) {
    if (old !== null) say("breaking", "request.removed", "It takes no body any more.")
    if (next !== null)
      say(
        next.isRequired ? "breaking" : "compatible",
        "request.added",
        `It takes a body now${next.isRequired ? ", and needs it" : ""}.`,
      )
    return
  }
  if (!old.isRequired && next.isRequired) say("breaking", "request.required", "The body is required now.")
  if (old.isRequired && !next.isRequired) say("compatible", "request.optional", "The body is optional now.")
  for (const { type, schema } of old.content) {
    const content = contentFor(next.content, type)
    if (content === null) say("breaking", "request.type.removed", `Bodies of type ${type} are no longer taken.`)
    else
      schemaDifferences(
        "request",
        { schema, references: before.references },
        { schema: content.schema, references: after.references },
        say,
      )
  }
  for (const { type } of next.content)
    if (contentFor(old.content, type) === null)
      say("compatible", "request.type.added", `Bodies of type ${type} are taken, too.`)
}

function compareResponses(before: Side, after: Side, say: Say): void {
  for (const { status, content } of before.operation.responses) {
    const other =
      after.operation.responses.find((one) => one.status === status) ??
      (/^\d+$/.test(status) ? responseFor(after.operation, Number(status)) : null)
    if (other === null) {
      const isSuccess = /^2/.test(status)
      say(isSuccess ? "breaking" : "compatible", "response.removed", `It no longer answers with ${status}.`)
      continue
    }
    for (const { type, schema } of content) {
      const next = contentFor(other.content, type)
      if (next === null) {
        say("breaking", "response.type.removed", `The answer ${status} is no longer given as ${type}.`)
      } else
        schemaDifferences(
          `response ${status}`,
          { schema, references: before.references },
          { schema: next.schema, references: after.references },
          say,
        )
    }
  }
  for (const { status } of after.operation.responses)
    if (!before.operation.responses.some((one) => one.status === status))
      say("compatible", "response.added", `It may answer with ${status}, too.`)
}

function compareSecurity(before: SpecifiedOperation, after: SpecifiedOperation, say: Say): void {
  if (!before.isSecured && after.isSecured) {
    say("breaking", "security.added", "It demands credentials now.")
    return
  }
  if (before.isSecured && !after.isSecured) {
    say("compatible", "security.removed", "It no longer demands credentials.")
    return
  }
  const named = (operation: SpecifiedOperation): string[] =>
    operation.security.map((all) =>
      all
        .map(({ kind, in: place, parameter }) => [kind, place, parameter].filter((part) => part !== "").join(" "))
        .sort()
        .join(" with "),
    )
  const next = named(after)
  for (const one of named(before))
    if (!next.includes(one) && after.isSecured) say("breaking", "security.alternative", `${one} is no longer enough.`)
}
