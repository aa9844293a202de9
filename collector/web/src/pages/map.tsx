// Who talks to what: consumers down, services across, the shade says how much.
import { useMemo } from "preact/hooks"
import { useApi } from "../api.ts"
import { bytes, compact, percent, share } from "../format.ts"
import { Head } from "../parts/head.tsx"
import { Loaded } from "../parts/states.tsx"
import { Nothing } from "../parts/table.tsx"
import type { MapEntry } from "../types/consumers.ts"
import type { Page } from "../types/common.ts"

const SERVICES_MAX = 10
const CONSUMERS_MAX = 100

interface Grid {
  readonly services: readonly MapEntry["service"][]
  readonly consumers: readonly MapEntry["consumer"][]
  readonly cells: ReadonlyMap<string, MapEntry>
  readonly most: number
  readonly hidden: number
}

const cellKey = (consumer: string, service: string): string => `${consumer} ${service}`

/** Ends of the map by their sums, greatest first. */
function ranked<T extends { readonly id: string }>(ends: readonly (readonly [end: T, requests: number])[]): T[] {
  const sums = new Map<string, { end: T; requests: number }>()
  for (const [end, requests] of ends) {
    const sum = sums.get(end.id) ?? { end, requests: 0 }
    sum.requests += requests
    sums.set(end.id, sum)
  }
  return [...sums.values()].sort((a, b) => b.requests - a.requests).map(({ end }) => end)
}

function makeGrid(entries: readonly MapEntry[]): Grid {
  const services = ranked(entries.map((entry) => [entry.service, entry.requests] as const))
  const consumers = ranked(entries.map((entry) => [entry.consumer, entry.requests] as const))
  return {
    services: services.slice(0, SERVICES_MAX),
    consumers: consumers.slice(0, CONSUMERS_MAX),
    cells: new Map(entries.map((entry) => [cellKey(entry.consumer.id, entry.service.id), entry])),
    most: entries.reduce((max, entry) => Math.max(max, entry.requests), 1),
    hidden: Math.max(0, services.length - SERVICES_MAX),
  }
}

function Cell({ entry, most }: { readonly entry: MapEntry | undefined; readonly most: number }) {
  if (entry === undefined) return <td class="faint">·</td>
  const level = Math.max(1, Math.ceil(4 * Math.sqrt(entry.requests / most)))
  const errors = percent(share(entry.errors, entry.requests))
  return (
    <td class={`level-${level}`} title={`${bytes(entry.responseBytes)} received, ${errors} errors`}>
      {compact(entry.requests)}
    </td>
  )
}

function Heat({ entries }: { readonly entries: readonly MapEntry[] }) {
  const { services, consumers, cells, most, hidden } = useMemo(() => makeGrid(entries), [entries])
  return (
    <>
      <div class="table-wrap scroll">
        <table class="heat" aria-label="Requests by consumer and service">
          <thead>
            <tr>
              <th scope="col">Consumer</th>
              {services.map((service) => (
                <th key={service.id} scope="col" class="number" title={service.name}>
                  <a href={`/services/${encodeURIComponent(service.id)}`}>{service.name}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {consumers.map((consumer) => (
              <tr key={consumer.id} data-row>
                <th scope="row">
                  <a data-main href={`/consumers/${encodeURIComponent(consumer.id)}`}>
                    {consumer.name}
                  </a>
                </th>
                {services.map((service) => (
                  <Cell key={service.id} entry={cells.get(cellKey(consumer.id, service.id))} most={most} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hidden === 0 ? null : <div class="below">{hidden} services with less traffic are not shown.</div>}
    </>
  )
}

export function MapPage() {
  const answer = useApi<Page<MapEntry>>("/map?limit=1000")
  return (
    <>
      <Head title="Map" sub="Requests of each consumer to each service." />
      <div class="panel">
        <Loaded answer={answer}>
          {({ items }) => (items.length === 0 ? <Nothing what="pairs" filtered={false} /> : <Heat entries={items} />)}
        </Loaded>
      </div>
    </>
  )
}
