// Parameters of an endpoint against those of its operation: unknown ones, ones of another type, required ones that were left out.
//
// Left out on purpose: what every client or proxy adds (identifiers of requests, marks of browsers and of advertising), names that the
// sensor hides ("{hex}"), and standard header fields, which sensors do not tell.
import type { ParameterRecord } from "../../store/records.ts"
import { isAboutParameter, parameterReason } from "../sample-reasons.ts"
import type { Difference, Subject } from "./drift.ts"
import type { SpecifiedParameter } from "./specified-operation.ts"

/** Fields of proxies, tracing, delivery networks and browsers: no part of an API. */
const VENDOR_HEADERS =
  /^(x-(forwarded|real|envoy|amzn?|b3|cloud|azure|ms|goog|newrelic|datadog|request|correlation|trace|requested|original|client|http-method-override|csrf|xsrf|ot-span|cdn|akamai|varnish|nginx|fastly|appengine|scheme|host|nf|vercel|render|railway)(-|$)|cf-|cdn-|fastly-|akamai-|true-client-ip|fly-|traceparent|tracestate|baggage|sentry-|newrelic|elastic-|uber-trace-id|b3$|dapr-|ce-|grpc-|connect-|idempotency-key|request-id|correlation-id|if-|sec-|access-control-|upgrade|proxy-|save-data|hx-)/
const VENDOR_QUERY = /^(_|utm_[a-z]+|gclid|fbclid|msclkid|dclid)$/
const VENDOR_COOKIES =
  /^(_ga|_gid|_gat|_gcl|_fbp|_fbc|_hj|__utm|_pk_|__cf|cf_|AWSALB|optimizely|ajs_|mp_|intercom-|OptanonConsent|CookieConsent)/

/** Kinds of value that are certainly not of the type. A short number may be a flag, an empty value anything. */
const NOT_OF_TYPE: Readonly<Record<string, ReadonlySet<string>>> = {
  integer: new Set("float uuid ulid email jwt ip base64 id bool word slug url json hex file code date".split(" ")),
  number: new Set("uuid ulid email jwt ip base64 id bool word slug url json file code date".split(" ")),
  boolean: new Set("float uuid ulid email jwt ip base64 id date timestamp url json hex file serial".split(" ")),
}

/** As many as the inventory keeps of an endpoint: beyond, one that is missing may only have found no place. */
const PARAMETERS_KEPT = 200

export function* parameterDrift(subject: Subject): Iterable<Difference> {
  const { record, operation } = subject
  const known = new Map(operation.parameters.map((parameter) => [keyOf(parameter), parameter]))
  const pathNames = pathParameters(subject)
  for (const parameter of record.parameters) {
    const documented =
      parameter.in === "path"
        ? pathNames.get(parameter)
        : (known.get(keyOf(parameter)) ?? spread(parameter, operation.parameters))
    if (documented !== undefined) yield* typeDrift(parameter, documented)
    else if (parameter.in !== "path" && !isOthers(parameter, subject)) yield unknown(parameter)
  }
  yield* missing(subject)
}

const nameOf = ({ in: place, name }: { readonly in: string; readonly name: string }): string =>
  place === "header" ? name.toLowerCase() : name

const keyOf = (parameter: { readonly in: string; readonly name: string }): string =>
  `${parameter.in} ${nameOf(parameter)}`

/** Path parameters by name, else, where there are as many as the operation has, by place. */
function pathParameters({ record, operation }: Subject): Map<ParameterRecord, SpecifiedParameter> {
  const observed = record.parameters.filter((parameter) => parameter.in === "path")
  const byName = new Map(operation.parameters.filter((one) => one.in === "path").map((one) => [one.name, one]))
  const names = [...operation.path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1]!)
  const pairs = new Map<ParameterRecord, SpecifiedParameter>()
  observed.forEach((parameter, i) => {
    const name = byName.has(parameter.name) ? parameter.name : observed.length === names.length ? names[i]! : ""
    const documented = byName.get(name)
    if (documented !== undefined) pairs.set(parameter, documented)
  })
  return pairs
}

