import { compact, count, time } from "../format.ts"
import { Search } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { ErrorShare } from "../parts/labels.tsx"
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
    cell: (row) => row.ports.slice(0, 4).join(", ") + (row.ports.length > 4 ? ` +${row.ports.length - 4}` : ""),
  },
  {
    name: "Protocols",
    wrap: "words",
    spare: true,
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
  { name: "First seen", sort: "firstSeen", number: true, spare: true, cell: (row) => time(row.firstSeen) },
  { name: "Last seen", sort: "lastSeen", number: true, cell: (row) => time(row.lastSeen) },
]

export function ServicesPage({ query }: { readonly query: URLSearchParams }) {
  const search = query.get("search") ?? ""
  return (
    <>
      <Head title="Services" sub="Every authority that answered HTTP, and where." />
      <search class="filters">
        <Search value={search} label="Search services" />
      </search>
      <List<Service>
        path="/services"
        filters={{ search }}
        sort={query.get("sort") ?? "-requests"}
        columns={COLUMNS}
        label="Services"
        keyOf={(row) => row.id}
        empty={<Nothing what="services" filtered={search !== ""} />}
      />
    </>
  )
}
