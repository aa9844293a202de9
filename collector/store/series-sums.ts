// A checkpoint's increments summed by what lists and charts ask for: one series for all traffic, for each service,
// endpoint and consumer, and the consumer x service map. Many pairs share a window, so this is done before SQL.
import type { PairCount } from "./records.ts"

/** In the order of the columns: requests, errors, request_bytes, response_bytes, items. */
export type Sums = [requests: number, errors: number, requestBytes: number, responseBytes: number, items: number]

/** Kinds of series, as they stand in the store. */
export type SeriesKind = "all" | "service" | "endpoint" | "consumer"

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

/** Sums of one window. Keys are ids, whose hashes the engine remembers: a key put together costs five times as much. */
class WindowSums {
  readonly all: Sums = [0, 0, 0, 0, 0]
  readonly bySubject: Readonly<Record<Exclude<SeriesKind, "all">, Map<string, Sums>>> = {
    service: new Map(),
    endpoint: new Map(),
    consumer: new Map(),
  }
}

/** `serviceOf`: endpoint to service; counts of no endpoint belong to no service. */
export function sumSeries(counts: readonly PairCount[], serviceOf: ReadonlyMap<string, string>): SeriesSum[] {
  const windows = new Map<number, WindowSums>()
  for (const count of counts) {
    let window = windows.get(count.windowUs)
    if (window === undefined) {
      window = new WindowSums()
      windows.set(count.windowUs, window)
    }
    const { all, bySubject } = window
    addCounts(all, count)
    const service = serviceOf.get(count.endpoint)
    if (service !== undefined) addCounts(sumsOf(bySubject.service, service), count)
    if (count.endpoint !== "") addCounts(sumsOf(bySubject.endpoint, count.endpoint), count)
    if (count.consumer !== "") addCounts(sumsOf(bySubject.consumer, count.consumer), count)
  }
  const series: SeriesSum[] = []
  for (const [windowUs, { all, bySubject }] of windows) {
    series.push({ kind: "all", subject: "", windowUs, sums: all })
    for (const kind of ["service", "endpoint", "consumer"] as const) {
      for (const [subject, sums] of bySubject[kind]) series.push({ kind, subject, windowUs, sums })
    }
  }
  return series
}

function sumsOf(sums: Map<string, Sums>, subject: string): Sums {
  let found = sums.get(subject)
  if (found === undefined) {
    found = [0, 0, 0, 0, 0]
    sums.set(subject, found)
  }
  return found
}

export function sumMap(days: readonly PairCount[], serviceOf: ReadonlyMap<string, string>): MapSum[] {
  const consumers = new Map<string, Map<string, Sums>>()
  for (const day of days) {
    const service = serviceOf.get(day.endpoint)
    if (service === undefined || day.consumer === "") continue
    let services = consumers.get(day.consumer)
    if (services === undefined) {
      services = new Map()
      consumers.set(day.consumer, services)
    }
    addCounts(sumsOf(services, service), day)
  }
  const map: MapSum[] = []
  for (const [consumer, services] of consumers) {
    for (const [service, sums] of services) map.push({ consumer, service, sums })
  }
  return map
}

function addCounts(sums: Sums, count: PairCount): void {
  sums[0] += count.requests
  sums[1] += count.errors
  sums[2] += count.requestBytes
  sums[3] += count.responseBytes
  sums[4] += count.items
}