/** The parameter that this is a part of: "filter[status]" of "filter", "ids[]" of "ids", a member of an object that is spread out. */
function spread(parameter: ParameterRecord, all: readonly SpecifiedParameter[]): SpecifiedParameter | undefined {
  const bracket = parameter.name.indexOf("[")
  const stem = bracket > 0 ? parameter.name.slice(0, bracket) : ""
  const found = all.find(
    (one) =>
      one.in === parameter.in &&
      ((stem !== "" && (one.name === stem || one.name === `${stem}[]`)) ||
        (one.form === "members" && (one.members === null || one.members.includes(parameter.name)))),
  )
  // Of a part nothing is said but that it may be there.
  return found === undefined ? undefined : { ...found, types: [], isRequired: false }
}

function isOthers({ in: place, name }: ParameterRecord, { schemes }: Subject): boolean {
  if (name.includes("{")) return true
  if (schemes.some((scheme) => scheme.in === place && scheme.parameter.toLowerCase() === name.toLowerCase()))
    return true
  if (place === "header") return VENDOR_HEADERS.test(name.toLowerCase())
  return (place === "query" ? VENDOR_QUERY : VENDOR_COOKIES).test(name)
}

function unknown({ in: place, name, requests, firstSeenUs, lastSeenUs }: ParameterRecord): Difference {
  return {
    kind: "parameter.undocumented",
    place,
    name,
    count: requests,
    firstUs: firstSeenUs,
    lastUs: lastSeenUs,
    sentence: `The ${place} parameter "${name}" (${requests} requests) is not documented.`,
    shows: ({ why }) => why.some((reason) => isAboutParameter(reason, place, name)),
  }
}

function* typeDrift(parameter: ParameterRecord, { types, name }: SpecifiedParameter): Iterable<Difference> {
  const [type] = types
  const refused = types.length === 1 ? NOT_OF_TYPE[type!] : undefined
  if (refused === undefined) return
  const kinds = Object.entries(parameter.kinds).filter(([kind]) => refused.has(kind))
  const count = kinds.reduce((sum, [, requests]) => sum + requests, 0)
  if (count === 0) return
  yield {
    kind: "parameter.type",
    place: parameter.in,
    name,
    count,
    firstUs: parameter.firstSeenUs,
    lastUs: parameter.lastSeenUs,
    sentence: `The ${parameter.in} parameter "${name}" is documented as ${type}, and was ${kinds.map(([kind]) => kind).join(", ")} in ${count} requests.`,
    shows: ({ why }) => kinds.some(([kind]) => why.includes(parameterReason(parameter.in, parameter.name, kind))),
  }
}

/** At least so many successes lacked it: successes less all requests that carried it, and less those whose heads may be incomplete. */
function* missing({ record, operation }: Subject): Iterable<Difference> {
  const { parameters } = record
  if (parameters.length >= PARAMETERS_KEPT) return
  const successes = Object.entries(record.statuses).reduce(
    (sum, [status, count]) => (Number(status) >= 200 && Number(status) < 300 ? sum + count : sum),
    0,
  )
  for (const one of operation.parameters) {
    if (!one.isRequired || one.in === "path" || (one.in === "header" && !isTold(one.name))) continue
    if (parameters.some((parameter) => parameter.in === one.in && parameter.name.includes("{"))) continue
    const carried = parameters
      .filter(
        (parameter) =>
          keyOf(parameter) === keyOf(one) || (parameter.in === one.in && parameter.name.startsWith(`${one.name}[`)),
      )
      .reduce((sum, parameter) => sum + parameter.requests, 0)
    const count = successes - carried - record.lossy
    if (count <= 0) continue
    yield {
      kind: "parameter.missing",
      place: one.in,
      name: one.name,
      count,
      firstUs: 0,
      lastUs: 0,
      sentence: `The ${one.in} parameter "${one.name}" is required, and at least ${count} requests without it succeeded.`,
      // No exchange is kept for what it lacks.
      shows: () => false,
    }
  }
}

/** Sensors tell only header fields that are not standard. */
function isTold(name: string): boolean {
  return name.startsWith("x-") && !name.startsWith("x-forwarded-") && name !== "x-real-ip"
}
