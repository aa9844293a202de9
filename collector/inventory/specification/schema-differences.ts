// What changed between two schemas of one body, and whether it breaks: what a client sends must still be taken, what it reads still be there.
//
//   request:  narrower breaks (a member that is required now, a type or value that is not taken)
//   response: less or other breaks (a member that is gone or no longer certain, a type that was not there before)
// Bounded: DEPTH_MAX levels; a schema that contains itself is compared as far.
import type { Say } from "./differences.ts"
import type { References } from "./references.ts"
import { factsOf, type SchemaFacts } from "./schema-facts.ts"

const DEPTH_MAX = 12
const DIFFERENCES_MAX = 2_000

export interface SchemaSide {
  readonly schema: unknown
  readonly references: References
}

interface Walk {
  readonly place: string
  readonly isRequest: boolean
  readonly before: References
  readonly after: References
  readonly say: Say
  left: number
}

/** `place`: "request" or "response 200". */
export function schemaDifferences(place: string, before: SchemaSide, after: SchemaSide, say: Say): void {
  const walk = {
    place,
    isRequest: place === "request",
    before: before.references,
    after: after.references,
    say,
    left: DIFFERENCES_MAX,
  }
  compare([before.schema], [after.schema], "", walk, 0)
}

function compare(olds: readonly unknown[], news: readonly unknown[], path: string, walk: Walk, depth: number): void {
  if (depth > DEPTH_MAX || walk.left-- <= 0) return
  const [before, after] = [factsOf(olds, walk.before), factsOf(news, walk.after)]
  compareTypes(before, after, path, walk)
  for (const [name, schemas] of before.members) {
    const inner = path === "" ? name : `${path}.${name}`
    const other = after.members.get(name)
    if (other === undefined) gone(after, inner, walk)
    else {
      compareNeed(before, after, name, inner, walk)
      compare(schemas, other, inner, walk, depth + 1)
    }
  }
  for (const name of after.members.keys()) {
    if (before.members.has(name)) continue
    const inner = path === "" ? name : `${path}.${name}`
    const isNeeded = walk.isRequest && after.required.has(name)
    walk.say(
      isNeeded ? "breaking" : "compatible",
      `${side(walk)}.field.added`,
      `The field "${inner}" of the ${walk.place} is new${isNeeded ? " and required" : ""}.`,
    )
  }
  if (before.items.length > 0 && after.items.length > 0)
    compare(before.items, after.items, `${path}[]`, walk, depth + 1)
}

const side = ({ isRequest }: Walk): string => (isRequest ? "request" : "response")

function gone(after: SchemaFacts, path: string, walk: Walk): void {
  // A request may go on carrying it where others are expected.
  const isTaken = walk.isRequest && after.isOpen
  walk.say(
    isTaken ? "compatible" : "breaking",
    `${side(walk)}.field.removed`,
    `The field "${path}" of the ${walk.place} is gone.`,
  )
}

function compareNeed(before: SchemaFacts, after: SchemaFacts, name: string, path: string, walk: Walk): void {
  const [was, is] = [before.required.has(name), after.required.has(name)]
  if (was === is) return
  const breaks = walk.isRequest ? is : was
  const sentence = is ? "is required now" : walk.isRequest ? "is optional now" : "may be missing now"
  walk.say(
    breaks ? "breaking" : "compatible",
    `${side(walk)}.field.required`,
    `The field "${path}" of the ${walk.place} ${sentence}.`,
  )
}

function compareTypes(before: SchemaFacts, after: SchemaFacts, path: string, walk: Walk): void {
  const [was, is] = [typesOf(before), typesOf(after)]
  const called = path === "" ? `The body of the ${walk.place}` : `The field "${path}" of the ${walk.place}`
  // What is sent must be taken by the new one; what is answered must have been announced by the old one.
  const fits = walk.isRequest ? within(was, is) : within(is, was)
  const isSame = within(was, is) && within(is, was)
  if (!isSame)
    walk.say(
      fits ? "compatible" : "breaking",
      `${side(walk)}.field.type`,
      `${called} was ${list(was)} and is ${list(is)} now.`,
    )
  const [values, others] = [before.enumeration.map(String), after.enumeration.map(String)]
  if (values.length === 0 && others.length === 0) return
  const lost = walk.isRequest ? beyond(values, others) : beyond(others, values)
  if (lost.length > 0)
    walk.say(
      "breaking",
      `${side(walk)}.field.enum`,
      walk.isRequest ? `${called} no longer takes ${lost.join(", ")}.` : `${called} may be ${lost.join(", ")} now.`,
    )
}

/** Values of one list that the other does not have; an empty list is any value. */
function beyond(values: readonly string[], others: readonly string[]): string[] {
  if (others.length === 0) return []
  if (values.length === 0) return ["other values"]
  return values.filter((value) => !others.includes(value))
}

const typesOf = ({ types, isNullable }: SchemaFacts): string[] =>
  types.size === 0 ? [] : [...types, ...(isNullable ? ["null"] : [])].sort()

function within(types: readonly string[], others: readonly string[]): boolean {
  if (others.length === 0) return true
  if (types.length === 0) return false
  return types.every((type) => others.includes(type) || (type === "integer" && others.includes("number")))
}

const list = (types: readonly string[]): string => (types.length === 0 ? "anything" : types.join(" or "))
