// What lists are filtered by: parameters of a query, and the filters of the store that they mean.

import { POSTURES } from "../inventory/posture.ts"
import type { ConsumerFilter, EndpointFilter, ServiceFilter } from "../store/store.ts"
import { parseTime } from "./event-time.ts"
import { ApiProblem } from "./problem.ts"
import { type Static, type TSchema, Type } from "./schema.ts"

const STATUSES = ["documented", "shadow", "zombie", "orphan", "rogue", "unknown"] as const

const text = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))
const time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))

const SEEN = {
  newSince: time("Event time, ISO 8601: first seen then or later."),
  seenSince: time("Event time, ISO 8601: seen then or later."),
}

export const ENDPOINT_FILTERS = {
  service: text("Id of a service."),
  method: text("Method, upper case."),
  status: Type.Optional(Type.Union(STATUSES.map((status) => Type.Literal(status)))),
  consumer: text("Id of a consumer that uses it."),
  search: text(
    "Text that the template, operation, a label, a parameter's name, or the service's name or owner contains.",
  ),
  posture: Type.Optional(Type.Union(POSTURES.map((posture) => Type.Literal(posture)))),
  dataClass: text("Data class of its requests or responses."),
  drift: Type.Optional(Type.Boolean({ description: "Whether it differs from its specification." })),
  label: text("Label, whole."),
  ...SEEN,
}

export const SERVICE_FILTERS = {
  search: text("Text that the name, the owner or a label contains."),
  owner: text("Owner, whole."),
  label: text("Label, whole."),
  ...SEEN,
}

export const CONSUMER_FILTERS = {
  search: text("Text that the name, or the partner's name, contains."),
  scheme: text("Authentication scheme."),
  partner: text("Id of a partner; empty for consumers of none."),
  service: text("Id of a service that it uses."),
  ...SEEN,
}

type Query<Parameters extends Record<string, TSchema>> = {
  readonly [Name in keyof Parameters]?: Static<Parameters[Name]> | undefined
}

function seenOf(query: Query<typeof SEEN>): { readonly newSinceUs?: number; readonly seenSinceUs?: number } {
  const [newSinceUs, seenSinceUs] = [timeOf(query.newSince, "newSince"), timeOf(query.seenSince, "seenSince")]
  return { ...(newSinceUs !== null && { newSinceUs }), ...(seenSinceUs !== null && { seenSinceUs }) }
}

export function endpointFilter(query: Query<typeof ENDPOINT_FILTERS>): EndpointFilter {
  const { service, method, status, consumer, search, posture, dataClass, label } = query
  return {
    service,
    method,
    status,
    consumer,
    search,
    posture,
    dataClass,
    label,
    hasDrift: query.drift,
    ...seenOf(query),
  }
}

export function serviceFilter(query: Query<typeof SERVICE_FILTERS>): ServiceFilter {
  const { search, owner, label } = query
  return { search, owner, label, ...seenOf(query) }
}

export function consumerFilter(query: Query<typeof CONSUMER_FILTERS>): ConsumerFilter {
  const { search, scheme, partner, service } = query
  return { search, scheme, partner, service, ...seenOf(query) }
}

/** µs of a time in a query; null when it is not there. */
export function timeOf(value: string | undefined, parameter: string): number | null {
  if (value === undefined) return null
  const timeUs = parseTime(value)
  if (timeUs === null) throw new ApiProblem(400, `"${parameter}" must be an ISO 8601 time with its zone.`, parameter)
  return timeUs
}
