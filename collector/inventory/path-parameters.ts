// The path parameters of an endpoint: what its template calls them, with the kinds of value that its routes show.
//
//   template "/users/{id}/orders/{int}"     routes "/users/{uuid}/orders/{int}", "/users/mueller/orders/{int}"
//   -> userId: uuid, word    orderId: int
//
// They follow from the routes whenever a record is written, so that nothing needs to be moved when templates change.
import type { ParameterRecord } from "../store/records.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Route } from "./route.ts"
import { pathParametersOf } from "./template.ts"

const MARK = /\{([^{}]+)\}/g

export function pathParameters(endpoint: Endpoint): ParameterRecord[] {
  const { template } = endpoint
  if (!template.includes("{")) return []
  const records = pathParametersOf(template).map(({ name }) => emptyRecord(name))
  for (const route of endpoint.inOrder()) {
    if (route.traffic.isEmpty) continue
    for (const [i, kind] of kindsAt(template, route).entries())
      if (records[i] !== undefined) add(records[i], kind, route)
  }
  return records.filter((record) => record.requests > 0 || Object.keys(record.kinds).length > 0)
}

/** Kinds of the values of a route, one for each parameter of the template. */
function kindsAt(template: string, route: Route): string[] {
  const segments = route.leaf.path.split("/")
  return template.split("/").flatMap((segment, i) => {
    const named = marksOf(segment)
    const shown = marksOf(segments[i] ?? "")
    return named.map((name, k) => shown[k] ?? (/^[A-Za-z]+$/.test(segments[i] ?? "") ? "word" : name))
  })
}

const marksOf = (segment: string): string[] => Array.from(segment.matchAll(MARK), ([, name]) => name!)

function add(record: ParameterRecord, kind: string, { traffic }: Route): void {
  record.requests += traffic.requests
  record.accepted = (record.accepted ?? 0) + traffic.requests - traffic.errors
  record.kinds[kind] = (record.kinds[kind] ?? 0) + traffic.requests
  record.firstSeenUs =
    record.firstSeenUs === 0 ? traffic.firstSeenUs : Math.min(record.firstSeenUs, traffic.firstSeenUs)
  record.lastSeenUs = Math.max(record.lastSeenUs, traffic.lastSeenUs)
}

function emptyRecord(name: string): ParameterRecord {
  return { in: "path", name, requests: 0, kinds: {}, values: {}, isOpen: true, firstSeenUs: 0, lastSeenUs: 0 }
}
