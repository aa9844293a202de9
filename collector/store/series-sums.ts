// A checkpoint's increments summed by what lists and charts ask for: one series for all traffic, for each service,
// endpoint and consumer, and the consumer x service map. Many pairs share a window, so this is done before SQL.
import type { PairCount } from "./records.ts"

/** In the order of the columns: requests, errors, request_bytes, response_bytes, items. */
export type Sums = [requests: number, errors: number, requestBytes: number, responseBytes: number, items: number]

/** Kinds of series, as they stand in the store. */
export const SERIES_KINDS = ["all", "service", "endpoint", "consumer"] as const
export type SeriesKind = (typeof SERIES_KINDS)[number]

export interface SeriesSum {
  readonly kind: SeriesKind
  /** Id of the service, endpoint or consumer; "" for all traffic. */
  readonly subject: string
  readonly windowUs: number
  readonly sums: Sums
}

export interface MapSum {
  readonly consumer: string
  readonly service: string
  readonly sums: Sums
}

/** `serviceOf`: endpoint to service; counts of no endpoint belong to no service. */
export function sumSeries(counts: readonly PairCount[], serviceOf: ReadonlyMap<string, string>): Iterable<SeriesSum> {
  const series = new Map<string, SeriesSum>()
  const add = (kind: SeriesKind, subject: string, count: PairCount): void => {
    if (subject === "" && kind !== "all") return
    const key = `${kind} ${count.windowUs} ${subject}`
    let sum = series.get(key)
    if (sum === undefined) {
      sum = { kind, subject, windowUs: count.windowUs, sums: [0, 0, 0, 0, 0] }
      series.set(key, sum)
    }
    addCounts(sum.sums, count)
  }
  for (const count of counts) {
    add("all", "", count)
    add("service", serviceOf.get(count.endpoint) ?? "", count)
    add("endpoint", count.endpoint, count)
    add("consumer", count.consumer, count)
  }
  return series.values()
}

export function sumMap(days: readonly PairCount[], serviceOf: ReadonlyMap<string, string>): Iterable<MapSum> {
  const map = new Map<string, MapSum>()
  for (const day of days) {
    const service = serviceOf.get(day.endpoint)
    if (service === undefined || day.consumer === "") continue
    const key = `${day.consumer} ${service}`
    let sum = map.get(key)
    if (sum === undefined) {
      sum = { consumer: day.consumer, service, sums: [0, 0, 0, 0, 0] }
      map.set(key, sum)
    }
    addCounts(sum.sums, day)
  }
  return map.values()
}

function addCounts(sums: Sums, count: PairCount): void {
  sums[0] += count.requests
  sums[1] += count.errors
  sums[2] += count.requestBytes
  sums[3] += count.responseBytes
  sums[4] += count.items
}
