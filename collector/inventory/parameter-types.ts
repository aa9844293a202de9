// What a parameter is, concluded from what was counted of it: its type and format, whether it is required, whether its values are few.
//
// In:  a parameter's record, and how many requests of its endpoint were answered without an error.   Out: conclusions, each with the
// number behind it. Kinds that fewer than one in a hundred values had are left out: mistakes and scanners, not the parameter.
import type { ParameterRecord, TrafficRecord } from "../store/endpoint-records.ts"
import { jsonTypes } from "./schema/json-schema.ts"

/** A parameter is required when it stood in all of at least so many accepted requests. */
export const REQUIRED_MIN = 20
/** Values told before anything is said of them; so many a distinct one; share of the requests that told theirs. */
export const VALUES_MIN = 30
const REPEATS_MIN = 3
const TOLD_SHARE_MIN = 0.95
const KIND_SHARE_MIN = 0.01

/** Kinds of value by JSON type; the others are strings. */
const TYPES: Readonly<Record<string, string>> = { int: "integer", float: "number", bool: "boolean" }
const FORMATS: Readonly<Record<string, string>> = {
  uuid: "uuid",
  date: "date",
  timestamp: "date-time",
  email: "email",
  url: "uri",
}

export interface ParameterType {
  /** JSON type, or several; empty when no value was seen. */
  readonly types: readonly string[]
  /** Of JSON Schema; "" when its values have none, or not all the same. */
  readonly format: string
}

export interface ValueVerdict {
  /** enum: few values, again and again; constant: one; open: more than are held; unsure: too few seen, or most were not told. */
  readonly verdict: "enum" | "constant" | "open" | "unsure"
  /** Distinct values held. */
  readonly distinct: number
  /** Accepted requests whose value was told. */
  readonly told: number
  readonly sentence: string
}

export function parameterType({ kinds }: Pick<ParameterRecord, "kinds">): ParameterType {
  const all = Object.values(kinds).reduce((sum, count) => sum + count, 0)
  const said = Object.entries(kinds)
    .filter(([kind, count]) => kind !== "empty" && kind !== "unknown" && count >= all * KIND_SHARE_MIN)
    .map(([kind]) => kind)
  const types = jsonTypes(said.map((kind) => TYPES[kind] ?? "string")) ?? []
  const formats = new Set(said.map((kind) => FORMATS[kind] ?? ""))
  const [format = ""] = formats.size === 1 ? formats : []
  return { types: typeof types === "string" ? [types] : types, format }
}

/** Requests that were answered without an error. */
export function acceptedRequests({ statuses, errors }: Pick<TrafficRecord, "statuses" | "errors">): number {
  return Math.max(0, Object.values(statuses).reduce((sum, count) => sum + count, 0) - errors)
}

/** Path parameters always are. `accepted`: of the endpoint. */
export function isRequired(parameter: ParameterRecord, accepted: number): boolean {
  return parameter.in === "path" || (accepted >= REQUIRED_MIN && (parameter.accepted ?? 0) >= accepted)
}

export function valueVerdict(parameter: ParameterRecord): ValueVerdict {
  const counts = Object.values(parameter.values)
  const distinct = counts.length
  const told = counts.reduce((sum, count) => sum + count, 0)
  const accepted = parameter.accepted ?? 0
  const said = (verdict: ValueVerdict["verdict"], sentence: string): ValueVerdict => ({
    verdict,
    distinct,
    told,
    sentence,
  })
  if (parameter.isOpen) return said("open", "It has more values than are told apart.")
  if (told < VALUES_MIN) return said("unsure", `${told} values were told: too few to say.`)
  if (told < accepted * TOLD_SHARE_MIN)
    return said("unsure", `${told} of ${accepted} accepted requests told their value: the others may have any.`)
  if (distinct === 1) return said("constant", `All of ${told} values are the same.`)
  if (told < distinct * REPEATS_MIN) return said("unsure", `${distinct} values in ${told}: too few of them came again.`)
  return said("enum", `${told} values are ${distinct} distinct ones.`)
}
