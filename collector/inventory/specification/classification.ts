// What an endpoint is against the specifications of its service: documented, shadow, zombie, orphan, rogue or unknown, and why.
//
// In:  the endpoint's record, the index of its service's specifications, whether the service is rogue. Out: status and one sentence.
// Only success makes a shadow or a zombie (answer.ts: 101, 2xx, 304): what was only refused, redirected or not found proves nothing.
// Pure: the same record and documents give the same, whenever it is asked.
import type { EndpointRecord } from "../../store/records.ts"
import { isProof } from "../answer.ts"
import { formOf } from "./export-paths.ts"
import type { IndexedOperation, OperationIndex } from "./operation-index.ts"
import { METHODS } from "./operation-parts.ts"
import { isHidden } from "./path-pattern.ts"

export type EndpointStatus = "documented" | "shadow" | "zombie" | "orphan" | "rogue" | "unknown"

export interface Classification {
  readonly status: EndpointStatus
  readonly why: string
  /** What the endpoint is in a specification, null when it is in none. */
  readonly match: IndexedOperation | null
}

/** Why the server as a whole is rogue, "" when it is not. */
export type RogueReason = string

type Counted = Pick<EndpointRecord, "requests" | "statuses" | "schemes" | "conversations">

/** Exchanges that were answered with success. */
export function successesOf({ schemes, conversations }: Counted): number {
  // Schemes are counted on proof only, gRPC statuses considered.
  return Object.values(schemes).reduce((sum, count) => sum + count, conversations)
}

export function classify(record: EndpointRecord, index: OperationIndex | null, rogue: RogueReason): Classification {
  if (index === null || index.documents.length === 0)
    return rogue === "" ? { status: "unknown", why: "", match: null } : { status: "rogue", why: rogue, match: null }
  const successes = successesOf(record)
  const found = index.find(record.method, record.template)
  const visible = found.filter((one) => !isHidden(one.template, record.template))
  const hidden = new Set(found.filter((one) => !visible.includes(one)).map(({ template }) => formOf(template)))
  // Of several whose text is hidden nothing says which one it is; a plain parameter holds for all of them.
  const match = bestOf(hidden.size > 1 ? visible : found)
  if (match === null) return hidden.size > 1 ? ambiguous(record, found) : unmatched(record, index, successes)
  const isUnseen = !visible.includes(match)
  const { operation } = match
  const unseen = isUnseen ? ", whose fixed text is not visible: the sensor takes it for a part of the value" : ""
  const where = `${operation.method} ${match.template} of ${nameOf(match)}${unseen}`
  if (!isOutdated(match)) {
    if (record.requests + record.conversations === 0)
      return { status: "orphan", why: `${where} was never seen.`, match }
    if (successes === 0 && onlyAbsent(record))
      return { status: "orphan", why: `${where} was requested, and only answered that it is not there.`, match }
    return { status: "documented", why: `${where}.`, match }
  }
  if (successes === 0)
    return { status: "documented", why: `${where}: outdated, and never answered with success.`, match }
  const still = `and still answers with success (${successes} times)`
  return operation.isDeprecated
    ? { status: "zombie", why: `${where} is deprecated there, ${still}.`, match }
    : {
        status: "zombie",
        why: `${operation.method} ${match.template} is only in ${nameOf(match)}, an outdated document, ${still}.`,
        match,
      }
}

function ambiguous({ template }: EndpointRecord, found: readonly IndexedOperation[]): Classification {
  const paths = [...new Set(found.map((one) => one.template))].slice(0, 3).join(", ")
  return {
    status: "unknown",
    why: `${template} may be any of ${paths}: their fixed text is not visible, the sensor takes it for a part of the value.`,
    match: null,
  }
}

/** Of the operations that fit, one that is in force if there is any. */
function bestOf(found: readonly IndexedOperation[]): IndexedOperation | null {
  return found.find((one) => !isOutdated(one)) ?? found.find(({ document }) => document.isCurrent) ?? found[0] ?? null
}

const isOutdated = ({ document, operation }: IndexedOperation): boolean => !document.isCurrent || operation.isDeprecated

function nameOf({ document: { name, parsed } }: IndexedOperation): string {
  return parsed.version === "" ? `"${name}"` : `"${name}" (version ${parsed.version})`
}

/** 404, 405, 410 and 501 say that there is nothing, or nothing for this method. */
function onlyAbsent({ statuses }: EndpointRecord): boolean {
  const seen = Object.keys(statuses)
  return seen.length > 0 && seen.every((status) => ["404", "405", "410", "501"].includes(status))
}

function unmatched(record: EndpointRecord, index: OperationIndex, successes: number): Classification {
  const { method, template } = record
  const there = index.at(template)
  const unknown = (why: string): Classification => ({ status: "unknown", why, match: null })
  if (method === "HEAD" || method === "OPTIONS" || method === "TRACE") {
    const twin = method === "HEAD" ? bestOf(there.filter(({ operation }) => operation.method === "GET")) : bestOf(there)
    if (twin !== null && method !== "TRACE")
      return {
        status: "documented",
        why: `${method} is answered wherever ${method === "HEAD" ? "GET" : "the path"} is: ${twin.template} of ${nameOf(twin)}.`,
        match: null,
      }
    return unknown(`${method} is answered by servers on their own: that no specification names it says nothing.`)
  }
  if (template === "*" || template === "{authority}" || method === "CONNECT")
    return unknown("No path of the API: specifications cannot name it.")
  if (successes === 0) return unknown(`In no specification, and never answered with success (${answersOf(record)}).`)
  if (!METHODS.includes(method.toLowerCase()))
    return unknown(`OpenAPI has no place for the method ${method}: that no document names it says nothing.`)
  if (isRpc(record)) return unknown("gRPC methods do not stand in OpenAPI documents: that none names it says nothing.")
  if (isAsset(record)) return unknown("A file of a web page: specifications do not name those.")
  const names = index.documents.map(({ name }) => `"${name}"`)
  const checked = names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")
  const methods = [...new Set(there.map(({ operation }) => operation.method))].sort()
  const near = methods.length === 0 ? "" : ` Its path is there for ${methods.join(", ")} only.`
  return {
    status: "shadow",
    why: `In no specification of its host (${checked}), and answers with success (${successes} times).${near}`,
    match: null,
  }
}

function answersOf({ statuses }: EndpointRecord): string {
  const seen = Object.keys(statuses).filter((status) => !isProof(Number(status)))
  return seen.length === 0 ? "no answer was seen" : `only ${seen.slice(0, 6).join(", ")}`
}

function isRpc({ calls }: EndpointRecord): boolean {
  return Object.keys(calls.kinds).some((kind) => kind === "grpc" || kind === "grpc-web" || kind === "connect")
}

const ASSET_TYPES =
  /^(text\/css|(text|application)\/(x-)?javascript|image\/|font\/|application\/(x-)?font|application\/wasm$|application\/manifest\+json$)/
const ASSET_NAMES = /\.(css|m?js|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|otf|eot|wasm|webmanifest)$/i

/** Style sheets, scripts, pictures and fonts by name as well as by type. */
function isAsset({ method, template, responseTypes }: EndpointRecord): boolean {
  const types = Object.keys(responseTypes)
  return method === "GET" && ASSET_NAMES.test(template) && types.every((type) => ASSET_TYPES.test(type))
}
