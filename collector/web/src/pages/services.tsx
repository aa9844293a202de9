import { compact, count, time } from "../format.ts"
import { Exact, Export, Search, Since } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { ErrorShare, Labels } from "../parts/labels.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Service } from "../types/services.ts"

const COLUMNS: readonly Column<Service>[] = [
  {
    name: "Service",
    sort: "name",
    grow: true,
    cell: (row) => (
      <a data-main href={`/services/${encodeURIComponent(row.id)}`}>
        <strong>{row.name}</strong>
      </a>
    ),
  },
  { name: "Zone", cell: (row) => (row.zone === null ? <span class="faint">–</span> : row.zone) },
  {
    name: "Ports",
    wrap: "words",
    spare: "wide",
    cell: (row) => row.ports.slice(0, 4).join(", ") + (row.ports.length > 4 ? ` +${row.ports.length - 4}` : ""),
  },
  { name: "Owner", sort: "owner", cell: (row) => row.owner ?? <span class="faint">–</span> },
  { name: "Labels", wrap: "words", spare: true, cell: (row) => <Labels labels={row.labels} /> },
  { name: "Risk", number: true, cell: (row) => (row.risk === 0 ? <span class="faint">0</span> : count(row.risk)) },
  {
    name: "Protocols",
    wrap: "words",
    spare: "wide",
    cell: (row) => <span class="soft">{row.protocols.join(", ")}</span>,
  },
  { name: "Endpoints", sort: "endpoints", number: true, cell: (row) => count(row.endpoints) },
  { name: "Requests", sort: "requests", number: true, cell: (row) => compact(row.requests) },
  {
    name: "Errors",
    sort: "errors",
    number: true,
    cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} />,
  },
  { name: "First seen", sort: "firstSeen", number: true, spare: "wide", cell: (row) => time(row.firstSeen) },
  { name: "Last seen", sort: "lastSeen", number: true, cell: (row) => time(row.lastSeen) },
]

const FILTERS = ["search", "owner", "label", "newSince"] as const

export function ServicesPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""] as const))
  const sort = query.get("sort") ?? "-requests"
  return (
    <>
      <Head title="Services" sub="Every authority that answered HTTP, and where." />
      <search class="filters">
        <Search value={filters.search ?? ""} label="Search services" />
        <Exact name="owner" label="Owner" value={filters.owner ?? ""} />
        <Exact name="label" label="Label" value={filters.label ?? ""} />
        <Since name="newSince" label="New since" value={filters.newSince ?? ""} />
        <Export path="/services" filters={{ ...filters, sort }} />
      </search>
      <List<Service>
        path="/services"
        filters={filters}
        sort={sort}
        columns={COLUMNS}
        label="Services"
        keyOf={(row) => row.id}
        empty={<Nothing what="services" filtered={FILTERS.some((name) => filters[name] !== "")} />}
      />
    </>
  )
}
